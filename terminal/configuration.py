"""The settings of a terminal: one TOML file, with defaults good enough to run without one.

Names end in their unit (`_s` seconds) or limit (`_max`). An unknown key is an error that names
file, key and what was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from protocol.operations import Origin
from protocol.published_cards import TEST_CARD_RANGES
from protocol.settings import parse_settings
from terminal.people import DEFAULT_PEOPLE, PeopleRules
from terminal.policy import DEFAULT_RULES, PaperRules
from terminal.printer_profile import DEFAULT_PATIENCE, DEFAULT_PROFILE, Patience, PrinterProfile
from terminal.storage import DEFAULT_STORAGE, StorageRules


class ReversalExhausted(Enum):
    """What a reversal that nobody answered does to the next payment."""

    BLOCK = "block"
    ALLOW_WITH_WARNING = "allow_with_warning"


class ReversalForm(Enum):
    """How the host wants to hear of a reversal: asked (0400, 0401) or told (0420, 0421)."""

    REQUEST = "request"
    ADVICE = "advice"


CardPrefix = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,6}$")]
"""The first digits of cards; a mask shows no more than six."""


class Certificates(Enum):
    """When the chips' certificates go up, in dialects that have a message for them.

    NEVER, or with every upload; a batch in balance is uploaded for their sake when it has any,
    or ALWAYS, when the host wants to hear the end of each batch.
    """

    NEVER = "never"
    WHEN_THERE = "when_there"
    ALWAYS = "always"


class Timing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long to wait, in seconds."""

    connect_timeout_s: float = 10.0
    reply_timeout_s: float = 30.0
    reversal_timeout_s: float = 20.0
    settlement_timeout_s: float = 60.0
    reversal_backoff_s: float = 2.0
    advice_backoff_s: float = 2.0
    question_timeout_s: float = 60.0
    settlement_backoff_s: tuple[float, ...] = (5.0, 15.0, 60.0, 300.0)

    def __post_init__(self) -> None:
        for name in ("connect", "reply", "reversal", "settlement", "question"):
            if getattr(self, f"{name}_timeout_s") <= 0:
                raise ValueError(f"{name}_timeout_s is more than 0")
        if not self.settlement_backoff_s or min(self.settlement_backoff_s) < 0:
            raise ValueError("settlement_backoff_s lists at least one pause")


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the terminal says no, before a byte leaves and before a STAN is used up."""

    unsettled_max: int = 500
    unsettled_warning: int = 450
    amount_minor_max: int = 5_000_000
    offline_minor_max: int = 100_000
    reversal_tries_max: int = 3
    advice_tries_max: int = 3
    settlement_tries_max: int = 3
    upload_rounds_max: int = 3
    upload_group_max: int = 8
    completion_percent_max: int = 115

    def __post_init__(self) -> None:
        if not 1 <= self.unsettled_max <= 999:
            raise ValueError("unsettled_max is 1 to 999: a side of a batch counts three digits")
        for name in ("reversal", "advice", "settlement"):
            if getattr(self, f"{name}_tries_max") < 1:
                raise ValueError(f"{name}_tries_max is at least one try")
        if not 1 <= self.upload_rounds_max <= 10:
            raise ValueError("upload_rounds_max is 1 to 10")
        if not 1 <= self.upload_group_max <= 8:
            raise ValueError("upload_group_max is 1 to 8 payments in one message")
        if not 1 <= self.completion_percent_max <= 200:
            raise ValueError("completion_percent_max is 1 to 200 per cent of what was authorised")


class BrokerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to get in where a printer is behind an MQTT broker: names of files, never the secrets.

    The environment comes first: TALLYWIRE_MQTT_USER and TALLYWIRE_MQTT_PASSWORD.
    """

    login_file: str = ""
    """TOML with `user` and `password`, readable by its owner alone."""
    ca_file: str = ""
    """Certificates to trust for `mqtts://`; those of the system when empty."""
    certificate_file: str = ""
    """Our own certificate, for brokers that want one."""
    key_file: str = ""
    """Its key."""


class TlsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The acquirer is reached by TLS, and its name and certificate are checked. PEM files."""

    ca: str = ""
    """Authorities to believe; those of the system when empty."""
    name: str = ""
    """Who the certificate must be of; the host of `acquirer` when empty."""
    certificate: str = ""
    """Our own certificate, for acquirers that want one."""
    key: str = ""
    """Its key, not enciphered."""


DEFAULT_BROKER: Final = BrokerSettings()


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything a terminal can be told.

    `dialect` is the name of a shipped one, or the path of a TOML file of your own. Where its PINs
    go under DUKPT keys, `initial_key_file` holds the device's initial key and `key_serial` is the
    serial number that belongs to it, in hexadecimal digits: 20 with a counter of zero for TDES,
    16 for AES. Without the file the initial key is derived from the published base key.

    `foreign_cards` are the first digits of cards that stand on the foreign side of the totals, in
    dialects that have one; the host must be told the same.
    """

    terminal_id: str = "10000001"
    merchant_id: str = "104100000000001"
    merchant_name: str = "测试商户 TEST SHOP"
    operator: str = "01"
    currency: str = "156"
    time_zone: str = "Asia/Shanghai"
    test_mode: bool = True
    test_cards_only: bool = True
    test_ranges: tuple[str, ...] = TEST_CARD_RANGES
    reversal_exhausted: ReversalExhausted = ReversalExhausted.BLOCK
    reversal_form: ReversalForm = ReversalForm.REQUEST
    settlement_inquiry: bool = False
    payment_inquiry: bool = False
    new_stan_on_repeat: bool = False
    foreign_cards: tuple[CardPrefix, ...] = ()
    certificates: Certificates = Certificates.WHEN_THERE
    hotline: str = ""
    dialect: str = "iso87"
    master_key_file: str = ""
    initial_key_file: str = ""
    key_serial: str = ""
    acquirer: str = "127.0.0.1:8583"
    printers: tuple[str, ...] = ("none:",)
    timing: Timing = Timing()
    limits: Limits = Limits()
    printer: PrinterProfile = DEFAULT_PROFILE
    patience: Patience = DEFAULT_PATIENCE
    paper: PaperRules = DEFAULT_RULES
    broker: BrokerSettings = DEFAULT_BROKER
    tls: TlsSettings | None = None
    people: PeopleRules = DEFAULT_PEOPLE
    storage: StorageRules = DEFAULT_STORAGE

    def __post_init__(self) -> None:
        if len(self.terminal_id) != 8 or not self.terminal_id.isascii():
            raise ValueError("terminal_id is 8 characters (F41)")
        if len(self.merchant_id) != 15 or not self.merchant_id.isascii():
            raise ValueError("merchant_id is 15 characters (F42)")
        if not is_operator(self.operator):
            raise ValueError("operator is a number such as 01, or up to three letters and digits")
        if not _ADDRESS.fullmatch(self.acquirer):
            raise ValueError("acquirer is HOST:PORT such as 127.0.0.1:8583")
        if not all(start.isascii() and start.isdigit() for start in self.test_ranges):
            raise ValueError("test_ranges lists first digits of cards")
        if len(self.currency) != 3 or not self.currency.isdigit():
            raise ValueError("currency is an ISO 4217 number such as 156")
        if not _is_time_zone(self.time_zone):
            raise ValueError("time_zone is a name of the tz database such as Asia/Shanghai")

    @property
    def origin(self) -> Origin:
        """Return F41 and F42."""
        return Origin(self.terminal_id, self.merchant_id)

    @property
    def zone(self) -> ZoneInfo:
        """Return the local time zone of receipts and of F12 and F13."""
        return ZoneInfo(self.time_zone)

    def is_foreign(self, masked: str) -> bool:
        """True for a card, by its first digits, that counts on the foreign side of the totals."""
        return masked.startswith(self.foreign_cards)

    def accepts(self, digits: str) -> bool:
        """True unless only published test cards may be used and this is none."""
        return not self.test_cards_only or digits.startswith(self.test_ranges)


def shown_entries(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Return what a configuration slip shows: plain values by their names, tables below them."""
    plain: dict[str, Any] = msgspec.to_builtins(settings)
    return tuple(_flat("", plain))


def _flat(prefix: str, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    tables = []
    for name, value in values.items():
        if isinstance(value, dict):
            tables.append((name, value))
        elif isinstance(value, list | tuple):
            yield prefix + name, ", ".join(map(str, value))
        elif value is not None:
            # As TOML writes it: true, not True.
            yield prefix + name, str(value).lower() if isinstance(value, bool) else str(value)
    for name, table in tables:
        yield from _flat(f"{prefix}{name}.", table)


_ADDRESS: Final = re.compile(r"[^\s:]*:[0-9]{1,5}|\[[0-9A-Fa-f:.]+\]:[0-9]{1,5}|[0-9]{1,5}")


def is_operator(number: str) -> bool:
    """True for what F63 and a receipt have room for."""
    return number.isascii() and number.isalnum() and len(number) <= 3


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def load_settings(text: str, source: str) -> Settings:
    """Read the TOML `text` of the file `source`. Raises SettingsError: file, key, problem."""
    return parse_settings(text, Settings, source)
