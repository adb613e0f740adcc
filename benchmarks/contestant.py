"""The servers that race, each in a process of its own that can say what it has used.

    echo        a bare asyncio.Protocol that writes back what it reads
    compiled    our server, our codec, the host without a ledger
    reference   the same server and host on pyiso8583
    ledger      the whole host with its books on SQLite
    aiosqlite   the same server with one aiosqlite commit per message
    postgres    the whole host with its books on PostgreSQL
    asyncpg     the same server with one commit per message, on many connections to it

`python -m benchmarks.contestant KIND [DATABASE]` prints its port, then for each line on standard
input one line of JSON: seconds of CPU so far and bytes of resident memory. It ends with the input.
"""

from __future__ import annotations

import asyncio
import importlib
import resource
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from acquirer_sim.aio.ledger_url import NONE
from acquirer_sim.aio.running import Start, start_host
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.message import MessageCodec
from protocol.reference import ReferenceCodec
from tallywire import starting

BACKLOG: Final = 4096
STOP_TIMEOUT_S: Final = 10.0


class Usage(msgspec.Struct, frozen=True):
    """What a process has used: seconds of CPU, user and system, and resident bytes now."""

    cpu_s: float
    resident: int


class Contestant:
    """A running one, seen from the process that measures."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.port = int(self._read())

    def usage(self) -> Usage:
        """Ask it what it has used."""
        assert self._process.stdin is not None, "opened with a pipe"
        self._process.stdin.write("usage\n")
        self._process.stdin.flush()
        return msgspec.json.decode(self._read(), type=Usage)

    def _read(self) -> str:
        assert self._process.stdout is not None, "opened with a pipe"
        return self._process.stdout.readline()


@contextmanager
def started(kind: str, *arguments: str) -> Iterator[Contestant]:
    """Start one, and end it."""
    command = [sys.executable, "-m", "benchmarks.contestant", kind, *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Contestant(process)
        finally:
            assert process.stdin is not None, "opened with a pipe"
            process.stdin.close()
            process.wait(STOP_TIMEOUT_S)


class Echo(asyncio.Protocol):
    """What nothing in asyncio can be faster than."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        self._transport.write(data)


async def listen_echo() -> int:
    """Start the echo and return its port."""
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0, backlog=BACKLOG)
    port: int = server.sockets[0].getsockname()[1]
    return port


async def listen_host(codec: MessageCodec) -> int:
    """Start the host without a ledger, on one codec, and return its port."""
    host = await start_host(Start(port=0, ledger=NONE), codec=codec)
    return host.server.addresses[0][1]


def _durable(listen: str, module: str = "durable") -> Awaitable[int]:
    """Start a server with books; its libraries are none of the others' burden."""
    servers = importlib.import_module(f"benchmarks.{module}")
    started: Awaitable[int] = getattr(servers, listen)(*sys.argv[2:])
    return started


KINDS: Final[Mapping[str, Callable[[], Awaitable[int]]]] = {
    "echo": listen_echo,
    "compiled": lambda: listen_host(Codec(builtin_dialect())),
    "reference": lambda: listen_host(ReferenceCodec(builtin_dialect())),
    "ledger": lambda: _durable("listen_ledger"),
    "aiosqlite": lambda: _durable("listen_commit_per_message"),
    "postgres": lambda: _durable("listen_ledger", "durable_postgres"),
    "asyncpg": lambda: _durable("listen_commit_per_message", "durable_postgres"),
}


async def main(kind: str) -> None:
    """Listen, tell the port, and answer questions about usage until the input ends.

    All of them start as the acquirer's command does: what the start has made is kept out of the
    garbage collector's way.
    """
    starting.begin()
    port = await KINDS[kind]()
    starting.end()
    tell(port)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def answer_line() -> None:
        if not sys.stdin.readline():
            loop.remove_reader(sys.stdin)
            ended.set()
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        usage = Usage(used.ru_utime + used.ru_stime, resident_bytes())
        tell(msgspec.json.encode(usage).decode())

    loop.add_reader(sys.stdin, answer_line)
    await ended.wait()


def tell(value: object) -> None:
    """Say one line to the measuring process."""
    sys.stdout.write(f"{value}\n")
    sys.stdout.flush()


def resident_bytes() -> int:
    """Return the resident memory of this process, from the kernel."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
