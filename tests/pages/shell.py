"""The shells that a reader has open, with commands that end and commands that stay.

A reader's ports are his own: whoever runs the tests may have an acquirer on 8583. So every address
of a page stands for a free port of this run, also the one that a command takes when it names none.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final

from tests.pages.markdown import Block, ByHand, fits
from tests.tidy.sources import ROOT

COMMAND_SECONDS_MAX: Final = 60
ADDRESS: Final = re.compile(r"(127\.0\.0\.1:|mosquitto -p |tcp\.port==)(\d+)")
UNSAID: Final = (
    ("tallywire acquirer", "--listen", "127.0.0.1:8583"),
    ("tallywire terminal", "--acquirer", "127.0.0.1:8583"),
    ("tallywire printer", "--listen", "127.0.0.1:9100"),
)
"""Command, option, and the address it takes when the page does not say one."""


class PageError(AssertionError):
    """An example that does not do what its page says."""


@dataclass
class Shells:
    """One reader: a working folder, and for each open shell what runs in it."""

    folder: Path
    page: str
    _staying: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    _ports: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Shells:
        programs = self.folder / "bin"
        programs.mkdir()
        for name, start in (("tallywire", "-m tallywire"), ("python", "")):
            script = f'#!/bin/sh\nexec "{sys.executable}" {start} "$@"\n'
            (programs / name).write_text(script, encoding="utf-8")
            (programs / name).chmod(0o755)
        (self.folder / "examples").symlink_to(ROOT / "examples")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name in list(self._staying):
            self._end(name, signal.SIGKILL)

    def perform(self, step: Block | ByHand) -> None:
        """Do one step of the page. Raises PageError when something else comes out."""
        if isinstance(step, ByHand):
            self._end(step.shell, signal.SIGINT if step.action == "stop" else signal.SIGKILL)
            return
        for command, expected in _commands(step.text):
            if "stays" in step.options:
                self._start(step, command, expected)
            else:
                self._run(step, command, expected)

    def _run(self, step: Block, command: str, expected: list[str]) -> None:
        done = subprocess.run(
            ["sh", "-c", self._with_ports(command)],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_SECONDS_MAX,
            check=False,
        )
        output = self._as_written(done.stdout).splitlines()
        wanted_exit = int(step.options.get("exit", "0"))
        if done.returncode != wanted_exit:
            self._complain(step, command, f"ended with {done.returncode}", output)
        if expected and not fits(expected, output):
            self._complain(step, command, "printed something else", output)

    def _start(self, step: Block, command: str, expected: list[str]) -> None:
        """Start a command that stays, and wait for the output that the page shows."""
        process = subprocess.Popen(
            ["sh", "-c", f"exec {self._with_ports(command)}"],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._staying[step.options["stays"]] = process
        assert process.stdout is not None
        output: list[str] = []
        # A reader would give up too: the watchdog ends a command that says nothing.
        watchdog = threading.Timer(COMMAND_SECONDS_MAX, process.kill)
        watchdog.start()
        while not fits(expected, output):
            line = process.stdout.readline()
            if not line:
                watchdog.cancel()
                self._complain(step, command, "ended, or never said what the page shows", output)
            output.append(self._as_written(line.rstrip("\n")))
        watchdog.cancel()

    def _end(self, name: str, how: signal.Signals) -> None:
        process = self._staying.pop(name)
        process.send_signal(how)
        process.communicate(timeout=COMMAND_SECONDS_MAX)

    def _environment(self) -> dict[str, str]:
        path = os.pathsep.join((str(self.folder / "bin"), os.environ["PATH"], "/usr/sbin"))
        plain = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "100", "PYTHONUNBUFFERED": "1"}
        return {**os.environ, **plain, "PATH": path, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}

    def _with_ports(self, text: str) -> str:
        return ADDRESS.sub(lambda found: found[1] + self._port(found[2]), spelled_out(text))

    def _port(self, written: str) -> str:
        if written not in self._ports:
            self._ports[written] = _free_port(self._ports.values())
        return self._ports[written]

    def _as_written(self, text: str) -> str:
        for written, free in self._ports.items():
            text = text.replace(f":{free}", f":{written}")
        return text

    def _complain(self, step: Block, command: str, problem: str, output: list[str]) -> None:
        shown = "\n".join(f"    {line}" for line in output[-40:])
        raise PageError(f"{self.page} line {step.line}: `{command}` {problem}:\n{shown}")


def _commands(text: str) -> list[tuple[str, list[str]]]:
    commands: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            commands.append((line[2:], []))
        elif commands:
            commands[-1][1].append(line)
    return commands


def spelled_out(command: str) -> str:
    """Return a command of ours with the address that it leaves out."""
    for program, option, address in UNSAID:
        if re.match(rf"{program}\b", command) and option not in command:
            return command.replace(program, f"{program} {option} {address}", 1)
    return command


def _free_port(taken: Collection[str]) -> str:
    """Return a free port; one that was chosen before may not be listened on yet."""
    doors: list[socket.socket] = []
    try:
        while True:
            doors.append(socket.create_server(("127.0.0.1", 0)))
            port = str(doors[-1].getsockname()[1])
            if port not in taken:
                return port
    finally:
        for door in doors:
            door.close()
