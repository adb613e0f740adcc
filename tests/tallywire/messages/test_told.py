"""A diagnosis told to a person, and to a program."""

from __future__ import annotations

import json

from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.doctor import examine
from protocol.message import Message
from tallywire.messages.told import diagnosis_lines, diagnosis_record

ECHO = Message("0800", {11: "000001", 41: "TERM0001"})
PLAIN = Codec(builtin_dialect()).encode(ECHO)
PACKED = Codec(builtin_dialect("iso87_bcd")).encode(ECHO)


def test_what_fits_comes_first_with_the_command_that_reads_it() -> None:
    lines = list(diagnosis_lines(examine(b"\x00\x22" + PLAIN[:34]), "echo.hex"))

    assert "fits: length binary2; no header; iso87" == lines[2]
    assert "MTI 0800 with F11 F41; pyiso8583 agrees" == lines[3].strip()
    command = "tallywire message describe echo.hex --dialect iso87 --framing binary2"
    assert f"Read it: {command}" in lines
    assert any("ascii4: the length header holds no ascii4 digits" in line for line in lines)
    assert any("iso87_bcd: MTI at byte 0" in line for line in lines)


def test_dialect_that_is_not_shipped_is_written_down() -> None:
    lines = [line.strip() for line in diagnosis_lines(examine(bytes(5) + PACKED), "-")]

    assert "fits: no length header; TPDU; iso87_bcd" in lines
    assert 'base = "iso87_bcd"' in lines
    assert 'tpdu = "6000000000"' in lines
    assert "Read it: tallywire message describe - --dialect own.toml --framing none" in lines


def test_what_nearly_fits_is_told_when_nothing_does() -> None:
    lines = list(diagnosis_lines(examine(PLAIN.replace(b"000001", b"00000A")), "-"))

    assert "nearly fits: no length header; no header; iso87" in lines
    assert "  F11 at byte 20: holds something other than digits" in lines


def test_every_dialect_that_does_not_fit_is_told_once() -> None:
    diagnosis = examine(PLAIN)

    record = json.loads(json.dumps(diagnosis_record(diagnosis)))

    told = [one["dialect"] for one in record["does_not_fit"]]
    assert len(told) == len(set(told))
    assert {finding.dialect for finding in diagnosis.findings} == {"iso87", *told}
    assert ["iso87"] == [one["dialect"] for one in record["fits"]]
    assert all(one["reason"] for one in record["does_not_fit"])
