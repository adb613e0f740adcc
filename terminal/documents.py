"""Documents: everything that is on a paper, frozen at the moment it became true.

A document is a snapshot. It is built in the commit that makes its money final (T8 for a
receipt, S8 or S11 for a settlement slip), out of values that are already masked and already in
local time, and is never changed afterwards: there is no edit function here, and there must not
be one (REQ 001-09). Every paper, preview, picture and reprint is drawn from the stored snapshot,
so two of them can differ only in their mark lines (REQ 000-03).

    document  ->  canonical JSON  ->  sha256(number, hash of the snapshot before, JSON)

The hashes form a chain: a changed, missing or inserted snapshot shows. `open_snapshot` checks
the hash before anything is printed and refuses what was tampered with.

What the money side fills in: see `Receipt`, `SettlementSlip` and `FaultSlip`. It calls
`take_snapshot(document, head)` and commits the result with `terminal.copies.queue_originals`.

Units: amounts are signed integers of minor units, times are local `YYYY/MM/DD hh:mm:ss`, cards
are masked text. The layout is `terminal.layout`'s business; no line of paper is stored.
Source: JR/T 0001-2001 section 8 for what a receipt must carry, PCI DSS v4 3.4.1 for the mask.
"""

from __future__ import annotations

import hashlib
import re
from enum import Enum
from typing import Final, TypeAlias

import msgspec

from protocol.kinds import PaymentKind
from terminal.chip_marks import ChipMarks
from terminal.errors import TerminalError

MERCHANT_NAME_MAX: Final = 40
"""JR/T 0001-2001, 8: longer names are cut on paper, never refused."""

GENESIS_HASH: Final = "0" * 64
"""What the first snapshot of a terminal follows."""

_MASKED = re.compile(r"\d{0,6}\*{2,}\d{0,4}|\*{4,}", re.ASCII)


class CopyKind(Enum):
    """Whom a paper is for. Only the merchant's carries a signature line."""

    MERCHANT = "merchant"
    CARDHOLDER = "cardholder"
    ACQUIRER = "acquirer"
    SETTLEMENT = "settlement"
    FAULT = "fault"


class Balance(Enum):
    """How a batch ended: 平, 不平, 错, 未知, 强制."""

    BALANCED = "balanced"
    UNBALANCED = "unbalanced"
    ERROR = "error"
    UNKNOWN = "unknown"
    FORCED = "forced"


class FaultReason(Enum):
    """Why a fault slip was printed."""

    REVERSAL_FAILED = "reversal_failed"
    ADVICE_REFUSED = "advice_refused"


class Shop(msgspec.Struct, frozen=True):
    """The head of every paper: merchant (F42), terminal (F41), operator ("01")."""

    merchant_name: str
    merchant_id: str
    terminal_id: str
    operator: str


class Remark(msgspec.Struct, frozen=True, array_like=True):
    """One thing under 备注 in both languages; `value` stands behind its label, if there is one."""

    zh: str
    en: str
    value: str = ""


class Receipt(msgspec.Struct, frozen=True, kw_only=True, tag_field="document", tag="receipt"):
    """One approved payment; the merchant's and the cardholder's copy are drawn from it.

    `card` is `Pan.masked`; `entry` the letter S, I, C, M or F; `at` local time; `remarks` what
    stands under 备注 (original voucher of a void, ...); `recovered_from` names the source and the
    local time when the receipt was rebuilt from the acquirer's record (REQ 001-08), else empty;
    such a receipt has no `entry`. `tag` is what the shop calls the goods (REQ 000-08): it is
    searched by and never printed. `expiry_line` has the line of the expiry date stand, with stars
    in it: the date itself is kept nowhere. `chip` is what the chip said, if one paid.
    """

    shop: Shop
    kind: PaymentKind
    batch: str
    stan: str
    at: str
    amount_minor: int
    card: str
    currency: str = "156"
    entry: str = "M"
    issuer: str = ""
    acquirer: str = ""
    authorisation: str = ""
    rrn: str = ""
    remarks: tuple[Remark | str, ...] = ()
    testing: bool = True
    recovered_from: str = ""
    tag: str = ""
    expiry_line: bool = False
    chip: ChipMarks | None = None

    def __post_init__(self) -> None:
        _check_masked(self.card)

    @property
    def document_id(self) -> str:
        """Return the name of this document, one per payment: "R000012-000345"."""
        return f"R{self.batch}-{self.stan}"


class SlipRow(msgspec.Struct, frozen=True):
    """One type of payment within a batch: how many, and their signed sum."""

    kind: PaymentKind
    count: int
    amount_minor: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What one side says the batch holds, as in F74, F76, F86 and F88; never negative."""

    debit_count: int = 0
    debit_minor: int = 0
    credit_count: int = 0
    credit_minor: int = 0


class SettlementSlip(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="document", tag="settlement"
):
    """One closed batch (结算总计单).

    `rows` and `terminal` are the totals frozen in S3, before the 0500 left and before any
    upload; never recomputed. `host` is what the 0510 said, None when no answer had figures.
    `terminal_foreign` and `host_foreign` are what of those is of foreign cards, None for nothing.
    `settlement_date` is F15 as "MMDD" or empty. `uploaded` counts items taken by the host,
    `exceptions` what a person must look at, `reversals_pending` what is still to undo.
    """

    shop: Shop
    batch: str
    at: str
    result: Balance
    rows: tuple[SlipRow, ...]
    terminal: Figures
    host: Figures | None = None
    settlement_date: str = ""
    currency: str = "156"
    uploaded: int = 0
    exceptions: int = 0
    reversals_pending: int = 0
    remarks: tuple[Remark | str, ...] = ()
    testing: bool = True
    terminal_foreign: Figures | None = None
    host_foreign: Figures | None = None

    @property
    def document_id(self) -> str:
        """Return the name of this document, one per batch: "S000012"."""
        return f"S{self.batch}"


class FaultSlip(msgspec.Struct, frozen=True, kw_only=True, tag_field="document", tag="fault"):
    """A payment that a person must set right (故障报告单). It is not a receipt.

    `code` is what the host answered (F39), empty when no answer ended it.
    """

    shop: Shop
    kind: PaymentKind
    reason: FaultReason
    batch: str
    stan: str
    at: str
    amount_minor: int
    card: str
    currency: str = "156"
    hotline: str = ""
    code: str = ""
    testing: bool = True

    def __post_init__(self) -> None:
        _check_masked(self.card)

    @property
    def document_id(self) -> str:
        """Return the name of this document, one per payment: "F000012-000345"."""
        return f"F{self.batch}-{self.stan}"


Document: TypeAlias = Receipt | SettlementSlip | FaultSlip


class ChainHead(msgspec.Struct, frozen=True):
    """The newest snapshot: its number (0 before the first) and its hash."""

    number: int = 0
    sha256: str = GENESIS_HASH


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it is stored: canonical JSON, and its place in the chain of hashes."""

    number: int
    document_id: str
    body: str
    sha256: str
    previous: str

    @property
    def head(self) -> ChainHead:
        """Return this snapshot as the head that the next one follows."""
        return ChainHead(self.number, self.sha256)


class TamperedError(TerminalError):
    """A stored snapshot is not what was hashed (L42): it must not be printed."""

    def __init__(self, document_id: str) -> None:
        super().__init__(
            "L42", f"the stored document {document_id} was changed after it was written"
        )
        self.document_id = document_id


def canonical_json(document: Document) -> str:
    """Return the one JSON text of a document: sorted keys, no blanks."""
    return msgspec.json.encode(document, order="sorted").decode()


def take_snapshot(document: Document, head: ChainHead) -> Snapshot:
    """Freeze a document as the successor of `head`."""
    body = canonical_json(document)
    number = head.number + 1
    return Snapshot(
        number=number,
        document_id=document.document_id,
        body=body,
        sha256=_hash(number, previous=head.sha256, body=body),
        previous=head.sha256,
    )


def open_snapshot(snapshot: Snapshot) -> Document:
    """Return the document of a snapshot whose hash holds. Raises TamperedError."""
    if snapshot.sha256 != _hash(snapshot.number, previous=snapshot.previous, body=snapshot.body):
        raise TamperedError(snapshot.document_id)
    document = read_document(snapshot.body)
    if document.document_id != snapshot.document_id:
        raise TamperedError(snapshot.document_id)
    return document


def read_document(body: str) -> Document:
    """Return the document of a JSON text, unchecked: for what draws tables, not papers."""
    return _DECODER.decode(body)


def check_chain(snapshots: tuple[Snapshot, ...], head: ChainHead) -> ChainHead:
    """Walk snapshots in order after `head`; return the new head. Raises TamperedError."""
    for snapshot in snapshots:
        if snapshot.previous != head.sha256 or snapshot.number != head.number + 1:
            raise TamperedError(snapshot.document_id)
        open_snapshot(snapshot)
        head = snapshot.head
    return head


def missing_fields(document: Document) -> tuple[str, ...]:
    """Name what a paper may not be printed without, and lacks (REQ 001-14).

    Checked before printing, not when the document is made: an approval is never lost because
    a merchant's name is not configured.
    """
    shop = document.shop
    present = {
        "merchant_name": shop.merchant_name,
        "merchant_id": shop.merchant_id,
        "terminal_id": shop.terminal_id,
        "batch": document.batch,
        "at": document.at,
    }
    if not isinstance(document, SettlementSlip):
        present["stan"] = document.stan
        present["card"] = document.card
    return tuple(name for name, value in present.items() if not value.strip())


def _hash(number: int, *, previous: str, body: str) -> str:
    return hashlib.sha256(f"{number}\n{previous}\n{body}".encode()).hexdigest()


def _check_masked(card: str) -> None:
    if not _MASKED.fullmatch(card):
        raise ValueError("a document carries a masked card only: first six, stars, last four")


_DECODER: Final[msgspec.json.Decoder[Document]] = msgspec.json.Decoder(Document)
