"""The second codec, on pyiso8583: the oracle that ours is held against.

It reads the same dialect, so what it finds laxer or stricter is a fact about the wire and not
about two tables. It is the only file that imports `iso8583`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import iso8583

from protocol.dialect import Dialect
from protocol.element import PACKED
from protocol.errors import FieldError, LocalProtocolError
from protocol.field import Field, ValueClass
from protocol.header import Header
from protocol.message import FieldValue, Message

Spec = dict[str, dict[str, Any]]
Texts = dict[str, str]
"""What pyiso8583 makes of a message: field numbers as text, t for the MTI."""

NAMES = {"h": "header", "t": "MTI", "p": "bitmap", "1": "bitmap"}


def specification(dialect: Dialect) -> Spec:
    """Return the pyiso8583 specification of a dialect."""
    fixed = {"len_enc": "ascii", "len_type": 0}
    bitmap = {
        **fixed,
        "data_enc": dialect.bitmap.data_enc,
        "max_len": 8 if dialect.bitmap.data_enc == PACKED else 16,
    }
    mti = {
        **fixed,
        "data_enc": dialect.mti.data_enc,
        "max_len": 2 if dialect.mti.data_enc == PACKED else 4,
    }
    size = dialect.header.size
    header = {**fixed, "data_enc": PACKED if size else "ascii", "max_len": size}
    spec: Spec = {"h": header, "t": mti, "p": bitmap, "1": bitmap}
    spec.update({str(number): _row(field) for number, field in dialect.field.items()})
    return spec


def _row(field: Field) -> dict[str, Any]:
    row: dict[str, Any] = {
        "data_enc": field.data_enc,
        "len_enc": field.len_enc,
        "len_type": field.len_type,
        "max_len": field.max_len,
        "len_count": field.len_count,
        "desc": field.desc,
    }
    if field.left_pad:
        row["left_pad"] = field.left_pad
    if field.right_pad:
        row["right_pad"] = field.right_pad
    return row


def bare(dialect: Dialect) -> tuple[Callable[[bytes], Texts], Callable[[Texts], bytearray]]:
    """Return pyiso8583's own decode and encode, with nothing of ours around them to be slow."""
    spec = specification(dialect)
    return (lambda data: iso8583.decode(data, spec)[0]), (lambda doc: iso8583.encode(doc, spec)[0])


class ReferenceCodec:
    """`Codec` on pyiso8583: same methods, same errors, laxer about values."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._spec = specification(dialect)

    def decode(self, data: bytes) -> Message:
        """Return the message that `data` is. Raises FieldError."""
        field: int | str = "end"
        position = 0
        try:
            decoded, _ = iso8583.decode(data, self._spec)
            return Message(decoded["t"], self._values(decoded), self._header(decoded.get("h", "")))
        except iso8583.DecodeError as error:
            beyond = error.msg.startswith("Extra data")
            field, position = "end" if beyond else error.field, error.pos
        except (KeyError, ValueError):
            field = "bitmap"
        # Raised here and not above: the library's error carries the bytes of the message.
        raise FieldError(_name(field), position, "pyiso8583 cannot read it")

    def _header(self, digits: str) -> Header | None:
        rule = self.dialect.header
        return rule.read(bytes.fromhex(digits)) if rule.size else None

    def _values(self, decoded: dict[str, str]) -> dict[int, FieldValue]:
        return {
            int(name): _value(self.dialect.field[int(name)], text)
            for name, text in decoded.items()
            if name.isdigit() and name != "1"
        }

    def encode(self, message: Message) -> bytes:
        """Return the bytes of `message`. Raises LocalProtocolError."""
        texts = {"h": self._header_digits(message.header), "t": message.mti}
        for number, value in message.fields.items():
            field = self.dialect.field.get(number)
            texts[str(number)] = _text(field, value) if field else ""
        field_name: int | str = "end"
        try:
            encoded, _ = iso8583.encode(texts, self._spec)
            return bytes(encoded)
        except iso8583.EncodeError as error:
            field_name = error.field
        except KeyError:
            field_name = "bitmap"
        raise LocalProtocolError(f"{_name(field_name)}: pyiso8583 cannot write it")

    def _header_digits(self, header: Header | None) -> str:
        problem = ""
        try:
            return self.dialect.header.write(header).hex().upper()
        except ValueError as error:
            problem = str(error)
        raise LocalProtocolError(f"header: {problem}")


def _name(field: int | str) -> int | str:
    text = str(field)
    return int(text) if text.isdigit() and text != "1" else NAMES.get(text, text)


def _value(field: Field, text: str) -> FieldValue:
    if field.value is ValueClass.B:
        return bytes.fromhex(text)
    if field.value is ValueClass.Z and field.data_enc == PACKED:
        return text.replace("D", "=")
    return text


def _text(field: Field, value: FieldValue) -> str:
    if isinstance(value, bytes):
        return value.hex().upper()
    if field.value is ValueClass.Z and field.data_enc == PACKED:
        return value.replace("=", "D")
    return value
