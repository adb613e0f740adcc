"""Recovered receipts (补录): a paper rebuilt from the acquirer's record, and never money.

A payment that the acquirer has and the books here have lost is not put back into them: it would
change totals that nobody here has counted. What is kept is the fact, beside the payments, and a
receipt that says what it was rebuilt from and when (REQ 001-08, 001-09). The settlement of its
batch differs, as it must; the upload and a person set that right.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from protocol.amount import EXPONENTS, format_minor
from protocol.inquiries import MOMENT, KnownPayment
from protocol.kinds import PaymentKind
from terminal.configuration import Settings
from terminal.copies import JobCancelled, JobQueued, queue_originals
from terminal.documents import ChainHead, Receipt, Remark
from terminal.facts import Fact
from terminal.labels import PAYMENTS, RECOVERED
from terminal.papers import LOCAL_TIME, noted, original_remark, shop_of

SOURCE: Final = "acquirer"
"""Whose record it was rebuilt from; `labels.SOURCES` has its names on paper."""

NOT_KNOWN: Final = ""
"""How the card was read: the acquirer keeps no note of it, so the receipt has no letter."""

FOR_LATER: Final = "recovery"
"""Who takes back the print job of a receipt that nobody wants printed now."""


class PaymentRecovered(Fact, frozen=True, kw_only=True):
    """A payment was found on the acquirer's books and not on ours; nothing is counted by it.

    `answered_at` is the host's time of it, ISO 8601 in UTC; `card` is masked.
    """

    batch: str
    stan: str
    kind: str
    amount_minor: int
    currency: str
    card: str
    code: str
    rrn: str
    authorisation: str
    settlement_date: str
    original_batch: str
    original_stan: str
    answered_at: str
    source: str
    by: str


def recovery_facts(
    known: KnownPayment, *, settings: Settings, now: datetime, head: ChainHead, printed: bool
) -> tuple[Fact, ...]:
    """Return the facts of a recovered payment and of its receipt.

    `now` is aware. Unless `printed`, its papers are not owed: whoever wants one asks for it.
    """
    assert known.stands, "what came to nothing has no receipt"
    answered = datetime.strptime(known.at, MOMENT).replace(tzinfo=UTC)
    receipt = _receipt(known, answered, settings, now)
    papers = queue_originals(receipt, head, settings.paper.copies)
    if not printed:
        waiting = [one for one in papers if isinstance(one, JobQueued)]
        papers += tuple(JobCancelled(job_id=one.job_id, by=FOR_LATER) for one in waiting)
    return (_fact(known, answered, settings.operator), *papers)


def slip_remark(*, stan: str, kind: str, amount_minor: int, currency: str) -> Remark:
    """Return how a settlement slip names a payment that is in the host's figures only."""
    amount = format_minor(amount_minor, EXPONENTS.get(currency, 2))
    words = PAYMENTS[PaymentKind(kind)]
    zh, en = (f"{stan} {word} {amount}" for word in words)
    return Remark(f"{zh} {RECOVERED.zh}", f"{en} {RECOVERED.en}")


def _receipt(known: KnownPayment, answered: datetime, settings: Settings, now: datetime) -> Receipt:
    remarks = noted(known.code)
    if known.original_stan:
        original = original_remark(
            batch=known.batch,
            original_batch=known.original_batch,
            original_stan=known.original_stan,
        )
        remarks = (original, *remarks)
    when = now.astimezone(settings.zone).strftime(LOCAL_TIME)
    return Receipt(
        shop=shop_of(settings, settings.operator),
        kind=known.kind,
        batch=known.batch,
        stan=known.stan,
        at=answered.astimezone(settings.zone).strftime(LOCAL_TIME),
        amount_minor=known.amount.minor,
        currency=known.amount.currency,
        card=settings.paper.shown(known.card),
        entry=NOT_KNOWN,
        authorisation=known.authorisation,
        rrn=known.rrn,
        remarks=remarks,
        testing=settings.test_mode,
        recovered_from=f"{SOURCE} {when}",
    )


def _fact(known: KnownPayment, answered: datetime, by: str) -> PaymentRecovered:
    return PaymentRecovered(
        batch=known.batch,
        stan=known.stan,
        kind=known.kind.value,
        amount_minor=known.amount.minor,
        currency=known.amount.currency,
        card=known.card,
        code=known.code,
        rrn=known.rrn,
        authorisation=known.authorisation,
        settlement_date=known.settlement_date,
        original_batch=known.original_batch,
        original_stan=known.original_stan,
        answered_at=answered.isoformat(),
        source=SOURCE,
        by=by,
    )
