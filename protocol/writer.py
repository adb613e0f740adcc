"""Writes the function that encodes one set of fields: lengths, one join, checks, bytes.

It takes the message and its values in the order of the set, and returns the bytes, or None, or
raises one of `REFUSALS`: then the message is not right, and `Layout.build` says why. For F2,
F3, F4, F11 and F41 in ASCII:

    def write(message, values):
        v2, v3, v4, v11, v41, = values
        if len(v3) != 6 or len(v4) != 12 or len(v11) != 6 or len(v41) != 8: return None
        n2 = len(v2)
        p2 = 22+n2
        s0 = ''.join((MTIS[message.mti], '7020000000800000', P2[n2], v2, v3, v4, v11, v41,))
        c0 = s0.encode('ascii')
        if not (v2.isdigit() and R0(s0, p2)): return None
        return c0

A frame is made of segments, each in one encoding and written as text first: characters of a
charset, or hexadecimal digits of packed fields; raw bytes stand between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from protocol.element import PACKED, Element, charset_table
from protocol.field import ValueClass
from protocol.generated import Place, Run, define, reads_as_ascii, text_condition
from protocol.layout import Layout, bitmap_digits
from protocol.message import FieldValue, Message
from protocol.pattern import ANYTHING, padding, value_pattern

Writer = Callable[[Message, Iterable[FieldValue]], bytes | None]

RAW = "raw"


def compile_writer(layout: Layout, numbers: Sequence[int]) -> Writer:
    """Return the function that encodes messages with these fields, given in this order."""
    draft = WriterDraft(layout, numbers)
    for number in sorted(numbers):
        draft.add(layout.elements[number])
    return define(draft.source(), "write", draft.names)


class Segment(msgspec.Struct):
    """A part of the frame in one encoding, as expressions whose texts are joined."""

    number: int
    encoding: str
    pieces: list[str] = msgspec.field(default_factory=list)
    end: Place = Place()
    run: Run | None = None

    @property
    def text(self) -> str:
        """The variable that holds the joined text."""
        return f"s{self.number}"


class WriterDraft:
    """The function being written, up to the last segment's end."""

    def __init__(self, layout: Layout, numbers: Sequence[int]) -> None:
        self.names: dict[str, Any] = {"MTIS": {mti: mti for mti in layout.mti_bytes}}
        self.order = numbers
        self.sizes: list[str] = []
        self.lengths: list[str] = []
        self.conditions: list[str] = []
        self.segments: list[Segment] = []
        if layout.header_size:
            self.names["write_header"] = layout.write_header
            self._segment(RAW).pieces.append("write_header(message.header)")
        self._put(layout.dialect.mti.data_enc, "MTIS[message.mti]", 4)
        digits = bitmap_digits(numbers)
        self._put(layout.dialect.bitmap.data_enc, repr(digits), len(digits))

    def _segment(self, encoding: str) -> Segment:
        """Return the last segment when it has this encoding, else a new one."""
        key = "ascii" if encoding != RAW and reads_as_ascii(encoding) else encoding
        if not self.segments or self.segments[-1].encoding != key:
            self.segments.append(Segment(len(self.segments), key))
        return self.segments[-1]

    def _put(self, encoding: str, piece: str, count: int) -> None:
        segment = self._segment(encoding)
        segment.pieces.append(piece)
        segment.end = segment.end.plus(count)

    def add(self, element: Element) -> None:
        """Write down how the next field is checked and joined."""
        name = f"v{element.number}"
        if element.binary and not element.packed:
            self.lengths.append(f"h{element.number} = {name}.hex().upper()")
            name = f"h{element.number}"
        if element.field.len_type:
            self._add_variable(element, name)
        else:
            self._add_fixed(element, name)

    def _add_fixed(self, element: Element, name: str) -> None:
        if element.binary and element.packed:
            self.sizes.append(f"len({name}) != {element.characters // 2}")
            self._segment(RAW).pieces.append(name)
            return
        self.sizes.append(f"len({name}) != {element.characters}")
        before, after = padding(element)
        segment = self._segment(element.field.data_enc)
        pieces = [repr(element.pad)] * before + [name] + [repr(element.pad)] * after
        if not element.binary:
            run = self._run(segment)
            run.skip(ANYTHING, before)
            run.take(element, value_pattern(element))
            run.skip(ANYTHING, after)
        if element.packed and element.field.value is ValueClass.Z:
            pieces[before] = f"{name}.replace('=', 'D')"
        segment.pieces.extend(pieces)
        segment.end = segment.end.plus(before + element.characters + after)

    def _run(self, segment: Segment) -> Run:
        """Return the run to go on with at the segment's end."""
        run = segment.run
        if run is not None and run.end.variable == segment.end.variable:
            run.skip(ANYTHING, segment.end.offset - run.end.offset)
            return run
        segment.run = Run(segment.text, segment.end, segment.end)
        place = f"R{len(self.names)}"
        self.conditions.append(f"{place}({segment.text}, {segment.end})")
        self.names[place] = segment.run
        return segment.run

    def _add_variable(self, element: Element, name: str) -> None:
        number, field_ = element.number, element.field
        self.lengths.append(f"n{number} = len({name})")
        self._put_prefix(element)
        if element.binary and element.packed:
            self._segment(RAW).pieces.append(name)
            return
        if not element.binary:
            self.conditions.append(text_condition(element, name))
        if element.packed and field_.value is ValueClass.Z:
            name = f"{name}.replace('=', 'D')"
        segment = self._segment(field_.data_enc)
        length = f"n{number}"
        if element.nibbles and element.pad:
            self.names[f"Q{number}"] = ("", element.pad)
            pad = f"Q{number}[n{number}&1]"
            segment.pieces.extend((pad, name) if field_.left_pad else (name, pad))
            length = f"n{number}+(n{number}&1)"
        else:
            segment.pieces.append(name)
        self.lengths.append(f"p{number}_{segment.number} = {segment.end}+{length}")
        segment.end = Place(f"p{number}_{segment.number}")

    def _put_prefix(self, element: Element) -> None:
        """Write down the length prefix, looked up by what `len` says of the value."""
        number, field_ = element.number, element.field
        encoding = {"b": RAW, "bcd": PACKED}.get(field_.len_enc, field_.len_enc)
        segment = self._segment(encoding)
        segment.pieces.append(f"P{number}[n{number}]")
        segment.end = segment.end.plus(field_.len_type * (2 if encoding == PACKED else 1))
        self.names[f"P{number}"] = {
            _value_length(element, length): _prefix_piece(prefix, field_.len_enc)
            for length, prefix in element.prefixes.items()
        }

    def source(self) -> str:
        """Return the whole function as Python."""
        for name, value in self.names.items():
            if isinstance(value, Run):
                self.names[name] = value.matcher()
        values = "".join(f"v{number}, " for number in self.order)
        joins, parts = [], []
        for segment in self.segments:
            joins.extend(self._joined(segment))
            parts.append(self._part(segment))
        body = [
            *([f"{values}= values"] if values else []),
            *self.lengths,
            *_return_none_if(" or ".join(self.sizes)),
            *joins,
            *_return_none_if(f"not ({' and '.join(self.conditions)})" * bool(self.conditions)),
            f"return {parts[0]}" if len(parts) == 1 else f"return b''.join(({', '.join(parts)}))",
        ]
        return "def write(message, values):\n    " + "\n    ".join(body) + "\n"

    def _joined(self, segment: Segment) -> list[str]:
        if segment.encoding == RAW:
            return []
        pieces = "".join(f"{piece}, " for piece in segment.pieces)
        number = segment.number
        return [f"s{number} = ''.join(({pieces}))", f"c{number} = s{number}.encode('ascii')"]

    def _part(self, segment: Segment) -> str:
        """Return the expression of a segment's bytes."""
        number = segment.number
        if segment.encoding == RAW:
            return ", ".join(segment.pieces)
        if segment.encoding == PACKED:
            return f"unhexlify(c{number})"
        if segment.encoding == "ascii":
            return f"c{number}"
        self.names[f"T{number}"] = charset_table(segment.encoding)
        return f"c{number}.translate(T{number})"


def _return_none_if(condition: str) -> list[str]:
    return [f"if {condition}: return None"] if condition else []


def _value_length(element: Element, length: int) -> int:
    """Return what `len` says of a value (or of its hexadecimal text) of a length on the wire."""
    if not element.packed:
        return length
    if element.binary:
        return length // 2 if element.nibbles else length
    return length if element.nibbles else 2 * length


def _prefix_piece(prefix: bytes, encoding: str) -> str | bytes:
    if encoding == "b":
        return prefix
    if encoding == "bcd":
        return prefix.hex()
    return prefix.decode(encoding)
