"""The 1993 edition on the wire: an echo test from one side to the other and back."""

from __future__ import annotations

from typing import Final

import pytest

from protocol.codec import Codec
from protocol.dialect import Dialect, builtin_dialect, load_dialect
from protocol.events import ReplyReceived, RequestReceived
from protocol.link import Link, LinkSettings
from protocol.matching import MatchRule
from protocol.message import FieldValue, Message

STAMP: Final[dict[int, FieldValue]] = {7: "1120113424", 11: "000001", 12: "261120113424"}
ECHO = Message("1804", {**STAMP, 24: "831"})
ANSWER = Message("1814", {**STAMP, 24: "831", 39: "800"})

DIALECTS: Final = {
    "iso93": builtin_dialect("iso93"),
    "iso93_bcd": builtin_dialect("iso93_bcd"),
    "ebcdic": load_dialect(
        """
        base = "iso93"
        mti = { data_enc = "cp037" }
        bitmap = { data_enc = "cp037" }
        defaults = { data_enc = "cp037", len_enc = "cp037" }
        """,
        "ebcdic",
    ),
}
SETTINGS = LinkSettings(match=MatchRule(fields=(11,)))


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_echo_is_asked_and_answered(dialect: Dialect) -> None:
    codec = Codec(dialect)
    ours, theirs = (Link(codec, dialect.framing, SETTINGS, now=0.0) for _ in range(2))

    ours.send_request(ECHO, 0.0, 5.0)
    theirs.receive_data(ours.data_to_send(), 0.1)
    theirs.send(ANSWER, 0.1)
    ours.receive_data(theirs.data_to_send(), 0.2)

    (asked,), (answered,) = theirs.events(), ours.events()
    assert isinstance(asked, RequestReceived)
    assert isinstance(answered, ReplyReceived)
    assert (asked.message, answered.message) == (ECHO, ANSWER)


def test_packed_echo_is_as_short_as_it_looks() -> None:
    wire = Codec(DIALECTS["iso93_bcd"]).encode(ANSWER)

    assert (
        "1814 0230010002000000 1120113424 000001 261120113424 0831 0800".replace(" ", "")
        == wire.hex()
    )


def test_other_editions_are_refused() -> None:
    """A 1987 message type is none of this dialect, and the other way round; 1993 can notify."""
    assert "1240" in DIALECTS["iso93"].mti.all()
    assert "0804" not in DIALECTS["iso93"].mti.all()
    assert "1804" not in builtin_dialect().mti.all()
