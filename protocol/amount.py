"""Money: an integer number of minor units and a currency. No float ever comes near it."""

from __future__ import annotations

import re
from typing import Final

import msgspec

AMOUNT_MINOR_MAX: Final = 999_999_999_999
"""F4 is n12 (ISO 8583:1987, 4.3.4)."""

EXPONENTS: Final = {"156": 2, "392": 0, "840": 2, "978": 2, "414": 3}
"""Minor digits by numeric currency code (ISO 4217); two where the code is not listed."""

SYMBOLS: Final = {"156": "RMB", "392": "JPY", "840": "USD", "978": "EUR", "414": "KWD"}

_DECIMAL = re.compile(r"(\d{1,12})(?:\.(\d{1,3}))?", re.ASCII)


class Amount(msgspec.Struct, frozen=True, order=True, gc=False):
    """An amount of money, `minor` in 0..999 999 999 999 units of ISO 4217 `currency`."""

    minor: int
    currency: str = "156"

    def __post_init__(self) -> None:
        if not 0 <= self.minor <= AMOUNT_MINOR_MAX:
            raise ValueError("an amount has 0 to 999999999999 minor units")

    @classmethod
    def parse(cls, text: str, currency: str = "156") -> Amount:
        """Read "12", "12.5" or "12.50" in major units. Raises ValueError, never rounds."""
        exponent = EXPONENTS.get(currency, 2)
        found = _DECIMAL.fullmatch(text)
        if not found or len(found[2] or "") > exponent:
            raise ValueError(f"an amount looks like {_example(exponent)}")
        return cls(int(found[1] + (found[2] or "").ljust(exponent, "0")), currency)

    def __str__(self) -> str:
        return format_money(self.minor, self.currency)


def format_money(minor: int, currency: str) -> str:
    """Return a sum with its currency: "RMB 12.50". Unlike an amount, a sum may be negative."""
    exponent = EXPONENTS.get(currency, 2)
    return f"{SYMBOLS.get(currency, currency)} {format_minor(minor, exponent)}"


def format_minor(minor: int, exponent: int = 2) -> str:
    """Return minor units as grouped decimal text: -123456 gives "-1,234.56"."""
    major, rest = divmod(abs(minor), 10**exponent)
    sign = "-" if minor < 0 else ""
    return f"{sign}{major:,}" + (f".{rest:0{exponent}d}" if exponent else "")


def _example(exponent: int) -> str:
    return "12." + "5".ljust(exponent, "0") if exponent else "12"
