"""People at the terminal: who is logged in, what they are let do, and who manages them.

Everything here is refused by `NotPermitted` with its code, and everything, refused or not, is a
line of the audit log. Where people are off nothing is asked and nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from terminal.aio.audit_log import AuditLog
from terminal.aio.journal import Journal
from terminal.configuration import Settings
from terminal.errors import NotPermitted
from terminal.facts import Fact
from terminal.operators import (
    Operator,
    OperatorAdded,
    PasswordRight,
    PasswordTried,
    PeopleSwitched,
)
from terminal.passwords import SALT_BYTES, USUAL, Cost, matches, seal
from terminal.people import DEFAULT_PASSWORDS, FIRST_DAY, Act, Session, rank_of
from terminal.texts import text_of

THE_SETTINGS: Final = "settings"
"""Who did it when nobody was asked."""

LOG_IN: Final = "log in"
"""The one act for which a default password is good enough: it can then be changed."""

ASIDE: Final = "-"
"""Who did it when it is not known."""

PEOPLE_OFF: Final = "people are off; `on = true` under [people] switches them on"


class People:
    """The people of one terminal. `now` gives an aware UTC time, `password_key` keys the hashes."""

    def __init__(
        self,
        journal: Journal,
        settings: Settings,
        *,
        password_key: bytes,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
        cost: Cost = USUAL,
    ) -> None:
        self.on = False
        self.audit = AuditLog(journal, now)
        self._journal = journal
        self._settings = settings
        self._key = password_key
        self._now = now
        self._random_bytes = random_bytes
        self._cost = cost
        self._session: Session | None = None

    async def open(self) -> None:
        """Read whether people are on; switch them on when the settings say so for the first time.

        Raises JournalError.
        """
        rows = await self._journal.fetch("SELECT switched_on FROM people")
        self.on = bool(rows and rows[0][0])
        if self._settings.people.on and not self.on:
            await self._switch_on()

    @property
    def settings(self) -> Settings:
        """Return the settings with whoever is at the counter now as their operator."""
        return self._settings

    @property
    def operator(self) -> str:
        """Return who is at the counter: whoever logged in, else the operator of the settings."""
        return self._settings.operator

    @property
    def logged_in(self) -> str:
        """Return who has a session that is still good, "" for nobody."""
        rules = self._settings.people
        if self._session is None or not self._session.alive(self._now(), rules.idle_s):
            self._session = None
            return ""
        return self._session.operator

    async def login(self, number: str, password: str) -> None:
        """Begin a session. Raises NotPermitted: L75 wrong, L76 locked, L86 people are off."""
        if not self.on:
            raise NotPermitted("L86", PEOPLE_OFF)
        self._session = None
        await self._prove(number, password, LOG_IN)
        self._session = Session(number, self._now())
        self._settings = replace(self._settings, operator=number)

    async def logout(self) -> None:
        """End the session, if there is one."""
        operator = self.logged_in
        if operator:
            await self.audit.write(operator=operator, act="log out")
        self._session = None

    async def admit(
        self,
        act: Act,
        subject: str = "",
        *facts: Fact,
        second: str = "",
        second_password: str = "",
        unless: str = "",
    ) -> str:
        """Let whoever is logged in do an act, and return who it is.

        `facts` are committed with the line of the log; `unless` is the code of another reason
        against it. A second person comes with a password. Raises NotPermitted: L78 nobody is
        logged in, L77 a default password, L07 not for this rank, L79 not alone, L75 and L76 of
        the second person.
        """
        if not self.on:
            return self.operator
        operator = self.logged_in
        proved = await self._second(act, operator, second, second_password) if second else ""
        code = await self._refusal(act, operator, proved) or unless
        await self.audit.write(
            *(() if code else facts),
            operator=operator or ASIDE,
            act=act.value,
            subject=subject,
            second=proved,
            outcome=code or "ok",
        )
        if code:
            raise refused(code)
        assert self._session is not None, "somebody is logged in"
        self._session = self._session.used(self._now())
        return operator

    async def find(self, number: str) -> Operator | None:
        """Return one operator."""
        return next((one for one in await self.operators() if one.number == number), None)

    async def operators(self) -> tuple[Operator, ...]:
        """Return everybody, by number."""
        sql = "SELECT number, sealed, must_change, tries, added_at FROM operator ORDER BY number"
        return tuple(Operator(*row) for row in await self._journal.fetch(sql))

    async def check(self, number: str, password: str) -> bool:
        """Tell whether a password is right; the try is on disk before it is looked at.

        Raises NotPermitted (L76) for a locked number, JournalError.
        """
        found = await self.find(number)
        if found is None:
            return False
        if found.locked:
            raise refused("L76")
        await self._journal.commit((PasswordTried(number=number),))
        if not matches(password, found.sealed, number=number, key=self._key):
            return False
        await self._journal.commit((PasswordRight(number=number),))
        return True

    def sealed(self, number: str, password: str) -> str:
        """Return what may be stored of a password."""
        salt = self._random_bytes(SALT_BYTES)
        return seal(password, number=number, salt=salt, key=self._key, cost=self._cost)

    async def _prove(self, number: str, password: str, act: str) -> None:
        code = ""
        try:
            code = "" if await self.check(number, password) else "L75"
        except NotPermitted as error:
            code = error.code
        found = await self.find(number)
        if not code and found is not None and found.default and act != LOG_IN:
            code = "L77"
        # A number nobody has is not written down: it may be a password in the wrong field.
        known = number if found else ASIDE
        await self.audit.write(operator=known, act=act, outcome=code or "ok")
        if code:
            raise refused(code)

    async def _second(self, act: Act, operator: str, second: str, password: str) -> str:
        await self._prove(second, password, f"stand by {operator or ASIDE} for {act.value}")
        return second

    async def _refusal(self, act: Act, operator: str, second: str) -> str:
        found = await self.find(operator) if operator else None
        if found is None:
            return "L78"
        if found.default:
            return "L77"
        return self._settings.people.refusal(act, operator, second)

    async def _switch_on(self) -> None:
        there = {one.number for one in await self.operators()}
        added = [
            OperatorAdded(number=number, sealed=self._default(number), by=THE_SETTINGS)
            for number in FIRST_DAY
            if number not in there
        ]
        switched = PeopleSwitched(on=True, by=THE_SETTINGS)
        await self.audit.write(*added, switched, operator=THE_SETTINGS, act="switch people on")
        self.on = True

    def _default(self, number: str) -> str:
        return self.sealed(number, DEFAULT_PASSWORDS[rank_of(number)])


def refused(code: str) -> NotPermitted:
    """Return the error of a refusal."""
    return NotPermitted(code, text_of(code).en)
