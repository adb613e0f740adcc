"""What the acquirer is told: cards, merchants, terminals and rules, from TOML.

Everything has a default, so that an acquirer runs with no file: any terminal and any merchant
are welcome, published test cards are approved, and cards outside the test ranges are refused,
because this host is for tests and a real number has no business here. Unknown keys are an
error that names file, key and what is allowed.
"""

from __future__ import annotations

import pkgutil
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from acquirer_sim.rows import Capture
from acquirer_sim.rules import RuleSettings
from acquirer_sim.settings import Digits, Minor, Percent, ResponseCode, Settings
from protocol.limits import ServerSettings
from protocol.published_cards import TEST_CARD_RANGES
from protocol.settings import SettingsError, parse_settings

PinDigits = Annotated[str, Meta(pattern=r"^[0-9]{4,12}$")]
CardPrefix = Annotated[str, Meta(pattern=r"^[0-9]{1,6}$")]
CardNumber = Annotated[str, Meta(pattern=r"^[0-9]{12,19}$")]
Expiry = Annotated[str, Meta(pattern=r"^[0-9]{2}(0[1-9]|1[0-2])$")]
QuarterOfAnHour = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):(00|15|30|45)$")]
BasisPoints = Annotated[int, Meta(ge=0, le=10_000)]


class CardSettings(Settings, frozen=True):
    """One card: what it is answered, and how much it may spend (minor units).

    `in_part`: what goes beyond its limits is not declined but approved for what is left, code 10.
    `pin` is its test PIN: a payment with another one is answered 55, where the dialect has keys.
    `limit_minor` is what is on the card's account on its first day; refunds add to it.
    `daily_limit_minor` is what it may spend in one settlement date (F15). With an `expiry` (YYMM),
    F14 or track 2 must say the same, and the month must not be over: 54.
    """

    pan: CardNumber
    name: str = ""
    code: ResponseCode = "00"
    limit_minor: Minor | None = None
    daily_limit_minor: Minor | None = None
    amount_max_minor: Minor | None = None
    in_part: bool = False
    pin: PinDigits | None = None
    expiry: Expiry | None = None


class MerchantSettings(Settings, frozen=True):
    """One merchant (F42). `code` other than 00 refuses all its payments.

    `discount_basis_points` and `capture` are its own, where they differ from everybody's.
    """

    id: Annotated[str, Meta(min_length=1, max_length=15)]
    name: str = ""
    code: ResponseCode = "00"
    discount_basis_points: BasisPoints | None = None
    capture: Capture | None = None


class TerminalSettings(Settings, frozen=True):
    """One terminal (F41). `code` other than 00 refuses all its payments.

    `master_key_file` holds its master key. `wants` is what it is asked in the header of each
    reply until it signs on (dialects with a terminal header): 0 nothing, 1 to download parameters,
    2 its status (an echo will do), 3 to sign on, 4 and 5 to update CA keys and chip parameters,
    6 terminal management, 7 a blacklist, 8 exchange rates. `capture` is its own, where it differs
    from its merchant's.
    """

    id: Annotated[str, Meta(min_length=1, max_length=8)]
    code: ResponseCode = "00"
    master_key_file: str = ""
    wants: Annotated[str, Meta(pattern=r"^[0-8]$")] = "0"
    capture: Capture | None = None


class TlsSettings(Settings, frozen=True):
    """Terminals come by TLS. All are names of PEM files."""

    certificate: str
    """The acquirer's own, with those of the authorities between."""
    key: str
    """Its key, not enciphered."""
    client_ca: str = ""
    """Authorities of the terminals' certificates: without one of theirs nobody is let in."""


class Configuration(Settings, frozen=True):
    """All of it. Lists are written as TOML tables: [[card]], [[merchant]], [[terminal]], [[rule]].

    `empty_batch`: a 0500 for a batch without payments is in balance, or refused with 12 while
    the batch stays open (host rule H9). `magic_amounts`: see `magic.py`. `balance_minor` is
    what a card without a limit is said to have. A completion may exceed what was held by
    `completion_tolerance_percent`; after `hold_days` it comes too late, and the hold is released.

    With `check_expiry`, a card whose F14 or track 2 tells a month that is over is answered 54.

    `foreign_cards` are the first digits of cards whose payments stand on the foreign side of the
    totals, in dialects that have one (F48 of cup); the terminals must be told the same.

    In dialects that sign, terminals share a master key with this host: that of
    `master_key_file`, or the published test key. `institution` is F32 of every reply there.
    Where PINs come under DUKPT keys, these follow from the base key of `base_key_file`, or from
    the published one.

    `cutover` is the time of day, in `time_zone`, at which the next settlement date (F15) begins;
    in the `cutover_pause_s` after it payments are answered 90. Batches stay open across it, unless
    `force_close_on_cutover`: then a batch of an earlier date is closed, with its money, before the
    next payment or settlement of its terminal (host rule H8).

    `discount_basis_points` is what merchants pay for a batch, in hundredths of a percent of its
    net, rounded half up. `capture` says what an approval is: `host` counts it at once, `terminal`
    sets its money aside until the upload lists it.

    `legacy` makes a host like many old ones: it keeps no replies and no closed batches. A payment
    or reversal that is asked again is not recognised, and a settlement of a closed batch is
    answered with an error, or with `zero` compared with a batch in which there is nothing.
    """

    time_zone: str = "Asia/Shanghai"
    cutover: QuarterOfAnHour = "00:00"
    cutover_pause_s: Annotated[int, Meta(ge=0, le=3600)] = 0
    force_close_on_cutover: bool = False
    discount_basis_points: BasisPoints = 0
    capture: Capture = Capture.HOST
    legacy: Literal["off", "error", "zero"] = "off"
    test_cards_only: bool = True
    test_ranges: tuple[Digits, ...] = TEST_CARD_RANGES
    unknown_terminals: Literal["accept", "refuse"] = "accept"
    unknown_merchants: Literal["accept", "refuse"] = "accept"
    empty_batch: Literal["balance", "refuse"] = "balance"
    magic_amounts: bool = True
    check_expiry: bool = False
    balance_minor: Minor = 10_000_000
    completion_tolerance_percent: Percent = 0
    hold_days: Annotated[int, Meta(ge=1, le=366)] = 30
    master_key_file: str = ""
    base_key_file: str = ""
    foreign_cards: tuple[CardPrefix, ...] = ()
    institution: Annotated[str, Meta(pattern=r"^[0-9]{1,11}$")] = "00010000"
    limits: ServerSettings = ServerSettings()
    tls: TlsSettings | None = None
    card: tuple[CardSettings, ...] = ()
    merchant: tuple[MerchantSettings, ...] = ()
    terminal: tuple[TerminalSettings, ...] = ()
    rule: tuple[RuleSettings, ...] = ()


def load_configuration(text: str, source: str) -> Configuration:
    """Read a configuration file over the built-in defaults. Raises SettingsError.

    A file that names no [[card]] keeps the built-in ones.
    """
    given = parse_settings(text, Configuration, source)
    if not _is_zone(given.time_zone):
        problem = f"{given.time_zone!r} is no time zone; one looks like Asia/Shanghai"
        raise SettingsError(source, "time_zone", problem)
    default = default_configuration()
    return msgspec.structs.replace(
        given,
        card=given.card or default.card,
    )


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # only a file names a zone

    try:
        ZoneInfo(name)
    except (ValueError, ZoneInfoNotFoundError):
        return False
    return True


def default_configuration() -> Configuration:
    """Return the built-in configuration: `acquirer_sim/defaults.toml`."""
    data = pkgutil.get_data("acquirer_sim", "defaults.toml")
    assert data is not None, "a loader of modules loads what lies beside them"
    return parse_settings(data.decode("utf-8"), Configuration, "acquirer_sim/defaults.toml")
