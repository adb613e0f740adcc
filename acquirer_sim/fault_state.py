"""A fault plan at work: told of every request that arrives, it says which faults that one meets.

Faults come and go while it runs: each has an id that is never given twice. It touches nothing;
the host performs what it says.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from acquirer_sim.arrival import Arrival
from acquirer_sim.faults import FAULTS, Fault, FaultKind, FaultPlan
from acquirer_sim.settings import RequestName

FAULTS_MAX: Final = 1000
"""How many faults may stand in a running plan, the cleared ones among them."""


class FaultInjected(msgspec.Struct, frozen=True, kw_only=True):
    """One fault has struck one request. `code` is the catalogue's; nothing here is secret."""

    id: int
    kind: str
    code: str
    place: str
    name: str = ""
    rule: str = ""
    mti: str = ""
    terminal: str = ""
    batch: str = ""
    stan: str = ""

    def __str__(self) -> str:
        words = [self.kind, self.name, f"({self.code}, {self.place} the commit)"]
        told = (("to", self.mti), ("of", self.terminal), ("STAN", self.stan), ("by", self.rule))
        words += [f"{word} {value}" for word, value in told if value]
        return " ".join(filter(None, words))


class Standing(msgspec.Struct, frozen=True):
    """How one fault of the running plan stands.

    `thrown` is how many requests its keys matched, `matched` how many of them counted (all, unless
    there is a `chance`), `struck` how many it hit.
    """

    id: int
    fault: Fault
    thrown: int = 0
    matched: int = 0
    struck: int = 0

    @property
    def cleared(self) -> bool:
        """True when it has struck as often as it may."""
        return self.struck >= self.fault.times

    @property
    def met(self) -> bool:
        """True when it has struck as often as was expected of it."""
        return self.struck >= (self.fault.expect or 0)


class FaultState:
    """The plan that runs. `called` are the names of faults that strike only when a rule says so."""

    def __init__(self, plan: FaultPlan, called: Collection[str] = ()) -> None:
        self._seed = plan.seed
        self._called = frozenset(called)
        self._next_id = 1
        self._standing: dict[int, Standing] = {}
        for fault in plan.fault:
            self.add(fault)

    def add(self, fault: Fault) -> int:
        """Put a fault at the end of the plan and return its id. Raises ValueError when full."""
        if len(self._standing) >= FAULTS_MAX:
            raise ValueError(f"{FAULTS_MAX} faults stand already; remove some")
        number = self._next_id
        self._next_id += 1
        self._standing[number] = Standing(number, fault)
        return number

    def remove(self, number: int) -> bool:
        """Take a fault out of the plan; False when there is none of that id."""
        return self._standing.pop(number, None) is not None

    def standing(self) -> list[Standing]:
        """Return how every fault stands, in the order of the plan."""
        return list(self._standing.values())

    @property
    def unmet(self) -> list[Standing]:
        """Return the faults that have struck less often than expected."""
        return [one for one in self._standing.values() if not one.met]

    @property
    def cleared(self) -> bool:
        """True when no fault of the plan can strike any more."""
        return all(one.cleared for one in self._standing.values())

    def begin(self) -> tuple[Standing, ...]:
        """Return the faults that strike without a message, and count them as struck."""
        waiting = [one for one in self._standing.values() if one.fault.nth == 0 and not one.cleared]
        return tuple(self._keep(one, struck=one.struck + 1) for one in waiting)

    def strike(self, arrival: Arrival, named: str = "") -> tuple[Standing, ...]:
        """Count one request and return the faults it meets. A rule has called for `named`."""
        struck = []
        for one in tuple(self._standing.values()):
            fault = one.fault
            if one.cleared or not fault.nth or not self._is_meant(fault, named):
                continue
            if not _matches(fault, arrival):
                continue
            thrown = one.thrown + 1
            matched = one.matched + self._counts(one, thrown)
            strikes = matched > one.matched and matched >= fault.nth
            after = self._keep(one, thrown=thrown, matched=matched, struck=one.struck + strikes)
            if strikes:
                struck.append(after)
        return tuple(struck)

    def _is_meant(self, fault: Fault, named: str) -> bool:
        return fault.name == named if fault.name in self._called else True

    def _counts(self, one: Standing, thrown: int) -> bool:
        """Throw the dice of one fault: the same seed, the same plan, the same numbers."""
        chance = one.fault.chance
        if chance is None:
            return True
        from hashlib import sha256  # few plans leave anything to chance

        dice = sha256(f"{self._seed}/{one.id}/{thrown}".encode()).digest()
        return int.from_bytes(dice[:4], "big") < chance * 2**32

    def _keep(self, one: Standing, **changes: int) -> Standing:
        after = msgspec.structs.replace(one, **changes)
        self._standing[one.id] = after
        return after


def injected(one: Standing, arrival: Arrival | None, rule: str = "") -> FaultInjected:
    """Return the event of a fault that has struck."""
    fault = one.fault
    event = FaultInjected(
        id=one.id,
        kind=fault.kind.value,
        code=FAULTS[fault.kind].code,
        place="before" if fault.struck_before else "after",
        name=fault.name,
        rule=rule,
    )
    if arrival is None:
        return event
    return msgspec.structs.replace(
        event,
        mti=arrival.mti,
        terminal=arrival.terminal,
        batch=arrival.batch,
        stan=arrival.stan,
    )


def _matches(fault: Fault, arrival: Arrival) -> bool:
    return (
        fault.mti in (None, arrival.mti)
        and fault.request in (None, arrival.request)
        and fault.terminal in (None, arrival.terminal)
        and fault.batch in (None, arrival.batch)
        and fault.stan in (None, arrival.stan)
        and fault.minor in (None, arrival.minor)
        and _has_a_hold(fault.kind, arrival)
    )


def _has_a_hold(kind: FaultKind, arrival: Arrival) -> bool:
    """Tell whether there is something to make wrong: a signature, an amount to approve in part."""
    match kind:
        case FaultKind.BAD_MAC:
            return arrival.signed
        case FaultKind.APPROVE_PART:
            return arrival.request is RequestName.PAYMENT
        case _:
            return True
