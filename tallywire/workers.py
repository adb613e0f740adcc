"""`tallywire acquirer --workers N`: one parent, N acquirers that share a port and a ledger.

Every worker is the same command with one option more. They listen on one port with SO_REUSEPORT,
and the kernel deals out the connections; the parent holds the port and accepts nobody. It tells
what they tell, starts one that has died again after ever longer pauses, and passes the end on: a
worker that is told to stop answers what it has received. When the parent itself is killed, its
workers see the end of their input, and stop alike.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from acquirer_sim.aio.ledger_url import NONE, is_postgres, shown
from tallywire.exits import Ending, Exit

Line = dict[str, Any]
Told = Callable[[int, Line], None]
"""Takes what a worker tells, with its number."""

WORKERS_MAX: Final = 64
PAUSE_MIN_S: Final = 0.25
PAUSE_MAX_S: Final = 15.0
STEADY_S: Final = 10.0
"""Who has served for so long is started at once when it dies."""
STOP_TIMEOUT_S: Final = 20.0
LINE_SIZE_MAX: Final = 1 << 20
WORKER: Final = "worker"
"""The event of a worker's beginning and of its end."""


def check_shareable(ledger: str) -> None:
    """Raise Ending for a ledger that processes cannot share."""
    if not is_postgres(ledger) and ledger != NONE:
        raise Ending(
            Exit.CONFIGURATION,
            f"Workers share a ledger, and {shown(ledger)} belongs to one process: "
            "several need PostgreSQL.",
            "Give --ledger postgresql://USER@HOST/DATABASE, or leave --workers out.",
        )


def hold_port(host: str, port: int) -> socket.socket:
    """Return a socket that keeps the port and takes no connections. Raises Ending."""
    problem = ""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        held = socket.socket(family, kind, protocol)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(address)
        return held
    except OSError as error:
        problem = error.strerror or "the system refused"
    raise Ending(
        Exit.UNREACHABLE,
        f"Cannot listen on {host}:{port}: {problem}.",
        "Choose another address with --listen.",
        "A10",
    )


class Workers:
    """Starts, watches and stops workers. `arguments` are those of the command, but its address."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        count: int,
        *,
        on_ready: Callable[[], None],
        on_line: Told,
    ) -> None:
        self._arguments = arguments
        self._environment = {**os.environ, **environment}
        self._count = count
        self._on_ready = on_ready
        self._on_line = on_line
        self._listening: set[int] = set()
        self._ready = False

    async def run(self) -> None:
        """Keep all of them at work until cancelled. Raises Ending when one cannot even begin."""
        async with asyncio.TaskGroup() as group:
            for number in range(1, self._count + 1):
                group.create_task(self._keep(number), name=f"worker {number}")

    async def _keep(self, number: int) -> None:
        """Run one worker, again and again."""
        time = asyncio.get_running_loop().time
        pause_s = PAUSE_MIN_S
        while True:
            began_s = time()
            code = await self._serve(number)
            pause_s = PAUSE_MIN_S if time() - began_s > STEADY_S else pause_s
            text = f"ended with {code}; it is started again in {pause_s:g} s"
            self._on_line(number, {"event": WORKER, "text": text, "exit": code})
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, PAUSE_MAX_S)

    async def _serve(self, number: int) -> int:
        """Run one worker to its end and return its exit code."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tallywire", "acquirer", *self._arguments),
            *("--worker", str(number), "--json"),
            stdin=PIPE,
            stdout=PIPE,
            limit=LINE_SIZE_MAX,
            env=self._environment,
        )
        self._on_line(
            number, {"event": WORKER, "text": f"is process {process.pid}", "pid": process.pid}
        )
        try:
            assert process.stdout is not None, "opened with a pipe"
            while raw := await process.stdout.readline():
                self._hear(number, raw)
            return await process.wait()
        finally:
            await _end(process)

    def _hear(self, number: int, raw: bytes) -> None:
        line: Line = msgspec.json.decode(raw)
        if line["event"] == "listening":
            self._listening.add(number)
            if not self._ready and len(self._listening) == self._count:
                self._ready = True
                self._on_ready()
        elif line["event"] == "failed" and not self._ready:
            raise Ending(Exit(line["exit"]), line["sentence"], line["next"], line["code"])
        else:
            self._on_line(number, line)


async def _end(process: Process) -> None:
    """Tell a worker to stop, and see to it."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_TIMEOUT_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def end_with_parent() -> None:
    """Make this process stop as on SIGTERM when its input ends: nobody is left to watch it."""
    loop = asyncio.get_running_loop()
    handle = sys.stdin.fileno()

    def look() -> None:
        if not os.read(handle, 4096):
            loop.remove_reader(handle)
            os.kill(os.getpid(), signal.SIGTERM)

    loop.add_reader(handle, look)
