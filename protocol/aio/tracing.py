"""Traces at work: noted in the loop, kept in a ring, written to files in a thread of their own.

A connection notes what it has (`Tap`), and that is all it ever pays. Listeners get the entries:

    Ring        the last of them, for whoever asks later
    Listener    from now on, for somebody who waits; the oldest go when he is slow
    FileTrace   batch by batch to a thread that reads, masks and writes; when that cannot keep
                up, entries are counted instead of kept, and the file says how many

Nothing waits for a disk, and nothing grows without a bound.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import count
from queue import SimpleQueue
from typing import Final

import msgspec

from protocol.aio.incidents import Incident
from protocol.dialect import Dialect
from protocol.pcap import FILE_HEADER, PcapWriter
from protocol.trace import Entry, Told, TraceLine, TraceReader, What

RING_ENTRIES_MAX: Final = 2_000
RING_BYTES_MAX: Final = 4 * 1024 * 1024
LISTENER_ENTRIES_MAX: Final = 2_000
FILE_ENTRIES_MAX: Final = 100_000
FILE_BYTES_MAX: Final = 64 * 1024 * 1024
HAND_OVER_S: Final = 0.05
"""How long entries may wait for company before the thread gets them."""

Sink = Callable[[Entry], None]
Write = Callable[[Entry], Iterator[bytes]]
"""What makes the bytes of a file of an entry."""


class Tracer:
    """Notes for one server, given to whoever listens."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._time = asyncio.get_running_loop().time
        self._zero_s = now().timestamp() - self._time()
        self._numbers = count(1)
        self._sinks: tuple[Sink, ...] = ()

    def add(self, sink: Sink) -> None:
        """Give a listener every entry from now on."""
        self._sinks = (*self._sinks, sink)

    def remove(self, sink: Sink) -> None:
        """Give it no more."""
        self._sinks = tuple(one for one in self._sinks if one != sink)

    def opened(self, connection: int, peer: str, own: str) -> None:
        """A connection was accepted."""
        self._note(connection, What.OPENED, (peer, own))

    def received(self, connection: int, frames: Sequence[bytes]) -> None:
        """Whole messages came in one read."""
        self._note(connection, What.RECEIVED, tuple(frames))

    def sent(self, connection: int, pieces: Sequence[bytes]) -> None:
        """Pieces were handed to the transport, in one write."""
        self._note(connection, What.SENT, tuple(pieces))

    def lost(self, connection: int, size: int) -> None:
        """Bytes came that are no frame."""
        self._note(connection, What.LOST, size)

    def closed(self, connection: int, unfinished_size: int) -> None:
        """A connection is over, perhaps in the middle of a frame."""
        if unfinished_size:
            self.lost(connection, unfinished_size)
        self._note(connection, What.CLOSED, None)

    def incident(self, incident: Incident) -> None:
        """Something went wrong on a connection."""
        details = {"kind": incident.kind.name.lower(), "closed": incident.closed}
        self.tell(Told("incident", str(incident), details), incident.connection)

    def tell(self, told: Told, connection: int = 0) -> None:
        """Something else has happened."""
        self._note(connection, What.TOLD, told)

    def _note(self, connection: int, what: What, data: object) -> None:
        entry = Entry(next(self._numbers), self._zero_s + self._time(), connection, what, data)
        for sink in self._sinks:
            sink(entry)


class Ring:
    """The last entries, within bounds."""

    def __init__(
        self, entries_max: int = RING_ENTRIES_MAX, bytes_max: int = RING_BYTES_MAX
    ) -> None:
        self._entries: deque[Entry] = deque()
        self._entries_max = entries_max
        self._bytes_max = bytes_max
        self._size = 0

    def put(self, entry: Entry) -> None:
        """Keep an entry; the oldest make room."""
        self._entries.append(entry)
        self._size += entry.size
        while len(self._entries) > self._entries_max or self._size > self._bytes_max:
            self._size -= self._entries.popleft().size

    def since(self, number: int) -> list[Entry]:
        """Return what is kept of the entries after `number`, oldest first."""
        return [entry for entry in self._entries if entry.number > number]

    def lines(self, dialect: Dialect, limit: int) -> list[TraceLine]:
        """Return the last lines of all that is kept, oldest first."""
        reader = TraceReader(dialect)
        last: deque[TraceLine] = deque(maxlen=limit)
        for entry in self._entries:
            last.extend(reader.read(entry))
        return list(last)


class Listener:
    """One who follows. What he is too slow for is counted in `dropped`."""

    def __init__(self, entries_max: int = LISTENER_ENTRIES_MAX) -> None:
        self.dropped = 0
        self._entries: deque[Entry] = deque()
        self._entries_max = entries_max
        self._awake = asyncio.Event()
        self._over = False

    def put(self, entry: Entry) -> None:
        """Take an entry; the oldest makes room."""
        if len(self._entries) >= self._entries_max:
            self._entries.popleft()
            self.dropped += 1
        self._entries.append(entry)
        self._awake.set()

    def close(self) -> None:
        """Let `next` return nothing once all is taken."""
        self._over = True
        self._awake.set()

    async def next(self) -> list[Entry]:
        """Return what has come, at least one entry; an empty list is the end."""
        while not self._entries and not self._over:
            self._awake.clear()
            await self._awake.wait()
        taken = list(self._entries)
        self._entries.clear()
        return taken


class FileTrace:
    """Writes entries to a file, in a thread of its own. Raises OSError when it cannot be opened.

    `on_failure` is called once, in the loop's thread, with the sentence of what went wrong later.
    """

    def __init__(
        self,
        path: str,
        write: Write,
        *,
        head: bytes = b"",
        on_failure: Callable[[str], None],
        entries_max: int = FILE_ENTRIES_MAX,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._path = path
        self._write = write
        self._on_failure = on_failure
        self._entries_max = entries_max
        self._batch: list[Entry] = []
        self._timer: asyncio.TimerHandle | None = None
        self._batches: SimpleQueue[list[Entry] | None] = SimpleQueue()
        self._waiting = 0
        self._waiting_size = 0
        self._dropped = 0
        # What is in it is masked, but who paid what and when is nobody else's business.
        flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if head else os.O_APPEND)
        self._file = os.fdopen(os.open(path, flags, 0o600), "wb")
        self._file.write(head)
        self._thread = threading.Thread(target=self._run, name="trace", daemon=True)
        self._thread.start()

    def put(self, entry: Entry) -> None:
        """Take an entry, or count it where there are too many."""
        size = entry.size
        if self._waiting >= self._entries_max or self._waiting_size + size > FILE_BYTES_MAX:
            self._dropped += 1
            return
        if self._dropped:
            text = f"{self._dropped} entries were not kept: the disk is too slow"
            self._batch.append(Entry(0, entry.at_s, 0, What.TOLD, Told("dropped", text)))
            self._dropped = 0
            self._waiting += 1
        self._waiting += 1
        self._waiting_size += size
        self._batch.append(entry)
        if self._timer is None:
            self._timer = self._loop.call_later(HAND_OVER_S, self._hand_over)

    def close(self) -> None:
        """Write what is there and close the file; waits for the disk."""
        self._hand_over()
        self._batches.put(None)
        self._thread.join()

    def _hand_over(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, self._batch = self._batch, []
        self._batches.put(batch)

    def _run(self) -> None:
        problem = ""
        while (batch := self._batches.get()) is not None:
            if not problem:
                problem = self._write_batch(batch)
                if problem:
                    self._call(self._on_failure, f"{self._path}: {problem}")
            if not problem:
                # After a failure nothing is taken from the count: what follows is not kept.
                size = sum(entry.size for entry in batch)
                self._call(self._written, len(batch), size)
        try:
            self._file.close()
        except OSError:
            return  # told already: a disk that is full fails at every write

    def _call(self, act: Callable[..., None], *arguments: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(act, *arguments)

    def _written(self, entries: int, size: int) -> None:
        self._waiting -= entries
        self._waiting_size -= size

    def _write_batch(self, batch: list[Entry]) -> str:
        """Write one batch; return what went wrong, or ""."""
        try:
            for entry in batch:
                self._file.writelines(self._write(entry))
            self._file.flush()
        except OSError as error:
            return error.strerror or type(error).__name__
        return ""


def json_lines(dialect: Dialect) -> Write:
    """Return what makes JSON lines of entries."""
    reader = TraceReader(dialect)
    encode = msgspec.json.encode

    def write(entry: Entry) -> Iterator[bytes]:
        return (encode(line) + b"\n" for line in reader.read(entry))

    return write


def open_jsonl(path: str, dialect: Dialect, on_failure: Callable[[str], None]) -> FileTrace:
    """Return a trace that appends JSON lines to a file. Raises OSError."""
    return FileTrace(path, json_lines(dialect), on_failure=on_failure)


def open_pcap(path: str, dialect: Dialect, on_failure: Callable[[str], None]) -> FileTrace:
    """Return a trace that writes a file of packets anew. Raises OSError."""
    return FileTrace(path, PcapWriter(dialect).write, head=FILE_HEADER, on_failure=on_failure)
