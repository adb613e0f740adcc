from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from acquirer_sim.aio.host import HostEvent
from acquirer_sim.aio.running import Start, start_host
from acquirer_sim.errors import TraceError
from acquirer_sim.faults import load_faults
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from tests.acquirer_sim.aio.terminals import DIALECT, RawTerminal, ask, hosting, port_of, speaking
from tests.acquirer_sim.aio.wiretap import Wiretap
from tests.acquirer_sim.asking import VISA, purchase, reversal
from tests.protocol.test_pcap import by_tshark


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]


async def day(start: Start) -> list[HostEvent]:
    """Ask for a sale and its reversal of a host that is traced."""
    events: list[HostEvent] = []
    async with hosting(start, events) as host, speaking(port_of(host)) as client:
        await ask(client, purchase(1))
        await ask(client, reversal(1))
    return events


@pytest.mark.asyncio
async def test_trace_tells_messages_connections_and_faults(tmp_path: Path) -> None:
    """Issue 5, Trace: every message with its reply, and every fault that strikes among them."""
    path = tmp_path / "trace.jsonl"
    plan = load_faults('[[fault]]\nkind = "duplicate_reply"\nname = "twice"', "faults")
    await day(Start(port=0, trace=str(path), faults=plan))

    told = lines_of(path)
    assert ["opened", "in", "fault", "out", "out", "in", "out", "closed"] == [
        line.get("direction", line["event"]) for line in told
    ]
    assert ["0200", "0210", "0210", "0400", "0410"] == [
        line["mti"] for line in told if line["event"] == "message"
    ]
    fault = next(line for line in told if line["event"] == "fault")
    assert ("duplicate_reply", "twice", "0200", "000001") == tuple(
        fault["details"][key] for key in ("kind", "name", "mti", "stan")
    )
    assert VISA.encode() not in path.read_bytes()


@pytest.mark.asyncio
@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
async def test_tshark_reads_a_day_with_faults(tmp_path: Path) -> None:
    """Issue 5, Trace: what left byte by byte, twice, in half and as garbage."""
    path = tmp_path / "trace.pcap"
    plan = "\n".join(
        f'[[fault]]\nkind = "{kind}"\nnth = {nth}'
        for nth, kind in enumerate(
            ("split_reply", "duplicate_reply", "reset_reply", "garbage_reply"), start=1
        )
    )
    events: list[HostEvent] = []
    start = Start(port=0, pcap=str(path), faults=load_faults(plan, "faults"))
    async with hosting(start, events) as host:
        port = port_of(host)
        for stan in range(1, 6):
            terminal = await RawTerminal.connect(port)
            terminal.send(purchase(stan))
            await terminal.heard_of()
            await terminal.close()

    read = by_tshark(path, "iso8583.mti", "iso8583.bit11", only="iso8583.bit2", port=port)
    odd = by_tshark(path, "frame.number", only="tcp.analysis.flags")
    assert 5 == sum(mti.split(",")[0] == "0200" for mti, _ in read)
    assert [] == odd
    assert VISA.encode() not in path.read_bytes()


@pytest.mark.asyncio
async def test_ring_is_kept_without_a_file() -> None:
    async with hosting(Start(port=0, watched=True)) as host, speaking(port_of(host)) as client:
        await ask(client, purchase(1))
        assert host.recording is not None
        lines = host.recording.ring.lines(DIALECT, limit=2)

    assert [("in", "0200"), ("out", "0210")] == [(line.direction, line.mti) for line in lines]


@pytest.mark.asyncio
async def test_packed_dialect_is_traced(tmp_path: Path) -> None:
    """Keys, MACs and packed digits of cup: nothing of a card is in the file."""
    dialect = builtin_dialect("cup")
    path, packets = tmp_path / "trace.jsonl", tmp_path / "trace.pcap"
    start = Start(port=0, trace=str(path), pcap=str(packets), dialect="cup")
    events: list[HostEvent] = []
    host = await start_host(start, on_event=events.append)
    wiretap = Wiretap(port_of(host), dialect, Codec(dialect))
    await wiretap.ask(purchase(1))
    await wiretap.close()
    await host.stop()

    assert {"in", "out"} <= {line.get("direction") for line in lines_of(path)}
    assert VISA.encode() not in path.read_bytes()
    assert VISA not in packets.read_bytes().hex()


@pytest.mark.asyncio
async def test_start_fails_when_a_trace_cannot_be_written(tmp_path: Path) -> None:
    """One sentence, one next step, and nothing listens."""
    start = Start(port=0, trace=str(tmp_path / "no folder" / "trace.jsonl"))
    with pytest.raises(TraceError, match="cannot be written: No such file or directory") as caught:
        async with hosting(start):
            raise AssertionError("it has started")

    assert "Give a file in a folder that is there and yours." == caught.value.next_step
