"""The papers that a commit of money carries: receipt, settlement slip, fault slip.

Pure functions from what is being committed to the facts of its snapshot, copies and print jobs.
Everything they show is masked, local and final; see `terminal.documents`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, Protocol

from protocol.kinds import KINDS, PaymentKind, Side
from protocol.operations import PaymentReply, PaymentRequest, Reversal, Totals
from terminal import labels
from terminal.attempt import Attempt
from terminal.chip_marks import chip_marks
from terminal.configuration import Settings
from terminal.copies import queue_originals
from terminal.documents import (
    Balance,
    ChainHead,
    FaultReason,
    FaultSlip,
    Figures,
    Receipt,
    Remark,
    SettlementSlip,
    Shop,
    SlipRow,
)
from terminal.facts import Fact, SealedCard
from terminal.orders import tag_problem
from terminal.responses import Action, response
from terminal.totals import COUNTED, Item, total

LOCAL_TIME: Final = "%Y/%m/%d %H:%M:%S"

REFUSED_SHOWN_MAX: Final = 20
"""Refused advices named on a slip; all of them are counted."""

ENTRY_LETTERS: Final = {"01": "M", "02": "S", "90": "S", "05": "I", "95": "I", "07": "C", "91": "C"}
"""F22's first two digits to the letter on the receipt; F (fallback) for what is not listed."""


def shop_of(settings: Settings, operator: str) -> Shop:
    """Return the head of every paper."""
    return Shop(settings.merchant_name, settings.merchant_id, settings.terminal_id, operator)


OFFLINE: Final = (Remark(*labels.OFFLINE),)
"""What is noted where nobody was asked."""


class Paid(Protocol):
    """What a receipt wants of a payment or an advice."""

    @property
    def purchase(self) -> PaymentRequest:
        """Return what was asked or told."""
        ...

    @property
    def card(self) -> SealedCard:
        """Return the card, masked."""
        ...

    @property
    def operator(self) -> str:
        """Return who took it."""
        ...


def receipt_papers(
    payment: Paid,
    reply: PaymentReply | None,
    *,
    settings: Settings,
    at: datetime,
    head: ChainHead,
    tag: str = "",
) -> tuple[Fact, ...]:
    """Return the facts of a payment's receipt; no reply when it stands without one (offline).

    `at` is local time.
    """
    asked = payment.purchase
    paid = (reply.amount if reply else None) or asked.amount
    remarks = (*_original_of(asked), *(noted(reply.code) if reply else OFFLINE))
    receipt = Receipt(
        shop=shop_of(settings, payment.operator),
        kind=asked.kind,
        batch=asked.batch,
        stan=asked.stan,
        at=at.strftime(LOCAL_TIME),
        amount_minor=paid.minor,
        currency=paid.currency,
        card=settings.paper.shown(payment.card.masked),
        entry=(ENTRY_LETTERS | settings.paper.entry_letters).get(asked.card.entry_mode[:2], "F"),
        authorisation=(reply.authorisation if reply else None) or "",
        rrn=(reply.rrn if reply else None) or "",
        remarks=remarks,
        testing=settings.test_mode,
        tag="" if tag_problem(tag) else tag,
        expiry_line=settings.paper.expiry_line,
        chip=None if asked.chip is None else chip_marks(asked.chip.reveal()),
    )
    return queue_originals(receipt, head, settings.paper.copies, card_lookup=payment.card.lookup)


def slip_papers(
    attempt: Attempt,
    host: Totals | None,
    *,
    settings: Settings,
    at: datetime,
    head: ChainHead,
    settlement_date: str,
    manual_reversals: int,
    items: Sequence[Item],
    host_foreign: Totals | None = None,
    refused: Sequence[Remark] = (),
) -> tuple[Fact, ...]:
    """Return the facts of a closed batch's slip: frozen totals, the host's beside them.

    `refused` names the advices that the host did not take, each an exception.
    """
    frozen = attempt.request.totals
    balanced = attempt.upload is None or attempt.upload.end.balanced
    assert total(items) == frozen, "the rows of the slip are what the settlement froze (I5)"
    slip = SettlementSlip(
        shop=shop_of(settings, settings.operator),
        batch=attempt.batch,
        at=at.strftime(LOCAL_TIME),
        result=Balance.BALANCED if balanced else Balance.UNBALANCED,
        rows=_rows(items, COUNTED if settings.paper.zero_rows else ()),
        terminal=_figures(frozen),
        host=None if host is None else _figures(host),
        settlement_date=settlement_date,
        currency=attempt.request.currency,
        uploaded=0 if attempt.upload is None else len(attempt.upload.taken),
        exceptions=manual_reversals + len(refused),
        reversals_pending=manual_reversals,
        remarks=tuple(refused[:REFUSED_SHOWN_MAX]),
        testing=settings.test_mode,
        terminal_foreign=_some(attempt.request.foreign),
        host_foreign=_some(host_foreign),
    )
    return queue_originals(slip, head)


def fault_papers(
    reversal: Reversal, *, settings: Settings, at: datetime, head: ChainHead
) -> tuple[Fact, ...]:
    """Return the facts of the slip that asks a person to set a payment right."""
    assert reversal.pan is not None, "the terminal's own books know the card"
    slip = FaultSlip(
        shop=shop_of(settings, settings.operator),
        kind=reversal.kind,
        reason=FaultReason.REVERSAL_FAILED,
        batch=reversal.batch,
        stan=reversal.stan,
        at=at.strftime(LOCAL_TIME),
        amount_minor=reversal.amount.minor,
        currency=reversal.amount.currency,
        card=settings.paper.shown(reversal.pan.masked),
        hotline=settings.hotline,
        testing=settings.test_mode,
    )
    return queue_originals(slip, head)


def refusal_papers(
    payment: Paid, code: str, *, settings: Settings, at: datetime, head: ChainHead
) -> tuple[Fact, ...]:
    """Return the facts of the slip for what has happened and the host does not take."""
    asked = payment.purchase
    slip = FaultSlip(
        shop=shop_of(settings, payment.operator),
        kind=asked.kind,
        reason=FaultReason.ADVICE_REFUSED,
        batch=asked.batch,
        stan=asked.stan,
        at=at.strftime(LOCAL_TIME),
        amount_minor=asked.amount.minor,
        currency=asked.amount.currency,
        card=settings.paper.shown(payment.card.masked),
        hotline=settings.hotline,
        code=code,
        testing=settings.test_mode,
    )
    return queue_originals(slip, head)


def noted(code: str) -> tuple[Remark, ...]:
    """Return what a receipt notes of the host's code, if it does."""
    meaning = response(code)
    said = meaning.action in (Action.RECORD_AND_NOTE, Action.UNDO)
    return (Remark(meaning.zh, meaning.en),) if said else ()


def original_remark(*, batch: str, original_batch: str, original_stan: str) -> Remark:
    """Name the original under 备注: its voucher, and its batch when that is another."""
    elsewhere = "" if original_batch == batch else f"{original_batch}-"
    return Remark(*labels.ORIGINAL_VOUCHER, f"{elsewhere}{original_stan}")


def _original_of(asked: PaymentRequest) -> tuple[Remark, ...]:
    original = asked.original
    if original is None:
        return ()
    remarks = [
        original_remark(
            batch=asked.batch, original_batch=original.batch, original_stan=original.stan
        )
    ]
    if asked.kind is PaymentKind.REFUND:
        # After the batch is closed, reference and day are all that the host finds it by.
        date = f"{original.date[:2]}/{original.date[2:]}" if original.date else ""
        named = ((labels.ORIGINAL_REFERENCE, original.rrn or ""), (labels.ORIGINAL_DATE, date))
        remarks += [Remark(*words, value) for words, value in named if value]
    return tuple(remarks)


def _rows(items: Sequence[Item], named: Collection[PaymentKind]) -> tuple[SlipRow, ...]:
    """Sum the items by kind, credits negative, in the order of the kinds; `named` in any case."""
    counts: Counter[PaymentKind] = Counter()
    amounts: Counter[PaymentKind] = Counter()
    for item in items:
        kind = PaymentKind(item.kind)
        sign = -1 if KINDS[kind].side is Side.CREDIT else 1
        counts[kind] += 1
        amounts[kind] += sign * item.amount_minor
    kinds = [kind for kind in PaymentKind if counts[kind] or kind in named]
    return tuple(SlipRow(kind, counts[kind], amounts[kind]) for kind in kinds)


def _some(totals: Totals | None) -> Figures | None:
    """Return figures, None for a side with nothing on it."""
    return None if totals in (None, Totals()) else _figures(totals or Totals())


def _figures(totals: Totals) -> Figures:
    return Figures(
        debit_count=totals.debit_count,
        debit_minor=totals.debit_amount,
        credit_count=totals.credit_count,
        credit_minor=totals.credit_amount,
    )
