from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from protocol.aio.tracing import (
    FileTrace,
    Listener,
    Ring,
    Tracer,
    json_lines,
    open_jsonl,
    open_pcap,
)
from protocol.trace import Entry, Told, What
from tests.protocol.test_trace import DIALECT, FRAME, PAYLOAD


def now() -> datetime:
    return datetime(2026, 11, 20, tzinfo=UTC)


def nobody(problem: str) -> None:
    raise AssertionError(problem)


def read(path: Path) -> list[dict[str, object]]:
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]


@pytest.mark.asyncio
async def test_entries_are_numbered_and_timed_for_every_listener() -> None:
    tracer, ring, other = Tracer(now), Ring(), Ring()
    tracer.add(ring.put)
    tracer.opened(1, "peer", "own")
    tracer.add(other.put)
    tracer.received(1, [PAYLOAD])
    tracer.remove(other.put)
    tracer.closed(1, 3)

    assert [What.OPENED, What.RECEIVED, What.LOST, What.CLOSED] == [
        one.what for one in ring.since(0)
    ]
    assert [2] == [one.number for one in other.since(0)]
    assert all(0 <= one.at_s - now().timestamp() < 60 for one in ring.since(0))


@pytest.mark.asyncio
async def test_ring_keeps_the_last_within_its_bounds() -> None:
    """STYLE 8: neither many nor large entries can fill the memory."""
    tracer, few, small = Tracer(now), Ring(3), Ring(100, bytes_max=2 * len(FRAME))
    tracer.add(few.put)
    tracer.add(small.put)
    for _ in range(5):
        tracer.sent(1, [FRAME])

    assert [3, 4, 5] == [one.number for one in few.since(0)]
    assert [4, 5] == [one.number for one in small.since(0)]
    assert ["0200"] == [line.mti for line in few.lines(DIALECT, limit=1)]


@pytest.mark.asyncio
async def test_listener_waits_and_is_told_what_he_missed() -> None:
    listener = Listener(entries_max=2)

    async def follow() -> list[int]:
        return [entry.number for entry in await listener.next()]

    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(follow())
        await asyncio.sleep(0)
        for number in range(1, 5):
            listener.put(Entry(number, 0.0, 1, What.CLOSED))
    listener.close()

    assert ([3, 4], 2) == (waiting.result(), listener.dropped)
    assert [] == await follow()


@pytest.mark.asyncio
async def test_file_holds_every_line_when_it_is_closed(tmp_path: Path) -> None:
    """And goes on where an earlier one ended; nobody else may read it."""
    path = tmp_path / "trace.jsonl"
    for _ in range(2):
        tracer, file = Tracer(now), open_jsonl(str(path), DIALECT, nobody)
        tracer.add(file.put)
        tracer.received(1, [PAYLOAD, PAYLOAD])
        file.close()

    assert ["message"] * 4 == [line["event"] for line in read(path)]
    assert 0o600 == path.stat().st_mode & 0o777


@pytest.mark.asyncio
async def test_packets_are_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "trace.pcap"
    path.write_bytes(b"something else")
    open_pcap(str(path), DIALECT, nobody).close()

    assert 24 == path.stat().st_size


@pytest.mark.asyncio
async def test_entries_are_counted_when_the_disk_is_too_slow(tmp_path: Path) -> None:
    """Issue 5, Trace: a bounded queue, and the file says what is not in it."""
    path = tmp_path / "trace.jsonl"
    heard = asyncio.Event()
    file = FileTrace(str(path), json_lines(DIALECT), on_failure=nobody, entries_max=2)
    written = file._written

    def tell(entries: int, size: int) -> None:
        written(entries, size)
        heard.set()

    file._written = tell  # type: ignore[method-assign] # to hear of the thread's progress
    tracer = Tracer(now)
    tracer.add(file.put)
    for _ in range(5):
        tracer.tell(Told("fault", "x"))
    await asyncio.wait_for(heard.wait(), 5)
    tracer.tell(Told("fault", "y"))
    file.close()

    assert ["fault", "fault", "dropped", "fault"] == [line["event"] for line in read(path)]
    assert "3 entries were not kept: the disk is too slow" == read(path)[2]["text"]


@pytest.mark.asyncio
async def test_full_disk_ends_the_trace_and_is_told_once() -> None:
    """ENOSPC: the host goes on without a trace."""
    heard: asyncio.Queue[str] = asyncio.Queue()
    file = open_jsonl("/dev/full", DIALECT, heard.put_nowait)
    tracer = Tracer(now)
    tracer.add(file.put)
    tracer.received(1, [PAYLOAD])
    told = await asyncio.wait_for(heard.get(), 5)
    tracer.received(1, [PAYLOAD])
    file.close()
    await asyncio.sleep(0)

    assert "/dev/full: No space left on device" == told
    assert heard.empty()
