"""What every flow of the terminal works with: people, settings, books, archive, vault, time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from protocol.kinds import KINDS
from protocol.operations import Card, PaymentRequest, Stamp
from protocol.pin_block import FILL_LENGTH
from protocol.structures.sealed_pin import SealedPin
from terminal.aio.archive import Archive
from terminal.aio.books import Books, Standing
from terminal.aio.journal import Journal
from terminal.aio.line import Line
from terminal.aio.people import People
from terminal.aio.performer import Performer
from terminal.aio.storehouse import FreeBytes, measured, nobody_can_tell
from terminal.configuration import Settings
from terminal.errors import JournalError
from terminal.intent import Complete
from terminal.keyring import Keyring
from terminal.pin_pad import KEYS_USED_UP, NO_PIN_KEY, DukptDevice, PinKeyTaken, PinPad
from terminal.presented import chip_of, pin_of, plain, without_track
from terminal.storage import Gauge
from terminal.vault import Vault

NO_PAYMENTS: Final = "L27"
"""The code of what a dialect without payments cannot say."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The tools of one terminal. `now` gives an aware UTC time, `random_bytes` fresh nonces.

    `keyring` is there in dialects that sign; without `has_payments` the dialect can greet alone,
    without a `pin_pad` no PIN is taken.
    """

    people: People
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
    pin_pad: PinPad | None = None
    free_bytes: FreeBytes = nobody_can_tell

    @property
    def settings(self) -> Settings:
        """Return the settings, with whoever is at the counter as their operator."""
        return self.people.settings

    async def pin_refusal(self, card: Card) -> str:
        """Return the code that refuses a PIN for which there is no key, or ""."""
        if pin_of(card) is None:
            return ""
        if self.pin_pad is None or not self.pin_pad.ready:
            return NO_PIN_KEY
        device = self.pin_pad.device
        if device is not None and device.following(await self._counter(device)) is None:
            return KEYS_USED_UP
        return ""

    async def sealed_pin(self, card: Card) -> SealedPin | None:
        """Return the PIN as it travels; `pin_refusal` was asked before. Raises JournalError.

        A DUKPT key is marked as used on disk before it enciphers anything.
        """
        if pin_of(card) is None:
            return None
        assert self.pin_pad is not None, "a PIN without a key is refused before"
        device, counter = self.pin_pad.device, 0
        if device is not None:
            following = device.following(await self._counter(device))
            assert following is not None, "a device without keys is refused before"
            counter = following
            await self.journal.commit((PinKeyTaken(device=device.name, counter=counter),))
        return self.pin_pad.seal(card, fill=self.random_bytes(FILL_LENGTH), counter=counter)

    async def _counter(self, device: DukptDevice) -> int:
        sql = "SELECT counter FROM pin_counter WHERE device = ?"
        rows = await self.journal.fetch(sql, (device.name,))
        return int(rows[0][0]) if rows else 0

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
            pin=None if told else await self.sealed_pin(card),
            chip=None if told else chip_of(card),
        )

    async def gauges(self) -> tuple[Gauge, ...]:
        """Return how full the terminal is. Raises JournalError."""
        return await measured(self.journal, self.settings, self.free_bytes, self.now())

    async def standing(self) -> Standing:
        """Return where the terminal stands. Raises JournalError when it was never installed."""
        standing = await self.books.standing()
        if standing is None:
            raise JournalError("L42", "the journal does not know its own terminal")
        return standing
