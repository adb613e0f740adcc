"""Which payments of the acquirer's are wanted: one by its keys, or those of a batch."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from protocol.inquiries import KnownPayment

_SIX: Final = re.compile(r"[0-9]{6}")
_RRN: Final = re.compile(r"[0-9A-Za-z]{1,12}")
_AUTHORISATION: Final = re.compile(r"[0-9A-Za-z]{1,6}")

NO_NUMBER: Final = "000000"


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask for; "" is not given. Without a batch and an RRN the open batch is meant."""

    batch: str = ""
    voucher: str = ""
    rrn: str = ""
    authorisation: str = ""

    @property
    def is_one(self) -> bool:
        """True when a single payment is named, and not a whole batch."""
        return bool(self.voucher or self.rrn or self.authorisation)

    @property
    def problem(self) -> str:
        """Return what is wrong with it, "" when it can be asked."""
        for name, number in (("batch", self.batch), ("voucher", self.voucher)):
            if number and (not _SIX.fullmatch(number) or number == NO_NUMBER):
                return f"a {name} is six digits, like 000012"
        if self.rrn and not _RRN.fullmatch(self.rrn):
            return "a reference number has at most 12 letters and digits"
        if self.authorisation and not _AUTHORISATION.fullmatch(self.authorisation):
            return "an authorisation code has at most 6 letters and digits"
        return ""

    def means(self, payment: KnownPayment) -> bool:
        """Tell whether a payment is one that was asked for: a host may answer anything."""
        return (
            self.batch in ("", payment.batch)
            and self.voucher in ("", payment.stan)
            and self.rrn in ("", payment.rrn)
            and self.authorisation in ("", payment.authorisation)
        )
