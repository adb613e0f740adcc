"""PIN blocks: how a PIN travels, by ISO 9564-1 formats 0, 1, 3 (one DES block) and 4 (AES).

Building and opening are pure; formats 1, 3 and 4 need random fill, which the caller brings.
A clear block never leaves this file: what goes in F52 is enciphered, and typed `PinBlock`.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from protocol.mac import triple_des
from protocol.pin_rule import PinFormat
from protocol.secrets import Key, Pan, PinBlock, Secret

PIN_LENGTH_MIN: Final = 4
PIN_LENGTH_MAX: Final = 12
FILL_LENGTH: Final = 8
"""Random bytes that formats 1, 3 and 4 want."""


class Pin(Secret[str]):
    """A clear PIN, 4 to 12 digits. It lives between the keypad and the block."""

    __slots__ = ()

    def __init__(self, value: str) -> None:
        right_length = PIN_LENGTH_MIN <= len(value) <= PIN_LENGTH_MAX
        if not (right_length and value.isascii() and value.isdigit()):
            raise ValueError("a PIN has 4 to 12 digits")
        super().__init__(value)


class PinError(ValueError):
    """A block that opens to no PIN: wrong key, wrong card or wrong format. Says no more."""


def seal_pin(
    pin: Pin, *, pan: Pan, key: Key, form: PinFormat, fill: bytes = bytes(FILL_LENGTH)
) -> PinBlock:
    """Encipher a PIN. `fill` is 8 random bytes; format 0 ignores it."""
    digits = pin.reveal()
    head = f"{form.value:X}{len(digits):X}{digits}"
    if form is PinFormat.ISO_4:
        block = bytes.fromhex(head.ljust(16, "A") + fill.hex())
        inner = _aes(key, block, decipher=False)
        return PinBlock(_aes(key, _xor(inner, _account_16(pan)), decipher=False))
    clear = bytes.fromhex(head + _fill(form, fill, 16 - len(head)))
    if form is not PinFormat.ISO_1:
        clear = _xor(clear, _account_8(pan))
    return PinBlock(_des(key, clear, decipher=False))


def open_pin(block: PinBlock, *, pan: Pan, key: Key, form: PinFormat) -> Pin:
    """Decipher a block. Raises PinError, for every reason the same."""
    raw = block.reveal()
    if form is PinFormat.ISO_4:
        if len(raw) != 16:
            raise PinError("not a PIN block of this format")
        inner = _xor(_aes(key, raw, decipher=True), _account_16(pan))
        return _read(_aes(key, inner, decipher=True).hex().upper(), form, fill_digits="A")
    if len(raw) != 8:
        raise PinError("not a PIN block of this format")
    clear = _des(key, raw, decipher=True)
    if form is not PinFormat.ISO_1:
        clear = _xor(clear, _account_8(pan))
    return _read(clear.hex().upper(), form, fill_digits=_FILL_DIGITS[form])


_FILL_DIGITS: Final = {
    PinFormat.ISO_0: "F",
    PinFormat.ISO_1: "0123456789ABCDEF",
    PinFormat.ISO_3: "ABCDEF",
}


def _fill(form: PinFormat, fill: bytes, length: int) -> str:
    allowed = _FILL_DIGITS[form]
    if form is not PinFormat.ISO_0 and len(fill) < FILL_LENGTH:
        raise ValueError(f"{FILL_LENGTH} random bytes are needed")
    nibbles = fill.hex() if form is not PinFormat.ISO_0 else "0" * length
    return "".join(allowed[int(nibble, 16) % len(allowed)] for nibble in nibbles[:length])


def _read(block: str, form: PinFormat, *, fill_digits: str) -> Pin:
    length = int(block[1], 16)
    digits, rest = block[2 : 2 + length], block[2 + length : 16]
    sound = (
        block[0] == f"{form.value:X}"
        and PIN_LENGTH_MIN <= length <= PIN_LENGTH_MAX
        and digits.isdigit()
        and all(nibble in fill_digits for nibble in rest)
    )
    if not sound:
        raise PinError("not a PIN block of this format")
    return Pin(digits)


def _account_8(pan: Pan) -> bytes:
    """The twelve rightmost digits without the check digit (9.3.2.3)."""
    return bytes.fromhex("0000" + pan.reveal()[:-1][-12:].rjust(12, "0"))


def _account_16(pan: Pan) -> bytes:
    """The whole number, its length beyond twelve first (9.4.2.3)."""
    digits = pan.reveal().rjust(12, "0")
    return bytes.fromhex(f"{len(digits) - 12}{digits}".ljust(32, "0"))


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _des(key: Key, block: bytes, *, decipher: bool) -> bytes:
    cipher = Cipher(triple_des(key.reveal()), modes.ECB())
    return (cipher.decryptor() if decipher else cipher.encryptor()).update(block)


def _aes(key: Key, block: bytes, *, decipher: bool) -> bytes:
    cipher = Cipher(AES(key.reveal()), modes.ECB())
    return (cipher.decryptor() if decipher else cipher.encryptor()).update(block)
