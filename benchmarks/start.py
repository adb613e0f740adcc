"""From the start of the process to the first answer: the acquirer, and a bare asyncio echo.

The two start in turn, and the claim is the median of the rounds' ratios: a start takes a tenth of a
second, and one that meets a neighbour's takes two.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from acquirer_sim.aio.opening import open_ledger
from benchmarks.result import Claim, Report, alternate, times
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.operations import Origin, SignOn, Stamp
from protocol.profiles import iso87

ECHO: Final = """
import asyncio, sys

class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
    def data_received(self, data):
        self.transport.write(data)

async def main():
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()

asyncio.run(main())
"""

WAIT_S: Final = 20.0
ROUNDS: Final = 21


def run() -> Report:
    """Start each in turn and wait for one answer."""
    with tempfile.TemporaryDirectory(prefix="tallywire-bench-") as folder:
        url = f"sqlite:{Path(folder) / 'ledger.db'}"
        open_ledger(url).ledger.close()
        environment = _environment(folder)
        _first_answer_ms(_acquirer(url), environment)
        rows = alternate(
            [
                ("acquirer, ledger at head", lambda: _first_answer_ms(_acquirer(url), environment)),
                (
                    "bare asyncio echo",
                    lambda: _first_answer_ms([sys.executable, "-c", ECHO, "PORT"], environment),
                ),
            ],
            unit="ms",
            rounds=ROUNDS,
        )
    claim = Claim("process start to the first answer", times(*rows), 2.0, at_least=False)
    return Report("Process start", rows, (claim,), ("a sign-on, over TCP, asked until answered",))


def _acquirer(url: str) -> list[str]:
    options = ["--listen", "127.0.0.1:PORT", "--ledger", url]
    return [sys.executable, "-m", "acquirer_sim", *options]


def _environment(folder: str) -> dict[str, str]:
    """Return this environment, but let modules keep their bytecode, as installed ones do."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(Path(folder) / "bytecode")}


def _first_answer_ms(command: Sequence[str], environment: dict[str, str]) -> float:
    port = _free_port()
    frame = _sign_on()
    began = time.perf_counter()
    with subprocess.Popen(
        [word.replace("PORT", str(port)) for word in command],
        stdout=subprocess.DEVNULL,
        env=environment,
    ) as process:
        try:
            _ask(port, frame, began + WAIT_S)
            return (time.perf_counter() - began) * 1000
        finally:
            process.kill()


def _ask(port: int, frame: bytes, deadline: float) -> None:
    """Connect until somebody listens, ask once, and wait for the first byte of the answer."""
    while time.perf_counter() < deadline:
        with (
            contextlib.suppress(ConnectionRefusedError),
            socket.create_connection(("127.0.0.1", port), WAIT_S) as peer,
        ):
            peer.sendall(frame)
            if peer.recv(1):
                return
    raise TimeoutError("nobody answered")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _sign_on() -> bytes:
    request = SignOn(
        origin=Origin("B0000001", "BENCHMARK000001"),
        stan="000001",
        stamp=Stamp("1120113000", "193000", "1120"),
        batch="000001",
    )
    dialect = builtin_dialect()
    return dialect.framing.wrap(Codec(dialect).encode(iso87.encode(request)))
