"""The list of operators, and those who may change it: 99 everybody's row, 00 the cashiers'."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from terminal.aio.people import PEOPLE_OFF, People, refused
from terminal.errors import NotPermitted
from terminal.facts import Fact
from terminal.operators import (
    Operator,
    OperatorAdded,
    OperatorRemoved,
    OperatorUnlocked,
    PasswordChanged,
    PeopleSwitched,
)
from terminal.people import (
    DEFAULT_PASSWORDS,
    FIRST_DAY,
    Act,
    is_number,
    may_manage,
    may_unlock,
    password_problem,
    rank_of,
)

ALWAYS_THERE: Final = FIRST_DAY[:2]
"""Supervisor and administrator are never removed: somebody must be able to add the others."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Manages the people of one terminal; everything may raise NotPermitted and JournalError."""

    people: People

    async def listed(self) -> tuple[Operator, ...]:
        """Return everybody, by number."""
        await self.people.admit(Act.MANAGE_PEOPLE, "list")
        return await self.people.operators()

    async def add(self, number: str) -> None:
        """Add somebody with a default password. L86 for a number that cannot be used."""
        fits = is_number(number) and not await self.people.find(number)
        fact = OperatorAdded(number=number, sealed=self._default(number), by=self.people.logged_in)
        await self._manage("add", number, fact, "" if fits else "L86")

    async def remove(self, number: str) -> None:
        """Take somebody off the list. L86 for a number that cannot be taken off."""
        fits = number not in ALWAYS_THERE and await self.people.find(number)
        fact = OperatorRemoved(number=number, by=self.people.logged_in)
        await self._manage("remove", number, fact, "" if fits else "L86")

    async def reset(self, number: str) -> None:
        """Give somebody who forgot the default password, to be changed at once. L86 for nobody."""
        fits = number != self.people.logged_in and await self.people.find(number)
        by = self.people.logged_in
        fact = PasswordChanged(number=number, sealed=self._default(number), by=by, default=True)
        await self._manage("reset", number, fact, "" if fits else "L86")

    async def unlock(self, number: str) -> None:
        """Give three new tries. L86 for a number nobody has."""
        by = self.people.logged_in
        code = "" if await self.people.find(number) else "L86"
        allowed = may_unlock(by=by, number=number)
        fact = OperatorUnlocked(number=number, by=by)
        await self._admit(f"unlock {number}", fact, code or ("" if allowed else "L07"))

    async def change_password(self, old: str, new: str) -> None:
        """Change the password of whoever is logged in. L75 the old one is wrong, L85 the new one.

        The one thing that a default password is good for.
        """
        number = self.people.logged_in
        if not number:
            raise refused("L78")
        code = ""
        try:
            code = "" if await self.people.check(number, old) else "L75"
        except NotPermitted as error:
            code = error.code
        problem = password_problem(number, new)
        code = code or ("L85" if problem or new == old else "")
        if code:
            await self.people.audit.write(operator=number, act="change password", outcome=code)
            raise NotPermitted("L85", problem) if problem and code == "L85" else refused(code)
        changed = PasswordChanged(number=number, sealed=self.people.sealed(number, new), by=number)
        await self.people.audit.write(changed, operator=number, act="change password")

    async def switch_off(self) -> None:
        """Ask nobody any more. The list stays for the day when people are switched on again."""
        fact = PeopleSwitched(on=False, by=self.people.logged_in)
        await self.people.admit(Act.SWITCH_OFF, "", fact)
        self.people.on = False

    async def _manage(self, what: str, number: str, fact: Fact, code: str) -> None:
        allowed = may_manage(by=self.people.logged_in, number=number)
        await self._admit(f"{what} {number}", fact, code or ("" if allowed else "L07"))

    async def _admit(self, subject: str, fact: Fact, code: str) -> None:
        if not self.people.on:
            raise NotPermitted("L86", PEOPLE_OFF)
        await self.people.admit(Act.MANAGE_PEOPLE, subject, fact, unless=code)

    def _default(self, number: str) -> str:
        return self.people.sealed(number, DEFAULT_PASSWORDS[rank_of(number)])
