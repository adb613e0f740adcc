"""Every printer fault on command: what the client sees of it."""

from __future__ import annotations

import pytest

from tallywire.virtual_printer.faults import OPTIONS, Echo, PrinterFaults, parse_fault
from tallywire.virtual_printer.machine import COOLING_S, PrinterMachine
from tests.tallywire.virtual_printer.hosts import (
    ASK_PAPER,
    CUT,
    connected,
    echo,
    lines_of,
    numbered,
    process,
    receipt,
)

JOB = receipt(5) + CUT + process("ab12")
ASK_ALL = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"

STATES = {
    # faults → DLE EOT 1 to 4 after the job
    PrinterFaults(offline=True): "1a 12 12 12",
    PrinterFaults(paper_ends_after_lines=0): "1a 32 12 7e",
    PrinterFaults(paper_ends_after_lines=3): "1a 32 12 7e",
    PrinterFaults(paper_ends_after_lines=5): "1a 32 12 7e",
    PrinterFaults(cover_opens_after_lines=2): "1a 16 12 12",
    PrinterFaults(overheats_after_lines=2): "1a 52 52 12",
    PrinterFaults(breaks_after_lines=2): "1a 52 32 12",
    PrinterFaults(cutter_jams=True): "1a 52 1a 12",
}


@pytest.mark.parametrize(("faults", "status"), STATES.items())
def test_stopping_fault_is_told_and_the_job_is_not_acknowledged(
    faults: PrinterFaults, status: str
) -> None:
    """REQ 000-04, 001-07: each cause by its own bits, and no echo."""
    machine = connected(faults=faults)

    machine.receive_data(JOB + ASK_ALL, 0.0)

    assert bytes.fromhex(status) == machine.data_to_send()
    assert machine.waiting


def test_near_end_is_told_and_stops_nothing() -> None:
    """The first warning of a roll."""
    machine = connected(faults=PrinterFaults(near_end=True))

    machine.receive_data(JOB + ASK_ALL, 0.0)

    assert echo("ab12") + bytes.fromhex("12 12 12 1e") == machine.data_to_send()


def test_paper_that_ends_exactly_at_the_cut_keeps_the_acknowledgement_back() -> None:
    """All lines are on paper, and yet nobody may say so before the new roll."""
    machine = connected(faults=PrinterFaults(paper_ends_after_lines=5))
    machine.receive_data(JOB, 0.0)
    printed, before = lines_of(machine), machine.data_to_send()

    machine.load_paper(100, 1.0)

    assert ([numbered(1, 5)], b"") == (printed, before)
    assert ([], echo("ab12")) == (lines_of(machine), machine.data_to_send())


def test_overheating_passes_with_time() -> None:
    """Recoverable by itself: the job ends after the head has cooled."""
    machine = connected(faults=PrinterFaults(overheats_after_lines=2))
    machine.receive_data(JOB, 10.0)
    deadline = machine.next_deadline()

    machine.handle_timer(10.0 + COOLING_S)

    assert 10.0 + COOLING_S == deadline
    assert [numbered(1, 5)] == lines_of(machine)
    assert echo("ab12") == machine.data_to_send()


@pytest.mark.parametrize(
    ("recover", "slips", "reply"),
    [(b"\x10\x05\x01", [numbered(1, 5)], echo("ab12")), (b"\x10\x05\x02", [], b"")],
)
def test_jammed_cutter_is_recovered_with_or_without_the_job(
    recover: bytes, slips: list[tuple[str, ...]], reply: bytes
) -> None:
    """DLE ENQ 1 goes on where it stood, DLE ENQ 2 throws the rest away."""
    machine = connected(faults=PrinterFaults(cutter_jams=True))
    machine.receive_data(JOB, 0.0)

    machine.receive_data(recover, 1.0)

    assert (slips, reply) == (lines_of(machine), machine.data_to_send())
    assert not machine.condition.stopped


def test_broken_printer_needs_its_plug_pulled() -> None:
    """Unrecoverable: no command helps."""
    machine = connected(faults=PrinterFaults(breaks_after_lines=0))
    machine.receive_data(JOB + b"\x10\x05\x01\x10\x05\x02", 0.0)
    stopped = machine.condition.broken

    machine.power_cut()

    assert (True, False) == (stopped, machine.condition.broken)


def test_cover_that_opened_by_fault_opens_once() -> None:
    """After closing it the job is finished on the same slip."""
    machine = connected(faults=PrinterFaults(cover_opens_after_lines=2))
    machine.receive_data(JOB, 0.0)

    machine.close_cover(1.0)

    assert [numbered(1, 5)] == lines_of(machine)


def test_swallowing_printer_answers_status_and_prints_nothing() -> None:
    """The worst kind: everything looks well."""
    machine = connected(faults=PrinterFaults(swallows=True))

    machine.receive_data(JOB + ASK_PAPER + ASK_ALL, 0.0)
    machine.tear_off()

    assert bytes.fromhex("12 12 12 12") == machine.data_to_send()
    assert [] == lines_of(machine)


ECHOES = {
    Echo.RIGHT: echo("job2"),
    Echo.NEVER: b"",
    Echo.PREVIOUS: echo("job1"),
    Echo.PREVIOUS_FIRST: echo("job1") + echo("job2"),
    Echo.WRONG: echo("kpc3"),
}


@pytest.mark.parametrize("kind", Echo)
def test_acknowledgement_is_what_the_fault_makes_of_it(kind: Echo) -> None:
    """P7: only the exact ID counts, and here is what else may come."""
    machine = connected()
    machine.receive_data(process("job1"), 0.0)
    machine.data_to_send()
    machine.set_faults(PrinterFaults(echo=kind), 0.0)

    machine.receive_data(receipt(5) + CUT + process("job2"), 1.0)

    assert ECHOES[kind] == machine.data_to_send()
    assert [numbered(1, 5)] == lines_of(machine)


def test_printer_that_never_acknowledges_passes_the_fence_in_silence() -> None:
    """P6: sent, printed, and not a word about it; only real-time status is answered."""
    machine = connected(faults=PrinterFaults(echo=Echo.NEVER))

    machine.receive_data(JOB + ASK_PAPER + ASK_ALL, 0.0)

    assert bytes.fromhex("12 12 12 12") == machine.data_to_send()
    assert [numbered(1, 5)] == lines_of(machine)


def test_late_acknowledgement_comes_after_its_delay() -> None:
    """The job is on paper long before the printer says so."""
    machine = connected(faults=PrinterFaults(echo_delay_s=30.0))
    machine.receive_data(JOB, 5.0)
    printed, at_once, due = lines_of(machine), machine.data_to_send(), machine.next_deadline()

    machine.handle_timer(35.0)

    assert ([numbered(1, 5)], b"", 35.0) == (printed, at_once, due)
    assert echo("ab12") == machine.data_to_send()


def test_clone_knows_no_process_ids_but_keeps_the_fence() -> None:
    """GS ( H is skipped and counted; GS r 1 still says where it is."""
    machine = connected(faults=PrinterFaults(clone=True))

    machine.receive_data(JOB + ASK_PAPER, 0.0)

    assert (b"\x00", 1) == (machine.data_to_send(), machine.counters.unknown_commands)


def test_illiterate_clone_prints_what_it_cannot_read() -> None:
    """The cheapest kind takes the arguments of GS ( H for text."""
    machine = connected(faults=PrinterFaults(illiterate=True))

    machine.receive_data(b"ok\n" + process("ab12") + b"\n" + CUT, 0.0)

    assert [("ok", "H00ab12")] == lines_of(machine)


def test_garbage_status_breaks_the_fixed_bits() -> None:
    """00 and FF by turns: neither has the fixed bits of a reply."""
    machine = connected(faults=PrinterFaults(status_garbage=True))

    machine.receive_data(ASK_ALL, 0.0)

    assert bytes.fromhex("ff 00 ff 00") == machine.data_to_send()


def test_interleaved_status_frames_stand_around_every_reply() -> None:
    """Replies must be picked out of a stream of frames."""
    machine = connected(faults=PrinterFaults(status_interleaved=True))

    machine.receive_data(process("ab12") + b"\x10\x04\x01", 0.0)

    frame = bytes.fromhex("10 00 00 0f")
    expected = frame + echo("ab12") + frame + frame + b"\x12" + frame
    assert expected == machine.data_to_send()


def test_slow_printer_takes_its_time_for_every_line() -> None:
    """One line a second: status is answered meanwhile, the echo comes last."""
    machine = connected(faults=PrinterFaults(seconds_per_line=1.0))
    machine.receive_data(JOB, 100.0)
    times = []
    while (due := machine.next_deadline()) is not None:
        times.append(due)
        assert b"" == machine.data_to_send()
        machine.handle_timer(due)

    assert [101.0, 102.0, 103.0, 104.0, 105.0] == times
    assert echo("ab12") == machine.data_to_send()
    assert [numbered(1, 5)] == lines_of(machine)


@pytest.mark.parametrize("size", [0, 1, 20])
def test_reset_strikes_after_its_bytes_once(size: int) -> None:
    """P5: what came before the reset is printed, the rest never arrived."""
    machine = connected(faults=PrinterFaults(resets_after_bytes=size))
    machine.receive_data(receipt(5), 0.0)
    first = machine.take_reset()
    machine.connection_lost(0.0)
    machine.connection_made()
    machine.receive_data(b"\n" + CUT + JOB, 1.0)

    assert (True, False) == (first, machine.take_reset())
    assert numbered(1, 5) == lines_of(machine)[-1]
    assert size + len(b"\n" + CUT + JOB) == machine.counters.bytes_received


def test_healthy_printer_has_no_faults() -> None:
    """The default is health."""
    machine = PrinterMachine()

    assert PrinterFaults() == machine.faults
    assert not machine.condition.stopped


VALUES = {"echo": "wrong", "late-echo": "2.5", "slow": "1"}


@pytest.mark.parametrize("name", OPTIONS)
def test_every_fault_can_be_named_on_command(name: str) -> None:
    """The table of options covers the fields, and each changes something."""
    option = OPTIONS[name]
    text = name if option.read is None else f"{name}={VALUES.get(name, '3')}"

    assert PrinterFaults() != parse_fault(text, PrinterFaults())


def test_every_field_has_its_option() -> None:
    """No fault without a name on the command line."""
    assert set(PrinterFaults.__dataclass_fields__) == {option.field for option in OPTIONS.values()}


@pytest.mark.parametrize("text", ["nonsense", "slow=x", "slow=-1", "cover", "offline=1", "echo=x"])
def test_wrong_fault_is_refused_with_a_sentence(text: str) -> None:
    """What bad input gets: the name, what was found, what is allowed."""
    with pytest.raises(ValueError, match=text.partition("=")[0]):
        parse_fault(text, PrinterFaults())
