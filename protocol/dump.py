"""Bytes out of text as people have it: hexadecimal digits in whatever dress.

Plain digits with blanks, commas, colons, 0x before them or \\x before each pair, a Python or C
string, and the dumps of `hexdump -C`, `xxd`, tcpdump, Wireshark and jPOS with their offsets and
their column of text. What is no such thing is refused with its place, never with its content.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Final

DUMP_SIZE_MAX: Final = 1 << 18

_OFFSET: Final = re.compile(r"\s*(?:0x)?([0-9A-Fa-f]{4,8})(?::|\s|$)")
_GROUP: Final = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_ESCAPE: Final = re.compile(r"\\x([0-9A-Fa-f]{2})|\\([\\'\"nrt0])|([ -\[\]-~])")
_QUOTED: Final = re.compile(r"""\s*b?(["'])(.*)\1\s*;?\s*""", re.DOTALL)
_CONTROLS: Final = {"n": b"\n", "r": b"\r", "t": b"\t", "0": b"\0"}
_BETWEEN: Final = frozenset(" \t\r\n,:;-_|{}[]()")
ROW_SIZE: Final = 16


class DumpError(ValueError):
    """A text that is no bytes: what is wrong, with its place."""


def read_dump(text: str) -> bytes:
    """Return the bytes that `text` shows. Raises DumpError."""
    if len(text) > DUMP_SIZE_MAX:
        raise DumpError(f"the text has {len(text)} characters, at most {DUMP_SIZE_MAX} are read")
    if not text.strip():
        raise DumpError("there is nothing in it")
    if "\\x" in text:
        return _read_escapes(text)
    rows = _rows(text)
    return _read_rows(rows) if rows else _read_digits(text)


def _read_digits(text: str) -> bytes:
    digits: list[str] = []
    at = 0
    while at < len(text):
        one = text[at]
        if one == "0" and text[at + 1 : at + 2] in ("x", "X"):
            at += 2
            continue
        if one in "0123456789ABCDEFabcdef":
            digits.append(one)
        elif one not in _BETWEEN and one not in "\"'":
            line = text.count("\n", 0, at) + 1
            column = at - text.rfind("\n", 0, at)
            raise DumpError(f"line {line}, character {column} is no hexadecimal digit")
        at += 1
    if len(digits) % 2:
        raise DumpError(f"there are {len(digits)} hexadecimal digits, and a byte has two")
    return bytes.fromhex("".join(digits))


def _read_escapes(text: str) -> bytes:
    quoted = _QUOTED.fullmatch(text)
    content = quoted[2] if quoted else text.strip()
    pieces: list[bytes] = []
    at = 0
    while at < len(content):
        found = _ESCAPE.match(content, at)
        if found:
            pair, control, plain = found.groups()
            pieces.append(
                bytes.fromhex(pair)
                if pair
                else _CONTROLS.get(control, control.encode())
                if control
                else plain.encode()
            )
            at = found.end()
        elif content[at] in "\r\n" and not quoted:
            at += 1
        else:
            raise DumpError(f"character {at + 1} is neither \\x with two digits nor plain text")
    return b"".join(pieces)


def _rows(text: str) -> list[tuple[int, str]]:
    """Return (offset, rest of the line) when every line begins with the offset it should."""
    rows: list[tuple[int, str]] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        found = _OFFSET.match(line)
        if not found:
            return []
        rows.append((int(found[1], 16), line[found.end() :]))
    offsets = [offset for offset, _ in rows]
    if not rows or offsets[0] != 0 or not rows[0][1].strip():
        return []
    if len(rows) == 1 and not re.search(r":|\||\S  ", text.rstrip()):
        return []  # four digits and more digits: nothing shows that the first are an offset
    ordered = all(0 < after - before <= 64 for before, after in itertools.pairwise(offsets))
    return rows if ordered else []


def _read_rows(rows: Sequence[tuple[int, str]]) -> bytes:
    data = b""
    edge = 0
    for number, (offset, rest) in enumerate(rows):
        if len(data) != offset:
            raise DumpError(f"row {number + 1} begins at {offset}, after {len(data)} bytes")
        if number + 1 < len(rows):
            row, end = _take(rest, rows[number + 1][0] - offset)
            edge = max(edge, end)
        else:
            row = _take_last(rest, edge)
        data += row
    return data


def _take(rest: str, count: int) -> tuple[bytes, int]:
    """Return `count` bytes of a row and the column where they end: what follows is text."""
    digits = ""
    end = 0
    for found in _GROUP.finditer(rest):
        if len(digits) >= 2 * count:
            break
        digits += found[0]
        end = found.end()
    return bytes.fromhex(digits[: 2 * count]), end


def _take_last(rest: str, edge: int) -> bytes:
    """Return the bytes of the last row, whose number nothing tells.

    Its digits end where those of the rows above do. In a single row they end before a bar, a
    word that is no pair of digits, or two blanks, unless those only part the row in the middle.
    """
    if edge:
        rest = rest[:edge]
    digits = ""
    before = 0
    for found in re.finditer(r"\S+", rest.partition("|")[0]):
        gap = found.start() - before
        middle = len(digits) == ROW_SIZE and len(found[0]) == 2
        if not _GROUP.fullmatch(found[0]) or (not edge and digits and gap > 1 and not middle):
            break
        digits += found[0]
        before = found.end()
    return bytes.fromhex(digits[: 2 * ROW_SIZE] if not edge else digits)
