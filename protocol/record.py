"""A message as a record that JSON can hold, masked unless all its cards are test cards.

    {"mti": "0200", "fields": {"2": "411111******1111", "11": "000001", "52": "(8 bytes)"},
     "masked": [2, 52]}

Binary fields are hexadecimal digits. `masked` names the fields whose value is not there: such a
record can be read, not sent. A PIN block and keys are masked even when the rest is revealed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from protocol.dialect import Dialect
from protocol.errors import LocalProtocolError
from protocol.field import ValueClass
from protocol.header import Header
from protocol.message import FieldValue, Message, mask_field
from protocol.published_cards import TEST_CARD_RANGES
from protocol.secrets import PAN_LENGTH_MAX, luhn_valid
from protocol.tlv import FORBIDDEN, TlvError, parse

NEVER_REVEALED: Final = frozenset({52, 62, 96})
"""PIN block, and where keys travel."""

CARD_FIELDS: Final = frozenset({2, 34})
TRACKS: Final = frozenset({35, 36, 45})
CHIP: Final = 55
NO_CARDS: Final = frozenset({53, 64, *range(74, 90), 90, 95, 97, 128})
"""Long numbers by definition: what passes the card's check digit there does so by chance."""

_TRACK: Final = re.compile(r"[%;]?[A-Z]?(\d{12,19})[=D^]")
_CARD: Final = re.compile(r"(?:3|4|5|6|2[2-7])\d{12,18}")


class RevealRefusedError(ValueError):
    """The message holds what is nobody's to see; the text names the field."""


class Record(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A message in JSON; `header` is the digits before the MTI, where the dialect has some."""

    mti: str
    fields: dict[int, str]
    header: str = ""
    masked: tuple[int, ...] = ()


def masked(message: Message, dialect: Dialect) -> Record:
    """Return the record of a message with everything secret masked."""
    hidden = dialect.hidden
    shown = {n: mask_field(n, value, hidden) for n, value in sorted(message.fields.items())}
    unlike = tuple(n for n, value in shown.items() if value != message.fields[n])
    return Record(message.mti, shown, _digits(message.header), unlike)


def revealed(message: Message, dialect: Dialect) -> Record:
    """Return the record of a message in the clear.

    Raises RevealRefusedError when a card in it is no published test card.
    """
    for number, value in sorted(message.fields.items()):
        for digits in _cards(number, value):
            if not digits.startswith(TEST_CARD_RANGES):
                raise RevealRefusedError(
                    f"F{number} holds card data that is no published test card's"
                )
    record = masked(message, dialect)
    clear = {
        number: shown if number in NEVER_REVEALED else _clear(message.fields[number])
        for number, shown in record.fields.items()
    }
    still = tuple(number for number in record.masked if number in NEVER_REVEALED)
    return msgspec.structs.replace(record, fields=clear, masked=still)


def _digits(header: Header | None) -> str:
    return str(header) if header is not None else ""


def _clear(value: FieldValue) -> str:
    return value.hex().upper() if isinstance(value, bytes) else value


def _cards(number: int, value: FieldValue) -> Iterator[str]:
    """Yield what is, or may be, a card number in one field; "" where one cannot be made out."""
    text = _clear(value)
    if number in CARD_FIELDS:
        yield text
    elif number in TRACKS:
        found = _TRACK.match(text)
        yield found[1] if found else ""
    elif number == CHIP and isinstance(value, bytes):
        yield from _chip_cards(value)
    elif number not in NO_CARDS:
        yield from _runs(text)
        if isinstance(value, bytes):
            yield from _runs(value.decode("latin-1"))


def _chip_cards(data: bytes) -> Iterator[str]:
    try:
        elements = parse(data)
    except TlvError:
        yield ""
        return
    for element in elements:
        if element.tag in FORBIDDEN:
            yield element.value.hex().upper()
        elif element.value and int(element.tag[:2], 16) & 0x20:
            yield from _chip_cards(element.value)


def _runs(text: str) -> Iterator[str]:
    """Yield card numbers that stand alone, or behind the zeros that fill up their place."""
    for run in re.finditer(r"\d{13,}", text):
        digits = run[0]
        for at in range(len(digits) - 12):
            if at and digits[at - 1] != "0":
                continue
            for end in range(at + 13, min(at + PAN_LENGTH_MAX, len(digits)) + 1):
                if _CARD.fullmatch(digits[at:end]) and luhn_valid(digits[at:end]):
                    yield digits[at:end]


def message_of(record: Record, dialect: Dialect) -> Message:
    """Return the message of a record. Raises LocalProtocolError, naming the field."""
    if record.masked:
        names = ", ".join(f"F{number}" for number in record.masked)
        raise LocalProtocolError(f"masked: {names} came without a value; put one in its place")
    fields = {number: _value(number, text, dialect) for number, text in record.fields.items()}
    return Message(record.mti, fields, _header(record.header, dialect))


def _value(number: int, text: str, dialect: Dialect) -> FieldValue:
    field = dialect.field.get(number)
    if field is None or field.value is not ValueClass.B:
        return text
    try:
        return bytes.fromhex(text)
    except ValueError:
        pass  # its text would repeat the value
    raise LocalProtocolError(f"F{number}: is binary, its value is hexadecimal digits")


def _header(digits: str, dialect: Dialect) -> Header | None:
    if not digits:
        return None
    try:
        return dialect.header.read(bytes.fromhex(digits))
    except ValueError:
        pass
    raise LocalProtocolError(f"header: has {dialect.header.size} bytes here, as decimal digits")


def read_record(text: bytes | str) -> Record:
    """Return the record that a JSON object is. Raises LocalProtocolError."""
    problem = ""
    try:
        return msgspec.json.decode(text, type=Record)
    except (msgspec.DecodeError, RecursionError) as error:
        problem = str(error)
    raise LocalProtocolError(f"JSON: {problem}")


def as_builtins(record: Record) -> Mapping[str, Any]:
    """Return a record as what `json.dumps` takes."""
    built: Mapping[str, Any] = msgspec.to_builtins(record, str_keys=True)
    return built
