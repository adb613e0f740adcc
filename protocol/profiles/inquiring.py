"""The payment inquiry's text, which is the same in every profile; where it stands is theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from protocol.inquiries import PaymentInquiry, PaymentPage
from protocol.operations import APPROVED
from protocol.structures.inquiry import InquiryData, PageData


def inquiry_text(field: int, operation: PaymentInquiry) -> str:
    """Return what is asked. Raises ValueError."""
    return InquiryData(
        batch=operation.batch,
        voucher=operation.voucher,
        rrn=operation.rrn,
        authorisation=operation.authorisation,
        after=operation.after,
    ).build(field)


def page_text(field: int, operation: PaymentPage) -> str:
    """Return what is told. Raises ValueError."""
    return PageData(
        count=operation.count,
        last_stan=operation.last_stan,
        following=operation.following,
        payments=operation.payments,
    ).build(field)


def read_inquiry(field: int, value: str, said: Mapping[str, Any]) -> PaymentInquiry:
    """Return what was asked; `said` is who says it, F11, and when. Raises StructureError."""
    asked = InquiryData.parse(field, value)
    return PaymentInquiry(
        **said,
        batch=asked.batch,
        voucher=asked.voucher,
        rrn=asked.rrn,
        authorisation=asked.authorisation,
        after=asked.after,
    )


def read_page(field: int, value: str | None, said: Mapping[str, Any]) -> PaymentPage:
    """Return what was told; `said` is the rest of it. A host that refuses may leave the field out.

    Raises StructureError, and KeyError for an answer without it.
    """
    if value is None and said["code"] == APPROVED:
        raise KeyError(field)
    told = PageData() if value is None else PageData.parse(field, value)
    return PaymentPage(
        **said,
        count=told.count,
        last_stan=told.last_stan,
        following=told.following,
        payments=told.payments,
    )
