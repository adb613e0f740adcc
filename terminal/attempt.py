"""The settlement of one batch as data: its phases, its facts, its events.

Two machines work on it: `terminal.settlement` asks for the close until it is answered,
`terminal.upload` sends the payments one by one when the answer was "out of balance".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import msgspec
from msgspec.structs import replace as replace_struct

from protocol.operations import (
    ReconciliationResult,
    Request,
    Settlement,
    SettlementReply,
    Totals,
    UploadEnd,
    UploadItem,
)
from protocol.uploads import ChipUpload, UploadDetails, UploadLine
from terminal.facts import Fact
from terminal.machine import Event


class SettlementPhase(Enum):
    """Where a batch stands on its way to be closed."""

    OPEN = "open"
    PREPARED = "prepared"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    REPEATING = "repeating"
    DISPUTED = "disputed"
    UPLOADING = "uploading"
    UPLOAD_WAITING = "upload_waiting"
    ENDING = "ending"
    CLOSED_BALANCED = "closed_balanced"
    CLOSED_UNBALANCED = "closed_unbalanced"


CLOSED = frozenset({SettlementPhase.CLOSED_BALANCED, SettlementPhase.CLOSED_UNBALANCED})


class SettlementPrepared(Fact, frozen=True, kw_only=True):
    """The batch is frozen: these totals, this item list, this request."""

    batch: str
    stan: str
    transmission: str
    time: str
    date: str
    settlement_date: str
    currency: str
    totals: Totals
    items_hash: str
    foreign: Totals = Totals()


class SettlementSending(Fact, frozen=True, kw_only=True):
    """Request number `sends` begins; from here on the host may have closed the batch.

    `stan` is the number that a repeat used up, "" when it has that of the first.
    """

    batch: str
    sends: int
    stan: str = ""


class SettlementUncertain(Fact, frozen=True, kw_only=True):
    """No valid answer came: the batch may be closed at the host or not."""

    batch: str
    cause: str


class SettlementCancelled(Fact, frozen=True, kw_only=True):
    """The only request certainly never left: the batch is open again."""

    batch: str
    cause: str


class SettlementDisputed(Fact, frozen=True, kw_only=True):
    """The host answered, and it is no closing answer; `final` when it said so twice."""

    batch: str
    code: str
    result: str
    host_totals: Totals | None
    problem: str
    final: bool


class SettlementAnswered(Fact, frozen=True, kw_only=True):
    """The host's verdict: its code, result, own totals and date."""

    batch: str
    code: str
    result: str
    host_totals: Totals | None
    settlement_date: str = ""
    host_foreign: Totals | None = None
    sides: tuple[ReconciliationResult, ReconciliationResult] | None = None


class Purpose(Enum):
    """What an item of the upload is about: a payment, or what the chip said of one."""

    PAYMENT = "payment"
    CERTIFICATE = "certificate"
    FAILED_CHIP = "failed_chip"


class PlannedItem(msgspec.Struct, frozen=True, kw_only=True):
    """One item of the upload: its number, its STAN, the payment it speaks of.

    Items of one STAN travel in one message.
    """

    number: int
    stan: str
    original_stan: str
    purpose: Purpose = Purpose.PAYMENT


class UploadPlanned(Fact, frozen=True, kw_only=True):
    """The batch is uploaded item by item: every STAN is taken here, once and for all."""

    batch: str
    transmission: str
    time: str
    date: str
    items: tuple[PlannedItem, ...]
    end_stan: str


class UploadItemTaken(Fact, frozen=True, kw_only=True):
    """The host has this item; `code` is 00 or 94."""

    batch: str
    number: int
    code: str


class UploadItemFailed(Fact, frozen=True, kw_only=True):
    """The host did not take this item, or did not say so."""

    batch: str
    number: int
    cause: str


class BatchClosed(Fact, frozen=True, kw_only=True):
    """The batch is closed, `next_batch` is open: the one place where the number changes (I11)."""

    batch: str
    outcome: str
    next_batch: str


Item = UploadItem | ChipUpload
"""What the plan numbers one by one, and the host acknowledges."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What is to be uploaded. `cursor` is the last number tried in this round.

    Neighbours of one STAN are one message: they are sent, taken and tried again together.
    """

    items: tuple[Item, ...]
    end: UploadEnd
    taken: frozenset[int] = frozenset()
    cursor: int = 0
    round: int = 1
    rounds_max: int = 3

    @property
    def next_group(self) -> tuple[Item, ...]:
        """Return the items of this round's next message that the host does not have yet."""
        waiting = (item for item in self.items if item.number not in self.taken)
        first = next((item for item in waiting if item.number > self.cursor), None)
        return () if first is None else self._message(first.stan)

    @property
    def tried(self) -> tuple[Item, ...]:
        """Return the items of the message that was tried last."""
        last = next(item for item in self.items if item.number == self.cursor)
        return self._message(last.stan)

    def _message(self, stan: str) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.stan == stan)

    @property
    def all_taken(self) -> bool:
        """True when only the trailer is left to say."""
        return len(self.taken) == len(self.items)


def as_request(group: Sequence[Item]) -> Request:
    """Return the message in which items go up."""
    first, *others = group
    if not others:
        return first
    assert all(isinstance(item, UploadItem) for item in group), "only payments travel together"
    return UploadDetails(
        origin=first.origin,
        stan=first.stan,
        stamp=first.stamp,
        batch=first.batch,
        lines=tuple(
            UploadLine(item.original.stan, item.pan, item.amount, item.foreign)
            for item in group
            if isinstance(item, UploadItem)
        ),
    )


@dataclass(frozen=True, slots=True)
class Attempt:
    """The settlement of one batch. `request` is the first 0500; a later one differs in `repeat`.

    `fresh_stan` is the number of the next repeat, for hosts that want each message to have one of
    its own; "" keeps the first one's.
    """

    phase: SettlementPhase
    request: Settlement
    items_hash: str
    next_batch: str
    timeout_s: float
    sends: int = 0
    upload: Upload | None = None
    fresh_stan: str = ""

    @property
    def repeat_stan(self) -> str:
        """Return the number that only the request sent last has, "" when it is the first one's."""
        return self.fresh_stan if self.sends > 1 else ""

    @property
    def sent(self) -> Settlement:
        """Return the request that was sent last."""
        return replace_struct(
            self.request, repeat=self.sends > 1, stan=self.repeat_stan or self.request.stan
        )

    @property
    def batch(self) -> str:
        """Return the batch that is being closed."""
        return self.request.batch

    @property
    def key(self) -> str:
        """Return the name of this settlement in notices and logs: its batch."""
        return self.batch


@dataclass(frozen=True, slots=True)
class Prepare(Event):
    """The preconditions hold and the operator confirmed: freeze the batch."""


@dataclass(frozen=True, slots=True)
class Resume(Event):
    """Go on with what is open: by the clock, at power-on, or because a person said so."""


@dataclass(frozen=True, slots=True)
class Balanced(Event):
    """Both sides hold the same; `papers` are the facts of slip, copy and print job."""

    reply: SettlementReply
    papers: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Unbalanced(Event):
    """The totals differ: `planned` takes the STANs of the upload that begins."""

    reply: SettlementReply
    planned: UploadPlanned
    upload: Upload


@dataclass(frozen=True, slots=True)
class CertificatesOwed(Event):
    """Both sides hold the same, and the host wants the chips' certificates before the end."""

    reply: SettlementReply
    planned: UploadPlanned
    upload: Upload


@dataclass(frozen=True, slots=True)
class Disputed(Event):
    """The host answered with something that closes nothing."""

    reply: SettlementReply
    problem: str


@dataclass(frozen=True, slots=True)
class ItemTaken(Event):
    """The host has the item that was sent last."""

    code: str


@dataclass(frozen=True, slots=True)
class ItemFailed(Event):
    """The item that was sent last was refused, or nothing readable came."""

    cause: str


@dataclass(frozen=True, slots=True)
class AllTaken(Event):
    """Connected, and every item is taken: the trailer is next."""


@dataclass(frozen=True, slots=True)
class RoundsOver(Event):
    """Connected, but the items left have failed in every round."""


@dataclass(frozen=True, slots=True)
class EndTaken(Event):
    """The host took the trailer; `papers` are the facts of slip, copy and print job."""

    code: str
    papers: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class BalancedEndTaken(EndTaken):
    """The same, of a batch that was in balance."""
