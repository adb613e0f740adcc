"""A host for tests that tells its copy of payments, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass, field

from protocol.amount import Amount
from protocol.inquiries import KnownPayment, PaymentInquiry, PaymentPage, PaymentState
from protocol.kinds import PaymentKind
from protocol.operations import Operation, Request
from tests.terminal.till import Host

PAGE_SIZE = 2


@dataclass
class CopyingHost(Host):
    """Tells what it approved, and `dead`: what came to nothing at it, by batch and STAN."""

    dead: dict[tuple[str, str], PaymentState] = field(default_factory=dict)

    def known(self) -> list[KnownPayment]:
        """Return everything it has, in order."""
        there = {**dict.fromkeys(self.approved, PaymentState.APPROVED), **self.dead}
        return [
            KnownPayment(
                batch=batch,
                stan=stan,
                kind=self.kinds.get((batch, stan), PaymentKind.SALE),
                state=state,
                at="20260102030405",
                amount=Amount(self.approved.get((batch, stan), 0)),
                card="411111******1111",
                code="00",
                rrn=f"{batch}{stan}",
                authorisation=stan,
            )
            for (batch, stan), state in sorted(there.items())
        ]

    def _answer(self, asked: Request) -> Operation:
        if not isinstance(asked, PaymentInquiry):
            return super()._answer(asked)
        found = [one for one in self.known() if asked.batch in ("", one.batch)]
        stans = [one.stan for one in found]
        found = [
            one
            for one in found
            if asked.voucher in ("", one.stan)
            and asked.rrn in ("", one.rrn)
            and asked.authorisation in ("", one.authorisation)
        ]
        rest = [one for one in found if one.rrn > asked.after]
        told = tuple(rest[:PAGE_SIZE])
        known = found or asked.batch == self.batch
        return PaymentPage(
            origin=asked.origin,
            stan=asked.stan,
            stamp=asked.stamp,
            code="00" if known else "25",
            batch=asked.batch or None,
            count=len(found),
            following=told[-1].rrn if len(rest) > len(told) else "",
            last_stan=max(stans, default="") if asked.batch else "",
            payments=told,
        )
