"""What every flow of the terminal works with: settings, books, archive, vault, time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from protocol.kinds import KINDS
from protocol.operations import PaymentRequest, Stamp
from protocol.secrets import Key
from terminal.aio.archive import Archive
from terminal.aio.books import Books, Standing
from terminal.aio.journal import Journal
from terminal.aio.line import Line
from terminal.aio.performer import Performer
from terminal.configuration import Settings
from terminal.errors import JournalError
from terminal.intent import Complete
from terminal.keyring import Keyring
from terminal.presented import chip_of, pin_block_of, plain, without_track
from terminal.vault import Vault

NO_PAYMENTS: Final = "L27"
"""The code of what a dialect without payments cannot say."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The tools of one terminal. `now` gives an aware UTC time, `random_bytes` fresh nonces.

    `keyring` is there in dialects that sign; without `has_payments` the dialect can greet alone.
    """

    settings: Settings
    journal: Journal
    books: Books
    archive: Archive
    performer: Performer
    line: Line
    vault: Vault
    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]
    keyring: Keyring | None = None
    has_payments: bool = True

    @property
    def pin_key(self) -> Key | None:
        """Return the key of PIN blocks: None before a sign-on, and in dialects without keys."""
        return None if self.keyring is None else self.keyring.pin

    def local_now(self) -> datetime:
        """Return the time on the shop's wall."""
        return self.now().astimezone(self.settings.zone)

    def stamp(self) -> Stamp:
        """Return the wire's digits of this moment."""
        now = self.now()
        return Stamp.of(now, now.astimezone(self.settings.zone))

    def dated_stamp(self) -> Stamp:
        """Return the same with the year, for a greeting."""
        now = self.now()
        return Stamp.dated(now, now.astimezone(self.settings.zone))

    async def request_for(self, wish: Complete) -> PaymentRequest:
        """Return the request of a wish: the next STAN of the open batch, this moment.

        An advice is repeated from the books, which hold no track, PIN or chip: it never has any.
        """
        standing, card = await self.standing(), wish.card
        told = KINDS[wish.kind].is_advice
        return PaymentRequest(
            origin=self.settings.origin,
            stan=await self.books.next_stan(after=standing.stan, batch=standing.batch),
            stamp=self.stamp(),
            batch=standing.batch,
            amount=wish.amount,
            card=without_track(card) if told else plain(card),
            kind=wish.kind,
            original=wish.original,
            pin=None if told else pin_block_of(card, self.pin_key),
            chip=None if told else chip_of(card),
        )

    async def standing(self) -> Standing:
        """Return where the terminal stands. Raises JournalError when it was never installed."""
        standing = await self.books.standing()
        if standing is None:
            raise JournalError("L42", "the journal does not know its own terminal")
        return standing
