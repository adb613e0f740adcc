"""F48 of an upload."""

from __future__ import annotations

import pytest

from protocol.errors import StructureError
from protocol.secrets import Pan
from protocol.structures.upload import (
    ITEMS_MAX,
    CardOrigin,
    UploadCount,
    UploadDetail,
    UploadedPayment,
)

PAN = "4111111111111111"
FIRST = UploadedPayment(stan="000123", pan=Pan(PAN), amount=12345)
SECOND = UploadedPayment(
    stan="000124", pan=Pan("378282246310005"), amount=1, origin=CardOrigin.FOREIGN
)
ITEM = f"000001230000{PAN}000000012345"
OTHER = "0100012400000378282246310005000000000001"


def test_detail_is_a_count_and_forty_digits_each() -> None:
    detail = UploadDetail((FIRST, SECOND))

    assert f"02{ITEM}{OTHER}" == detail.build()
    assert detail == UploadDetail.parse(detail.build())


def test_detail_shows_no_card_number() -> None:
    """REQ 000-11."""
    assert PAN not in repr(UploadDetail((FIRST,)))
    assert "411111******1111" in repr(FIRST)


def test_detail_has_one_to_eight_payments() -> None:
    full = UploadDetail((FIRST,) * ITEMS_MAX)

    assert 322 == len(full.build())
    assert full == UploadDetail.parse(full.build())
    for count in (0, ITEMS_MAX + 1):
        with pytest.raises(ValueError, match="count of items is 1 to 8"):
            UploadDetail((FIRST,) * count)


@pytest.mark.parametrize(
    ("value", "position", "problem"),
    [
        ("", 0, "count of items has 2"),
        ("00", 0, "count of items is 1 to 8"),
        ("09" + ITEM * 9, 0, "count of items is 1 to 8"),
        ("02" + ITEM, 0, "count of items is not what follows"),
        ("01" + ITEM + "0", 0, "count of items is not what follows"),
        ("01" + "02" + ITEM[2:], 2, "card origin is 00 or 01"),
        ("01" + ITEM[:2] + "00O123" + ITEM[8:], 4, "STAN holds"),
        ("02" + ITEM + ITEM[:8] + "0" * 20 + ITEM[28:], 50, "card number is none"),
        ("01" + ITEM[:8] + "1" * 20 + ITEM[28:], 10, "card number is none"),
        ("01" + ITEM[:-1] + "X", 30, "amount holds"),
    ],
)
def test_wrong_detail_is_a_field_error(value: str, position: int, problem: str) -> None:
    with pytest.raises(StructureError, match=problem) as caught:
        UploadDetail.parse(value)

    assert (caught.value.field, caught.value.position) == (48, position)
    assert PAN not in str(caught.value)


@pytest.mark.parametrize(
    ("stan", "amount", "pan", "problem"),
    [
        ("123", 1, PAN, "character 2: STAN"),
        ("000123", 10**12, PAN, "character 28: amount"),
        ("000123", 1, "0" + PAN, "character 8: card number begins with a zero"),
    ],
)
def test_wrong_payment_cannot_be_made(stan: str, amount: int, pan: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        UploadedPayment(stan=stan, pan=Pan(pan), amount=amount)


def test_end_is_the_count_of_all_payments() -> None:
    assert "0000" == UploadCount(0).build()
    assert UploadCount(500) == UploadCount.parse("0500")
    with pytest.raises(ValueError, match="0 to 9999"):
        UploadCount(10000)


@pytest.mark.parametrize(("value", "position"), [("12", 0), ("00A0", 0), ("00001", 4)])
def test_wrong_end_is_a_field_error(value: str, position: int) -> None:
    with pytest.raises(StructureError) as caught:
        UploadCount.parse(value)

    assert (caught.value.field, caught.value.position) == (48, position)
