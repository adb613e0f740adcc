"""Real-time commands, found wherever they stand."""

from __future__ import annotations

import pytest

from tallywire.virtual_printer.realtime import CLEAR, RealTime, RealTimeScanner, Urgent

CASES = {
    b"\x10\x04\x01": (Urgent.STATUS, 1),
    b"\x10\x04\x04": (Urgent.STATUS, 4),
    b"\x10\x05\x01": (Urgent.RECOVER, 0),
    b"\x10\x05\x02": (Urgent.RECOVER_AND_CLEAR, 0),
    CLEAR: (Urgent.CLEAR, 0),
}


@pytest.mark.parametrize("raw", CASES)
def test_command_is_found_in_the_middle_of_text(raw: bytes) -> None:
    """DLE EOT 1 to 4, DLE ENQ 1 and 2, DLE DC4 8."""
    urgent, argument = CASES[raw]

    found = RealTimeScanner().scan(b"abc" + raw + b"def")

    assert [RealTime(3 + len(raw), urgent, argument)] == found


@pytest.mark.parametrize("raw", CASES)
def test_command_is_found_when_packets_split_it(raw: bytes) -> None:
    """TCP cuts where it likes; the offset counts in the last packet."""
    urgent, argument = CASES[raw]
    for cut in range(1, len(raw)):
        scanner = RealTimeScanner()

        before, after = scanner.scan(b"x" + raw[:cut]), scanner.scan(raw[cut:])

        assert [] == before
        assert [RealTime(len(raw) - cut, urgent, argument)] == after


def test_what_only_looks_like_a_command_is_not_one() -> None:
    """DLE EOT 9, DLE ENQ 0, DLE DLE EOT 1."""
    scanner = RealTimeScanner()

    assert [] == scanner.scan(b"\x10\x04\x09\x10\x05\x00\x10\x14\x01\x00\x05")
    assert [RealTime(4, Urgent.STATUS, 1)] == scanner.scan(b"\x10\x10\x04\x01")


def test_half_a_command_of_a_lost_connection_is_forgotten() -> None:
    """A new client's first byte completes nothing."""
    scanner = RealTimeScanner()
    scanner.scan(b"\x10\x04")

    scanner.reset()

    assert [] == scanner.scan(b"\x01")
