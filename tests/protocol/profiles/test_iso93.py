"""The 1993 profile: three conversations, both ways, and a plain word for all others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.amount import Amount
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.errors import LocalProtocolError, ProfileError
from protocol.message import Message
from protocol.operations import (
    Card,
    Echo,
    EchoReply,
    Operation,
    Origin,
    PaymentRequest,
    SignOff,
    SignOffReply,
    SignOn,
    SignOnReply,
    Stamp,
)
from protocol.profiles import iso93
from protocol.secrets import Pan

NEW_YEAR = datetime(2026, 12, 31, 17, 0, 1, tzinfo=UTC)
STAMP = Stamp.dated(NEW_YEAR, NEW_YEAR.astimezone(timezone(timedelta(hours=8))))
SAID = {
    "origin": st.just(Origin("10000001", "104100000000001")),
    "stan": st.integers(1, 999_999).map("{:06d}".format),
    "stamp": st.just(STAMP),
}
ANSWERED = {**SAID, "code": st.sampled_from(["00", "30", "A0", "96", "921"])}
OPERATIONS = st.one_of(
    st.builds(SignOn, **SAID, batch=st.just("000000")),
    st.builds(SignOff, **SAID),
    st.builds(Echo, **SAID),
    st.builds(SignOnReply, **ANSWERED),
    st.builds(SignOffReply, **ANSWERED),
    st.builds(EchoReply, **ANSWERED),
)
ECHO = Message(
    "1804",
    {
        7: "1231170001",
        11: "000001",
        12: "270101010001",
        24: "831",
        41: "10000001",
        42: "104100000000001",
    },
)


@pytest.mark.parametrize("name", ["iso93", "iso93_bcd"])
@given(operation=OPERATIONS)
def test_operation_comes_back_from_the_wire(name: str, operation: Operation) -> None:
    codec = Codec(builtin_dialect(name))
    wire = codec.encode(iso93.encode(operation))

    assert operation == iso93.decode(codec.decode(wire))


def test_echo_is_an_1804_with_831_and_the_local_year() -> None:
    """F12 is local time: the year may have begun here, and not yet in UTC (F7)."""
    echo = Echo(origin=Origin("10000001", "104100000000001"), stan="000001", stamp=STAMP)

    assert ECHO == iso93.encode(echo)


def test_accepted_is_800() -> None:
    echo = iso93.decode(ECHO)
    reply = EchoReply(origin=echo.origin, stan=echo.stan, stamp=echo.stamp, code="00")

    message = iso93.encode(reply)

    assert ("1814", "831", "800") == (message.mti, message.get(24), message.get(39))


def test_request_without_times_is_answered_without_times() -> None:
    bare = Message("1804", {11: "000001", 24: "801", 41: "10000001", 42: "104100000000001"})

    assert bare == iso93.encode(iso93.decode(bare))


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (Message("1200", {11: "000001"}), "1200: 1993 is spoken here for echo"),
        (Message("1804", {**ECHO.fields, 24: "382"}), "1804 F24: no such function here"),
        (Message("1804", {11: "000001", 24: "831", 41: "10000001"}), "1804 F42: missing"),
    ],
)
def test_what_is_not_spoken_is_refused_by_name(message: Message, words: str) -> None:
    with pytest.raises(ProfileError, match=words):
        iso93.decode(message)


def test_payment_has_no_message() -> None:
    payment = PaymentRequest(
        origin=Origin("10000001", "104100000000001"),
        stan="000001",
        stamp=STAMP,
        batch="000001",
        amount=Amount(1),
        card=Card(Pan("6200000000000005")),
    )

    with pytest.raises(LocalProtocolError, match="iso87, iso87_bcd and cup"):
        iso93.encode(payment)
