"""Wireshark opens the file and follows the conversation."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from protocol.pcap import FILE_HEADER, PcapWriter
from protocol.trace import Entry, What
from tests.protocol.test_trace import DIALECT, FRAME, PAN, PAYLOAD, entry

pytestmark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")

OPENED = entry(What.OPENED, ("127.0.0.1:40000", "127.0.0.1:8583"))
CLOSED = entry(What.CLOSED, None)


def written(entries: Iterable[Entry]) -> bytes:
    writer = PcapWriter(DIALECT)
    return FILE_HEADER + b"".join(record for one in entries for record in writer.write(one))


def by_tshark(capture: Path, *fields: str, only: str = "", port: int = 8583) -> list[list[str]]:
    """Return some fields of every packet as tshark tells them; the checksums must be right."""
    command = ["tshark", "-r", str(capture), "-T", "fields", "-d", f"tcp.port=={port},iso8583"]
    command += ["-o", "iso8583.len_endian:Big endian", "-o", "iso8583.charset:Digits represented "]
    command[-1] += "as ASCII Characters"
    command += ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
    command += ["-o", "iso8583.binencode:Bin data represented as Hex Ascii characters"]
    for field in fields:
        command += ["-e", field]
    command += ["-Y", only] if only else []
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return [line.split("\t") for line in done.stdout.splitlines()]


def test_tshark_reads_the_messages(tmp_path: Path) -> None:
    """Issue 5, Trace: fields, directions, addresses; a reply in single bytes is one message."""
    path = tmp_path / "day.pcap"
    drops = [entry(What.SENT, (FRAME[at : at + 1],)) for at in range(len(FRAME))]
    path.write_bytes(
        written([OPENED, entry(What.RECEIVED, (PAYLOAD,)), entry(What.SENT, (FRAME,)), *drops])
    )

    read = by_tshark(
        path,
        "ip.src",
        "tcp.srcport",
        "iso8583.mti",
        "iso8583.bit2",
        "iso8583.bit11",
        only="iso8583",
    )

    told = ["0200", "4111119999991111", "000123"]
    assert [["127.0.0.1", "40000", *told]] + 2 * [["127.0.0.1", "8583", *told]] == read


def test_tshark_finds_nothing_wrong_with_the_conversation(tmp_path: Path) -> None:
    """Handshake, numbers, checksums, end; garbage and lies take up their place as zeros."""
    path = tmp_path / "day.pcap"
    path.write_bytes(
        written(
            [
                OPENED,
                entry(What.RECEIVED, (PAYLOAD, PAYLOAD)),
                entry(What.SENT, (b"\0\0" + PAN.encode(),)),
                entry(What.LOST, 100),
                entry(What.SENT, (FRAME[:50],)),
                CLOSED,
            ]
        )
    )

    odd = by_tshark(
        path,
        "frame.number",
        only="tcp.analysis.flags || tcp.checksum.status == 0 || ip.checksum.status == 0",
    )
    sizes = by_tshark(path, "tcp.len")

    assert [] == odd
    assert [0, 0, 0, 2 * len(FRAME), 18, 100, 50, 0, 0, 0] == [int(one) for (one,) in sizes]
    assert PAN.encode() not in path.read_bytes()


def test_connection_that_was_open_before_has_an_address_too(tmp_path: Path) -> None:
    """A unix socket, IPv6, or a trace that began in the middle."""
    path = tmp_path / "day.pcap"
    six = entry(What.OPENED, ("::1:40000", "::1:8583"), 2)
    path.write_bytes(written([entry(What.RECEIVED, (PAYLOAD,)), six]))

    read = by_tshark(path, "ip.src", "ip.dst")

    assert ["192.0.2.1", "192.0.2.2"] == read[0]
    assert ["192.0.2.1", "192.0.2.2"] == read[1]
