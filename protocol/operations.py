"""What the two sides say to each other, in the words of the trade.

Terminal and acquirer think only in these; a profile (`protocol.profiles`) turns one into a
message and back. They are `msgspec.Struct`s, not dataclasses: a host builds two per payment,
and a frozen dataclass of ten fields costs sixteen times as much (docs/explanation/decisions.md).

Units: amounts in minor units, STAN and batch as six digits with leading zeros, times as the
digits the wire carries. Field numbers in docstrings are ISO 8583:1987's, for orientation.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Final

import msgspec

from protocol.amount import Amount
from protocol.kinds import PaymentKind
from protocol.secrets import ChipData, Pan, Track2
from protocol.structures.sealed_pin import SealedPin

APPROVED: Final = "00"
ZERO_INSTITUTION: Final = "0" * 11


class Origin(msgspec.Struct, frozen=True, gc=False):
    """Which terminal speaks: F41 (ans 8) and F42 (ans 15)."""

    terminal_id: str
    merchant_id: str


class Stamp(msgspec.Struct, frozen=True, gc=False):
    """When it was said: F7 MMDDhhmmss in UTC, F12 hhmmss and F13 MMDD in local time.

    A repeat carries the stamp of the first attempt; a reply echoes the request's. `year` is two
    digits for the dialects that write one, "" where it was not kept or did not come.
    """

    transmission: str
    time: str
    date: str
    year: str = ""

    @classmethod
    def of(cls, utc: datetime, local: datetime) -> Stamp:
        """Cut the wire's digits out of two times of the same moment."""
        return cls(f"{utc:%m%d%H%M%S}", f"{local:%H%M%S}", f"{local:%m%d}")

    @classmethod
    def dated(cls, utc: datetime, local: datetime) -> Stamp:
        """Return the same with the year, for what is said once: no journal keeps a year."""
        return cls(f"{utc:%m%d%H%M%S}", f"{local:%H%M%S}", f"{local:%m%d}", f"{local:%y}")


class Card(msgspec.Struct, frozen=True, gc=False):
    """The card as it was read: F2, F14 (YYMM), F22 and F35."""

    pan: Pan
    expiry: str | None = None
    entry_mode: str = "012"
    track2: Track2 | None = None


class OriginalReference(msgspec.Struct, frozen=True, gc=False):
    """F90: the request that a reversal or an upload item speaks of.

    `transmission` is empty where the dialect has no F7.
    """

    mti: str
    stan: str
    transmission: str
    acquirer: str = ZERO_INSTITUTION
    forwarder: str = ZERO_INSTITUTION


class Totals(msgspec.Struct, frozen=True, gc=False):
    """What one side believes a batch holds: F74-F77 counts, F86-F89 minor units.

    A payment that was reversed is in none of the figures, on either side (REQ 002-09).
    """

    credit_count: int = 0
    credit_reversal_count: int = 0
    debit_count: int = 0
    debit_reversal_count: int = 0
    credit_amount: int = 0
    credit_reversal_amount: int = 0
    debit_amount: int = 0
    debit_reversal_amount: int = 0

    @property
    def net(self) -> int:
        """F97 as a signed number of minor units: debits (sales) positive, credits negative."""
        return (
            self.debit_amount
            - self.debit_reversal_amount
            - self.credit_amount
            + self.credit_reversal_amount
        )


class ReconciliationResult(Enum):
    """F66 of a 0510: how the host's totals compare with the terminal's."""

    IN_BALANCE = "1"
    OUT_OF_BALANCE = "2"
    ERROR = "3"


class Operation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Base of all: who, which number (F11, "000001".."999999"), when."""

    origin: Origin
    stan: str
    stamp: Stamp


class Request(Operation, frozen=True, kw_only=True, gc=False):
    """Something a terminal asks."""


class Reply(Operation, frozen=True, kw_only=True, gc=False):
    """An answer; `code` is F39, two characters."""

    code: str

    @property
    def approved(self) -> bool:
        """True for the plain approval. Other codes that succeed are the caller's table."""
        return self.code == APPROVED


class KeyForm(Enum):
    """Which working keys a terminal wants at sign-on; the values are F60.3 of the packed dialect.

    Bytes of PIN key and MAC key, and of the track key if there is one.
    """

    SINGLE = "001"
    DOUBLE = "003"
    DOUBLE_WITH_TRACK = "004"


class SignOn(Request, frozen=True, kw_only=True, gc=False):
    """0800: the terminal begins its day; `batch` is the one it has open.

    `operator` and `keys` travel in dialects that have a place for them.
    """

    batch: str
    keys: KeyForm = KeyForm.DOUBLE
    operator: str = "01"


class SignOnReply(Reply, frozen=True, kw_only=True, gc=False):
    """0810: `batch` is the one the host has open; the terminal compares, never adopts (H6).

    `keys` is the key material of F62, wrapped under the terminal's master key, with check values.
    """

    batch: str | None = None
    keys: bytes | None = None


class Echo(Request, frozen=True, kw_only=True, gc=False):
    """0800 with F70 301: is anybody there?"""


class SignOff(Request, frozen=True, kw_only=True, gc=False):
    """0820 or 0800 with F70 002: the terminal ends its day; no batch changes by it."""


class SignOffReply(Reply, frozen=True, kw_only=True, gc=False):
    """Its answer."""


class EchoReply(Reply, frozen=True, kw_only=True, gc=False):
    """0810 with F70 301."""


class OriginalPayment(msgspec.Struct, frozen=True, gc=False):
    """The earlier payment that a void, a refund, a completion or an adjustment speaks of.

    F90 (MTI, STAN, F7), its batch, F37 and F38 as the host gave them, and its F13 (MMDD), which
    is "" where it was not kept.
    """

    mti: str
    stan: str
    transmission: str
    batch: str
    rrn: str | None = None
    authorisation: str | None = None
    date: str = ""


class PaymentRequest(Request, frozen=True, kw_only=True, gc=False):
    """0100, 0200 or 0220 by `kind` (`protocol.kinds`); 0221 when an advice is a `repeat`.

    A balance inquiry has the amount 0, which does not travel. `pin` is F52 and F53, `chip` F55,
    whole.
    """

    batch: str
    amount: Amount
    card: Card
    kind: PaymentKind = PaymentKind.SALE
    original: OriginalPayment | None = None
    pin: SealedPin | None = None
    chip: ChipData | None = None
    repeat: bool = False


class PaymentReply(Reply, frozen=True, kw_only=True, gc=False):
    """0110, 0210 or 0230: approved or not; `amount` may be less than asked when `code` is 10.

    `batch` and `amount` are missing only from a refusal (a host that could not read them).
    `balance` is what F54 says is left on the card.
    """

    kind: PaymentKind = PaymentKind.SALE
    batch: str | None = None
    amount: Amount | None = None
    rrn: str | None = None
    authorisation: str | None = None
    settlement_date: str | None = None
    balance: Amount | None = None


class Reversal(Request, frozen=True, kw_only=True, gc=False):
    """0400, or 0401 when `repeat`: whatever became of the original, undo it.

    `advice` makes it 0420 and 0421, for hosts that want to be told rather than asked.

    `stan` and `batch` are the original's; `reason` goes in F39: 98 no answer in time,
    96 approved but not completed here, A0 MAC error, 06 other. Holds no track and no PIN.
    `pan` is missing where a swiped card's number travels in the track alone. `earlier` is what
    the original itself spoke of: the sale of a void, the pre-authorisation of a completion.
    """

    batch: str
    amount: Amount
    pan: Pan | None
    original: OriginalReference
    kind: PaymentKind = PaymentKind.SALE
    entry_mode: str = "012"
    authorisation: str | None = None
    reason: str = "98"
    repeat: bool = False
    advice: bool = False
    earlier: OriginalPayment | None = None


class ReversalReply(Reply, frozen=True, kw_only=True, gc=False):
    """0410 or 0430: 00, 12 and 25 all mean that nothing is left to undo."""

    batch: str | None = None
    amount: Amount | None = None
    rrn: str | None = None
    advice: bool = False


class Settlement(Request, frozen=True, kw_only=True, gc=False):
    """0500, or 0501 when `repeat`: close this batch, here is what I believe it holds.

    A repeat is identical in every other field. `foreign` is what of the totals is of foreign
    cards, None where nobody tells them apart.
    """

    batch: str
    totals: Totals
    settlement_date: str
    currency: str = "156"
    institution: str = "0"
    foreign: Totals | None = None
    repeat: bool = False


class SettlementReply(Reply, frozen=True, kw_only=True, gc=False):
    """0510: the host's own totals and its verdict; `totals` may miss from an error only.

    `sides` are the verdicts on domestic and on foreign cards, where they are told apart.
    """

    result: ReconciliationResult
    batch: str | None = None
    totals: Totals | None = None
    settlement_date: str | None = None
    currency: str | None = None
    institution: str | None = None
    foreign: Totals | None = None
    sides: tuple[ReconciliationResult, ReconciliationResult] | None = None


class SettlementState(Enum):
    """Where a batch stands in the host's books; FROZEN compares, AWAITING_UPLOAD has compared."""

    OPEN = "open"
    FROZEN = "frozen"
    AWAITING_UPLOAD = "awaiting_upload"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class SettlementInquiry(Request, frozen=True, kw_only=True, gc=False):
    """Our own extension: where does this batch stand? Asking changes nothing.

    0800 with F70 382, or 0820 with F60.3 982: no standard has it, so it is off by default.
    """

    batch: str


class SettlementStatus(Reply, frozen=True, kw_only=True, gc=False):
    """Its answer: 0810 or 0830, F48 the state and the verdict, None before there is one."""

    state: SettlementState
    batch: str | None = None
    result: ReconciliationResult | None = None


class UploadItem(Request, frozen=True, kw_only=True, gc=False):
    """0320: one payment of a batch that did not balance, number `number` of `count`.

    `kind` is the payment's; `original.mti` and `processing` follow from it.

    The host knows a repeat by (batch, original): an item counts once however often it comes.
    `rrn` and `authorisation` are what its reply said. `entry_mode` and `earlier` are of the
    payment itself, for dialects that send an advice again as it was.
    """

    batch: str
    number: int
    count: int
    original: OriginalReference
    amount: Amount
    pan: Pan
    kind: PaymentKind = PaymentKind.SALE
    rrn: str | None = None
    authorisation: str | None = None
    foreign: bool = False
    entry_mode: str = "012"
    earlier: OriginalPayment | None = None


class UploadEnd(Request, frozen=True, kw_only=True, gc=False):
    """0320 trailer: that was all, `count` items; F70 207 after a balanced 0510, 202 otherwise."""

    batch: str
    count: int
    balanced: bool = False


class UploadReply(Reply, frozen=True, kw_only=True, gc=False):
    """0330: 00 taken, 94 taken before; for an item and for the trailer alike."""

    batch: str | None = None
