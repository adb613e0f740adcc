"""What a rule looks like: the keys of a [[rule]] table.

In a file the first rule that matches decides, and the others are not asked. What matches is said
by `rulebook.py`, and what is decided otherwise by `policy.py`.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Final

from msgspec import Meta

from acquirer_sim.settings import (
    Count,
    Digits,
    Minor,
    Mti,
    Percent,
    RequestName,
    ResponseCode,
    Seconds,
    Settings,
    SixDigits,
)
from protocol.kinds import PaymentKind

CardRange = Annotated[str, Meta(pattern=r"^[0-9]{1,19}(-[0-9]{1,19})?$")]
ClockTime = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Processing = Annotated[str, Meta(pattern=r"^[0-9]{1,6}$")]
ProcessingWish = Annotated[str, Meta(pattern=r"^[0-8]$")]


class Weekday(Enum):
    """A day of the week, by the host's time zone."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


WEEKDAYS: Final = tuple(Weekday)
"""In the order of `datetime.weekday`."""


class RuleSettings(Settings, frozen=True):
    """One rule: what it looks at, and what a request that matches gets.

    Without a `code` the rule leaves the judgement to the host and does the rest of what it says.
    """

    name: str = ""
    """What `explain` and the log call it."""
    request: RequestName | None = None
    """What is asked for, in every dialect."""
    mti: Mti | None = None
    kind: PaymentKind | None = None
    """Of payments, and of reversals and upload items the payment they speak of."""
    processing: Processing | None = None
    """F3, or how it begins."""
    card: CardRange | None = None
    """How the card number begins, or a range such as 400000-499999."""
    merchant: str | None = None
    terminal: str | None = None
    minor: Minor | None = None
    """The amount itself; all amounts are minor units."""
    minor_min: Minor = 0
    minor_max: Minor = 999_999_999_999
    minor_ends: Digits | None = None
    """The last digits of the amount."""
    after: ClockTime | None = None
    """From this time of day on, in the host's time zone."""
    before: ClockTime | None = None
    """Until then, exclusively; a window may span midnight."""
    weekdays: tuple[Weekday, ...] = ()
    """None is any."""
    nth: Count | None = None
    """Of the requests that match all of the above, this one alone."""
    every: Count | None = None
    """Every so-manieth of them."""
    first: Count | None = None
    """The first so many of them."""
    code: ResponseCode | None = None
    """The answer: 00 approves and asks neither magic amounts nor limits, 10 approves in part."""
    part_percent: Percent = 50
    """With code 10, how much of the amount is approved."""
    part_minor: Minor | None = None
    """With code 10, how much at most."""
    delay_s: Seconds = 0.0
    """The reply leaves so much later."""
    wants: ProcessingWish | None = None
    """What the terminal header of the reply asks for (dialects with one)."""
    answer_batch: SixDigits | None = None
    """The batch that the reply names."""
    fault: str | None = None
    """The `name` of a fault of the plan, which then strikes for this rule alone."""

    def __post_init__(self) -> None:
        if self.minor_min > self.minor_max:
            raise ValueError(f"minor_min is above minor_max, {self.minor_max}")
        if self.card is not None and "-" in self.card:
            low, _, high = self.card.partition("-")
            if len(low) != len(high) or low > high:
                raise ValueError("card: a range goes up, and both ends have as many digits")
        if not any((self.code, self.delay_s, self.wants, self.answer_batch, self.fault)):
            raise ValueError("a rule answers: code, delay_s, wants, answer_batch or fault")
