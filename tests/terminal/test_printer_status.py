from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.printer_status import (
    Ask,
    AutomaticStatus,
    Cause,
    Fence,
    Finding,
    Garbage,
    PrinterStatus,
    ProcessEcho,
    RealTime,
    StatusParser,
    automatic_status,
    process_id,
    process_id_request,
    real_time_status,
    serial_of,
)


@pytest.mark.parametrize(
    ("ask", "value", "cause"),
    [
        (Ask.PRINTER, 0x12, None),
        (Ask.PRINTER, 0x1A, Cause.OFFLINE),
        (Ask.OFFLINE, 0x16, Cause.COVER_OPEN),
        (Ask.OFFLINE, 0x32, Cause.PAPER_OUT),
        (Ask.ERROR, 0x1A, Cause.CUTTER),
        (Ask.ERROR, 0x32, Cause.UNRECOVERABLE),
        (Ask.ERROR, 0x52, Cause.RECOVERABLE),
        (Ask.PAPER, 0x72, Cause.PAPER_OUT),
        (Ask.PAPER, 0x1E, None),
    ],
)
def test_real_time_status_reads_each_cause(ask: Ask, value: int, cause: Cause | None) -> None:
    """REQ 000-04, 001-07: the bits of DLE EOT 1 to 4."""
    assert cause == real_time_status(ask, value).cause


def test_real_time_status_tells_near_end_as_a_warning() -> None:
    assert PrinterStatus(near_end=True) == real_time_status(Ask.PAPER, 0x1E)


@pytest.mark.parametrize(
    ("frame", "cause"),
    [
        ("1000000f", None),
        ("1800000f", Cause.OFFLINE),
        ("3800000f", Cause.COVER_OPEN),
        ("1808000f", Cause.CUTTER),
        ("1820000f", Cause.UNRECOVERABLE),
        ("1840000f", Cause.RECOVERABLE),
        ("18000f0f", Cause.PAPER_OUT),
        ("1000030f", None),
    ],
)
def test_automatic_status_reads_each_cause(frame: str, cause: Cause | None) -> None:
    assert cause == automatic_status(bytes.fromhex(frame)).cause


def test_the_particular_cause_is_told_before_offline() -> None:
    """A printer with an open cover is also offline: the person must hear of the cover."""
    status = PrinterStatus(offline=True) | PrinterStatus(cover_open=True)

    assert Cause.COVER_OPEN == status.cause


def test_parser_tells_the_four_kinds_apart_in_one_stream() -> None:
    stream = bytes.fromhex("1218000f0f0037223031323300ff1a0c")
    findings = StatusParser().receive_data(stream)

    expected: list[Finding] = [
        RealTime(0x12),
        AutomaticStatus(PrinterStatus(offline=True, paper_end=True, near_end=True)),
        Fence(PrinterStatus()),
        ProcessEcho(b"0123"),
        Garbage(0xFF),
        RealTime(0x1A),
        Fence(PrinterStatus(paper_end=True)),
    ]
    assert expected == findings


@given(st.binary(max_size=60), st.integers(1, 7))
def test_parser_never_raises_and_does_not_care_how_bytes_are_cut(data: bytes, size: int) -> None:
    whole = StatusParser().receive_data(data)
    parser = StatusParser()
    parts = [
        finding
        for start in range(0, len(data), size)
        for finding in parser.receive_data(data[start : start + size])
    ]

    assert whole == parts


def test_parser_passes_over_an_echo_with_a_wrong_end() -> None:
    findings = StatusParser().receive_data(bytes.fromhex("37223031323355"))

    assert ProcessEcho not in {type(finding) for finding in findings}


@given(st.integers(1, 95**4 - 1))
def test_process_id_is_printable_and_names_its_serial(serial: int) -> None:
    name = process_id(serial)

    assert all(0x20 <= byte <= 0x7E for byte in name)
    assert serial == serial_of(name)


def test_serial_of_foreign_bytes_is_zero() -> None:
    assert 0 == serial_of(b"\x00\xff\x01\x02")


def test_process_id_request_is_as_documented() -> None:
    """GS ( H function 48: 1D 28 48 06 00 30 30 d1 d2 d3 d4."""
    assert "1d28480600303030313233" == process_id_request(b"0123").hex()
