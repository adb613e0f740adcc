"""F62 of a sign-on reply: the day's keys, enciphered under the terminal's master key.

| bytes | 60.3 | holds |
|---|---|---|
| 24 | 001 | PIN key 8 + check value 4, MAC key 8 + 4 |
| 40 | 003 | PIN key 16 + 4, MAC key 16 + 4 |
| 60 | 004 | as 40, then the track key 16 + 4 |

A single-length key in a place for sixteen bytes has eight zero bytes behind it.
"""

from __future__ import annotations

from typing import Final

import msgspec

from protocol.errors import StructureError
from protocol.secrets import Key

FIELD: Final = 62
CHECK_SIZE: Final = 4
SINGLE_SIZE: Final = 8
DOUBLE_SIZE: Final = 16

FORMS: Final = {24: (SINGLE_SIZE, 2), 40: (DOUBLE_SIZE, 2), 60: (DOUBLE_SIZE, 3)}
"""Bytes of F62 -> bytes of each key, and how many keys there are."""

NETWORK_CODES: Final = {24: "001", 40: "003", 60: "004"}
"""Bytes of F62 -> 60.3 of the sign-on that asks for such keys."""

NAMES: Final = ("PIN key", "MAC key", "track key")


class WrappedKey(msgspec.Struct, frozen=True):
    """A key enciphered under another, and the check value of the clear one; both shown as stars."""

    key: Key
    check_value: bytes

    def __post_init__(self) -> None:
        if len(self.key.reveal()) not in (SINGLE_SIZE, DOUBLE_SIZE):
            raise ValueError(f"F{FIELD}: a wrapped key has {SINGLE_SIZE} or {DOUBLE_SIZE} bytes")
        if len(self.check_value) != CHECK_SIZE:
            raise ValueError(f"F{FIELD}: a check value has {CHECK_SIZE} bytes")

    def __repr__(self) -> str:
        return f"WrappedKey({self.key})"

    @property
    def significant(self) -> Key:
        """The enciphered key without the zero bytes that fill up a single-length one."""
        raw = self.key.reveal()
        if len(raw) == DOUBLE_SIZE and raw[SINGLE_SIZE:] == bytes(SINGLE_SIZE):
            return Key(raw[:SINGLE_SIZE])
        return self.key


class WorkingKeys(msgspec.Struct, frozen=True, kw_only=True):
    """What a terminal gets at sign-on; every key of one length."""

    pin: WrappedKey
    mac: WrappedKey
    track: WrappedKey | None = None

    def __post_init__(self) -> None:
        if self._form() not in FORMS.values():
            raise ValueError(f"F{FIELD}: keys are two of 8 bytes, or two or three of 16")

    @classmethod
    def parse(cls, value: bytes) -> WorkingKeys:
        """Read F62 of an 0810. Raises StructureError."""
        if len(value) not in FORMS:
            raise StructureError(FIELD, 0, f"keys take 24, 40 or 60 bytes, not {len(value)}")
        key_size, count = FORMS[len(value)]
        step = key_size + CHECK_SIZE
        keys = [
            WrappedKey(Key(value[at : at + key_size]), value[at + key_size : at + step])
            for at in range(0, count * step, step)
        ]
        return cls(pin=keys[0], mac=keys[1], track=keys[2] if count == len(NAMES) else None)

    def build(self) -> bytes:
        """Return the value of F62."""
        return b"".join(key.key.reveal() + key.check_value for key in self._keys())

    def _keys(self) -> list[WrappedKey]:
        return [key for key in (self.pin, self.mac, self.track) if key is not None]

    def _form(self) -> tuple[int, int]:
        sizes = {len(key.key.reveal()) for key in self._keys()}
        return (sizes.pop() if len(sizes) == 1 else 0), len(self._keys())
