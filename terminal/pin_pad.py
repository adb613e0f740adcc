"""The PIN pad: makes F52 and F53 of a keyed PIN, under the keys its dialect names.

With sign-on keys that is the PIN key of the day. With DUKPT every PIN has a key of its own,
derived from the device's initial key and a counter. The counter goes up in a commit of its own,
before a block is made: a power cut may skip a number, and no number is ever used for two PINs.
"""

from __future__ import annotations

from dataclasses import dataclass

from protocol.dukpt import (
    AES_COUNTER_BITS,
    TDES_COUNTER_BITS,
    TDES_COUNTER_MASK,
    Use,
    aes_initial_key,
    aes_working_key,
    next_counter,
    tdes_initial_key,
    tdes_working_key,
)
from protocol.mac import DES_BLOCK
from protocol.operations import Card
from protocol.pin_block import FILL_LENGTH, seal_pin
from protocol.pin_rule import PinFormat, PinKeys, PinRule
from protocol.published_keys import TEST_AES_BASE_KEY, TEST_AES_DEVICE, TEST_BASE_KEY, TEST_DEVICE
from protocol.secrets import Key
from protocol.structures.sealed_pin import PinCipher, SealedPin, SecurityControl
from terminal.facts import Fact
from terminal.keyring import Keyring
from terminal.presented import pin_of

NO_PIN_KEY = "L26"
KEYS_USED_UP = "L28"
AES_DEVICE_BYTES = 8
TDES_DEVICE_BYTES = 10


class PinKeyTaken(Fact, frozen=True, kw_only=True):
    """The DUKPT key with this counter is used up; `device` is the serial number without it."""

    device: str
    counter: int


@dataclass(frozen=True, slots=True)
class DukptDevice:
    """What a device was loaded with: its initial key and the serial number that belongs to it.

    `serial` is 10 bytes whose last 21 bits are the counter's (TDES), or 8 bytes (AES).
    """

    initial: Key
    serial: bytes

    def __post_init__(self) -> None:
        if len(self.serial) not in (AES_DEVICE_BYTES, TDES_DEVICE_BYTES):
            raise ValueError("key_serial is 20 hexadecimal digits for TDES, 16 for AES")
        if not self.aes and int.from_bytes(self.serial, "big") & TDES_COUNTER_MASK:
            raise ValueError("key_serial begins with a counter of zero: its last 21 bits are 0")

    @property
    def aes(self) -> bool:
        """True for AES DUKPT."""
        return len(self.serial) == AES_DEVICE_BYTES

    @property
    def name(self) -> str:
        """Return the serial number in digits; it is no secret."""
        return self.serial.hex().upper()

    def following(self, counter: int) -> int | None:
        """Return the counter after this one, None when the device has used up its keys."""
        return next_counter(counter, AES_COUNTER_BITS if self.aes else TDES_COUNTER_BITS)

    def serial_at(self, counter: int) -> bytes:
        """Return the key serial number of one transaction."""
        if self.aes:
            return self.serial + counter.to_bytes(4, "big")
        return (int.from_bytes(self.serial, "big") | counter).to_bytes(TDES_DEVICE_BYTES, "big")

    def pin_key(self, counter: int) -> Key:
        """Return the PIN key of one transaction."""
        derive = aes_working_key if self.aes else tdes_working_key
        return derive(self.initial, self.serial_at(counter), Use.PIN)


def device_of(rule: PinRule, initial: Key | None, serial: str) -> DukptDevice:
    """Return the device of a rule; without a key of its own, one under the published base key.

    Raises ValueError for a serial number that is none, or is missing beside an own key.
    """
    aes = rule.format is PinFormat.ISO_4
    published = TEST_AES_DEVICE if aes else TEST_DEVICE
    if initial is not None and not serial:
        raise ValueError("an initial key of one's own needs its key_serial")
    if len(serial) % 2 or not set(serial) <= set("0123456789ABCDEFabcdef"):
        raise ValueError("key_serial is 20 hexadecimal digits for TDES, 16 for AES")
    number = bytes.fromhex(serial) if serial else published
    if len(number) != len(published):
        raise ValueError(f"key_serial is {2 * len(published)} hexadecimal digits in this dialect")
    if initial is None and aes:
        initial = aes_initial_key(TEST_AES_BASE_KEY, number)
    return DukptDevice(initial or tdes_initial_key(TEST_BASE_KEY, number), number)


@dataclass(frozen=True, slots=True)
class PinPad:
    """Enciphers PINs by a rule, with the keyring's PIN key or with the keys of a DUKPT device."""

    rule: PinRule
    keyring: Keyring | None = None
    device: DukptDevice | None = None

    def __post_init__(self) -> None:
        assert (self.device is not None) == (self.rule.keys is PinKeys.DUKPT), "as the rule says"
        aes = self.rule.format is PinFormat.ISO_4
        assert self.device is None or self.device.aes == aes, "as the format says"

    @property
    def ready(self) -> bool:
        """Whether there is a key that makes a block of this format."""
        if self.device is not None:
            return True
        key = None if self.keyring is None else self.keyring.pin
        if key is None:
            return False
        return self.rule.format is not PinFormat.ISO_4 or len(key.reveal()) > DES_BLOCK

    def seal(self, card: Card, *, fill: bytes, counter: int = 0) -> SealedPin | None:
        """Return F52 and F53 of a card's PIN, None without one; `counter` is the device's."""
        pin = pin_of(card)
        if pin is None:
            return None
        assert len(fill) == FILL_LENGTH, "random bytes for the formats that want some"
        if self.device is not None:
            key, serial = self.device.pin_key(counter), self.device.serial_at(counter)
        else:
            assert self.keyring is not None, "a PIN without a key is refused before"
            assert self.keyring.pin is not None, "a PIN without a key is refused before"
            key, serial = self.keyring.pin, None
        block = seal_pin(pin, pan=card.pan, key=key, form=self.rule.format, fill=fill)
        control = SecurityControl(self.rule.format, self._cipher_of(key), self.rule.keys)
        return SealedPin(block, control, serial)

    def _cipher_of(self, key: Key) -> PinCipher:
        if self.rule.format is PinFormat.ISO_4:
            return PinCipher.AES
        return PinCipher.DES if len(key.reveal()) == DES_BLOCK else PinCipher.DOUBLE_DES
