"""Who stands at the counter, and what they may do: ranks, acts, and the table between them.

Numbers are ranks: 00 is the supervisor, 99 the administrator, 01 to 98 are cashiers. Supervisor
and administrator take no payments; what gives money back or gives a batch up wants two people. A
second person is never the first one, and never a cashier.

Off by default: a terminal without a screen is commanded by a program, and whoever reaches that
program is its operator. Once people were on in a data folder they stay on, whatever the settings
of a later start say; the administrator alone switches them off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final

import msgspec

SUPERVISOR: Final = "00"
ADMINISTRATOR: Final = "99"
FIRST_CASHIER: Final = "01"
NUMBER_LENGTH: Final = 2


class Rank(Enum):
    """What a number makes of its bearer."""

    CASHIER = "cashier"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


class Act(Enum):
    """What somebody does at a terminal."""

    SELL = "sell"
    VOID = "void"
    REFUND = "refund"
    SIGN = "sign on and off"
    SETTLE = "settle"
    FORCE_CLOSE = "force-close"
    RECOVER = "recover"
    REPRINT = "reprint"
    PRINT_JOBS = "look after print jobs"
    LOOK = "look"
    REBUILD = "rebuild lost receipts"
    CHANGE_SETTINGS = "change settings"
    MANAGE_PEOPLE = "manage operators"
    READ_AUDIT = "read the audit log"
    SWITCH_OFF = "switch people off"


class Leave(Enum):
    """How far a rank may go."""

    NO = "no"
    ALONE = "yes"
    WITH_ANOTHER = "with a second person"


_NO, _YES, _TWO = Leave.NO, Leave.ALONE, Leave.WITH_ANOTHER

_ROWS: Final[Mapping[Act, tuple[Leave, Leave, Leave]]] = {
    Act.SELL: (_YES, _NO, _NO),
    Act.VOID: (_YES, _NO, _NO),
    Act.REFUND: (_TWO, _NO, _NO),
    Act.SIGN: (_YES, _YES, _NO),
    Act.SETTLE: (_YES, _YES, _NO),
    Act.FORCE_CLOSE: (_NO, _TWO, _TWO),
    Act.RECOVER: (_YES, _YES, _YES),
    Act.REPRINT: (_YES, _YES, _NO),
    Act.PRINT_JOBS: (_YES, _YES, _NO),
    Act.LOOK: (_YES, _YES, _YES),
    Act.REBUILD: (_NO, _YES, _YES),
    Act.CHANGE_SETTINGS: (_NO, _NO, _YES),
    Act.MANAGE_PEOPLE: (_NO, _YES, _YES),
    Act.READ_AUDIT: (_NO, _YES, _YES),
    Act.SWITCH_OFF: (_NO, _NO, _YES),
}
"""Act -> cashier, supervisor, administrator."""

PERMISSIONS: Final[Mapping[Act, Mapping[Rank, Leave]]] = {
    act: dict(zip(Rank, row, strict=True)) for act, row in _ROWS.items()
}

PASSWORD_LENGTHS: Final = {Rank.CASHIER: 4, Rank.SUPERVISOR: 6, Rank.ADMINISTRATOR: 8}
"""The fewest digits of a password; at most `PASSWORD_LENGTH_MAX`."""

PASSWORD_LENGTH_MAX: Final = 16

FIRST_DAY: Final = (SUPERVISOR, ADMINISTRATOR, FIRST_CASHIER)
"""Who is there when people are switched on for the first time, with default passwords."""

DEFAULT_PASSWORDS: Final = {
    Rank.CASHIER: "0000",
    Rank.SUPERVISOR: "123456",
    Rank.ADMINISTRATOR: "12345678",
}
"""What somebody has who is new or forgot; it must be changed before it is good for anything."""


class PeopleRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who may do what: off, and the program that commands the terminal is its operator."""

    on: bool = False
    """Whether every command wants an operator and a password. Once on, it stays on."""
    idle_s: float = 300.0
    """How long a session of `serve` lasts without a command."""
    refund_alone: bool = False
    """Whether a cashier refunds without a second person."""
    settle_by_cashier: bool = True
    """Whether a cashier may settle the batch."""

    def __post_init__(self) -> None:
        if self.idle_s <= 0:
            raise ValueError("idle_s is more than 0 seconds")

    def leave(self, act: Act, rank: Rank) -> Leave:
        """Return how far a rank may go in this shop."""
        found = PERMISSIONS[act][rank]
        if act is Act.REFUND and found is Leave.WITH_ANOTHER and self.refund_alone:
            return Leave.ALONE
        if act is Act.SETTLE and rank is Rank.CASHIER and not self.settle_by_cashier:
            return Leave.NO
        return found

    def refusal(self, act: Act, first: str, second: str = "") -> str:
        """Return the L-code that forbids an act to one or two people, "" when they may.

        `second` has proved who it is, or is "".
        """
        match self.leave(act, rank_of(first)):
            case Leave.NO:
                return "L07"
            case Leave.ALONE:
                return ""
            case Leave.WITH_ANOTHER:
                return "" if second and may_be_second(first=first, second=second) else "L79"


DEFAULT_PEOPLE: Final = PeopleRules()


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has logged in. It ends by logout, by another login, and by idling."""

    operator: str
    used_at: datetime

    def alive(self, now: datetime, idle_s: float) -> bool:
        """True while it was used lately. A clock that was set back ends it too."""
        return 0 <= (now - self.used_at).total_seconds() < idle_s

    def used(self, now: datetime) -> Session:
        """Return the same, used at this moment."""
        return replace(self, used_at=now)


def rank_of(number: str) -> Rank:
    """Return what a number makes of its bearer."""
    ranks = {SUPERVISOR: Rank.SUPERVISOR, ADMINISTRATOR: Rank.ADMINISTRATOR}
    return ranks.get(number, Rank.CASHIER)


def is_number(text: str) -> bool:
    """True for two digits."""
    return len(text) == NUMBER_LENGTH and text.isascii() and text.isdigit()


def may_be_second(*, first: str, second: str) -> bool:
    """True for two people of whom the second is no cashier."""
    return second != first and rank_of(second) is not Rank.CASHIER


def may_manage(*, by: str, number: str) -> bool:
    """True when one may add, remove, unlock or reset another.

    The administrator manages everybody; the supervisor manages cashiers, and unlocks the
    administrator, so that three wrong tries lock nobody out for ever.
    """
    match rank_of(by):
        case Rank.ADMINISTRATOR:
            return True
        case Rank.SUPERVISOR:
            return rank_of(number) is Rank.CASHIER
        case Rank.CASHIER:
            return False


def may_unlock(*, by: str, number: str) -> bool:
    """True when one may unlock another; nobody unlocks themselves."""
    if by == number:
        return False
    return may_manage(by=by, number=number) or (by == SUPERVISOR and number == ADMINISTRATOR)


def password_problem(number: str, password: str) -> str:
    """Say what is wrong with a new password, "" when it will do."""
    shortest = PASSWORD_LENGTHS[rank_of(number)]
    if not (password.isascii() and password.isdigit()):
        return "a password is digits"
    if not shortest <= len(password) <= PASSWORD_LENGTH_MAX:
        return f"this operator's password has {shortest} to {PASSWORD_LENGTH_MAX} digits"
    if password in DEFAULT_PASSWORDS.values():
        return "a default is no password"
    if len(set(password)) == 1:
        return "one digit again and again is no password"
    return ""
