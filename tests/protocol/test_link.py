"""Bytes pushed through two links: what each side is told, and that nothing a peer sends raises."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import LocalProtocolError
from protocol.events import (
    BadMessage,
    EchoAnswered,
    Late,
    LinkLost,
    LossReason,
    ReplyReceived,
    RequestReceived,
    TimedOut,
    Unmatched,
)
from protocol.link import Link, LinkSettings
from protocol.message import Message
from tests.protocol.pair import (
    CODEC,
    FRAMING,
    answer_all,
    framed,
    kinds,
    link,
    pass_bytes,
    reply_to,
    request,
)


def test_reply_reaches_its_request_when_replies_come_in_another_order() -> None:
    """Many in flight: the key decides, not the order (fault N8)."""
    near = link()
    tickets = {near.send_request(request(stan), 0.0, 30.0): stan for stan in (1, 2, 3)}

    for stan in (3, 1, 2):
        near.receive_data(framed(reply_to(request(stan))), 1.0)

    replies = [event for event in near.events() if isinstance(event, ReplyReceived)]
    assert [3, 1, 2] == [tickets[reply.ticket] for reply in replies]
    assert ["000003", "000001", "000002"] == [reply.message.get(11) for reply in replies]
    assert 0 == near.in_flight


def test_reply_carries_its_exact_bytes() -> None:
    """A MAC is computed over the bytes that came, not over what we would have sent."""
    near = link()
    near.send_request(request(1), 0.0, 30.0)
    near.receive_data(framed(reply_to(request(1))), 1.0)

    (event,) = near.events()

    assert isinstance(event, ReplyReceived)
    assert CODEC.encode(reply_to(request(1))) == event.frame


@pytest.mark.parametrize("mti", ["0200", "0400", "0401", "0500", "0501", "0800", "0320"])
def test_reply_matches_when_request_was_a_repeat(mti: str) -> None:
    """R2, SC7: 0401 and 0501 are answered by 0410 and 0510."""
    near, far = link(), link()
    ticket = near.send_request(request(7, mti), 0.0, 30.0)
    pass_bytes(near, far, 0.1)
    answer_all(far, 0.1)
    pass_bytes(far, near, 0.2)

    (event,) = near.events()

    assert isinstance(event, ReplyReceived)
    assert ticket == event.ticket


def test_request_is_a_bug_when_its_key_is_in_flight() -> None:
    """jPOS learned it: two requests of one key, and nobody knows whose the answer is."""
    near = link()
    near.send_request(request(1), 0.0, 30.0)
    near.data_to_send()

    with pytest.raises(LocalProtocolError, match="0210/000001/TERM0001"):
        near.send_request(request(1), 1.0, 30.0)

    assert b"" == near.data_to_send()


def test_request_is_a_bug_when_it_lacks_a_key_field() -> None:
    near = link()

    with pytest.raises(LocalProtocolError, match="F11,F41"):
        near.send_request(Message("0200", {3: "000000", 11: "000001"}), 0.0, 30.0)


def test_request_times_out_at_its_deadline_and_not_before() -> None:
    """T6: the outcome is unknown, and the owner is told which key never came."""
    near = link()
    ticket = near.send_request(request(1), 10.0, 30.0)

    assert 40.0 == near.next_deadline()
    near.handle_timer(39.9)
    assert [] == near.events()
    near.handle_timer(40.0)
    assert [TimedOut(ticket, ("0210", "000001", "TERM0001"))] == near.events()
    assert near.next_deadline() is None


def test_reply_is_late_when_time_passed_before_it_was_read() -> None:
    """N7: even if no timer ran, a reply at its deadline is late; it revives nothing."""
    near = link()
    ticket = near.send_request(request(1), 0.0, 30.0)

    near.receive_data(framed(reply_to(request(1))), 30.0)

    timed_out, late = near.events()
    assert isinstance(timed_out, TimedOut)
    assert isinstance(late, Late)
    assert (ticket, 30.0) == (late.ticket, late.given_up_at)


def test_late_reply_is_not_given_to_the_next_request() -> None:
    """N7 on a shared connection: the answer of 1 comes while 2 waits."""
    near = link()
    near.send_request(request(1), 0.0, 30.0)
    near.handle_timer(30.0)
    second = near.send_request(request(2), 31.0, 30.0)
    near.events()

    near.receive_data(framed(reply_to(request(1))) + framed(reply_to(request(2))), 32.0)

    late, reply = near.events()
    assert isinstance(late, Late)
    assert isinstance(reply, ReplyReceived)
    assert second == reply.ticket


def test_reply_answers_the_repeat_when_the_first_attempt_timed_out() -> None:
    """SC6: the host answered both, from its record; the second copy is late, not lost."""
    near = link()
    first = near.send_request(request(1, "0500"), 0.0, 30.0)
    near.handle_timer(30.0)
    repeat = near.send_request(request(1, "0501"), 31.0, 30.0)
    near.events()

    near.receive_data(2 * framed(reply_to(request(1, "0500"))), 32.0)

    reply, late = near.events()
    assert isinstance(reply, ReplyReceived)
    assert isinstance(late, Late)
    assert (repeat, first) == (reply.ticket, late.ticket)


def test_stray_reply_says_which_key_was_expected_and_which_came() -> None:
    """N8: the keys most like the one that came are named first."""
    near = link()
    near.send_request(request(1, terminal_id="TERM0009"), 0.0, 30.0)
    near.send_request(request(2), 0.0, 30.0)

    near.receive_data(framed(reply_to(request(3))), 1.0)

    (event,) = near.events()
    assert isinstance(event, Unmatched)
    assert ("0210", "000003", "TERM0001") == event.came
    assert ("0210", "000002", "TERM0001") == event.expected[0]
    assert "came 0210/000003/TERM0001, expected 0210/000002/TERM0001, 0210/000001/TERM0009" == str(
        event
    )
    assert 2 == near.in_flight


def test_second_copy_of_a_reply_is_unmatched() -> None:
    """N9: a duplicate reply answers nobody twice."""
    near = link()
    near.send_request(request(1), 0.0, 30.0)

    near.receive_data(2 * framed(reply_to(request(1))), 1.0)

    assert [ReplyReceived, Unmatched] == kinds(near.events())


def test_abandoned_request_makes_its_reply_late() -> None:
    """REQ 004-03: whoever asked is gone, the answer still goes to the journal."""
    near = link()
    ticket = near.send_request(request(1), 0.0, 30.0)
    near.abandon(ticket, 5.0)

    near.receive_data(framed(reply_to(request(1))), 6.0)

    (event,) = near.events()
    assert isinstance(event, Late)
    assert (ticket, 5.0) == (event.ticket, event.given_up_at)
    assert near.next_deadline() is None


def test_bad_message_is_an_event_and_the_connection_lives() -> None:
    """N12 inside a whole frame: the field and its position, and the waiter goes on waiting."""
    near = link()
    near.send_request(request(1), 0.0, 30.0)
    good = framed(reply_to(request(1)))
    bad = bytearray(good)
    bad[2:6] = b"02x0"

    near.receive_data(bytes(bad) + good, 1.0)

    broken, reply = near.events()
    assert isinstance(broken, BadMessage)
    assert ("MTI", 0) == (broken.error.field, broken.error.position)
    assert len(bad) - 2 == broken.frame_size
    assert isinstance(reply, ReplyReceived)
    assert not near.lost


def test_bad_frame_loses_the_link_after_the_good_ones() -> None:
    """N11: what came whole is delivered, then the link is over, with all that waited."""
    near = link()
    near.send_request(request(1), 0.0, 30.0)
    second = near.send_request(request(2), 0.0, 30.0)

    near.receive_data(framed(reply_to(request(1))) + b"\x00\x00" + b"rest", 1.0)

    reply, lost = near.events()
    assert isinstance(reply, ReplyReceived)
    assert isinstance(lost, LinkLost)
    assert (LossReason.BAD_FRAME, (second,)) == (lost.reason, lost.unanswered)
    assert near.lost


def test_lost_link_says_so_once_and_hears_nothing_more() -> None:
    near = link(LinkSettings(idle_s=60.0, echo=lambda: request(9, "0800")))
    ticket = near.send_request(request(1), 0.0, 30.0)

    near.lose(LossReason.RESET, "ConnectionResetError")
    near.lose(LossReason.EOF)
    near.receive_data(framed(reply_to(request(1))), 1.0)
    near.handle_timer(1000.0)

    assert [LinkLost(LossReason.RESET, "ConnectionResetError", (ticket,))] == near.events()
    assert b"" == near.data_to_send()
    assert near.next_deadline() is None
    with pytest.raises(LocalProtocolError, match="lost"):
        near.send_request(request(2), 2.0, 30.0)


@pytest.mark.parametrize("wrong", [{"in_flight_max": 0}, {"idle_s": 0.0}, {"late_max": -1}])
def test_settings_refuse_what_cannot_be(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"at least|positive"):
        LinkSettings(**wrong)  # type: ignore[arg-type] # wrong on purpose


@given(
    stans=st.lists(st.integers(1, 999_999), min_size=1, max_size=8, unique=True),
    there=st.lists(st.integers(0, 60), max_size=30),
    back=st.lists(st.integers(0, 60), max_size=30),
)
def test_every_request_is_answered_however_the_bytes_are_cut(
    stans: list[int], there: list[int], back: list[int]
) -> None:
    """N10: any segmentation, both ways, the same events."""
    near, far = link(), link()
    tickets = [near.send_request(request(stan), 0.0, 30.0) for stan in stans]

    pass_bytes(near, far, 1.0, there)
    heard = answer_all(far, 1.0)
    pass_bytes(far, near, 2.0, back)
    replies = near.events()

    assert [f"{stan:06d}" for stan in stans] == [
        event.message.get(11) for event in heard if isinstance(event, RequestReceived)
    ]
    assert tickets == [event.ticket for event in replies if isinstance(event, ReplyReceived)]
    assert len(stans) == len(heard) == len(replies)


@given(
    pieces=st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.binary(max_size=40).map(lambda noise: FRAMING.wrap(noise or b"0")),
            st.sampled_from([framed(reply_to(request(stan))) for stan in (1, 2, 50)]),
        ),
        max_size=12,
    ),
    step=st.floats(0.1, 20.0),
)
def test_nothing_a_peer_sends_raises(pieces: list[bytes], step: float) -> None:
    """N12: garbage, half garbage and answers to nothing; the tables stay bounded."""
    near = link(LinkSettings(in_flight_max=2, late_max=1))
    near.send_request(request(1), 0.0, 15.0)
    near.send_request(request(2), 0.0, 25.0)

    for number, piece in enumerate(pieces):
        near.receive_data(piece, number * step)

    events = near.events()
    assert all(LinkLost is not kind for kind in kinds(events)[:-1])
    assert near.in_flight <= 2
    assert near.lost == (LinkLost in kinds(events))
    for event in events:
        assert str(event) in repr(event)


def test_each_ticket_ends_exactly_once_whatever_happens() -> None:
    """A request is answered, timed out or lost: one of them, once."""
    near: Link = link()
    tickets = [near.send_request(request(stan), 0.0, float(stan)) for stan in (1, 2, 3)]
    near.receive_data(framed(reply_to(request(1))), 0.5)
    near.handle_timer(2.0)
    near.lose(LossReason.EOF)

    reply, timed_out, lost = near.events()

    assert isinstance(reply, ReplyReceived)
    assert isinstance(timed_out, TimedOut)
    assert isinstance(lost, LinkLost)
    assert tickets == [reply.ticket, timed_out.ticket, *lost.unanswered]


def echo_settings(idle_s: float = 60.0, in_flight_max: int = 8) -> LinkSettings:
    stans = count(900001)
    return LinkSettings(
        idle_s=idle_s,
        echo_timeout_s=5.0,
        in_flight_max=in_flight_max,
        echo=lambda: request(next(stans), "0800"),
    )


def test_idle_link_asks_for_an_echo_and_is_content_with_its_answer() -> None:
    """N16: after idle_s without a frame either way, and again after as much silence."""
    near, far = link(echo_settings(idle_s=60.0)), link()

    assert 60.0 == near.next_deadline()
    near.handle_timer(59.0)
    assert b"" == near.data_to_send()
    near.handle_timer(60.0)
    pass_bytes(near, far, 60.0)
    (asked,) = answer_all(far, 60.0)
    pass_bytes(far, near, 61.0)

    assert isinstance(asked, RequestReceived)
    assert "0800" == asked.message.mti
    assert [EchoAnswered] == kinds(near.events())
    assert 121.0 == near.next_deadline()


def test_traffic_postpones_the_echo() -> None:
    near = link(echo_settings(idle_s=60.0))
    near.send(reply_to(request(1)), 30.0)
    assert 90.0 == near.next_deadline()

    near.receive_data(framed(request(2)), 50.0)
    assert 110.0 == near.next_deadline()


def test_link_is_lost_when_nothing_comes_after_an_echo() -> None:
    """N16: a half-open connection says nothing by itself."""
    near = link(echo_settings(idle_s=60.0))
    near.handle_timer(60.0)
    near.receive_data(b"\x00", 62.0)

    near.handle_timer(65.0)

    (event,) = near.events()
    assert isinstance(event, LinkLost)
    assert LossReason.ECHO_UNANSWERED == event.reason


def test_link_lives_when_other_frames_come_instead_of_the_echo() -> None:
    near = link(echo_settings(idle_s=60.0))
    near.handle_timer(60.0)
    near.receive_data(framed(request(5)), 62.0)

    near.handle_timer(65.0)

    assert [RequestReceived] == kinds(near.events())
    assert not near.lost
    assert 122.0 == near.next_deadline()


def test_echo_is_not_asked_for_while_the_table_is_full() -> None:
    """Those who wait have deadlines; the link is judged by them."""
    near = link(echo_settings(idle_s=60.0, in_flight_max=1))
    near.send_request(request(1), 0.0, 100.0)
    near.data_to_send()

    near.handle_timer(60.0)

    assert b"" == near.data_to_send()
    assert 100.0 == near.next_deadline()
