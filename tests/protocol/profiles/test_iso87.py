"""The iso87 profile: what is said arrives as it was said, and nonsense is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from protocol.amount import AMOUNT_MINOR_MAX, Amount
from protocol.errors import LocalProtocolError, ProfileError
from protocol.kinds import KINDS, PaymentKind, Side
from protocol.message import Message
from protocol.operations import (
    Card,
    Echo,
    EchoReply,
    Operation,
    Origin,
    OriginalPayment,
    OriginalReference,
    PaymentReply,
    PaymentRequest,
    ReconciliationResult,
    Reversal,
    ReversalReply,
    Settlement,
    SettlementInquiry,
    SettlementReply,
    SettlementState,
    SettlementStatus,
    SignOff,
    SignOffReply,
    SignOn,
    SignOnReply,
    Stamp,
    Totals,
    UploadEnd,
    UploadItem,
    UploadReply,
)
from protocol.pin_rule import PinFormat
from protocol.profiles import iso87
from protocol.profiles.iso87.fields import balance_field, read_balance
from protocol.secrets import ChipData, Pan, PinBlock, Track2
from protocol.structures.sealed_pin import PinCipher, SealedPin, SecurityControl
from protocol.tlv import Element, build


def sealed(block: bytes) -> SealedPin:
    return SealedPin(PinBlock(block), SecurityControl(PinFormat.ISO_3, PinCipher.DOUBLE_DES))


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


ORIGIN = st.builds(Origin, st.just("10000001"), st.just("104100000000001"))
STAMP = st.builds(Stamp, st.just("1120032201"), st.just("112201"), st.just("1120"))
NUMBER = st.integers(1, 999_999).map("{:06d}".format)
AMOUNT = st.builds(Amount, st.integers(0, AMOUNT_MINOR_MAX), st.sampled_from(["156", "840"]))
PAN = st.sampled_from(["4111111111111111", "6200000000000005"]).map(Pan)
CARD = st.builds(Card, PAN, st.none() | st.just("2912"), st.sampled_from(["012", "051"]))
ORIGINAL = st.builds(OriginalReference, st.just("0200"), NUMBER, digits(10))
COUNT = st.integers(0, 10**10 - 1)
MONEY = st.integers(0, 10**12)
TOTALS = st.builds(Totals, *[COUNT] * 4, *[MONEY] * 4)
CODE = st.sampled_from(["00", "05", "51", "94"])
BASE = {"origin": ORIGIN, "stan": NUMBER, "stamp": STAMP}
OPTIONAL = {"rrn": st.none() | digits(12), "authorisation": st.none() | digits(6)}

ORIGINAL_PAYMENT = st.builds(
    OriginalPayment,
    mti=st.sampled_from(["0100", "0200", "0220"]),
    stan=NUMBER,
    transmission=digits(10),
    batch=NUMBER,
    **OPTIONAL,
)
PIN = st.none() | st.binary(min_size=8, max_size=8).map(sealed)
CHIP = st.binary(max_size=250).map(lambda value: ChipData(build((Element("9F10", value),))))


def payment_of(kind: PaymentKind) -> st.SearchStrategy[Operation]:
    """Every payment of one kind that can be said."""
    row = KINDS[kind]
    return st.builds(
        PaymentRequest,
        **BASE,
        batch=NUMBER,
        amount=st.just(Amount(0)) if kind is PaymentKind.BALANCE else AMOUNT,
        card=CARD,
        kind=st.just(kind),
        original=ORIGINAL_PAYMENT if row.wants else st.none(),
        pin=PIN,
        chip=st.none() | CHIP,
        repeat=st.booleans() if row.is_advice else st.just(value=False),
    )


def reply_of(kind: PaymentKind) -> st.SearchStrategy[Operation]:
    """Every answer to a payment of one kind."""
    return st.builds(
        PaymentReply,
        **BASE,
        code=CODE,
        kind=st.just(kind),
        batch=NUMBER,
        amount=AMOUNT,
        balance=st.none() | AMOUNT,
        **OPTIONAL,
    )


OPERATIONS: list[st.SearchStrategy[Operation]] = [
    st.builds(SignOn, **BASE, batch=NUMBER),
    st.builds(SignOnReply, **BASE, code=CODE, batch=NUMBER),
    st.builds(Echo, **BASE),
    st.builds(EchoReply, **BASE, code=CODE),
    st.builds(SignOff, **BASE),
    st.builds(SignOffReply, **BASE, code=CODE),
    st.builds(
        SignOnReply, **BASE, code=CODE, batch=NUMBER, keys=st.binary(min_size=24, max_size=60)
    ),
    *[payment_of(kind) for kind in PaymentKind],
    *[reply_of(kind) for kind in PaymentKind],
    st.builds(
        Reversal,
        **BASE,
        batch=NUMBER,
        amount=AMOUNT,
        pan=PAN,
        original=ORIGINAL,
        reason=st.sampled_from(["98", "96", "A0", "06"]),
        repeat=st.booleans(),
        advice=st.booleans(),
    ),
    st.builds(ReversalReply, **BASE, code=CODE, batch=NUMBER, amount=AMOUNT, advice=st.booleans()),
    st.builds(
        Settlement,
        **BASE,
        batch=NUMBER,
        totals=TOTALS,
        settlement_date=st.just("1120"),
        institution=digits(8),
        repeat=st.booleans(),
    ),
    st.builds(
        SettlementReply,
        **BASE,
        code=CODE,
        result=st.sampled_from(ReconciliationResult),
        batch=NUMBER,
        totals=TOTALS,
        currency=st.just("156"),
        institution=digits(8),
    ),
    st.builds(
        UploadItem,
        **BASE,
        batch=NUMBER,
        number=st.integers(1, 9999),
        count=st.integers(1, 9999),
        original=ORIGINAL,
        amount=AMOUNT,
        pan=PAN,
        **OPTIONAL,
    ),
    st.builds(UploadEnd, **BASE, batch=NUMBER, count=st.integers(0, 9999), balanced=st.booleans()),
    st.builds(SettlementInquiry, **BASE, batch=NUMBER),
    st.builds(
        SettlementStatus,
        **BASE,
        code=CODE,
        batch=NUMBER,
        state=st.sampled_from(SettlementState),
        result=st.none() | st.sampled_from(ReconciliationResult),
    ),
    st.builds(UploadReply, **BASE, code=CODE, batch=NUMBER),
]


def a_purchase() -> PaymentRequest:
    return PaymentRequest(
        origin=Origin("10000001", "104100000000001"),
        stan="000001",
        stamp=Stamp("1120032201", "112201", "1120"),
        batch="000001",
        amount=Amount(1250),
        card=Card(Pan("4111111111111111"), "2912"),
    )


@pytest.mark.parametrize("operation", OPERATIONS, ids=range(len(OPERATIONS)))
def test_operation_survives_the_way_there_and_back(
    operation: st.SearchStrategy[Operation],
) -> None:
    """Encode then decode gives the very same operation, for every type."""

    @given(operation)
    def holds(said: Operation) -> None:
        assert iso87.decode(iso87.encode(said)) == said

    holds()


def test_purchase_has_the_fields_of_the_table() -> None:
    """domain/messages 3, column 0200 sale, with F7, F12, F13 and F60 of the plain dialect."""
    message = iso87.encode(a_purchase())

    assert message.mti == "0200"
    assert sorted(message.fields) == [2, 3, 4, 7, 11, 12, 13, 14, 22, 25, 41, 42, 49, 60]


def test_swiped_purchase_takes_the_card_number_from_track_2() -> None:
    """F2 is conditional: a swipe may come with F35 alone."""
    message = iso87.encode(a_purchase())
    del message.fields[2]
    message.fields[35] = "4111111111111111=29121010000000000000"

    decoded = iso87.decode(message)

    assert isinstance(decoded, PaymentRequest)
    assert decoded.card.pan == Pan("4111111111111111")
    assert isinstance(decoded.card.track2, Track2)


def test_reversal_has_no_sensitive_data() -> None:
    """PCI DSS 3.3.1: neither track (35, 36) nor PIN (52) is in a 0400."""
    reversal = Reversal(
        origin=Origin("10000001", "104100000000001"),
        stan="000001",
        stamp=Stamp("1120032201", "112201", "1120"),
        batch="000001",
        amount=Amount(1250),
        pan=Pan("4111111111111111"),
        original=OriginalReference("0200", "000001", "1120032201"),
    )
    message = iso87.encode(reversal)

    assert not {35, 36, 45, 52, 55} & set(message.fields)
    assert message.fields[90] == "0200" + "000001" + "1120032201" + "0" * 22
    assert message.fields[39] == "98"


def test_repeats_differ_in_the_mti_only() -> None:
    """SC6: a repeated settlement is the same request, visible as a repeat on the wire."""
    first = Settlement(
        origin=Origin("10000001", "104100000000001"),
        stan="000009",
        stamp=Stamp("1120032201", "112201", "1120"),
        batch="000001",
        totals=Totals(debit_count=2, debit_amount=500),
        settlement_date="1120",
    )
    again = Settlement(
        **{name: getattr(first, name) for name in first.__struct_fields__[:-1]}, repeat=True
    )

    assert ("0500", "0501") == (iso87.encode(first).mti, iso87.encode(again).mti)
    assert iso87.encode(first).fields == iso87.encode(again).fields


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        (60, "12345", "the batch is six digits"),
        (3, "990000", "no such processing code here"),
        (2, "41111111111", "a card number has 12 to 19 digits"),
    ],
)
def test_meaningless_field_is_named(field: int, value: str, problem: str) -> None:
    message = iso87.encode(a_purchase())
    message.fields[field] = value

    with pytest.raises(ProfileError) as caught:
        iso87.decode(message)

    assert (caught.value.field, caught.value.problem) == (field, problem)
    assert value not in str(caught.value)


@pytest.mark.parametrize("field", [3, 4, 7, 11, 12, 13, 22, 25, 41, 42, 49, 60])
def test_missing_field_is_named(field: int) -> None:
    message = iso87.encode(a_purchase())
    del message.fields[field]

    with pytest.raises(ProfileError) as caught:
        iso87.decode(message)

    assert (caught.value.field, caught.value.problem) == (field, "missing")


def test_net_that_does_not_follow_is_refused() -> None:
    """F97 is F88 - F89 - F86 + F87; a peer that says otherwise is not believed."""
    settlement = Settlement(
        origin=Origin("10000001", "104100000000001"),
        stan="000009",
        stamp=Stamp("1120032201", "112201", "1120"),
        batch="000001",
        totals=Totals(debit_count=1, debit_amount=500),
        settlement_date="1120",
    )
    message = iso87.encode(settlement)
    assert message.fields[97] == "D0000000000000500"
    message.fields[97] = "D0000000000000501"

    with pytest.raises(ProfileError, match="F97"):
        iso87.decode(message)


def test_refusal_without_amount_is_still_a_reply() -> None:
    """A host that could not read the request answers 30 with little else."""
    stamp = {7: "1120032201", 12: "112201", 13: "1120"}
    bare = Message("0210", {**stamp, 11: "000001", 39: "30", 41: "10000001", 42: "1" * 15})

    reply = iso87.decode(bare)

    assert isinstance(reply, PaymentReply)
    assert (reply.code, reply.amount, reply.batch) == ("30", None, None)


def test_approval_without_amount_is_refused() -> None:
    stamp = {7: "1120032201", 12: "112201", 13: "1120"}
    bare = Message("0210", {**stamp, 11: "000001", 39: "00", 41: "10000001", 42: "1" * 15})

    with pytest.raises(ProfileError, match="F4"):
        iso87.decode(bare)


def test_unknown_message_is_refused() -> None:
    with pytest.raises(ProfileError, match="9999"):
        iso87.decode(Message("9999", {}))


def test_unknown_operation_is_a_bug_of_ours() -> None:
    class Strange(Echo, frozen=True, kw_only=True):
        pass

    strange = Strange(origin=Origin("1", "2"), stan="000001", stamp=Stamp("", "", ""))

    with pytest.raises(LocalProtocolError):
        iso87.encode(strange)


def test_every_kind_has_words_of_its_own_on_the_wire() -> None:
    """domain/messages 2: MTI, F3 and F25 together say the kind."""
    assert len(PaymentKind) == len(
        {(row.mti, row.processing, row.condition) for row in KINDS.values()}
    )


def test_totals_follow_from_the_message_type() -> None:
    """domain/messages 1: first digit 2, 3 or 5 counts, second digit even is a debit."""
    for row in KINDS.values():
        counts = row.message_type[0] in "235"
        side = (Side.DEBIT, Side.CREDIT)[int(row.message_type[1]) % 2] if counts else Side.NEITHER
        assert side is row.side


def test_balance_inquiry_has_no_amount_and_its_answer_has_the_balance() -> None:
    asked = structs.replace(a_purchase(), kind=PaymentKind.BALANCE, amount=Amount(0))

    assert 4 not in iso87.encode(asked).fields
    assert "0002156C000000012345" == balance_field(Amount(12345))
    assert Amount(12345) == read_balance("0001156C000000099999" + "0002156C000000012345")
    assert read_balance("0002156D000000012345") is None


def test_keys_that_are_no_hexadecimal_are_refused() -> None:
    stamp = {7: "1120032201", 12: "112201", 13: "1120"}
    fields = {
        **stamp,
        11: "000001",
        39: "00",
        41: "10000001",
        42: "1" * 15,
        60: "000001",
        70: "001",
    }

    with pytest.raises(ProfileError, match="F62"):
        iso87.decode(Message("0810", {**fields, 62: "XYZ"}))
