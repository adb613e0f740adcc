"""The demo's child processes: started, spoken to in JSON lines, killed, and never left behind.

A child prints one JSON object per line on its standard output: an event (`"event": name`), or
the result of a command it was given on standard input (`"id": n`). Its log goes to a file.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, Final

import msgspec

from tallywire.exits import Ending, Exit

Line = dict[str, Any]

START_TIMEOUT_S: Final = 20.0
ANSWER_TIMEOUT_S: Final = 60.0
STOP_TIMEOUT_S: Final = 10.0
LINE_SIZE_MAX: Final = 1 << 22


class Child:
    """One running `python -m tallywire ...`. Lines it prints are kept until someone waits."""

    def __init__(self, name: str, process: Process, watch: Callable[[Line], None]) -> None:
        self.name = name
        self.address = ""
        self._process = process
        self._watch = watch
        self._events: list[Line] = []
        self._results: dict[int, Line] = {}
        self._arrived = asyncio.Condition()
        self._numbers = count(1)
        self._ended = False

    @classmethod
    async def start(
        cls,
        name: str,
        *arguments: str,
        log: Path,
        group: asyncio.TaskGroup,
        watch: Callable[[Line], None] = lambda line: None,
    ) -> Child:
        """Start `tallywire` with `arguments`; `watch` sees every line as it comes."""
        with log.open("ab") as errors:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tallywire", *arguments),
                stdin=PIPE,
                stdout=PIPE,
                stderr=errors,
                limit=LINE_SIZE_MAX,
            )
        child = cls(name, process, watch)
        group.create_task(child._read(), name=f"reader of {name}")
        return child

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.returncode

    async def listening(self) -> None:
        """Wait until it listens, and remember where: `address`."""
        line = await self.expect("listening")
        self.address = f"{line['host']}:{line['port']}"

    async def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while raw := await stream.readline():
            line: Line = msgspec.json.decode(raw)
            self._watch(line)
            async with self._arrived:
                if "id" in line:
                    self._results[line["id"]] = line
                else:
                    self._events.append(line)
                self._arrived.notify_all()
        async with self._arrived:
            self._ended = True
            self._arrived.notify_all()

    async def expect(self, event: str, timeout_s: float = START_TIMEOUT_S) -> Line:
        """Wait for an event of that name, and consume it with all before it."""

        def there() -> bool:
            return self._ended or any(line["event"] == event for line in self._events)

        await self._wait(there, f"event {event!r}", timeout_s)
        for place, line in enumerate(self._events):
            if line["event"] == event:
                del self._events[: place + 1]
                return line
        raise self._broken(f"ended before {event!r}")

    async def ask(self, do: str, **arguments: object) -> Line:
        """Give a command and wait for its result, whatever it is."""
        return await self.result_of(await self.tell(do, **arguments))

    async def tell(self, do: str, **arguments: object) -> int:
        """Give a command and return its number, for `result_of`."""
        number = next(self._numbers)
        await self._type(msgspec.json.encode({"id": number, "do": do, **arguments}))
        return number

    async def control(self, line: str) -> str:
        """Type one line at a child that runs with --control; return what it says."""
        await self._type(line.encode())
        return str((await self.expect("control"))["text"])

    async def _type(self, line: bytes) -> None:
        stream = self._process.stdin
        assert stream is not None
        stream.write(line + b"\n")
        await stream.drain()

    async def result_of(self, number: int) -> Line:
        """Wait for the result of command `number`."""
        await self._wait(
            lambda: self._ended or number in self._results, "an answer", ANSWER_TIMEOUT_S
        )
        if number not in self._results:
            raise self._broken("ended without an answer")
        return self._results.pop(number)

    async def _wait(self, ready: Callable[[], bool], what: str, timeout_s: float) -> None:
        late = False
        try:
            async with asyncio.timeout(timeout_s), self._arrived:
                await self._arrived.wait_for(ready)
        except TimeoutError:
            late = True
        if late:
            raise self._broken(f"gave no {what} in {timeout_s:g} s")

    def _broken(self, what: str) -> Ending:
        return Ending(Exit.BUG, f"the {self.name} {what}", f"look into {self.name}.log")

    async def kill(self) -> None:
        """SIGKILL: no goodbye, nothing flushed. Returns when the process is gone."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        """Ask it to end (SIGTERM), then make it."""
        if self._process.returncode is None:
            self._process.terminate()
            try:
                async with asyncio.timeout(STOP_TIMEOUT_S):
                    await self._process.wait()
            except TimeoutError:
                await self.kill()
