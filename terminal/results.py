"""What the terminal's operations return: frozen, masked, ready for JSON."""

from __future__ import annotations

import msgspec

from terminal.host_copy import CopyLine


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all: the code that decided, in words a person can act on."""

    code: str
    zh: str
    en: str
    next_zh: str = ""
    next_en: str = ""


class PaymentResult(Result, frozen=True, kw_only=True):
    """What became of a payment of any kind; `original` is the batch and STAN it speaks of.

    `outcome` is a `PaymentPhase` value ("approved", "declined", "reversed", "reversal_required",
    "reversal_manual", "not_sent"), "cancelled" (taken back in time: not sent), "waiting" (an
    advice: it stands, and the host is told until it answers) or "refused": no STAN was used up
    and nothing was sent.
    """

    outcome: str
    amount_minor: int
    currency: str
    card: str
    batch: str = ""
    stan: str = ""
    rrn: str = ""
    authorisation: str = ""
    kind: str = "sale"
    original: str = ""

    @property
    def approved(self) -> bool:
        """True when the money moved and is on our books."""
        return self.outcome == "approved"


class SettlementResult(Result, frozen=True, kw_only=True):
    """What became of a settlement.

    `outcome` is a `SettlementPhase` value ("closed_balanced", "closed_unbalanced", "uncertain",
    "disputed", "upload_waiting", "open": certainly not sent) or "refused".
    """

    outcome: str
    batch: str
    count: int = 0
    amount_minor: int = 0
    requests: int = 0

    @property
    def closed(self) -> bool:
        """True when the batch is closed on both sides."""
        return self.outcome.startswith("closed")


class SignOnResult(Result, frozen=True, kw_only=True):
    """What became of a sign-on or an echo test; `host_batch` is what the host has open."""

    signed_on: bool
    batch: str
    host_batch: str = ""


class SignOffResult(Result, frozen=True, kw_only=True):
    """What became of a sign-off."""

    signed_off: bool
    batch: str


class BalanceResult(Result, frozen=True, kw_only=True):
    """What a balance inquiry said; `balance_minor` is None unless the host told it."""

    outcome: str
    card: str
    currency: str
    balance_minor: int | None = None


class InquiryResult(Result, frozen=True, kw_only=True):
    """What a settlement status inquiry said; `result` is F66, "" before there is a verdict.

    `state` is "" unless the outcome is "answered".
    """

    outcome: str
    batch: str
    state: str = ""
    result: str = ""


class CopyResult(Result, frozen=True, kw_only=True):
    """How the acquirer's copy compares with the books here, payment by payment.

    `outcome` is "same", "differs", or nothing was compared: "refused", "declined", "unanswered",
    "not_sent". `batch` is "" when an RRN was asked for.
    """

    outcome: str
    batch: str
    payments: tuple[CopyLine, ...] = ()


class RecoveryResult(Result, frozen=True, kw_only=True):
    """Which receipts were rebuilt, by their names, and what the comparison before it said.

    `outcome` is "recovered", "nothing" (there was nothing to rebuild), or that of the comparison.
    """

    outcome: str
    batch: str
    receipts: tuple[str, ...] = ()
    payments: tuple[CopyLine, ...] = ()


class GaugeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of the storage: what it is, where it stops, and its level.

    Bytes, minor units, payments or days; "free disk" is what is left, and stops below `stop`.
    """

    name: str
    used: int
    stop: int
    level: str


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """Where the terminal stands. `mode` is the overlay that decides what may be done.

    `host_wish` is what the host wishes in its header and the terminal cannot do, "" for nothing.
    `storage` is the worst level of the gauges: "ok", "warning", "full", "exhausted".
    """

    terminal_id: str
    merchant_id: str
    mode: str
    signed_on: bool
    batch: str
    host_batch: str
    last_stan: str
    unsettled_count: int
    unsettled_minor: int
    unsettled_max: int
    reversals_pending: int
    reversals_manual: int
    advices_waiting: int
    settlement: str
    currency: str
    host_wish: str = ""
    storage: str = "ok"
    gauges: tuple[GaugeLine, ...] = ()


class PaymentLine(msgspec.Struct, frozen=True, kw_only=True):
    """One payment of the list; `voided` when an approved void speaks of it."""

    batch: str
    stan: str
    outcome: str
    amount_minor: int
    currency: str
    card: str
    code: str
    cause: str
    rrn: str
    authorisation: str
    at: str
    kind: str = "sale"
    original: str = ""
    voided: bool = False


class BatchLine(msgspec.Struct, frozen=True, kw_only=True):
    """One batch of the list; the totals are the frozen ones, None while it is open."""

    batch: str
    phase: str
    opened_at: str
    closed_at: str
    count: int | None
    amount_minor: int | None
    host_count: int | None
    host_amount_minor: int | None
    requests: int


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Something that `verify` found wrong: in which table or document, and what."""

    where: str
    problem: str
