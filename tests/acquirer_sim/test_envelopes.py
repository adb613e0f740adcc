"""What goes around the host's replies in cup: header, echoes, keys, MAC."""

from __future__ import annotations

from typing import Final

from acquirer_sim.envelopes import Envelopes
from acquirer_sim.keyring import Keyring
from protocol.codec import Codec
from protocol.dialect import builtin_dialect, load_dialect
from protocol.header import ProcessingRequest
from protocol.message import Message
from protocol.operations import (
    Echo,
    EchoReply,
    KeyForm,
    Operation,
    PaymentReply,
    SignOn,
    SignOnReply,
    Stamp,
)
from protocol.profiles import cup
from protocol.published_keys import TEST_MASTER_KEY
from protocol.signing import Signing, SigningCodec
from tests.acquirer_sim.asking import ORIGIN, STAMP, purchase, sign_on

CUP: Final = builtin_dialect("cup")
CODEC: Final = Codec(CUP)
SIGNING: Final = Signing(CUP)
KEYS: Final = Keyring(SIGNING, TEST_MASTER_KEY, {})
MAC: Final = KEYS.mac(ORIGIN.terminal_id)
SALE: Final = purchase(1)
APPROVED: Final = PaymentReply(
    origin=ORIGIN, stan=SALE.stan, stamp=STAMP, code="00", batch=SALE.batch, amount=SALE.amount
)


def envelopes(
    keyring: Keyring | None = KEYS, wishes: dict[str, ProcessingRequest] | None = None
) -> Envelopes:
    return Envelopes(
        CUP,
        CODEC,
        stamp=lambda: Stamp("", "112202", "1120"),
        institution="00010000",
        keyring=keyring,
        wishes=wishes,
    )


def as_read(operation: Operation) -> Message:
    return CODEC.decode(CODEC.encode(cup.encode(operation)))


def test_request_with_its_mac_is_authentic() -> None:
    signing_codec = SigningCodec(CODEC, SIGNING, lambda: MAC)
    frame = signing_codec.encode(cup.encode(SALE))

    assert envelopes().authentic(frame, CODEC.decode(frame))
    assert not envelopes().authentic(frame[:-1] + b"0", CODEC.decode(frame))


def test_request_without_a_mac_is_not_authentic_where_one_is_wanted() -> None:
    unsigned, greeting = CODEC.encode(cup.encode(SALE)), CODEC.encode(cup.encode(sign_on()))

    assert not envelopes().authentic(unsigned, CODEC.decode(unsigned))
    assert envelopes().authentic(greeting, CODEC.decode(greeting))
    assert envelopes(keyring=None).authentic(unsigned, CODEC.decode(unsigned))


def test_approval_and_decline_are_signed() -> None:
    for code in ("00", "51"):
        reply = PaymentReply(origin=ORIGIN, stan=SALE.stan, stamp=STAMP, code=code)

        assert SIGNING.verify(envelopes().seal(reply, SALE, as_read(SALE)), MAC)


def test_reply_echoes_its_request_and_has_the_hosts_institution() -> None:
    fields = CODEC.decode(envelopes().seal(APPROVED, SALE, as_read(SALE))).fields

    assert SALE.card.pan.reveal() == fields[2]
    assert ("00010000", "00010000   00010000   ") == (fields[32], fields[44])


def test_sign_on_gets_the_keys_it_asks_for() -> None:
    asked = SignOn(
        origin=ORIGIN,
        stan="000001",
        stamp=STAMP,
        batch="000001",
        keys=KeyForm.DOUBLE_WITH_TRACK,
    )
    reply = SignOnReply(origin=ORIGIN, stan="000001", stamp=STAMP, code="00", batch="000001")

    message = CODEC.decode(envelopes().seal(reply, asked, as_read(asked)))

    assert KEYS.deliver(ORIGIN.terminal_id, KeyForm.DOUBLE_WITH_TRACK) == message.fields[62]


def test_refused_sign_on_gets_no_keys() -> None:
    refused = SignOnReply(origin=ORIGIN, stan="000001", stamp=STAMP, code="97")

    message = CODEC.decode(envelopes().seal(refused, sign_on(), as_read(sign_on())))

    assert 62 not in message.fields


def test_wish_stands_in_every_header_until_the_terminal_signs_on() -> None:
    """domain/messages 0: processing request 3."""
    wishing = envelopes(wishes={ORIGIN.terminal_id: ProcessingRequest.SIGN_ON})
    greeting = SignOnReply(origin=ORIGIN, stan="000001", stamp=STAMP, code="00")

    def wish(wire: bytes) -> ProcessingRequest | None:
        header = CODEC.decode(wire).header
        assert header is not None
        assert header.terminal is not None
        return header.terminal.processing_request

    sold = [wish(wishing.seal(APPROVED, SALE, as_read(SALE))) for _ in range(2)]
    wishing.seal(greeting, sign_on(), as_read(sign_on()))
    after = wish(wishing.seal(APPROVED, SALE, as_read(SALE)))

    assert [ProcessingRequest.SIGN_ON] * 2 == sold
    assert ProcessingRequest.NOTHING is after


def test_plain_dialect_that_signs_gets_a_mac_and_nothing_else() -> None:
    plain = load_dialect('base = "iso87"\nmac = { algorithm = "X9.19", classes = "8" }', "plain")
    codec, signing = Codec(plain), Signing(plain)
    keys = Keyring(signing, TEST_MASTER_KEY, {})
    closing = Envelopes(plain, codec, stamp=lambda: STAMP, institution="1", keyring=keys)
    echo = Echo(origin=ORIGIN, stan="000001", stamp=STAMP)
    reply = EchoReply(origin=ORIGIN, stan="000001", stamp=STAMP, code="00")

    wire = closing.seal(reply, echo, as_read(echo))

    assert signing.verify(wire, keys.mac(ORIGIN.terminal_id))
    assert 32 not in codec.decode(wire).fields
