"""What goes wrong on purpose: one plan for files, tests and the simulated world.

A plan is data. `FaultState` is the plan at work: told of every message that arrives, it says
which faults that message meets. It touches nothing; the host performs what it says, at the
placement of the kind. The codes are those of the fault catalogue (N network, H host).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from protocol.settings import parse_settings


class Placement(Enum):
    """Where in the life of a request a fault strikes."""

    BEFORE_DECISION = "before the host reads the request"
    IN_DECISION = "in the host's judgement"
    AFTER_COMMIT = "after the host has committed, before or instead of the reply"


class FaultKind(Enum):
    """What goes wrong. The value is its name in a file."""

    DROP_REQUEST = "drop_request"
    DROP_REPLY = "drop_reply"
    DELAY_REPLY = "delay_reply"
    DUPLICATE_REPLY = "duplicate_reply"
    OUT_OF_BALANCE = "out_of_balance"
    RESTART = "restart"


class FaultFacts(msgspec.Struct, frozen=True):
    """What is to be known about a kind: its code in the catalogue, its place, a sentence."""

    code: str
    placement: Placement
    sentence: str


FAULTS: Final[Mapping[FaultKind, FaultFacts]] = {
    FaultKind.DROP_REQUEST: FaultFacts(
        "N3", Placement.BEFORE_DECISION, "the connection ends before the host reads the request"
    ),
    FaultKind.OUT_OF_BALANCE: FaultFacts(
        "H8", Placement.IN_DECISION, "a settlement is answered F66 = 2 whatever the totals"
    ),
    FaultKind.DROP_REPLY: FaultFacts(
        "N4", Placement.AFTER_COMMIT, "the host commits, the reply never leaves"
    ),
    FaultKind.DELAY_REPLY: FaultFacts(
        "N7", Placement.AFTER_COMMIT, "the host commits, the reply leaves `delay_s` later"
    ),
    FaultKind.DUPLICATE_REPLY: FaultFacts("N9", Placement.AFTER_COMMIT, "the reply leaves twice"),
    FaultKind.RESTART: FaultFacts(
        "H13", Placement.AFTER_COMMIT, "the host commits, then starts anew without replying"
    ),
}
"""Every kind; the reference page is made from this table."""

Count = Annotated[int, Meta(ge=1)]


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One fault and its trigger: every key given must match; of the matching messages it
    strikes the `nth` and those after it, `times` in all, and is then cleared.

    `hang_up` ends the connection with a dropped reply, as a crash would; without it there is
    silence on a living line.
    """

    kind: FaultKind
    name: str = ""
    mti: Annotated[str, Meta(pattern=r"^[0-9]{4}$")] | None = None
    terminal: str | None = None
    batch: Annotated[str, Meta(pattern=r"^[0-9]{6}$")] | None = None
    stan: Annotated[str, Meta(pattern=r"^[0-9]{6}$")] | None = None
    minor: Annotated[int, Meta(ge=0)] | None = None
    nth: Count = 1
    times: Count = 1
    delay_s: Annotated[float, Meta(ge=0)] = 90.0
    hang_up: bool = False

    @property
    def placement(self) -> Placement:
        """Return where it strikes."""
        return FAULTS[self.kind].placement


class FaultPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Faults in the order of a file's [[fault]] tables."""

    fault: tuple[Fault, ...] = ()


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """What a trigger may look at in a message: MTI, F41, F60, F11, F4."""

    mti: str
    terminal: str
    batch: str
    stan: str
    minor: int | None


def load_faults(text: str, source: str) -> FaultPlan:
    """Read a fault file. Raises SettingsError with file, key, what was found and allowed."""
    return parse_settings(text, FaultPlan, source)


class FaultState(msgspec.Struct):
    """A plan at work: how often each fault's trigger has matched so far."""

    plan: FaultPlan
    matched: list[int] = msgspec.field(default_factory=list)

    def __post_init__(self) -> None:
        self.matched = [0] * len(self.plan.fault)

    @property
    def cleared(self) -> bool:
        """True when no fault of the plan can strike any more."""
        return all(
            count >= fault.nth + fault.times - 1
            for fault, count in zip(self.plan.fault, self.matched, strict=True)
        )

    def strike(self, arrival: Arrival) -> tuple[Fault, ...]:
        """Count one message and return the faults it meets."""
        struck = []
        for place, fault in enumerate(self.plan.fault):
            if not _matches(fault, arrival):
                continue
            self.matched[place] += 1
            if fault.nth <= self.matched[place] < fault.nth + fault.times:
                struck.append(fault)
        return tuple(struck)


def _matches(fault: Fault, arrival: Arrival) -> bool:
    return (
        fault.mti in (None, arrival.mti)
        and fault.terminal in (None, arrival.terminal)
        and fault.batch in (None, arrival.batch)
        and fault.stan in (None, arrival.stan)
        and fault.minor in (None, arrival.minor)
    )
