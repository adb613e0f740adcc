"""How little an acquirer loads before its first answer, and the collector's rest until then."""

from __future__ import annotations

import gc
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

import msgspec

from acquirer_sim.aio.opening import open_ledger
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.operations import Origin, SignOn, Stamp
from protocol.profiles import iso87
from tallywire import starting
from tests.tidy.graph import HEAVY
from tests.tidy.sources import ROOT

TIMEOUT_S: Final = 60.0

NOT_NEEDED: Final = (HEAVY - {"asyncio"}) | frozenset(
    "dataclasses importlib.resources ipaddress json lzma pathlib protocol.link protocol.reference "
    "random secrets shutil tempfile terminal urllib.parse zoneinfo".split()
)
"""What costs milliseconds to import and nobody needs who answers a sign-on."""


def sign_on() -> bytes:
    request = SignOn(
        origin=Origin("TERM0001", "MERCHANT0000001"),
        stan="000001",
        stamp=Stamp("1120113000", "193000", "1120"),
        batch="000001",
    )
    dialect = builtin_dialect()
    return dialect.framing.wrap(Codec(dialect).encode(iso87.encode(request)))


def imported_by_an_acquirer_that_has_answered(ledger: str) -> set[str]:
    options = ["--listen", "127.0.0.1:0", "--ledger", ledger, "--json"]
    with subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "acquirer_sim", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            listening = msgspec.json.decode(process.stdout.readline())
            address = (listening["host"], listening["port"])
            with socket.create_connection(address, TIMEOUT_S) as terminal:
                terminal.sendall(sign_on())
                assert b"0810" in terminal.recv(4096)
        finally:
            process.send_signal(signal.SIGTERM)
            _, told = process.communicate(timeout=TIMEOUT_S)
    return {line.rpartition("|")[2].strip() for line in told.splitlines()}


def test_acquirer_starts_lean(tmp_path: Path) -> None:
    """DESIGN, Speed: from process start to the first answer nothing heavy is loaded."""
    ledger = f"sqlite:{tmp_path / 'ledger.db'}"
    open_ledger(ledger).ledger.close()

    imported = imported_by_an_acquirer_that_has_answered(ledger)

    assert {"asyncio", "sqlite3", "protocol.codec"} <= imported
    assert set() == NOT_NEEDED & imported


def test_collector_rests_until_the_start_is_over() -> None:
    """What a start has made is out of every later collection."""
    starting.begin()
    resting = not gc.isenabled()
    starting.end()
    frozen = gc.get_freeze_count()
    gc.unfreeze()

    assert (True, True) == (resting, gc.isenabled())
    assert frozen > 0
