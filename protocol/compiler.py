"""Writes the function that decodes one MTI and bitmap: straight through, every check in one pass.

It takes the frame and returns its Message, or None, or raises one of `REFUSALS`: then the frame
is not right, and `Layout.explain` says why. For a 0200 with F2, F3, F4, F11 and F41 in ASCII:

    def read(data):
        n2 = L2[data[20:22]]
        p2 = 22+n2
        if p2+32 != len(data): return None
        t0 = data.decode('latin-1')
        v3, v4, v11, v41, = R0(t0, p2).groups()
        if not (data[22:p2].isdigit()): return None
        return Message('0200', {2: t0[22:p2], 3: v3, 4: v4, 11: v11, 41: v41})

A frame has views: itself, itself translated to ASCII, and its hexadecimal digits, where a byte
is two characters. Fields written in one encoding are cut out of one view.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from protocol.element import PACKED, Element, ascii_table
from protocol.field import ValueClass
from protocol.generated import Place, Run, bytes_condition, define, reads_as_ascii
from protocol.layout import Layout
from protocol.message import Message
from protocol.pattern import ANYTHING, padding, value_pattern

Reader = Callable[[bytes], Message | None]


def compile_reader(layout: Layout, mti: str, numbers: Sequence[int], begin: int) -> Reader:
    """Return the function that decodes frames with this MTI and these fields.

    The first field is at byte `begin`; what stands before it is known and not looked at.
    """
    draft = ReaderDraft(layout, mti, begin)
    for number in numbers:
        draft.add(layout.elements[number])
    return define(draft.source(), "read", draft.names)


class ReaderDraft:
    """The function being written, up to byte `at` of the frame."""

    def __init__(self, layout: Layout, mti: str, begin: int) -> None:
        self.mti = mti
        self.header_size = layout.header_size
        self.at = Place(offset=begin)
        self.names: dict[str, Any] = {"read_header": layout.read_header}
        self.lengths: list[str] = []
        self.views: dict[str, str] = {}
        self.view_lines: list[str] = []
        self.runs: list[Run] = []
        self.conditions: list[str] = []
        self.values: list[str] = []

    def add(self, element: Element) -> None:
        """Write down how the next field is found, checked and cut out."""
        if element.field.len_type:
            self._add_variable(element)
        elif element.binary and element.packed:
            self._add_raw(element, self.at, self.at.plus(element.characters // 2))
        else:
            self._add_fixed(element)

    def _add_raw(self, element: Element, begin: Place, end: Place) -> None:
        self.values.append(f"{element.number}: data[{begin}:{end}]")
        self.at = end

    def _add_fixed(self, element: Element) -> None:
        scale = 2 if element.packed else 1
        run = self._run(f"t{self._view(element.field.data_enc)}", self.at.scaled(scale), scale)
        before, after = padding(element)
        run.skip(ANYTHING, before)
        run.take(element, f"({value_pattern(element)})")
        run.skip(ANYTHING, after)
        self._keep(element, f"v{element.number}")
        self.at = self.at.plus((element.characters + before + after) // scale)

    def _run(self, text: str, begin: Place, scale: int) -> Run:
        """Return the run to go on with at `begin`; raw bytes in between are stepped over."""
        run = self.runs[-1] if self.runs else None
        if run is not None and run.text == text and run.end.variable == begin.variable:
            run.skip(ANYTHING, begin.offset - run.end.offset)
            return run
        self.runs.append(Run(text, begin, begin))
        return self.runs[-1]

    def _add_variable(self, element: Element) -> None:
        number, field = element.number, element.field
        begin = self.at.plus(field.len_type)
        end = Place(f"p{number}")
        size = f"(n{number}+1>>1)" if element.nibbles else f"n{number}"
        self.names[f"L{number}"] = element.lengths
        self.lengths.append(f"n{number} = L{number}[data[{self.at}:{begin}]]")
        self.lengths.append(f"p{number} = {begin}+{size}")
        if element.binary and element.packed:
            self._add_raw(element, begin, end)
            return
        view = self._view(field.data_enc)
        scale = 2 if element.packed else 1
        first, last = begin.scaled(scale), end.scaled(scale)
        if element.nibbles and field.left_pad:
            self.lengths.append(f"q{number} = {first}+(n{number}&1)")
            first = Place(f"q{number}")
        elif element.nibbles:
            self.lengths.append(f"q{number} = {first}+n{number}")
            last = Place(f"q{number}")
        if not element.binary:
            self.conditions.append(bytes_condition(element, f"b{view}[{first}:{last}]"))
        self._keep(element, f"t{view}[{first}:{last}]")
        self.at = end

    def _keep(self, element: Element, text: str) -> None:
        """Write down the value of a field, given its text."""
        if element.binary:
            text = f"unhexlify({text})"
        elif element.packed and element.field.value is ValueClass.Z:
            text = f"{text}.replace('d', '=')"
        self.values.append(f"{element.number}: {text}")

    def _view(self, encoding: str) -> str:
        """Return the number of the view in which `encoding` reads as ASCII text."""
        key = "ascii" if reads_as_ascii(encoding) else encoding
        if key not in self.views:
            number = self.views[key] = str(len(self.views))
            if key == PACKED:
                content = "hexlify(data)"
            elif key == "ascii":
                content = "data"
            else:
                self.names[f"T{number}"] = ascii_table(encoding)
                content = f"data.translate(T{number})"
            self.view_lines.append(f"b{number} = {content}")
            self.view_lines.append(f"t{number} = b{number}.decode('latin-1')")
        return self.views[key]

    def source(self) -> str:
        """Return the whole function as Python."""
        cuts = []
        for number, run in enumerate(self.runs):
            self.names[f"R{number}"] = run.matcher()
            groups = "".join(f"{group}, " for group in run.groups)
            cuts.append(f"{groups}= R{number}({run.text}, {run.begin}).groups()")
        checks = f"if not ({' and '.join(self.conditions)}): return None"
        header = f", read_header(data[:{self.header_size}])" if self.header_size else ""
        body = [
            *self.lengths,
            f"if {self.at} != len(data): return None",
            *self.view_lines,
            *cuts,
            *([checks] if self.conditions else []),
            f"return Message({self.mti!r}, {{{', '.join(self.values)}}}{header})",
        ]
        return "def read(data):\n    " + "\n    ".join(body) + "\n"
