"""Results out of what the books and the machines say: the words that go with each end."""

from __future__ import annotations

from typing import Final, TypedDict

from protocol.amount import Amount
from protocol.kinds import PaymentKind
from terminal.attempt import Attempt, SettlementPhase
from terminal.effects import Notice
from terminal.host_copy import CopyLine
from terminal.notices import told
from terminal.payment import CANCELLED
from terminal.results import (
    BalanceResult,
    CopyResult,
    InquiryResult,
    PaymentLine,
    PaymentResult,
    RecoveryResult,
    SettlementResult,
    SignOffResult,
    SignOnResult,
)

SETTLEMENT_CODES: Final = {
    SettlementPhase.OPEN: "L20",
    SettlementPhase.UNCERTAIN: "L03",
    SettlementPhase.DISPUTED: "L03",
    SettlementPhase.UPLOAD_WAITING: "L04",
    SettlementPhase.CLOSED_BALANCED: "L19",
    SettlementPhase.CLOSED_UNBALANCED: "95",
}
"""Every phase in which a settlement can come to rest."""


UNFINISHED: Final = {"prepared": "not_sent", "sending": "reversal_required", "telling": "waiting"}
"""What a payment amounts to whose last commit the disk refused: recovery finishes it so."""

WAITING: Final = {PaymentKind.OFFLINE_SALE.value: "L67"}
"""The code of an advice that waits; L61 for those that do not stand before they are told."""


class Words(TypedDict):
    """The part that all results share."""

    code: str
    zh: str
    en: str
    next_zh: str
    next_en: str


def payment_refused(
    code: str, *, amount: Amount, card: str, kind: PaymentKind = PaymentKind.SALE
) -> PaymentResult:
    """Return a payment that was not begun."""
    return PaymentResult(
        **_words(told(code, "payment", "", "refused")),
        outcome="refused",
        amount_minor=amount.minor,
        currency=amount.currency,
        card=card,
        kind=kind.value,
    )


def payment_result(line: PaymentLine) -> PaymentResult:
    """Return what became of a payment, as the books have it."""
    outcome = UNFINISHED.get(line.outcome, line.outcome)
    outcome = "cancelled" if line.cause == CANCELLED else outcome
    code = line.code or line.cause or "L40"
    if outcome == "waiting":
        code = WAITING.get(line.kind, "L61")
    return PaymentResult(
        **_words(told(code, "payment", line.stan, outcome)),
        outcome=outcome,
        amount_minor=line.amount_minor,
        currency=line.currency,
        card=line.card,
        batch=line.batch,
        stan=line.stan,
        rrn=line.rrn,
        authorisation=line.authorisation,
        kind=line.kind,
        original=line.original,
    )


def settlement_refused(code: str, batch: str) -> SettlementResult:
    """Return a settlement that was not begun."""
    words = _words(told(code, "settlement", batch, "refused"))
    return SettlementResult(**words, outcome="refused", batch=batch)


def settlement_result(attempt: Attempt) -> SettlementResult:
    """Return where a settlement came to rest."""
    code, totals = SETTLEMENT_CODES[attempt.phase], attempt.request.totals
    return SettlementResult(
        **_words(told(code, "settlement", attempt.batch, attempt.phase.value)),
        outcome=attempt.phase.value,
        batch=attempt.batch,
        count=totals.debit_count + totals.credit_count,
        amount_minor=totals.net,
        requests=attempt.sends,
    )


def sign_on_result(code: str, batch: str, host_batch: str, *, signed_on: bool) -> SignOnResult:
    """Return what became of a sign-on or an echo test."""
    words = _words(told(code, "terminal", batch, "signed_on" if signed_on else "failed"))
    return SignOnResult(**words, signed_on=signed_on, batch=batch, host_batch=host_batch)


def sign_off_result(code: str, batch: str, *, signed_off: bool) -> SignOffResult:
    """Return what became of a sign-off."""
    words = _words(told(code, "terminal", batch, "signed_off" if signed_off else "failed"))
    return SignOffResult(**words, signed_off=signed_off, batch=batch)


def balance_result(
    code: str, outcome: str, *, card: str, currency: str, balance: Amount | None = None
) -> BalanceResult:
    """Return what a balance inquiry said."""
    return BalanceResult(
        **_words(told(code, "terminal", "", outcome)),
        outcome=outcome,
        card=card,
        currency=currency if balance is None else balance.currency,
        balance_minor=None if balance is None else balance.minor,
    )


def inquiry_result(
    code: str, outcome: str, batch: str, *, state: str = "", result: str = ""
) -> InquiryResult:
    """Return what a settlement status inquiry said."""
    words = _words(told(code, "settlement", batch, state or outcome))
    return InquiryResult(**words, outcome=outcome, batch=batch, state=state, result=result)


def copy_result(
    code: str, outcome: str, batch: str, payments: tuple[CopyLine, ...] = ()
) -> CopyResult:
    """Return how the acquirer's copy compares."""
    words = _words(told(code, "payments", batch, outcome))
    return CopyResult(**words, outcome=outcome, batch=batch, payments=payments)


def recovery_result(compared: CopyResult, receipts: tuple[str, ...]) -> RecoveryResult:
    """Return what was rebuilt after a comparison, or why nothing was."""
    answered = compared.outcome in ("same", "differs")
    outcome = "recovered" if receipts else "nothing" if answered else compared.outcome
    code = "L95" if receipts else compared.code
    return RecoveryResult(
        **_words(told(code, "payments", compared.batch, outcome)),
        outcome=outcome,
        batch=compared.batch,
        receipts=receipts,
        payments=compared.payments,
    )


def _words(notice: Notice) -> Words:
    return Words(
        code=notice.code,
        zh=notice.zh,
        en=notice.en,
        next_zh=notice.next_zh,
        next_en=notice.next_en,
    )
