"""Values that must never be seen: they mask themselves wherever they are shown.

`repr`, `str` and `format` are safe; `.reveal()` is the one way out and easy to search for.
Masking fails closed: what is not understood is all stars.
Source: PCI DSS v4 3.4.1 (at most the first six and last four digits), 3.3.1 (no track, no PIN).
"""

from __future__ import annotations

import re
from typing import Final, Generic, TypeVar

PAN_LENGTH_MIN: Final = 12
PAN_LENGTH_MAX: Final = 19

T = TypeVar("T", str, bytes)


def luhn_valid(digits: str) -> bool:
    """True when the check digit is right (ISO/IEC 7812-1 annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = ord(digit) - 48
        if place % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


def mask_pan(digits: str) -> str:
    """First six and last four digits, stars between; all stars when it is no card number."""
    if not (PAN_LENGTH_MIN < len(digits) <= PAN_LENGTH_MAX) or not digits.isdigit():
        return "*" * len(digits)
    return f"{digits[:6]}{'*' * (len(digits) - 10)}{digits[-4:]}"


_DIGIT_RUN = re.compile(r"\d{13,}")


def mask_digit_runs(text: str) -> str:
    """Mask every run of digits that holds a Luhn-valid card number of 13 to 19 digits."""
    return _DIGIT_RUN.sub(_mask_found, text)


def _mask_found(found: re.Match[str]) -> str:
    run = found[0]
    shown = list(run)
    for length in range(13, PAN_LENGTH_MAX + 1):
        for start in range(len(run) - length + 1):
            if luhn_valid(run[start : start + length]):
                shown[start + 6 : start + length - 4] = "*" * (length - 10)
    return "".join(shown)


class Secret(Generic[T]):
    """A value that shows only its mask. Equal to another of its own type and value."""

    __slots__ = ("_value",)
    _value: T

    def __init__(self, value: T) -> None:
        self._value: T = value

    def reveal(self) -> T:
        """Return the clear value. Every call is a place to look at in a review."""
        return self._value

    @property
    def masked(self) -> str:
        """Return what a person may see."""
        return "***"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.masked})"

    def __str__(self) -> str:
        return self.masked

    def __format__(self, spec: str) -> str:
        return format(self.masked, spec)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Secret) and type(other) is type(self) and self._value == other._value
        )

    def __hash__(self) -> int:
        return hash((type(self), self._value))

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError(f"{type(self).__name__} is not to be pickled")


class Pan(Secret[str]):
    """A primary account number (F2): 12 to 19 digits. Shown as first six and last four."""

    __slots__ = ()

    def __init__(self, value: str) -> None:
        if not (
            PAN_LENGTH_MIN <= len(value) <= PAN_LENGTH_MAX and value.isascii() and value.isdigit()
        ):
            raise ValueError(f"a card number has {PAN_LENGTH_MIN} to {PAN_LENGTH_MAX} digits")
        self._value = value

    @property
    def masked(self) -> str:
        """Return the first six and last four digits."""
        return mask_pan(self._value)


class Track2(Secret[str]):
    """Track 2 equivalent data (F35), at most 37 characters. Shown as stars only."""

    __slots__ = ()


class PinBlock(Secret[bytes]):
    """An encrypted PIN block (F52), 8 or 16 bytes. Shown as stars only."""

    __slots__ = ()


class ChipData(Secret[bytes]):
    """BER-TLV of a chip (F55), every tag as it came: it may hold the card number (57, 5A)."""

    __slots__ = ()


class Key(Secret[bytes]):
    """Key material. Shown as stars only."""

    __slots__ = ()
