"""Keys: what is expected of a request's reply, and what is never part of one."""

from __future__ import annotations

import pytest

from protocol.errors import LocalProtocolError
from protocol.matching import MatchRule, describe_key, is_reply, reply_mti
from protocol.message import Message


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("0200", "0210"),
        ("0201", "0210"),
        ("0220", "0230"),
        ("0221", "0230"),
        ("0320", "0330"),
        ("0400", "0410"),
        ("0401", "0410"),
        ("0500", "0510"),
        ("0501", "0510"),
        ("0800", "0810"),
        ("0202", "0212"),
        ("0203", "0212"),
        ("0210", ""),
        ("0240", ""),
    ],
)
def test_reply_mti_follows_the_standard(asked: str, answered: str) -> None:
    """ISO 8583:1987 4.1: a repeat is answered like the original, a reply by nothing."""
    assert answered == reply_mti(asked)
    assert is_reply(answered) == bool(answered)


def test_rule_takes_the_fields_it_is_given() -> None:
    """A dialect may match on F37 and the merchant as well."""
    rule = MatchRule(fields=(11, 42, 37), replies={"0200": "0290"})
    fields = {11: "000001", 37: "123456789012", 42: "MERCHANT0000001"}

    assert ("0290", "000001", "MERCHANT0000001", "123456789012") == rule.expected(
        Message("0200", dict(fields))
    )
    assert rule.came(Message("0290", dict(fields))) == rule.expected(Message("0200", dict(fields)))


def test_rule_counts_an_absent_field_of_a_reply_as_empty() -> None:
    """The peer may leave out anything; it matches nothing then."""
    assert ("0210", "", "TERM0001") == MatchRule().came(Message("0210", {41: "TERM0001"}))


@pytest.mark.parametrize("mti", ["0210", "0240"])
def test_rule_refuses_what_has_no_reply(mti: str) -> None:
    with pytest.raises(LocalProtocolError):
        MatchRule().expected(Message(mti, {11: "000001", 41: "TERM0001"}))


@pytest.mark.parametrize("fields", [(), (2,), (11, 35), (52,)])
def test_rule_refuses_secret_fields(fields: tuple[int, ...]) -> None:
    """REQ 000-11: keys are logged."""
    with pytest.raises(ValueError, match="secret"):
        MatchRule(fields=fields)


def test_key_is_masked_when_it_is_shown() -> None:
    """REQ 000-11: a peer may put a card number where it likes."""
    assert "0210/-/411111******1111" == describe_key(("0210", "", "4111111111111111"))
