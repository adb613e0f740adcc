"""A profile in which a PIN brings its key serial number: DUKPT, in the field the dialect says.

No profile has a place of its own for it, since networks put it in F53, F62, F63 or elsewhere. So
it is laid into the message that a profile made, and taken out of the one that came.
"""

from __future__ import annotations

from typing import Protocol

from msgspec.structs import replace

from protocol.errors import ProfileError
from protocol.message import FieldValue, Message
from protocol.operations import Operation, PaymentRequest
from protocol.pin_rule import PinKeys


class Spoken(Protocol):
    """The profile underneath."""

    def encode(self, operation: Operation) -> Message:
        """Raises LocalProtocolError."""

    def says(self, kind: type[Operation]) -> bool:
        """True when there is a message for this kind of operation."""

    def decode(self, message: Message) -> Operation:
        """Raises ProfileError."""


class WithSerial:
    """Speaks as `profile` does; the serial number is in `field`, as bytes or in hex digits."""

    def __init__(self, profile: Spoken, field: int, *, binary: bool) -> None:
        self._profile = profile
        self._field = field
        self._binary = binary

    def encode(self, operation: Operation) -> Message:
        """Raises LocalProtocolError."""
        message = self._profile.encode(operation)
        if not isinstance(operation, PaymentRequest) or operation.pin is None:
            return message
        serial = operation.pin.serial
        if serial is None:
            return message
        value: FieldValue = serial if self._binary else serial.hex().upper()
        return Message(message.mti, {**message.fields, self._field: value}, message.header)

    def says(self, kind: type[Operation]) -> bool:
        """True when there is a message for this kind of operation."""
        return self._profile.says(kind)

    def decode(self, message: Message) -> Operation:
        """Raises ProfileError, also for a PIN without the number of its key."""
        operation = self._profile.decode(message)
        if not isinstance(operation, PaymentRequest) or operation.pin is None:
            return operation
        control = operation.pin.control
        if control is not None and control.keys is not PinKeys.DUKPT:
            return operation
        pin = replace(operation.pin, serial=self._serial(message))
        return replace(operation, pin=pin)

    def _serial(self, message: Message) -> bytes:
        value = message.fields.get(self._field)
        if value is None:
            raise ProfileError(message.mti, "the PIN's key serial number is missing", self._field)
        if isinstance(value, bytes):
            return value
        if len(value) % 2 or not set(value) <= set("0123456789ABCDEFabcdef"):
            problem = "a key serial number is pairs of hexadecimal digits"
            raise ProfileError(message.mti, problem, self._field)
        return bytes.fromhex(value)
