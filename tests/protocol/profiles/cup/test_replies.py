"""What a host of the dialect cup adds to its replies."""

from __future__ import annotations

from protocol.operations import (
    PaymentReply,
    SignOnReply,
)
from protocol.profiles import cup
from tests.protocol.profiles.cup.samples import CODEC, SALE, SIGN_ON, answered, echoes


def test_reply_goes_back_where_the_request_came_from() -> None:
    """The TPDU is swapped, the terminal header returned."""
    came = CODEC.decode(
        bytes.fromhex("6005250000603100311001") + CODEC.encode(cup.encode(SALE))[11:]
    )
    reply = answered(came, PaymentReply(**echoes(SALE), code="00", amount=SALE.amount))

    assert "6000000525603100311001" == CODEC.encode(reply)[:11].hex()


def test_reply_takes_the_hosts_batch_where_it_has_one() -> None:
    """H6: the 0810 says which batch the host has open."""
    other = SignOnReply(**{**echoes(SIGN_ON), "batch": "000009"}, code="00")
    silent = SignOnReply(**{**echoes(SIGN_ON), "batch": None}, code="00")
    asked = cup.encode(SIGN_ON)

    assert "00000009003" == answered(asked, other).get(60)
    assert "00000001003" == answered(asked, silent).get(60)
