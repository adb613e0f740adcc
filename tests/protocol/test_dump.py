"""Bytes out of text: every dress that people bring, and what is none."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.dump import DUMP_SIZE_MAX, DumpError, read_dump

DATA = b'0800\x82 \x00\x00\\"\x80\x00\x00\x04\n0314043000'


def canonical(data: bytes) -> str:
    """Write as `hexdump -C` does."""
    lines = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        text = "".join(chr(one) if 0x20 <= one < 0x7F else "." for one in row)
        columns = f"{row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}"
        lines.append(f"{at:08x}  {columns}  |{text}|")
    return "\n".join([*lines, f"{len(data):08x}", ""])


def pairs(data: bytes, offset: str = "{:08x}: ") -> str:
    """Write as `xxd` and tcpdump do: two bytes together, text behind two blanks."""
    lines = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        text = "".join(chr(one) if 0x20 <= one < 0x7F else "." for one in row)
        groups = " ".join(row[place : place + 2].hex() for place in range(0, len(row), 2))
        lines.append(f"{offset.format(at)}{groups:<39}  {text}")
    return "\n".join(lines)


def jpos(data: bytes) -> str:
    """Write as jPOS does: four digits of offset, sixteen pairs, text."""
    lines = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        text = "".join(chr(one) if 0x20 <= one < 0x7F else "." for one in row)
        columns = f"{row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}"
        lines.append(f"{at:04X}  {columns}  {text}")
    return "\n".join(lines)


DRESSES = {
    "digits": lambda data: data.hex(),
    "capitals": lambda data: data.hex().upper(),
    "lines": lambda data: "\r\n".join(data.hex()[at : at + 20] for at in range(0, 60, 20)),
    "blanks": lambda data: f"\n  {data.hex(' ')}\n",
    "colons": lambda data: data.hex(":"),
    "0x": lambda data: "0x" + data.hex(),
    "array": lambda data: "{" + ", ".join(f"0x{one:02X}" for one in data) + "}",
    "escapes": lambda data: "".join(f"\\x{one:02x}" for one in data),
    "python": repr,
    "string": lambda data: '"' + "".join(f"\\x{one:02x}" for one in data) + '";',
    "hexdump": canonical,
    "xxd": pairs,
    "tcpdump": lambda data: pairs(data, "\t0x{:04x}:  "),
    "jpos": jpos,
}


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("data", [DATA, DATA[:16], DATA[:9], DATA + DATA[:7]])
def test_bytes_come_out_of_every_dress(dress: str, data: bytes) -> None:
    if dress == "lines":
        data = DATA[:30]

    assert data == read_dump(DRESSES[dress](data))


@given(st.binary(min_size=1, max_size=70), st.sampled_from(["hexdump", "xxd", "tcpdump", "python"]))
def test_any_bytes_come_out_of_a_dump(data: bytes, dress: str) -> None:
    text = DRESSES[dress](data)
    if dress == "python" and "\\x" not in text:
        return

    assert data == read_dump(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing in it"),
        (" \n", "nothing in it"),
        ("080", "there are 3 hexadecimal digits"),
        ("0800\n82zz", "line 2, character 3 is no hexadecimal digit"),
        ("\\x30\\xzz", "character 5 is neither"),
        ("00" * DUMP_SIZE_MAX, "at most"),
        ("0000  30 31\n0010  32 33\n", "row 2 begins at 16, after 2 bytes"),
    ],
)
def test_what_is_no_bytes_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(DumpError, match=words):
        read_dump(text)


@given(st.text(max_size=60))
def test_any_text_is_bytes_or_refused(text: str) -> None:
    """Nothing but DumpError comes of what a person pastes."""
    with contextlib.suppress(DumpError):
        assert isinstance(read_dump(text), bytes)


def test_digits_that_begin_with_zeros_are_no_offset() -> None:
    """A length header of four bytes, in groups of two."""
    assert bytes.fromhex("0000002530383030") == read_dump("0000 0025 3038 3030")


def test_rows_above_tell_where_the_last_row_ends() -> None:
    """Gaps after four bytes are no end, text behind the column is."""
    dump = "0000  30 31 32 33  34 35 36 37  01234567\n0008  38 39 30 31  32 33        890123\n"

    assert b"01234567890123" == read_dump(dump)
