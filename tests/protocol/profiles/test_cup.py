"""The cup profile: what is said arrives as it was said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from protocol.amount import AMOUNT_MINOR_MAX, Amount
from protocol.errors import LocalProtocolError, ProfileError
from protocol.kinds import KINDS, PaymentKind
from protocol.message import Message
from protocol.operations import (
    Card,
    Echo,
    EchoReply,
    KeyForm,
    Operation,
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
    Totals,
    UploadEnd,
    UploadItem,
    UploadReply,
)
from protocol.pin_rule import PinFormat
from protocol.profiles import cup
from protocol.profiles.cup.fields import CODES
from protocol.secrets import ChipData, Pan, PinBlock, Track2
from protocol.structures.sealed_pin import PinCipher, SealedPin, SecurityControl
from protocol.tlv import Element, build
from protocol.uploads import ChipOutcome, ChipUpload, UploadDetails, UploadLine
from tests.protocol.profiles.cup.samples import CODEC, TIMED, UNTIMED, WHO


def sealed(block: bytes) -> SealedPin:
    return SealedPin(PinBlock(block), SecurityControl(PinFormat.ISO_3, PinCipher.DOUBLE_DES))


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


NUMBER = st.integers(1, 999_999).map("{:06d}".format)
MINOR = st.integers(0, AMOUNT_MINOR_MAX)
AMOUNT = st.builds(Amount, MINOR, st.sampled_from(["156", "840"]))
PAN = st.sampled_from(["4111111111111111", "6200000000000005", "378282246310005"]).map(Pan)
TYPED = st.builds(Card, PAN, st.none() | st.just("2912"), st.sampled_from(["012", "051"]))
SWIPED = st.builds(
    Card,
    st.just(Pan("6200000000000005")),
    st.none(),
    st.just("021"),
    st.just(Track2("6200000000000005=29122010000000000")),
)
COUNT = st.integers(0, 999)
TOTALS = st.builds(
    Totals, credit_count=COUNT, debit_count=COUNT, credit_amount=MINOR, debit_amount=MINOR
)
CODE = st.sampled_from(["00", "05", "51", "94"])
RRN = {"rrn": st.none() | digits(12)}
CHIP = st.binary(max_size=250).map(lambda value: ChipData(build((Element("9F10", value),))))
KEYS = st.sampled_from([24, 40, 60]).flatmap(lambda size: st.binary(min_size=size, max_size=size))
ASKED = {"origin": st.just(WHO), "stan": NUMBER, "stamp": st.just(UNTIMED)}
SAID = {"origin": st.just(WHO), "stan": NUMBER, "stamp": st.just(TIMED)}


def original_of(kind: PaymentKind, *, spoken: bool = True) -> st.SearchStrategy[OriginalPayment]:
    refund = kind is PaymentKind.REFUND
    absent: st.SearchStrategy[str | None] = st.none()
    return st.builds(
        OriginalPayment,
        mti=st.just(KINDS[KINDS[kind].wants[0]].mti),
        stan=st.just("000000") if refund else NUMBER,
        transmission=st.just(""),
        batch=st.just("000000") if refund else NUMBER,
        rrn=absent | digits(12) if spoken else absent,
        authorisation=absent | digits(6) if spoken else absent,
        date=st.just("1119"),
    )


def payment_of(kind: PaymentKind) -> st.SearchStrategy[Operation]:
    return st.builds(
        PaymentRequest,
        **ASKED,
        batch=NUMBER,
        amount=st.just(Amount(0)) if kind is PaymentKind.BALANCE else AMOUNT,
        card=TYPED | SWIPED,
        kind=st.just(kind),
        original=original_of(kind) if KINDS[kind].wants else st.none(),
        pin=st.none() | st.binary(min_size=8, max_size=8).map(sealed),
        chip=st.none() | CHIP,
    )


def reply_of(kind: PaymentKind) -> st.SearchStrategy[Operation]:
    return st.builds(
        PaymentReply,
        **SAID,
        code=CODE,
        kind=st.just(kind),
        batch=NUMBER,
        amount=AMOUNT,
        balance=st.none() | AMOUNT,
        authorisation=st.none() | digits(6),
        settlement_date=st.just("1121"),
        **RRN,
    )


@st.composite
def reversals(draw: st.DrawFn, kind: PaymentKind) -> Reversal:
    swiped = draw(st.booleans())
    reversal = draw(
        st.builds(
            Reversal,
            **ASKED,
            batch=NUMBER,
            amount=AMOUNT,
            pan=st.none() if swiped else PAN,
            original=st.just(OriginalReference(KINDS[kind].mti, "", "")),
            kind=st.just(kind),
            entry_mode=st.just("021" if swiped else "012"),
            authorisation=st.none() | digits(6),
            reason=st.sampled_from(["98", "96", "A0", "06"]),
            advice=st.booleans(),
            earlier=original_of(kind, spoken=False) if KINDS[kind].wants else st.none(),
        )
    )
    return structs.replace(
        reversal, original=structs.replace(reversal.original, stan=reversal.stan)
    )


def added(one: Totals, other: Totals) -> Totals:
    return Totals(*map(sum, zip(structs.astuple(one), structs.astuple(other), strict=True)))


@st.composite
def settlements(draw: st.DrawFn) -> Settlement:
    foreign, domestic = draw(TOTALS), draw(TOTALS)
    totals = added(domestic, foreign)
    return draw(
        st.builds(
            Settlement,
            **ASKED,
            batch=NUMBER,
            totals=st.just(totals),
            settlement_date=st.just(""),
            foreign=st.just(foreign),
        )
    )


@st.composite
def settlement_replies(draw: st.DrawFn) -> SettlementReply:
    sides = draw(st.tuples(*[st.sampled_from(ReconciliationResult)] * 2))
    result = max(sides, key=list(ReconciliationResult).index)
    foreign = draw(TOTALS)
    return draw(
        st.builds(
            SettlementReply,
            **SAID,
            code=st.just(CODES[result]),
            result=st.just(result),
            batch=NUMBER,
            totals=TOTALS.map(lambda domestic: added(domestic, foreign)),
            settlement_date=st.none() | st.just("1121"),
            foreign=st.just(foreign),
            sides=st.just(sides),
        )
    )


@st.composite
def uploaded_advices(draw: st.DrawFn) -> UploadItem:
    kind = draw(st.sampled_from([kind for kind in PaymentKind if KINDS[kind].is_advice]))
    item = draw(
        st.builds(
            UploadItem,
            **ASKED,
            batch=NUMBER,
            number=st.just(0),
            count=st.just(0),
            original=st.just(OriginalReference(KINDS[kind].mti, "", "")),
            amount=AMOUNT,
            pan=PAN,
            kind=st.just(kind),
            entry_mode=st.sampled_from(["012", "051"]),
            earlier=original_of(kind) if KINDS[kind].wants else st.none(),
        )
    )
    return structs.replace(item, original=structs.replace(item.original, stan=item.stan))


@st.composite
def chip_uploads(draw: st.DrawFn) -> ChipUpload:
    upload = draw(
        st.builds(
            ChipUpload,
            **ASKED,
            batch=NUMBER,
            number=st.just(0),
            original=st.just(OriginalReference("0200", "", "")),
            amount=AMOUNT,
            pan=PAN,
            chip=CHIP,
            outcome=st.sampled_from(ChipOutcome),
            balanced=st.booleans(),
        )
    )
    return structs.replace(upload, original=structs.replace(upload.original, stan=upload.stan))


OPERATIONS: list[st.SearchStrategy[Operation]] = [
    st.builds(SignOn, **ASKED, batch=NUMBER, keys=st.sampled_from(KeyForm), operator=digits(2)),
    st.builds(SignOnReply, **SAID, code=CODE, batch=NUMBER),
    st.builds(SignOnReply, **SAID, code=CODE, batch=NUMBER, keys=KEYS),
    st.builds(Echo, **ASKED),
    st.builds(EchoReply, **SAID, code=CODE),
    st.builds(SignOff, **ASKED),
    st.builds(SignOffReply, **SAID, code=CODE),
    *[payment_of(kind) for kind in PaymentKind],
    *[reply_of(kind) for kind in PaymentKind],
    *[reversals(kind) for kind in PaymentKind],
    st.builds(
        ReversalReply, **SAID, code=CODE, batch=NUMBER, amount=AMOUNT, advice=st.booleans(), **RRN
    ),
    settlements(),
    settlement_replies(),
    st.builds(
        UploadDetails,
        **ASKED,
        batch=NUMBER,
        lines=st.lists(
            st.builds(UploadLine, NUMBER, PAN, st.builds(Amount, MINOR), st.booleans()),
            min_size=1,
            max_size=8,
        ).map(tuple),
    ),
    chip_uploads(),
    uploaded_advices(),
    st.builds(UploadEnd, **ASKED, batch=NUMBER, count=st.integers(0, 9999), balanced=st.booleans()),
    st.builds(SettlementInquiry, **ASKED, batch=NUMBER),
    st.builds(
        SettlementStatus,
        **SAID,
        code=CODE,
        batch=NUMBER,
        state=st.sampled_from(SettlementState),
        result=st.none() | st.sampled_from(ReconciliationResult),
    ),
    st.builds(UploadReply, **SAID, code=CODE, batch=NUMBER),
]


@pytest.mark.parametrize("operation", OPERATIONS, ids=range(len(OPERATIONS)))
def test_operation_survives_the_wire(operation: st.SearchStrategy[Operation]) -> None:
    """Operation, message, bytes, and all the way back: the very same, for every type."""

    @given(operation)
    def holds(said: Operation) -> None:
        wire = CODEC.encode(cup.encode(said))
        assert cup.decode(CODEC.decode(wire)) == said

    holds()


def test_unknown_message_is_refused() -> None:
    with pytest.raises(ProfileError, match="9999"):
        cup.decode(Message("9999", {}))


def test_unknown_operation_is_a_bug_of_ours() -> None:
    class Strange(Echo, frozen=True, kw_only=True):
        pass

    with pytest.raises(LocalProtocolError):
        cup.encode(Strange(origin=WHO, stan="000001", stamp=UNTIMED))
