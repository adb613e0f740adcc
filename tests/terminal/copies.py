"""A payment as the acquirer has it, and the same on the books here."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from protocol.amount import Amount
from protocol.inquiries import KnownPayment, PaymentState
from protocol.kinds import PaymentKind
from terminal.host_copy import OwnPayment


def known(**changes: Any) -> KnownPayment:
    """Return an approved sale of 123.45, answered at 02:15:09 UTC."""
    made = KnownPayment(
        batch="000012",
        stan="000345",
        kind=PaymentKind.SALE,
        state=PaymentState.APPROVED,
        at="20260102021509",
        amount=Amount(12345),
        card="411111******1111",
        code="00",
        rrn="600210000345",
        authorisation="123456",
        settlement_date="0102",
    )
    return replace(made, **changes)


def own(**changes: Any) -> OwnPayment:
    """Return what the books here have of it."""
    made = OwnPayment(
        batch="000012",
        stan="000345",
        kind="sale",
        phase="approved",
        code="00",
        amount_minor=12345,
        currency="156",
        card="411111******1111",
        rrn="600210000345",
        authorisation="123456",
    )
    return replace(made, **changes)
