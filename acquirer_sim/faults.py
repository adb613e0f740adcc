"""What goes wrong on purpose: one plan for files, tests and the simulated world.

A plan is data. Which faults a message meets is said by `fault_state.FaultState`; what an order
decides stands in `orders.py`, what a reply looks like afterwards in `amendments.py`, and
`aio/mischief.py` does the rest to the connection. The codes are those of the fault catalogue
(N network, H host).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from acquirer_sim.orders import CardSide, TotalsError
from acquirer_sim.settings import (
    Count,
    Minor,
    Mti,
    Percent,
    RequestName,
    ResponseCode,
    Seconds,
    Settings,
    SixDigits,
)
from protocol.settings import SettingsError, parse_settings


class Place(Enum):
    """On which side of the host's commit a fault strikes."""

    BEFORE = "before"
    AFTER = "after"


class FaultKind(Enum):
    """What goes wrong. The value is its name in a file."""

    REFUSE_CONNECT = "refuse_connect"
    HANG_CONNECT = "hang_connect"
    DROP_REQUEST = "drop_request"
    DROP_REPLY = "drop_reply"
    RESET_REQUEST = "reset_request"
    RESET_REPLY = "reset_reply"
    DELAY_REPLY = "delay_reply"
    STRAY_REPLY = "stray_reply"
    DUPLICATE_REPLY = "duplicate_reply"
    SPLIT_REPLY = "split_reply"
    HOLD_REPLY = "hold_reply"
    WRONG_LENGTH = "wrong_length"
    GARBAGE_REPLY = "garbage_reply"
    BAD_MAC = "bad_mac"
    WRONG_HEADER = "wrong_header"
    PROCESSING_REQUEST = "processing_request"
    SLOW_REPLY = "slow_reply"
    HALF_OPEN = "half_open"
    TLS_FAILURE = "tls_failure"
    REPEAT_REQUEST = "repeat_request"
    HOLD_REQUEST = "hold_request"
    DECLINE = "decline"
    APPROVE_PART = "approve_part"
    OMIT_FIELD = "omit_field"
    ALTER_FIELD = "alter_field"
    DUPLICATE = "duplicate"
    CUTOVER = "cutover"
    BATCH_MISMATCH = "batch_mismatch"
    OUT_OF_BALANCE = "out_of_balance"
    SETTLEMENT_ERROR = "settlement_error"
    BAD_TOTALS = "bad_totals"
    TOTALS_OFF = "totals_off"
    RESTART = "restart"
    LOSE_COMMIT = "lose_commit"
    CLOSE_BATCH = "close_batch"
    CHANGE_KEYS = "change_keys"
    WRONG_KEY_CHECK = "wrong_key_check"
    OTHER_BATCH = "other_batch"
    CLOCK_SKEW = "clock_skew"
    FORGET_REPLIES = "forget_replies"

    # A member is one object: its identity is hash enough.
    __hash__ = object.__hash__


class LengthLie(Enum):
    """What a length header says instead of the truth."""

    ZERO = "zero"
    HUGE = "huge"
    SHORT = "short"


class TotalsShape(Enum):
    """How the totals of an 0510 are no totals."""

    SHORT = "short"
    LONG = "long"
    NON_DIGIT = "non_digit"


class FaultFacts(msgspec.Struct, frozen=True):
    """What is to be known about a kind: its code in the catalogue, its places, a sentence.

    The first place is where it strikes unless told otherwise. `uses` are the keys that are its own.
    """

    code: str
    places: tuple[Place, ...]
    sentence: str
    uses: tuple[str, ...] = ()


BEFORE: Final = (Place.BEFORE,)
AFTER: Final = (Place.AFTER,)
EITHER: Final = (Place.BEFORE, Place.AFTER)

FAULTS: Final[Mapping[FaultKind, FaultFacts]] = {
    FaultKind.REFUSE_CONNECT: FaultFacts(
        "N1", EITHER, "the connection ends and for `delay_s` nobody listens", ("delay_s",)
    ),
    FaultKind.HANG_CONNECT: FaultFacts(
        "N2", EITHER, "the connection ends and for `delay_s` connecting hangs", ("delay_s",)
    ),
    FaultKind.DROP_REQUEST: FaultFacts(
        "N3", BEFORE, "the connection ends before the host reads the request"
    ),
    FaultKind.DROP_REPLY: FaultFacts(
        "N4, H12, H18", AFTER, "the host commits, the reply never leaves", ("hang_up",)
    ),
    FaultKind.RESET_REQUEST: FaultFacts(
        "N5", BEFORE, "the connection is reset with the request half read"
    ),
    FaultKind.RESET_REPLY: FaultFacts("N6", AFTER, "half the reply leaves, then a reset"),
    FaultKind.DELAY_REPLY: FaultFacts(
        "N7", AFTER, "the host commits, the reply leaves `delay_s` later", ("delay_s",)
    ),
    FaultKind.STRAY_REPLY: FaultFacts(
        "N8", AFTER, "replies of another STAN and of another MTI leave first, then the right one"
    ),
    FaultKind.DUPLICATE_REPLY: FaultFacts("N9", AFTER, "the reply leaves twice"),
    FaultKind.SPLIT_REPLY: FaultFacts("N10", AFTER, "the reply leaves byte by byte"),
    FaultKind.HOLD_REPLY: FaultFacts(
        "N10", AFTER, "the reply leaves in one piece with the next one of its connection"
    ),
    FaultKind.WRONG_LENGTH: FaultFacts(
        "N11", AFTER, "the length before the reply says zero, 65535 or too little", ("length",)
    ),
    FaultKind.GARBAGE_REPLY: FaultFacts(
        "N12", AFTER, "a frame of garbage leaves instead of the reply"
    ),
    FaultKind.BAD_MAC: FaultFacts(
        "N13", AFTER, "the MAC of the reply is wrong, where the request has one"
    ),
    FaultKind.WRONG_HEADER: FaultFacts("N14", AFTER, "the TPDU goes to another line"),
    FaultKind.PROCESSING_REQUEST: FaultFacts(
        "N14", AFTER, "the terminal header asks for `wants`", ("wants",)
    ),
    FaultKind.SLOW_REPLY: FaultFacts(
        "N15", AFTER, "the reply drips out over `delay_s`", ("delay_s",)
    ),
    FaultKind.HALF_OPEN: FaultFacts(
        "N16", EITHER, "the connection says nothing any more and does not end"
    ),
    FaultKind.TLS_FAILURE: FaultFacts(
        "N17", EITHER, "the connection ends and for `delay_s` handshakes fail", ("delay_s",)
    ),
    FaultKind.REPEAT_REQUEST: FaultFacts("N18", BEFORE, "the request is delivered twice"),
    FaultKind.HOLD_REQUEST: FaultFacts(
        "N19",
        BEFORE,
        "the host reads it `delay_s` later: others overtake it",
        ("delay_s",),
    ),
    FaultKind.DECLINE: FaultFacts("H1, H12, H18", EITHER, "the answer is `code`", ("code",)),
    FaultKind.APPROVE_PART: FaultFacts(
        "H2", EITHER, "10: approved for `part_percent` of it", ("part_percent",)
    ),
    FaultKind.OMIT_FIELD: FaultFacts("H3", AFTER, "the reply has no `field`", ("field",)),
    FaultKind.ALTER_FIELD: FaultFacts(
        "H4", AFTER, "the reply has another `field`, or `value` in it", ("field", "value")
    ),
    FaultKind.DUPLICATE: FaultFacts("H5", EITHER, "94, though it is none"),
    FaultKind.CUTOVER: FaultFacts("H6", EITHER, "90: the settlement day is changing"),
    FaultKind.BATCH_MISMATCH: FaultFacts("H7", EITHER, "77, though the batch is right"),
    FaultKind.OUT_OF_BALANCE: FaultFacts(
        "H8", EITHER, "a settlement is out of balance (2) whatever the totals", ("side",)
    ),
    FaultKind.SETTLEMENT_ERROR: FaultFacts(
        "H9", EITHER, "a settlement is answered with an error (3), and the batch stays", ("side",)
    ),
    FaultKind.BAD_TOTALS: FaultFacts(
        "H10", AFTER, "the totals of the reply are too short, too long or no digits", ("shape",)
    ),
    FaultKind.TOTALS_OFF: FaultFacts(
        "H11",
        EITHER,
        "the host's totals are off by one payment of `off_minor`",
        ("totals", "off_minor"),
    ),
    FaultKind.RESTART: FaultFacts(
        "H13", (Place.AFTER, Place.BEFORE), "the host starts anew without replying"
    ),
    FaultKind.LOSE_COMMIT: FaultFacts("H14", BEFORE, "the reply leaves, the commit is lost"),
    FaultKind.CLOSE_BATCH: FaultFacts(
        "H15", BEFORE, "the host has closed the batch by a cut-over a moment before"
    ),
    FaultKind.CHANGE_KEYS: FaultFacts(
        "H16", EITHER, "the terminal's working keys are no longer the host's"
    ),
    FaultKind.WRONG_KEY_CHECK: FaultFacts("H16", AFTER, "a key of F62 has a wrong check value"),
    FaultKind.OTHER_BATCH: FaultFacts("H17", AFTER, "the reply names `value` as batch", ("value",)),
    FaultKind.CLOCK_SKEW: FaultFacts(
        "H19", AFTER, "the host's times and dates are `skew_s` off", ("skew_s",)
    ),
    FaultKind.FORGET_REPLIES: FaultFacts(
        "H20", BEFORE, "the host has forgotten what it answered: a repeat is refused"
    ),
}
"""Every kind; the reference page is made from this table."""

DOORS: Final = frozenset({FaultKind.REFUSE_CONNECT, FaultKind.HANG_CONNECT, FaultKind.TLS_FAILURE})
"""Kinds that need no message: with `nth` 0 they strike when the plan begins."""

CODES: Final[Mapping[FaultKind, str]] = {
    FaultKind.DUPLICATE: "94",
    FaultKind.CUTOVER: "90",
    FaultKind.BATCH_MISMATCH: "77",
    FaultKind.APPROVE_PART: "10",
}
"""What the kinds answer that are known by their code."""


SKEW_S_MAX: Final = 10 * 365 * 86_400
"""A clock further off than ten years would leave the calendar."""


class Fault(Settings, frozen=True):
    """One fault and its trigger: every key given must match; of the matching messages it
    strikes the `nth` and those after it, `times` in all, and is then cleared.

    With a `chance`, a matching message counts only when the dice say so; the dice are made of the
    plan's `seed`, so that a plan does the same each time. A fault that a rule names is struck by
    that rule alone. `expect` is how often it should have struck when all is over.
    """

    kind: FaultKind
    name: str = ""
    place: Place | None = None
    request: RequestName | None = None
    mti: Mti | None = None
    terminal: str | None = None
    batch: SixDigits | None = None
    stan: SixDigits | None = None
    minor: Minor | None = None
    chance: Annotated[float, Meta(gt=0, le=1)] | None = None
    nth: Annotated[int, Meta(ge=0)] = 1
    times: Count = 1
    expect: Annotated[int, Meta(ge=0)] | None = None
    delay_s: Seconds = 90.0
    hang_up: bool = False
    code: ResponseCode = "05"
    part_percent: Percent = 50
    field: Annotated[int, Meta(ge=2, le=127)] | None = None
    value: str | None = None
    length: LengthLie = LengthLie.ZERO
    wants: Annotated[str, Meta(pattern=r"^[0-8]$")] = "3"
    side: CardSide = CardSide.DOMESTIC
    shape: TotalsShape = TotalsShape.SHORT
    totals: TotalsError = TotalsError.AMOUNT
    off_minor: Annotated[int, Meta(ge=1)] = 100
    skew_s: Annotated[int, Meta(ge=-SKEW_S_MAX, le=SKEW_S_MAX)] = 86_400

    def __post_init__(self) -> None:
        facts = FAULTS[self.kind]
        if self.place is not None and self.place not in facts.places:
            raise ValueError(f"{self.kind.value} strikes {facts.places[0].value} the commit only")
        if "field" in facts.uses and self.field is None:
            raise ValueError(f"{self.kind.value} needs the key field")
        if self.nth == 0 and self.kind not in DOORS:
            raise ValueError(f"{self.kind.value} needs a message: nth is 1 or more")

    @property
    def struck_before(self) -> bool:
        """True when it strikes before the host's commit."""
        place = self.place or FAULTS[self.kind].places[0]
        return place is Place.BEFORE


class FaultPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Faults in the order of a file's [[fault]] tables. `seed` is that of every `chance`."""

    fault: tuple[Fault, ...] = ()
    seed: int = 0


def load_faults(text: str, source: str) -> FaultPlan:
    """Read a fault file. Raises SettingsError with file, key, what was found and allowed."""
    plan = parse_settings(text, FaultPlan, source)
    seen: set[str] = set()
    for position, fault in enumerate(plan.fault):
        if fault.name and fault.name in seen:
            problem = f"another fault is called {fault.name!r} already"
            raise SettingsError(source, f"fault[{position}].name", problem)
        seen.add(fault.name)
    return plan


def check_called(names: Sequence[str | None], plan: FaultPlan | None, source: str) -> None:
    """Check that the faults which rules name, in their order, are there. Raises SettingsError."""
    known = [fault.name for fault in plan.fault if fault.name] if plan is not None else []
    for position, name in enumerate(names):
        if name is not None and name not in known:
            allowed = ", ".join(known) or "none; name them in a fault plan"
            problem = f"no fault is called so; found {name!r}; allowed: {allowed}"
            raise SettingsError(source, f"rule[{position}].fault", problem)
