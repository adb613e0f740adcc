"""How full the terminal is: gauges, each with a warning, a stop, and a reserve behind the stop.

储存满请先结算. What a batch can hold is bounded by the wire (three digits for each side, twelve for
an amount), by the disk, and by how long money may stay unsettled. At the stop nothing new begins:
the refusal comes before a byte leaves and before a STAN is used up. In the reserve what corrects
an error still goes through: voids, and reversals always, which need no new number. A settlement
is never refused for want of room, and frees it all; every paper stays.

| gauge | counts | code at the stop |
|---|---|---|
| payments | payments of the open batch, undecided ones too | L01 |
| debits, credits | the same, of one side | L01 |
| debit amount, credit amount | minor units of one side | L01 |
| free disk | bytes that are left, so less is worse | L44 |
| database | bytes of the database | L45 |
| days | since the oldest unsettled payment | L46 |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import Enum
from typing import Final

import msgspec

from protocol.kinds import KINDS, PaymentKind, Side
from terminal.originals import VOIDS

COUNT_LAST: Final = 999
"""Three digits of F48, or of F74 to F77 in a batch that both profiles can carry."""

MINOR_LAST: Final = 999_999_999_999
"""Twelve digits of F4 and of F48."""

MEBIBYTE: Final = 1024 * 1024
DAY_S: Final = 86_400
BOUNDLESS: Final = 2**62


class StorageRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the terminal says 储存满请先结算; `limits.unsettled_max` bounds both sides together."""

    side_max: int = 949
    """Payments on one side of the batch; with the reserve at most 999."""
    reserve: int = 50
    """Voids that are taken beyond the stop."""
    amount_minor_max: int = 900_000_000_000
    """Minor units on one side of the batch."""
    warning_percent: int = 90
    """From which part of a stop on a person is told (L02)."""
    free_mb_warning: int = 256
    """Mebibytes free on the disk below which a person is told."""
    free_mb_min: int = 64
    """Mebibytes free on the disk below which nothing new begins."""
    free_mb_reserve: int = 16
    """Mebibytes free on the disk below which voids stop as well."""
    database_mb_max: int = 8192
    """Mebibytes of the database."""
    days_max: int = 7
    """Days that a payment may wait for its settlement; 0 is for ever."""

    def __post_init__(self) -> None:
        if self.side_max < 1 or self.reserve < 0 or self.side_max + self.reserve > COUNT_LAST:
            raise ValueError("side_max and reserve together are 1 to 999: three digits on the wire")
        if not 1 <= self.amount_minor_max <= MINOR_LAST:
            raise ValueError("amount_minor_max is 1 to 999999999999: twelve digits on the wire")
        if not 1 <= self.warning_percent <= 100:
            raise ValueError("warning_percent is 1 to 100")
        if not 0 <= self.free_mb_reserve <= self.free_mb_min <= self.free_mb_warning:
            raise ValueError(
                "free_mb_reserve, free_mb_min, free_mb_warning: each at least the last"
            )
        if self.database_mb_max < 1 or self.days_max < 0:
            raise ValueError("database_mb_max is 1 or more, days_max 0 or more")


DEFAULT_STORAGE: Final = StorageRules()


class SideFigures(msgspec.Struct, frozen=True):
    """What one side of the open batch holds."""

    count: int = 0
    minor: int = 0


class StorageFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured; `free_bytes` is None where nobody can tell, `oldest` in an empty batch."""

    debit: SideFigures = SideFigures()
    credit: SideFigures = SideFigures()
    database_bytes: int = 0
    free_bytes: int | None = None
    oldest: datetime | None = None


class Level(Enum):
    """How a gauge stands, best first."""

    OK = "ok"
    WARNING = "warning"
    FULL = "full"
    EXHAUSTED = "exhausted"


class Adds(Enum):
    """What one more payment adds to a gauge."""

    ONE = "one"
    MINOR = "its amount"
    NOTHING = "nothing"


class Gauge(msgspec.Struct, frozen=True, kw_only=True):
    """One figure and its bounds: it may not exceed `stop`, and for voids not `last`.

    `sides` are those whose payments it counts. Free bytes are negative, so that more is worse.
    """

    name: str
    used: int
    warn: int
    stop: int
    last: int
    code: str
    adds: Adds = Adds.NOTHING
    sides: tuple[Side, ...] = (Side.DEBIT, Side.CREDIT, Side.NEITHER)

    def after(self, minor: int) -> int:
        """Return the figure as one more payment would leave it."""
        return self.used + {Adds.ONE: 1, Adds.MINOR: minor, Adds.NOTHING: 0}[self.adds]

    @property
    def level(self) -> Level:
        """Return how it stands for the smallest payment there is."""
        after = self.after(1)
        if after > self.last:
            return Level.EXHAUSTED
        if after > self.stop:
            return Level.FULL
        return Level.WARNING if after >= self.warn else Level.OK


def gauges(
    figures: StorageFigures,
    rules: StorageRules,
    *,
    count_max: int,
    count_warning: int,
    now: datetime,
) -> tuple[Gauge, ...]:
    """Return every gauge; `count_max` is the stop of the batch's payments, both sides together."""
    counted = (Side.DEBIT, Side.CREDIT)
    payments = Gauge(
        name="payments",
        used=figures.debit.count + figures.credit.count,
        warn=min(count_warning, count_max),
        stop=count_max,
        last=count_max + rules.reserve,
        code="L01",
        adds=Adds.ONE,
        sides=counted,
    )
    sides = zip(counted, (figures.debit, figures.credit), strict=True)
    bounded = [gauge for side, held in sides for gauge in _side(side, held, rules)]
    return (payments, *bounded, *_room(figures, rules), *_age(figures.oldest, rules, now))


def _side(side: Side, held: SideFigures, rules: StorageRules) -> Iterator[Gauge]:
    name = side.name.lower()
    yield Gauge(
        name=f"{name}s",
        used=held.count,
        warn=_part(rules.side_max, rules),
        stop=rules.side_max,
        last=rules.side_max + rules.reserve,
        code="L01",
        adds=Adds.ONE,
        sides=(side,),
    )
    yield Gauge(
        name=f"{name} amount",
        used=held.minor,
        warn=_part(rules.amount_minor_max, rules),
        stop=rules.amount_minor_max,
        last=MINOR_LAST,
        code="L01",
        adds=Adds.MINOR,
        sides=(side,),
    )


def _room(figures: StorageFigures, rules: StorageRules) -> Iterator[Gauge]:
    if figures.free_bytes is not None:
        yield Gauge(
            name="free disk",
            used=-figures.free_bytes,
            warn=-rules.free_mb_warning * MEBIBYTE,
            stop=-rules.free_mb_min * MEBIBYTE,
            last=-rules.free_mb_reserve * MEBIBYTE,
            code="L44",
        )
    size_max = rules.database_mb_max * MEBIBYTE
    yield Gauge(
        name="database",
        used=figures.database_bytes,
        warn=_part(size_max, rules),
        stop=size_max,
        last=BOUNDLESS,
        code="L45",
    )


def _age(oldest: datetime | None, rules: StorageRules, now: datetime) -> Iterator[Gauge]:
    if oldest is None or not rules.days_max:
        return
    days = int((now - oldest).total_seconds()) // DAY_S
    yield Gauge(
        name="days",
        used=days,
        warn=max(rules.days_max - 1, 1),
        stop=rules.days_max - 1,
        last=BOUNDLESS,
        code="L46",
    )


def _part(stop: int, rules: StorageRules) -> int:
    return stop * rules.warning_percent // 100


def refusal(found: Sequence[Gauge], kind: PaymentKind, minor: int) -> str:
    """Return the L-code that forbids one more payment, "" when there is room for it."""
    for gauge in found:
        bound = gauge.last if kind in VOIDS else gauge.stop
        if KINDS[kind].side in gauge.sides and gauge.after(minor) > bound:
            return gauge.code
    return ""


def nearly_full(found: Sequence[Gauge], kind: PaymentKind, minor: int) -> str:
    """Return the name of the gauge that one more payment would bring near its stop, or ""."""
    near = (
        gauge.name
        for gauge in found
        if KINDS[kind].side in gauge.sides and gauge.after(minor) >= gauge.warn
    )
    return next(near, "")


def worst(found: Sequence[Gauge]) -> Level:
    """Return the level of the gauge that stands worst."""
    order = list(Level)
    return max((gauge.level for gauge in found), key=order.index, default=Level.OK)
