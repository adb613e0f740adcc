"""The judgement of a payment: configuration made ready to be asked thousands of times a second.

In this order, the first that has an opinion decides: the cut-over (90), terminal (97 unknown),
merchant (03 unknown), card (14 wrong check digit, 15 outside the test ranges, the code of a listed
card, 54 expired), PIN (55 wrong, 99 a block that opens to none), orders (a fault's, or else of the
first rule that matches), magic amounts, limits (61 a single amount, 51 in all or in a day). An
order of 00 is an opinion too: what comes after it is not asked. Whether the batch fits is not asked
here but in `payments.py`, and an original in `originals.py`; both are asked after all of these.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from acquirer_sim.configuration import CardSettings, Configuration
from acquirer_sim.magic import APPROVED_IN_PART, MAGIC_AMOUNTS, MAGIC_PART_PERCENT
from acquirer_sim.orders import Order
from acquirer_sim.rows import Capture
from acquirer_sim.tokens import token_of
from protocol.operations import APPROVED, Origin, PaymentRequest
from protocol.secrets import Key, Pan, Track2, luhn_valid

if TYPE_CHECKING:
    from acquirer_sim.pins import Pins

TERMINAL_UNKNOWN = "97"
MERCHANT_UNKNOWN = "03"
CARD_WRONG = "14"
CARD_FOREIGN = "15"
AMOUNT_ABOVE_LIMIT = "61"
LIMIT_SPENT = "51"
CARD_EXPIRED = "54"
CUTTING_OVER = "90"
PIN_WRONG = "55"
PIN_UNREADABLE = "99"
KNOWN_CARDS_MAX = 4096
QUARTER = timedelta(minutes=15)
NEVER = datetime.max.replace(tzinfo=UTC)


class CardFacts:
    """What the host knows of one card number: token, mask, standing answer and limits."""

    __slots__ = (
        "amount_max_minor",
        "code",
        "daily_minor",
        "expiry",
        "in_part",
        "limit_minor",
        "mask",
        "pin",
        "proves",
        "token",
        "total_minor",
    )

    def __init__(
        self, pan: Pan, code: str, settings: CardSettings | None, key: Key, *, dated: bool = False
    ) -> None:
        self.token = token_of(pan, key)
        self.mask = pan.masked
        self.code = code
        self.total_minor = settings.limit_minor if settings else None
        self.daily_minor = settings.daily_limit_minor if settings else None
        self.limit_minor = self.daily_minor if self.total_minor is None else self.total_minor
        """What spending is held against; None for a card that may spend whatever it likes."""
        self.amount_max_minor = settings.amount_max_minor if settings else None
        self.in_part = settings.in_part if settings else False
        self.pin = settings.pin if settings else None
        self.expiry = settings.expiry if settings else None
        self.proves = dated or self.pin is not None or self.expiry is not None
        """Whether date and PIN are looked at; hardly any card asks for that."""


class Policy:
    """A configuration, indexed. `key` is the ledger's, for card tokens.

    `pins` opens PIN blocks; without it no PIN is looked at.
    """

    def __init__(
        self,
        configuration: Configuration,
        key: Key,
        pins: Pins | None = None,
    ) -> None:
        self._pins = pins
        self.configuration = configuration
        self._key = key
        self._zone: tzinfo | None = None
        self._date = self._day = self._begun = ""
        hours, minutes = configuration.cutover.split(":")
        into_next = timedelta(hours=int(hours), minutes=int(minutes))
        self._ahead = timedelta(days=1) - into_next if into_next else timedelta()
        """How far the settlement date runs ahead of the clock."""
        self._first = NEVER
        self._pause = timedelta(seconds=configuration.cutover_pause_s)
        self._date_from = self._date_until = NEVER
        self._ranges = configuration.test_ranges
        self._listed = {card.pan: card for card in configuration.card}
        self._known: dict[str, CardFacts] = {}
        self._terminals = {row.id: row.code for row in configuration.terminal}
        self._merchants = {row.id: row.code for row in configuration.merchant}
        accept = configuration.unknown_terminals == "accept"
        self._unknown_terminal = APPROVED if accept else TERMINAL_UNKNOWN
        accept = configuration.unknown_merchants == "accept"
        self._unknown_merchant = APPROVED if accept else MERCHANT_UNKNOWN
        self._captures = {row.id: row.capture for row in configuration.terminal}
        self._captures_of = {row.id: row.capture for row in configuration.merchant}
        self._discounts = {
            row.id: row.discount_basis_points
            for row in configuration.merchant
            if row.discount_basis_points is not None
        }
        modes = (configuration.capture, *self._captures.values(), *self._captures_of.values())
        self.terminals_capture = Capture.TERMINAL in modes
        """Whether any terminal does."""
        self.forces_close = configuration.force_close_on_cutover
        self.is_legacy = configuration.legacy != "off"
        self._magic = MAGIC_AMOUNTS if configuration.magic_amounts else {}

    def settlement_date(self, now: datetime) -> str:
        """Return F15, MMDD, of a moment."""
        if not self._date_from <= now < self._date_until:
            # Every zone's midnight is a quarter of some hour of UTC, and so is every change of
            # its clocks: within a quarter the date stays what it is.
            minute = now.minute // 15 * 15
            self._date_from = now.replace(minute=minute, second=0, microsecond=0)
            self._date_until = self._date_from + QUARTER
            self._day = self.day_of(now)
            self._date = self._day[4:]
        return self._date

    def settlement_day(self, now: datetime) -> str:
        """Return the settlement date of a moment with its year, YYYYMMDD."""
        self.settlement_date(now)
        return self._day

    def day_of(self, moment: datetime) -> str:
        """Return the settlement date of any moment, YYYYMMDD, without forgetting today's."""
        return f"{self._settled(moment):%Y%m%d}"

    def begins_day(self, now: datetime) -> bool:
        """Return whether `now` is the first moment of this settlement date at which anybody asks.

        A group that has to be decided anew asks again about the same moment.
        """
        day = self.settlement_day(now)
        if day != self._begun:
            self._begun, self._first = day, now
        return now == self._first

    def _is_pausing(self, now: datetime) -> bool:
        """Return whether the last cut-over is less than `cutover_pause_s` ago."""
        return self.settlement_day(now) != self.day_of(now - self._pause)

    def _settled(self, now: datetime) -> datetime:
        """Return a moment of which the date is the settlement date of `now`.

        Added to the time on the wall: also in a day of 23 hours the cut-over is at its time.
        """
        return now.astimezone(self._local()).replace(tzinfo=None) + self._ahead

    def _local(self) -> tzinfo:
        """Return the time zone; the first purchase loads it, not the start of the process."""
        if self._zone is None:
            from zoneinfo import ZoneInfo

            self._zone = ZoneInfo(self.configuration.time_zone)
        return self._zone

    def capture(self, origin: Origin) -> Capture:
        """Return who captures what is sold at a terminal."""
        configuration = self.configuration
        for chosen in (
            self._captures.get(origin.terminal_id),
            self._captures_of.get(origin.merchant_id),
        ):
            if chosen is not None:
                return chosen
        return configuration.capture

    def fee_minor(self, merchant: str, net_minor: int) -> int:
        """Return what a merchant pays for a batch, negative for one that gave more back."""
        general = self.configuration.discount_basis_points
        points = self._discounts.get(merchant, general)
        fee = (abs(net_minor) * points + 5_000) // 10_000
        return fee if net_minor >= 0 else -fee

    @property
    def tells_foreign(self) -> bool:
        """True when some cards are foreign here."""
        return bool(self.configuration.foreign_cards)

    def is_foreign(self, mask: str) -> bool:
        """True for a card, by its first digits, whose payments stand on the foreign side."""
        return mask.startswith(self.configuration.foreign_cards)

    def card(self, pan: Pan) -> CardFacts:
        """Return what is known of a card. The last few thousand cards asked for are kept."""
        digits = pan.reveal()
        facts = self._known.get(digits)
        if facts is None:
            if len(self._known) >= KNOWN_CARDS_MAX:
                self._known.clear()
            code, dated = self._card_code(digits), self.configuration.check_expiry
            facts = CardFacts(pan, code, self._listed.get(digits), self._key, dated=dated)
            self._known[digits] = facts
        return facts

    def judge(
        self,
        payment: PaymentRequest,
        card: CardFacts,
        spent: int | None,
        order: Order | None = None,
        now: datetime | None = None,
    ) -> str:
        """Return the response code (F39) for a payment of a card that has spent `spent`.

        10 means that `part_of` knows how much of it. With `spent` None no limit applies, with
        `now` None (no clock, no ledger) no card is past its month.
        """
        if self._pause and now is not None and self._is_pausing(now):
            return CUTTING_OVER
        origin = payment.origin
        code = self._terminals.get(origin.terminal_id, self._unknown_terminal)
        if code == APPROVED:
            code = self._merchants.get(origin.merchant_id, self._unknown_merchant)
        if code == APPROVED:
            code = card.code
        if card.proves and code == APPROVED:
            code = self._proof_code(payment, card, now)
        if code == APPROVED and order is not None and order.code is not None:
            return order.code
        if code == APPROVED:
            code = self._magic.get(payment.amount.minor, APPROVED)
        if code == APPROVED and spent is not None:
            code = _limit_code(payment.amount.minor, card, spent)
        return code

    def _proof_code(self, payment: PaymentRequest, card: CardFacts, now: datetime | None) -> str:
        """Return what the card's date and PIN say of the payment."""
        presented = payment.card.expiry
        if presented is None and payment.card.track2 is not None:
            presented = _track_expiry(payment.card.track2)
        if presented is not None:
            if card.expiry is not None and presented != card.expiry:
                return CARD_EXPIRED
            if now is not None and presented < f"{now.astimezone(self._local()):%y%m}":
                return CARD_EXPIRED
        if payment.pin is not None and card.pin is not None:
            return self._pin_code(payment, card.pin)
        return APPROVED

    def _pin_code(self, payment: PaymentRequest, expected: str) -> str:
        if self._pins is None:
            return APPROVED
        # Imported here, since a host that is asked for no PIN starts without ciphers.
        from protocol.pin_block import Pin, PinError

        try:
            came = self._pins.open(payment)
        except PinError:
            return PIN_UNREADABLE
        return APPROVED if came == Pin(expected) else PIN_WRONG

    def part_of(
        self, payment: PaymentRequest, card: CardFacts, spent: int, order: Order | None = None
    ) -> tuple[str, int]:
        """Return 10 and how much of a payment is approved, or what declines it after all."""
        asked = minor = payment.amount.minor
        if order is not None and order.code == APPROVED_IN_PART:
            minor = _part(order, asked)
        elif self._magic.get(asked) == APPROVED_IN_PART:
            minor = asked * MAGIC_PART_PERCENT // 100
        if card.amount_max_minor is not None:
            minor = min(minor, card.amount_max_minor)
        if card.limit_minor is not None:
            minor = min(minor, card.limit_minor - spent)
        if minor <= 0:
            return LIMIT_SPENT, asked
        return (APPROVED_IN_PART, minor) if minor < asked else (APPROVED, asked)

    def _card_code(self, digits: str) -> str:
        listed = self._listed.get(digits)
        if listed is not None:
            return listed.code
        if self.configuration.test_cards_only and not digits.startswith(self._ranges):
            return CARD_FOREIGN
        return APPROVED if luhn_valid(digits) else CARD_WRONG


def _part(order: Order, asked: int) -> int:
    part = asked * order.part_percent // 100
    return part if order.part_minor is None else min(part, order.part_minor)


def _track_expiry(track: Track2) -> str | None:
    """Return YYMM of track 2 (ISO 7813): after the card number and its separator."""
    _, _, rest = track.reveal().replace("D", "=").partition("=")
    return rest[:4] if rest[:4].isdigit() and len(rest) >= 4 else None


def _limit_code(minor: int, card: CardFacts, spent: int) -> str:
    if card.amount_max_minor is not None and minor > card.amount_max_minor:
        return APPROVED_IN_PART if card.in_part else AMOUNT_ABOVE_LIMIT
    if card.limit_minor is not None and spent + minor > card.limit_minor:
        return APPROVED_IN_PART if card.in_part else LIMIT_SPENT
    return APPROVED
