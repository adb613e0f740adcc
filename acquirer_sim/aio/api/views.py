"""What the API takes and gives: bodies, parameters, problems. Cards are masked, tokens absent."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from acquirer_sim.faults import Fault, FaultKind, Place
from acquirer_sim.rows import BatchState, PaymentStatus
from acquirer_sim.rules import RuleSettings
from protocol.kinds import PaymentKind

Limit = Annotated[int, Meta(ge=1, le=1000, description="How many at most.")]
TerminalId = Annotated[str, Meta(max_length=8, description="F41; empty is any.")]
MerchantId = Annotated[str, Meta(max_length=15, description="F42; empty is any.")]
BatchNumber = Annotated[str, Meta(pattern=r"^([0-9]{6})?$", description="Six digits or none.")]
Stan = Annotated[str, Meta(pattern=r"^([0-9]{6})?$", description="F11, six digits or none.")]
Number = Annotated[int, Meta(ge=0, le=2**53)]
Before = Annotated[Number, Meta(description="Only what is older than this number; 0 is all.")]


class Parameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what may stand behind the question mark; without any of its own, nothing may."""


class Page(Parameters, frozen=True, kw_only=True):
    """A list."""

    limit: Limit = 100


class BatchPage(Page, frozen=True, kw_only=True):
    """Which batches."""

    terminal: TerminalId = ""
    merchant: MerchantId = ""
    batch: BatchNumber = ""


class PaymentPage(BatchPage, frozen=True, kw_only=True):
    """Which payments."""

    stan: Stan = ""
    before: Before = 0


class AccountPage(Page, frozen=True, kw_only=True):
    """Which accounts."""

    begins: Annotated[str, Meta(max_length=48, description="How the name begins.")] = ""


class TransferPage(Page, frozen=True, kw_only=True):
    """Which transfers."""

    account: Annotated[str, Meta(max_length=48, description="On either side.")] = ""
    entry: Annotated[Number, Meta(description="Of one journal entry; 0 is any.")] = 0
    before: Before = 0


class Since(Parameters, frozen=True, kw_only=True):
    """Where a live trace begins."""

    since: Annotated[
        Number | None, Meta(description="First what is kept after this number; else only news.")
    ] = None


class FaultPath(Parameters, frozen=True, kw_only=True):
    """Which fault."""

    id: Annotated[int, Meta(ge=1, le=2**53)]


class TerminalView(msgspec.Struct, frozen=True):
    """A terminal that the host has met."""

    terminal: str
    merchant: str
    open_batch: str


class BatchView(msgspec.Struct, frozen=True):
    """A batch with the host's figures, in minor units; `moved_entry` is its capture, 0 for none."""

    terminal: str
    merchant: str
    batch: str
    state: BatchState
    debit_count: int
    debit_minor: int
    credit_count: int
    credit_minor: int
    currency: str
    code: str | None
    result: str | None
    asked: str | None
    settlement_date: str | None
    repeats: int
    moved_entry: int
    opened_at: str
    settled_at: str | None
    closed_at: str | None


class PaymentView(msgspec.Struct, frozen=True):
    """A payment and its answer; `card` is masked, `entry` is its number in the journal."""

    terminal: str
    merchant: str
    batch: str
    stan: str
    kind: PaymentKind
    card: str
    asked_minor: int
    minor: int
    currency: str
    code: str
    authorisation: str | None
    rrn: str
    settlement_date: str
    status: PaymentStatus
    original_entry: int
    ended_entry: int
    refunded_minor: int
    adjusted_minor: int
    entry: int
    at: str


class TransferView(msgspec.Struct, frozen=True):
    """One line of a journal entry: `minor` went from `source` to `target`."""

    id: int
    entry: int
    kind: str
    source: str
    target: str
    minor: int
    currency: str
    at: str


class AlertView(msgspec.Struct, frozen=True):
    """Something a person should look at."""

    terminal: str
    merchant: str
    batch: str
    kind: str
    text: str
    at: str


class Audit(msgspec.Struct, frozen=True):
    """Whether the books are right, and in words what is not."""

    right: bool
    problems: tuple[str, ...]


class RuleView(msgspec.Struct, frozen=True):
    """A rule, its place, and how many requests met its keys."""

    position: int
    met: int
    rule: RuleSettings


class FaultView(msgspec.Struct, frozen=True):
    """How a fault of the running plan stands; `cleared` when it has struck as often as it may."""

    id: int
    fault: Fault
    thrown: int
    matched: int
    struck: int
    cleared: bool
    met: bool


class FaultKindView(msgspec.Struct, frozen=True):
    """A kind of fault; the first place is the usual one, `uses` are the keys of its own."""

    kind: FaultKind
    code: str
    places: tuple[Place, ...]
    sentence: str
    uses: tuple[str, ...]


class Health(msgspec.Struct, frozen=True):
    """That somebody is there."""

    status: str


class ProblemView(msgspec.Struct, frozen=True):
    """What went wrong (RFC 9457), with a code for programs and a next step for people."""

    title: str
    status: int
    code: str
    detail: str
    next_step: str
    type: str = "about:blank"


OpenDocument = dict[str, Any]
