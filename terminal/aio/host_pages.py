"""Asks the acquirer for its copy of payments, page by page. Nothing changes by it on either side.

What the host says of its numbers is believed here as well: a terminal whose database was lost does
not know which of them it has used, and the host would refuse one that comes twice.
"""

from __future__ import annotations

from typing import Final

import msgspec

from protocol.inquiries import UNKNOWN_PAYMENT, KnownPayment, PaymentInquiry, PaymentPage
from terminal.aio.desk import Desk
from terminal.aio.question import ask, take_stan
from terminal.selection import Selection
from terminal.standing import StanTaken

PAGES_MAX: Final = 1000
"""A host that never comes to an end is not believed."""

ANSWERED: Final = ""
UNREADABLE: Final = "L22"
STRANGE: Final = "L23"
UNREACHABLE: Final = "L20"
SILENT: Final = "L49"
UNKNOWN: Final = "L91"


class Told(msgspec.Struct, frozen=True):
    """What the host told; `code` is "" when it answered all, else what a person is told."""

    code: str
    outcome: str
    payments: tuple[KnownPayment, ...] = ()


async def ask_host(desk: Desk, wanted: Selection) -> Told:
    """Ask for all that is wanted; the numbers it names are used up here from then on."""
    found: list[KnownPayment] = []
    after = ""
    for _ in range(PAGES_MAX):
        code, page = await _ask_page(desk, wanted, after)
        if page is None:
            return Told(code, outcome_of(code))
        found += page.payments
        if not page.following:
            await _learn(desk, wanted.batch, page)
            return Told(ANSWERED, "answered", tuple(found))
        if page.following <= after or not page.payments:
            break
        after = page.following
    return Told(UNREADABLE, "unanswered")


async def learn_numbers(desk: Desk, batch: str) -> None:
    """Ask for the highest number that a batch has seen, when nothing here could tell."""
    _, page = await _ask_page(desk, Selection(batch=batch), "")
    if page is not None:
        await _learn(desk, batch, page)


async def _ask_page(desk: Desk, wanted: Selection, after: str) -> tuple[str, PaymentPage | None]:
    stan = await take_stan(desk, await desk.standing(), "payment inquiry")
    request = PaymentInquiry(
        origin=desk.settings.origin,
        stan=stan,
        stamp=desk.stamp(),
        batch=wanted.batch,
        voucher=wanted.voucher,
        rrn=wanted.rrn,
        authorisation=wanted.authorisation,
        after=after,
    )
    code, reply = await ask(desk, request)
    if reply is None:
        return code, None
    if not isinstance(reply, PaymentPage):
        return STRANGE, None
    if not reply.approved:
        return (UNKNOWN if code == UNKNOWN_PAYMENT else code), None
    if wanted.batch and reply.batch not in (None, wanted.batch):
        return STRANGE, None
    if not all(wanted.means(one) for one in reply.payments):
        return STRANGE, None
    return code, reply


async def _learn(desk: Desk, batch: str, page: PaymentPage) -> None:
    """Begin after the highest number that the host has seen in the open batch (I8)."""
    standing = await desk.standing()
    if batch == standing.batch and page.last_stan > standing.stan:
        taken = StanTaken(stan=page.last_stan, purpose="seen by the host")
        await desk.journal.commit((taken,))


def outcome_of(code: str) -> str:
    """Return how a question ended that has no answer."""
    if code == UNREACHABLE:
        return "not_sent"
    return "unanswered" if code in (SILENT, UNREADABLE, STRANGE) else "declined"
