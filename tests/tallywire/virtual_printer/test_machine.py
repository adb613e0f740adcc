"""The printer without a socket: paper, buffer, hands, replies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallywire.virtual_printer.faults import PrinterFaults
from tallywire.virtual_printer.machine import PrinterMachine
from tallywire.virtual_printer.paper import SlipEnd
from tests.tallywire.virtual_printer.hosts import (
    ASK_PAPER,
    CUT,
    STATUS_BACK,
    connected,
    echo,
    lines_of,
    numbered,
    process,
    receipt,
)


def test_receipt_comes_out_when_it_is_cut() -> None:
    """REQ 001-01: the paper holds the words, the echo says so."""
    machine = connected()

    machine.receive_data(receipt(3) + CUT + process("ab12"), 0.0)

    assert [numbered(1, 3)] == lines_of(machine)
    assert echo("ab12") == machine.data_to_send()
    assert not machine.waiting


@pytest.mark.parametrize("left", range(11))
def test_paper_ends_at_every_line_and_the_rest_follows_on_the_new_roll(left: int) -> None:
    """P8, P9, REQ 000-05: k lines on the old roll, the others late, the echo last."""
    machine = connected(paper_lines=left)
    machine.receive_data(receipt(10) + CUT + process("ab12") + b"\x10\x04\x04", 0.0)
    fragment, before = machine.take_slips(), machine.data_to_send()

    machine.load_paper(100, 1.0)

    rest = machine.take_slips()
    assert b"\x7e" == before, "paper end is told, the job is not acknowledged"
    assert numbered(1, 10) == tuple(line for slip in fragment + rest for line in slip.lines)
    assert [numbered(1, left)] * bool(left) == [slip.lines for slip in fragment]
    assert all(slip.end is SlipEnd.ROLL_ENDED for slip in fragment)
    assert all(slip.end is SlipEnd.CUT for slip in rest)
    assert echo("ab12") == machine.data_to_send()


def test_late_echo_reaches_whoever_is_connected_when_paper_is_loaded() -> None:
    """REQ 003-10: an old acknowledgement on a new connection."""
    machine = connected(paper_lines=1)
    machine.receive_data(receipt(2) + CUT + process("old1"), 0.0)
    machine.connection_lost(1.0)
    machine.connection_made()

    machine.load_paper(100, 2.0)

    assert echo("old1") == machine.data_to_send()


def test_reply_to_nobody_is_lost() -> None:
    """What is said while no client is there is not kept for the next one."""
    machine = connected(paper_lines=1)
    machine.receive_data(receipt(2) + CUT + process("old1"), 0.0)
    machine.connection_lost(1.0)
    machine.load_paper(100, 2.0)

    machine.connection_made()

    assert b"" == machine.data_to_send()


@pytest.mark.parametrize("drop", [b"\x10\x05\x02", b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"])
def test_stale_job_is_dropped_when_the_buffer_is_cleared(drop: bytes) -> None:
    """REQ 004-07: DLE ENQ 2 (and DLE DC4 8) before a retry, so that no second slip comes."""
    machine = connected(paper_lines=2)
    machine.receive_data(receipt(10) + CUT + process("old1"), 0.0)
    machine.take_slips()

    machine.receive_data(drop, 1.0)
    machine.load_paper(100, 2.0)
    machine.receive_data(b"new\n" + CUT + process("new1"), 3.0)

    assert [("new",)] == lines_of(machine)
    assert machine.data_to_send().endswith(echo("new1"))


def test_clear_is_ignored_while_the_printer_prints() -> None:
    """DLE ENQ 2 is for a printer that stands still."""
    machine = connected()

    machine.receive_data(b"half a line" + b"\x10\x05\x02" + b"\n" + CUT, 0.0)

    assert [("half a line",)] == lines_of(machine)


def test_real_time_status_is_answered_while_the_job_waits() -> None:
    """REQ 000-04: the cause can be asked for in the middle of a job."""
    machine = connected(paper_lines=3)

    machine.receive_data(receipt(5) + b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04", 0.0)

    assert bytes.fromhex("1a 32 12 7e") == machine.data_to_send()


def test_status_is_answered_inside_the_data_of_a_picture() -> None:
    """A real printer obeys the bytes wherever they stand, and prints them too."""
    machine = connected()

    machine.receive_data(b"\x1dv0\x00\x03\x00\x01\x00" + b"\x10\x04\x01" + b"\n" + CUT, 0.0)

    assert b"\x12" == machine.data_to_send()
    assert b"\x10\x04\x01" == machine.take_slips()[0].marks[0].bits


def test_fence_is_answered_in_buffer_order() -> None:
    """GS r 1 behind a job that ran out of paper waits with it."""
    machine = connected(paper_lines=2)
    machine.receive_data(receipt(3) + ASK_PAPER, 0.0)
    before = machine.data_to_send()

    machine.load_paper(100, 1.0)

    assert (b"", b"\x00") == (before, machine.data_to_send())


def test_status_back_tells_every_change_by_itself() -> None:
    """GS a 15: one frame at once, one for each change, none twice."""
    machine = connected(paper_lines=100)
    machine.receive_data(STATUS_BACK, 0.0)
    machine.open_cover(1.0)
    machine.close_cover(2.0)
    machine.close_cover(3.0)

    frames = machine.data_to_send()

    assert bytes.fromhex("10 00 00 0f  38 00 00 0f  10 00 00 0f") == frames


def test_status_back_ends_with_the_connection_and_with_initialisation() -> None:
    """A new client has asked for nothing yet; ESC @ forgets it too."""
    machine = connected()
    machine.receive_data(STATUS_BACK, 0.0)
    machine.connection_lost(1.0)
    machine.connection_made()
    machine.open_cover(2.0)
    machine.close_cover(2.0)
    machine.receive_data(STATUS_BACK + b"\x1b@", 3.0)
    machine.data_to_send()

    machine.open_cover(4.0)

    assert b"" == machine.data_to_send()


OFFLINE_BACK = b"\x1d(H\x03\x0010"


@pytest.mark.parametrize(
    ("wanted", "told"),
    [(b"0", ""), (b"\x01", "37 23 00  37 23 00"), (b"2", "37 23 44 00  37 23 60 00")],
)
def test_offline_response_is_told_when_something_stops_the_printer(
    wanted: bytes, told: str
) -> None:
    """Paper page, ESC/POS: GS ( H function 49; the cover, then the end of the paper."""
    machine = connected(paper_lines=2)
    machine.receive_data(OFFLINE_BACK + wanted, 0.0)
    machine.open_cover(1.0)
    machine.close_cover(2.0)
    machine.go_offline(3.0)
    machine.go_online(4.0)
    machine.receive_data(receipt(3), 5.0)

    assert bytes.fromhex(told) == machine.data_to_send()


def test_offline_response_comes_after_the_process_id_that_was_due() -> None:
    """Paper page: the process ID has priority."""
    machine = connected(paper_lines=4)
    machine.receive_data(OFFLINE_BACK + b"1" + receipt(3) + process("ab12") + receipt(2), 0.0)

    assert echo("ab12") + b"\x37\x23\0" == machine.data_to_send()


@pytest.mark.parametrize("faults", [PrinterFaults(clone=True), PrinterFaults(illiterate=True)])
def test_clone_knows_no_offline_response(faults: PrinterFaults) -> None:
    machine = connected(faults=faults)
    machine.receive_data(OFFLINE_BACK + b"1", 0.0)
    machine.open_cover(1.0)

    assert b"" == machine.data_to_send()


def test_cover_stops_the_job_and_closing_it_goes_on_with_the_same_slip() -> None:
    """P8 with the cover."""
    machine = connected()
    machine.receive_data(receipt(2), 0.0)
    machine.open_cover(1.0)
    machine.receive_data(b"line 3\n" + CUT, 2.0)
    waiting = machine.waiting, machine.take_slips()

    machine.close_cover(3.0)

    assert (True, []) == waiting
    assert [numbered(1, 3)] == lines_of(machine)


def test_power_cut_forgets_the_buffer_and_keeps_the_paper() -> None:
    """What was printed hangs out; what waited is gone, and so is its acknowledgement."""
    machine = connected()
    machine.receive_data(receipt(2), 0.0)
    machine.go_offline(1.0)
    machine.receive_data(b"never\n" + CUT + process("gone"), 2.0)

    machine.connection_lost(3.0)
    machine.power_cut()
    machine.connection_made()
    machine.receive_data(b"new\n" + CUT, 4.0)

    slips = machine.take_slips()
    assert [(numbered(1, 2), SlipEnd.TORN_OFF), (("new",), SlipEnd.CUT)] == [
        (slip.lines, slip.end) for slip in slips
    ]
    assert b"" == machine.data_to_send()


def test_new_roll_before_the_old_one_ended_tears_the_slip() -> None:
    """REQ 001-07: one fragment, one continuation."""
    machine = connected()
    machine.receive_data(b"old\n", 0.0)

    machine.load_paper(100, 1.0)
    machine.receive_data(b"new\n" + CUT, 2.0)

    assert [("old",), ("new",)] == lines_of(machine)


def test_buffer_has_no_room_left_when_paper_is_out_and_it_is_full() -> None:
    """Back-pressure: the caller stops reading, nothing is thrown away."""
    machine = PrinterMachine(paper_lines=1, buffer_size=1000)
    machine.connection_made()
    machine.receive_data(b"first\n", 0.0)
    machine.receive_data(b"x" * 1000, 0.0)
    full = machine.room

    machine.load_paper(1000, 1.0)

    assert (0, 1000) == (full, machine.room)


def test_unknown_commands_are_counted_and_skipped() -> None:
    """REQ 003-09: an event, not a crash."""
    machine = connected()

    machine.receive_data(b"\x1bQ\x1d\x07ok\n" + CUT, 0.0)

    assert 2 == machine.counters.unknown_commands
    assert [("ok",)] == lines_of(machine)


@given(st.lists(st.binary(max_size=400), max_size=6), st.integers(min_value=0, max_value=20))
def test_machine_survives_any_bytes(packets: list[bytes], paper_lines: int) -> None:
    """Whatever a client sends, the printer goes on and acknowledges the next good job."""
    machine = connected(paper_lines=paper_lines)
    for packet in packets:
        machine.receive_data(packet, 0.0)
        machine.take_slips()
    machine.connection_lost(0.0)
    machine.load_paper(100_000, 0.0)
    machine.connection_made()

    machine.receive_data(b"\x1b@fine\n" + CUT + process("ab12"), 0.0)

    assert machine.data_to_send().endswith(echo("ab12"))
    assert machine.take_slips()[-1].lines[-1].endswith("fine")


PREFIXES = (
    "1d28 6b,1d28 4c,1d76 3000,1b2a,1d6b,1d21,1b21,1d56,1c26,1b61,1b33,1b64,1b4a,1d68,1d77,1b24,"
    "1d28 6b 0300 31 51 30,1d38 4c,1b2d,1b4d,1b74,09,0a,0d,1d61,1d72,1d49,1d42,1c21,1b69"
)
COMMAND_SOUP = st.lists(
    st.sampled_from([bytes.fromhex(prefix) for prefix in PREFIXES.split(",")])
    | st.binary(max_size=12),
    max_size=60,
)


@given(COMMAND_SOUP)
def test_machine_survives_commands_with_any_arguments(pieces: list[bytes]) -> None:
    """Every handler takes every argument."""
    machine = connected(paper_lines=50)

    machine.receive_data(b"".join(pieces), 0.0)

    machine.tear_off()
    for slip in machine.take_slips():
        assert slip.height <= 50 * 30
