"""The table of requests in flight: bounded, and its deadlines in order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import LocalProtocolError
from protocol.events import Late, Unmatched
from protocol.inflight import NEAREST_MAX, InFlight, Waiting
from protocol.link import LinkSettings
from tests.protocol.pair import framed, kinds, link, reply_to, request


def waiting(ticket: int, deadline: float) -> Waiting:
    return Waiting(ticket, ("0210", f"{ticket:06d}"), deadline)


def test_request_is_a_bug_when_the_table_is_full() -> None:
    near = link(LinkSettings(in_flight_max=2))
    near.send_request(request(1), 0.0, 30.0)
    near.send_request(request(2), 0.0, 30.0)

    assert near.full
    with pytest.raises(LocalProtocolError, match="limit"):
        near.send_request(request(3), 0.0, 30.0)


def test_late_table_forgets_the_oldest_when_it_is_full() -> None:
    """A peer that answers nothing for weeks costs a bounded table."""
    near = link(LinkSettings(late_max=2))
    for stan in (1, 2, 3):
        near.send_request(request(stan), float(stan), 0.5)
    near.handle_timer(10.0)
    near.events()

    for stan in (1, 2, 3):
        near.receive_data(framed(reply_to(request(stan))), 11.0)

    assert [Unmatched, Late, Late] == kinds(near.events())


@given(deadlines=st.lists(st.floats(0, 1000), max_size=40), now=st.floats(0, 1000))
def test_expire_takes_what_is_due_earliest_first(deadlines: list[float], now: float) -> None:
    table = InFlight(in_flight_max=100, late_max=100)
    for ticket, deadline in enumerate(deadlines, 1):
        table.add(waiting(ticket, deadline))

    expired = [one.deadline for one in table.expire(now)]

    assert sorted(deadline for deadline in deadlines if deadline <= now) == expired
    later = [deadline for deadline in deadlines if deadline > now]
    assert min(later, default=None) == table.next_deadline()
    assert len(later) == len(table)


def test_deadlines_do_not_pile_up_when_requests_are_answered() -> None:
    """A terminal that runs for months keeps no trace of what was answered."""
    table = InFlight(in_flight_max=2, late_max=2)
    for ticket in range(10_000):
        table.add(waiting(ticket, 1000.0))
        assert table.take(("0210", f"{ticket:06d}")) is not None

    assert len(table._deadlines) < 100
    assert table.next_deadline() is None


def test_nearest_names_a_few_when_many_wait() -> None:
    table = InFlight(in_flight_max=100, late_max=0)
    for ticket in range(50):
        table.add(waiting(ticket, 1.0))

    nearest = table.nearest(("0230", "000042"))

    assert ("0210", "000042") == nearest[0]
    assert NEAREST_MAX == len(nearest)


def test_clear_returns_who_was_waiting() -> None:
    table = InFlight(in_flight_max=9, late_max=9)
    for ticket in (1, 2, 3):
        table.add(waiting(ticket, float(ticket)))
    table.take(("0210", "000002"))

    assert (1, 3) == table.clear()
    assert table.next_deadline() is None
