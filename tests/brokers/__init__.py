"""A real broker for tests: mosquitto as a process of its own, on a free port of this machine."""

from __future__ import annotations

import asyncio
import getpass
import os
import shutil
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.brokers.ports import free_port

PATIENCE_S = 20
MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")


class Mosquitto:
    """One broker, which can be killed and started again on its port.

    `lines` are added to its configuration; with `keeps` it has its retained letters on disk.
    """

    def __init__(self, folder: Path, *, keeps: bool = False, lines: tuple[str, ...] = ()) -> None:
        self.port = free_port()
        self._folder = folder
        self._keeps = keeps
        self._lines = lines or ("allow_anonymous true",)
        self._process: Process | None = None

    @property
    def host(self) -> str:
        return "127.0.0.1"

    def url(self, printer: str = "shop/kitchen") -> str:
        return f"mqtt://{self.host}:{self.port}/{printer}"

    async def start(self) -> None:
        """Start it and wait until it listens: it says so."""
        assert MOSQUITTO is not None
        configuration = self._folder / "mosquitto.conf"
        lines = [
            f"user {getpass.getuser()}",
            "log_dest stderr",
            f"listener {self.port} {self.host}",
            *self._lines,
        ]
        if self._keeps:
            lines += ["persistence true", f"persistence_location {self._folder}/"]
        configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._process = await asyncio.create_subprocess_exec(
            MOSQUITTO, "-c", str(configuration), stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE
        )
        assert self._process.stderr is not None
        told = b""
        async with asyncio.timeout(PATIENCE_S):
            while b"running" not in told:
                line = await self._process.stderr.readline()
                told += line
                assert line, told.decode()

    async def kill(self) -> None:
        """SIGKILL: nothing is said to anybody, nothing more is written."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM: what it keeps is written."""
        await self._end(signal.SIGTERM)

    def hang(self) -> None:
        """Stop it where it stands: connections stay, nothing is answered."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    async def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.send_signal(how)
            process.send_signal(signal.SIGCONT)
        assert process.stderr is not None
        async with asyncio.timeout(PATIENCE_S):
            await process.stderr.read()
            await process.wait()


@asynccontextmanager
async def mosquitto(
    folder: Path, *, keeps: bool = False, lines: tuple[str, ...] = ()
) -> AsyncIterator[Mosquitto]:
    """Run a broker for the length of a test."""
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    broker = Mosquitto(folder, keeps=keeps, lines=lines)
    await broker.start()
    try:
        yield broker
    finally:
        await broker.kill()
