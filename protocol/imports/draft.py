"""A dialect being imported: fields one by one, and what could not be carried over.

None of the three forms says of which class a value is (ISO 8583:1987, 4.3.4), and only some tell
digits from text. What a form leaves open is taken from the shipped dialect iso87, field number
by field number; so is what must never be shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import msgspec

from protocol.dialect import BitmapRule, Dialect, MtiRule, builtin_dialect
from protocol.errors import DialectError
from protocol.field import Field, ValueClass

DESCRIPTION_LENGTH_MAX: Final = 80

MTI: Final = MtiRule(versions="0129", functions="0123456789")
"""No form lists its message types: every version and function is taken."""


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """How a field is written, as its form says; `value` is "" where the form says nothing."""

    max_len: int
    value: str = ""
    data_enc: str = "ascii"
    len_enc: str = "ascii"
    len_type: int = 0
    len_count: str = "bytes"
    left_pad: str = ""
    right_pad: str = ""


class Imported(msgspec.Struct, frozen=True):
    """A dialect, and in sentences what its source said that it does not."""

    dialect: Dialect
    notes: tuple[str, ...]


@dataclass(slots=True)
class Draft:
    """What has been read so far."""

    source: str
    name: str
    form: str
    title: str = ""
    mti_enc: str = "ascii"
    bitmap_enc: str = "ascii"
    fields: dict[int, Field] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def note(self, sentence: str) -> None:
        """Remember what could not be carried over; once is enough."""
        sentence = one_line(sentence)
        if sentence not in self.notes:
            self.notes.append(sentence)

    def leave_out(self, number: object, reason: str) -> None:
        """Remember a field that the dialect will not have."""
        self.note(f"F{number} is left out: {reason}.")

    def refuse(self, problem: str) -> DialectError:
        """Return the error that ends the import."""
        return DialectError(f"{self.source}: {one_line(problem)}")

    def add(self, number: int, wire: Wire, description: object) -> None:
        """Add a field, or say why not."""
        if number == 65:
            self.note("F65 is left out: it would announce a third bitmap.")
            return
        if not 2 <= number <= 128:
            self.leave_out(number, "a dialect has the fields 2 to 128")
            return
        problem = ""
        try:
            self.fields[number] = msgspec.convert(_keys(number, wire, description), Field)
        except msgspec.ValidationError as error:
            problem = str(error).partition(" - at `")[0]
        if problem:
            self.leave_out(number, problem)

    def finish(self) -> Imported:
        """Return the dialect and the notes. Raises DialectError when there is no field."""
        if not self.fields:
            raise self.refuse("; ".join(["there is no field that can be read", *self.notes]))
        problem = ""
        try:
            dialect = Dialect(
                name=self.name,
                title=one_line(self.title),
                mti=msgspec.structs.replace(MTI, data_enc=self.mti_enc),
                bitmap=BitmapRule(data_enc=self.bitmap_enc),
                field=dict(sorted(self.fields.items())),
            )
            return Imported(dialect, tuple(self.notes))
        except ValueError as error:
            problem = str(error)
        raise self.refuse(f"MTI or bitmap: {problem}")


def one_line(text: object) -> str:
    """Return foreign text as one short line of printable characters."""
    line = "".join(one if one.isprintable() else " " for one in str(text))
    return " ".join(line.split()).encode("utf-8", "replace").decode("utf-8")


def shorten(text: object) -> str:
    """Return a description that fits beside a field."""
    return one_line(text)[:DESCRIPTION_LENGTH_MAX]


def iso_field(number: int) -> Field | None:
    """Return what iso87 says of a field."""
    return builtin_dialect("iso87").field.get(number)


def _keys(number: int, wire: Wire, description: object) -> dict[str, object]:
    known = iso_field(number)
    return {
        **msgspec.structs.asdict(wire),
        "value": _value_class(known, wire).value,
        "secret": known is not None and known.secret,
        "desc": shorten(description) or (known.desc if known else ""),
    }


def _value_class(known: Field | None, wire: Wire) -> ValueClass:
    """Return the class of a field: what its form says, made narrower by what iso87 says.

    Packed nibbles are digits or a track; text may be of any class but binary; where the form
    says nothing at all, iso87 decides, as far as the encoding allows.
    """
    iso = known.value if known else ValueClass.ANS
    if wire.data_enc == "b":
        if wire.value == "b":
            return ValueClass.B
        digits = wire.value == "n" or wire.len_count == "nibbles"
        if iso is ValueClass.Z or (iso is ValueClass.B and not wire.value and not _padded(wire)):
            return iso
        return ValueClass.N if digits or iso is ValueClass.N else ValueClass.B
    if wire.value in ("b", "xn"):
        return ValueClass(wire.value)
    if iso is ValueClass.B:
        hexadecimal = not wire.value and known is not None and wire.max_len >= known.max_len
        return ValueClass.B if hexadecimal else ValueClass(wire.value or "ans")
    if wire.value == "n" and iso not in (ValueClass.Z, ValueClass.XN):
        return ValueClass.N
    if wire.value == "ans" and iso is ValueClass.N:
        return ValueClass.ANS
    return iso


def _padded(wire: Wire) -> bool:
    return bool(wire.left_pad or wire.right_pad)
