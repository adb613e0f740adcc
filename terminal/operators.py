"""What the journal keeps of operators: who there is, their tries, and what was decided of them.

A try is on disk before the password is looked at, and taken back when it was right: whoever cuts
the power in between has used one up. Three wrong ones in a row lock the number until somebody
else unlocks it, over every restart.
"""

from __future__ import annotations

from typing import Final

import msgspec

from terminal.facts import Fact

TRIES_MAX: Final = 3


class PeopleSwitched(Fact, frozen=True, kw_only=True):
    """From here on every command wants an operator, or no command does any more."""

    on: bool
    by: str


class OperatorAdded(Fact, frozen=True, kw_only=True):
    """There is a new operator; the password is a default that must be changed."""

    number: str
    sealed: str
    by: str


class OperatorRemoved(Fact, frozen=True, kw_only=True):
    """There is no such operator any more; what was done under the number keeps it."""

    number: str
    by: str


class PasswordChanged(Fact, frozen=True, kw_only=True):
    """A new password; `default` when somebody else gave it, to be changed at once."""

    number: str
    sealed: str
    by: str
    default: bool = False


class PasswordTried(Fact, frozen=True, kw_only=True):
    """Somebody typed a password; until `PasswordRight` follows it counts as wrong."""

    number: str


class PasswordRight(Fact, frozen=True, kw_only=True):
    """It was the right one."""

    number: str


class OperatorUnlocked(Fact, frozen=True, kw_only=True):
    """Three new tries."""

    number: str
    by: str


class Operator(msgspec.Struct, frozen=True):
    """One operator as the table holds it."""

    number: str
    sealed: str
    default: int
    tries: int
    added_at: str

    @property
    def locked(self) -> bool:
        """True after three wrong tries in a row."""
        return self.tries >= TRIES_MAX

    @property
    def state(self) -> str:
        """Say in a word whether the number can be used."""
        if self.locked:
            return "locked"
        return "must change the password" if self.default else "ready"
