"""The way back to the client."""

from __future__ import annotations

from tallywire.virtual_printer.faults import PrinterFaults
from tallywire.virtual_printer.replies import Replies
from tallywire.virtual_printer.status import Condition

WELL = Condition()


def test_reply_to_nobody_is_counted_and_not_kept() -> None:
    """REQ 003-10: nothing piles up for a client that may come."""
    replies = Replies()

    replies.say(b"x", WELL)

    assert (1, b"") == (replies.lost, replies.take())


def test_late_acknowledgement_dies_with_the_power() -> None:
    """A printer that was switched off remembers no job."""
    replies = Replies()
    replies.connect()
    replies.faults = PrinterFaults(echo_delay_s=5.0)
    replies.acknowledge(b"ab12", WELL, 0.0)

    replies.power_cut()
    replies.handle_timer(WELL, 10.0)

    assert (None, b"") == (replies.next_deadline(), replies.take())


def test_status_back_tells_only_what_was_asked_for() -> None:
    """GS a 8: paper, and nothing about the cover."""
    replies = Replies()
    replies.connect()
    replies.enable_status_back(0x08)
    replies.tell_status(WELL)
    replies.take()

    replies.tell_status(Condition(cover_open=True))
    silent = replies.take()
    replies.tell_status(Condition(paper_near_end=True))

    assert (b"", bytes.fromhex("10 00 03 0f")) == (silent, replies.take())
