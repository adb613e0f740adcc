"""Which profile speaks a dialect: the dialect names it, here it is found."""

from __future__ import annotations

from typing import Protocol, assert_never

from protocol.dialect import Dialect
from protocol.field import ValueClass
from protocol.message import Message
from protocol.operations import Operation, PaymentRequest
from protocol.pin_rule import PinKeys


class Profile(Protocol):
    """What says which field carries which fact."""

    def encode(self, operation: Operation) -> Message:
        """Raises LocalProtocolError."""

    def says(self, kind: type[Operation]) -> bool:
        """True when there is a message for this kind of operation."""

    def decode(self, message: Message) -> Operation:
        """Raises ProfileError."""


def profile_of(dialect: Dialect) -> Profile:
    """Return the profile that a dialect names; only that one is imported."""
    plain, rule = _named(dialect), dialect.pin
    if rule.keys is not PinKeys.DUKPT:
        return plain
    from protocol.profiles.serial import WithSerial

    binary = dialect.field[rule.serial_field].value is ValueClass.B
    return WithSerial(plain, rule.serial_field, binary=binary)


def _named(dialect: Dialect) -> Profile:
    match dialect.profile:
        case "iso87":
            from protocol.profiles import iso87

            return iso87
        case "cup":
            from protocol.profiles import cup

            return cup
        case "iso93":
            from protocol.profiles import iso93

            return iso93
        case _:
            assert_never(dialect.profile)


def has_payments(dialect: Dialect) -> bool:
    """True when a terminal can do its whole day; what is left otherwise is echo and sign-on."""
    return _named(dialect).says(PaymentRequest)
