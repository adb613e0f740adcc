"""The payment inquiry over both profiles: what is said arrives, whole and masked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from protocol.amount import AMOUNT_MINOR_MAX, Amount
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.errors import LocalProtocolError, ProfileError
from protocol.inquiries import KnownPayment, PaymentInquiry, PaymentPage, PaymentState
from protocol.kinds import PaymentKind
from protocol.operations import Operation, Origin, Stamp
from protocol.profiles.choice import profile_of
from protocol.structures.inquiry import COUNT_MAX, PAYMENTS_MAX

DIALECTS = {name: builtin_dialect(name) for name in ("iso87", "iso87_bcd", "cup")}
CODECS = {name: Codec(dialect) for name, dialect in DIALECTS.items()}
WHO: dict[str, Any] = {"origin": Origin("10000001", "104100000000001"), "stan": "000009"}
STAMP = Stamp("1120101010", "181010", "1120")


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


NUMBER = st.integers(1, 999_999).map("{:06d}".format)
RRN = st.integers(1, 10**12 - 1).map("{:012d}".format)
MAYBE = st.just("") | NUMBER
PAYMENTS = st.builds(
    KnownPayment,
    batch=NUMBER,
    stan=NUMBER,
    kind=st.sampled_from(PaymentKind),
    state=st.sampled_from(PaymentState),
    at=st.datetimes().map("{:%Y%m%d%H%M%S}".format).filter(lambda text: len(text) == 14),
    amount=st.builds(Amount, st.integers(0, AMOUNT_MINOR_MAX), st.sampled_from(["156", "840"])),
    card=st.sampled_from(["411111******1111", "378282*****0005", "621234*********1234"]),
    code=st.sampled_from(["00", "A2", "51"]),
    rrn=RRN | st.just("AB12"),
    authorisation=st.just("") | st.sampled_from(["000007", "A1B2C3"]),
    settlement_date=st.just("") | st.just("1121"),
    original_batch=MAYBE,
    original_stan=MAYBE,
)
ASKED = st.builds(
    PaymentInquiry,
    **{name: st.just(value) for name, value in WHO.items()},
    stamp=st.just(STAMP),
    batch=MAYBE,
    voucher=MAYBE,
    rrn=st.just("") | RRN,
    authorisation=st.just("") | st.just("00007"),
    after=st.just("") | RRN,
)
TOLD = st.builds(
    PaymentPage,
    **{name: st.just(value) for name, value in WHO.items()},
    stamp=st.just(STAMP),
    code=st.sampled_from(["00", "25"]),
    batch=st.none() | NUMBER,
    count=st.integers(PAYMENTS_MAX, COUNT_MAX),
    following=st.just("") | RRN,
    last_stan=MAYBE,
    payments=st.lists(PAYMENTS, max_size=PAYMENTS_MAX).map(tuple),
)


def there(name: str, operation: Operation) -> Operation:
    """Return what the other side reads, under the stamp that was written."""
    profile, codec = profile_of(DIALECTS[name]), CODECS[name]
    read = profile.decode(codec.decode(codec.encode(profile.encode(operation))))
    return structs.replace(read, stamp=STAMP)


@pytest.mark.parametrize("name", DIALECTS)
@given(operation=ASKED | TOLD)
def test_inquiry_arrives_as_it_was_said(name: str, operation: Operation) -> None:
    assert operation == there(name, operation)


@pytest.mark.parametrize(("name", "field"), [("iso87", 48), ("cup", 62)])
@pytest.mark.parametrize(
    ("at", "with_what", "problem"),
    [
        (22 + 44, "4111111111111111   ", "at character 66: card is not masked"),
        (22 + 12, "99", "at character 34: kind is no payment's type"),
        (22 + 14, "X", "at character 36: state is A, D, R or E"),
        (22 + 15, "20261399000000", "at character 37: moment is no date and time"),
        (0, "0000", "at character 0: more payments follow than there are"),
    ],
)
def test_what_means_nothing_is_refused_by_its_place(
    name: str, field: int, at: int, with_what: str, problem: str
) -> None:
    """A card in the clear is refused as well, and is not in the error."""
    profile = profile_of(DIALECTS[name])
    message = profile.encode(_page())
    value: Any = message.fields[field]
    text = value if isinstance(value, str) else value.decode()
    changed = text[:at] + with_what + text[at + len(with_what) :]
    fields = {**message.fields, field: changed if isinstance(value, str) else changed.encode()}

    with pytest.raises(ProfileError) as caught:
        profile.decode(structs.replace(message, fields=fields))

    assert problem in str(caught.value)
    assert "4111111111111111" not in str(caught.value)


@pytest.mark.parametrize("name", ["iso87", "cup"])
def test_too_long_a_page_is_a_bug_of_this_side(name: str) -> None:
    page = _page()

    with pytest.raises(LocalProtocolError):
        profile_of(DIALECTS[name]).encode(structs.replace(page, payments=page.payments * 5))


@pytest.mark.parametrize(("name", "field"), [("iso87", 48), ("cup", 62)])
def test_refusal_may_come_without_the_field_and_an_answer_may_not(name: str, field: int) -> None:
    profile = profile_of(DIALECTS[name])
    message = profile.encode(_page())
    fields = {number: value for number, value in message.fields.items() if number != field}

    refused = profile.decode(structs.replace(message, fields={**fields, 39: "25"}))
    with pytest.raises(ProfileError) as caught:
        profile.decode(structs.replace(message, fields=fields))

    assert isinstance(refused, PaymentPage)
    assert ("25", ()) == (refused.code, refused.payments)
    assert f"F{field}" in str(caught.value)


def test_inquiry_is_signed_where_payments_are() -> None:
    """A receipt must not be rebuilt from what anybody could have said."""
    rule = DIALECTS["cup"].mac

    assert rule.covers("0600")
    assert rule.proves("0610", "00")


def test_card_in_the_clear_is_never_told() -> None:
    with pytest.raises(ValueError, match="masked only"):
        structs.replace(_page().payments[0], card="4111111111111111")


def _page() -> PaymentPage:
    known = KnownPayment(
        batch="000001",
        stan="000002",
        kind=PaymentKind.SALE,
        state=PaymentState.APPROVED,
        at="20261120101010",
        amount=Amount(1234),
        card="411111******1111",
        code="00",
        rrn="000000000007",
    )
    return PaymentPage(
        **WHO,
        stamp=STAMP,
        code="00",
        batch="000001",
        count=1,
        last_stan="000002",
        payments=(known,),
    )
