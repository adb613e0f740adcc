"""The tokenizer: where a command ends, whatever comes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallywire.virtual_printer.commands import (
    COMMAND_SIZE_MAX,
    Command,
    Rows,
    Text,
    Token,
    Tokenizer,
    Unknown,
)

COMMANDS = {
    # Whole commands, each followed in the test by one letter that must come out as text.
    "ESC @": b"\x1b@",
    "ESC E": b"\x1bE\x01",
    "ESC !": b"\x1b!\x38",
    "ESC a": b"\x1ba\x01",
    "ESC d": b"\x1bd\x04",
    "ESC J": b"\x1bJ\x20",
    "ESC t": b"\x1bt\x10",
    "ESC M": b"\x1bM\x01",
    "ESC -": b"\x1b-\x02",
    "ESC 3": b"\x1b3\x18",
    "ESC 2": b"\x1b2",
    "ESC p": b"\x1bp\x00\x19\xfa",
    "ESC D": b"\x1bD\x08\x10\x00",
    "ESC c 5": b"\x1bc5\x01",
    "ESC *": b"\x1b*\x21\x02\x00abcdef",
    "GS !": b"\x1d!\x11",
    "GS V 0": b"\x1dV\x00",
    "GS V 1": b"\x1dV1",
    "GS V A": b"\x1dVA\x10",
    "GS V B": b"\x1dVB\x00",
    "GS V g": b"\x1dVg\x00",
    "GS a": b"\x1da\x0f",
    "GS r": b"\x1dr\x01",
    "GS I": b"\x1dI\x43",
    "GS h": b"\x1dh\x40",
    "GS w": b"\x1dw\x03",
    "GS k A": b"\x1dk\x02123456789012\x00",
    "GS k B": b"\x1dkI\x05{BABC",
    "GS ( H": b"\x1d(H\x06\x0000ab12",
    "GS ( L": b"\x1d(L\x02\x000\x32",
    "GS 8 L": b"\x1d8L\x02\x00\x00\x000\x32",
    "GS ( k": b"\x1d(k\x03\x001Q0",
    "GS *": b"\x1d*\x01\x0112345678",
    "FS &": b"\x1c&",
    "FS .": b"\x1c.",
    "FS S": b"\x1cS\x00\x00",
    "DLE EOT": b"\x10\x04\x01",
    "DLE ENQ": b"\x10\x05\x02",
    "DLE DC4 1": b"\x10\x14\x01\x00\x01",
    "DLE DC4 8": b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
}


def all_tokens(tokenizer: Tokenizer, *, kanji: bool = False) -> list[Token]:
    tokens = []
    while (token := tokenizer.next_token(kanji=kanji)) is not None:
        tokens.append(token)
    return tokens


@pytest.mark.parametrize("raw", COMMANDS.values(), ids=COMMANDS.keys())
def test_command_ends_where_its_grammar_says(raw: bytes) -> None:
    """REQ 000-15: every command that a receipt uses is cut off at its right length."""
    tokenizer = Tokenizer()

    tokenizer.receive_data(raw + b"Z")

    assert [Command(raw[:2], raw[2:]), Text(b"Z", kanji=False)] == all_tokens(tokenizer)


@pytest.mark.parametrize("raw", COMMANDS.values(), ids=COMMANDS.keys())
def test_command_waits_for_its_last_byte_when_it_comes_byte_by_byte(raw: bytes) -> None:
    """Packets end anywhere."""
    tokenizer = Tokenizer()
    for at in range(len(raw) - 1):
        tokenizer.receive_data(raw[at : at + 1])
        assert [] == all_tokens(tokenizer)

    tokenizer.receive_data(raw[-1:])

    assert [Command(raw[:2], raw[2:])] == all_tokens(tokenizer)


def test_unknown_prefix_is_skipped_and_what_follows_is_text() -> None:
    """Printers drop ESC and the letter, and print the rest."""
    tokenizer = Tokenizer()

    tokenizer.receive_data(b"\x1bQab")

    assert [Unknown(b"\x1bQ"), Text(b"ab", kanji=False)] == all_tokens(tokenizer)


def test_raster_comes_in_whole_rows_as_they_arrive() -> None:
    """A picture larger than any buffer is printed row by row."""
    tokenizer = Tokenizer()
    tokenizer.receive_data(b"\x1dv0\x00\x02\x00\x03\x00" + b"ab" + b"c")
    first = all_tokens(tokenizer)

    tokenizer.receive_data(b"def" + b"Z")

    head = Command(b"\x1dv", b"0\x00\x02\x00\x03\x00")
    assert [head, Rows(2, b"ab", 0)] == first
    assert [Rows(2, b"cdef", 0), Text(b"Z", kanji=False)] == all_tokens(tokenizer)


def test_command_longer_than_the_limit_is_passed_over_without_being_kept() -> None:
    """A length field may lie about four gigabytes."""
    tokenizer = Tokenizer()
    size = COMMAND_SIZE_MAX + 1000

    tokenizer.receive_data(b"\x1d8L" + size.to_bytes(4, "little"))
    tokens = all_tokens(tokenizer)
    for _ in range(size // 1000):
        tokenizer.receive_data(b"x" * 1000)
        tokens += all_tokens(tokenizer)
        assert 0 == len(tokenizer)
    tokenizer.receive_data(b"x" * (size % 1000) + b"Z")

    assert [Unknown(b"\x1d8")] == tokens
    assert [Text(b"Z", kanji=False)] == all_tokens(tokenizer)


def test_half_a_chinese_character_waits_for_its_other_half() -> None:
    """GB18030 characters are two bytes, or four."""
    raw = "金𠀀".encode("gb18030")
    tokenizer = Tokenizer()
    tokens = []
    for at in range(len(raw)):
        tokenizer.receive_data(raw[at : at + 1])
        tokens += all_tokens(tokenizer, kanji=True)

    assert [Text(raw[:2], kanji=True), Text(raw[2:], kanji=True)] == tokens


def test_half_a_command_of_a_lost_connection_does_not_swallow_the_next_job() -> None:
    """P5: the next job is read from its beginning."""
    tokenizer = Tokenizer()
    tokenizer.receive_data(b"A\x1dv0\x00\x30\x00\x40\x00half a picture")
    tokenizer.end_segment()

    tokenizer.receive_data(b"\x1b@B")

    *_, initialise, text = all_tokens(tokenizer)
    assert [Command(b"\x1b@", b""), Text(b"B", kanji=False)] == [initialise, text]


@given(st.lists(st.binary(max_size=300), max_size=8), st.booleans())
def test_tokenizer_never_raises_and_keeps_no_more_than_it_was_given(
    packets: list[bytes],
    kanji: bool,  # noqa: FBT001 - hypothesis gives it by name
) -> None:
    """Whatever bytes come, the printer stays alive."""
    tokenizer = Tokenizer()
    given_bytes = 0
    for packet in packets:
        tokenizer.receive_data(packet)
        given_bytes += len(packet)
        all_tokens(tokenizer, kanji=kanji)
        assert len(tokenizer) <= given_bytes
        tokenizer.end_segment()


@given(st.binary(max_size=400), st.integers(min_value=1, max_value=50))
def test_tokens_do_not_depend_on_how_the_bytes_were_cut(data: bytes, step: int) -> None:
    """Text and rows may be cut differently; their bytes are the same, in the same order."""

    def flat(pieces: list[bytes]) -> list[object]:
        tokenizer, merged = Tokenizer(), list[object]()
        for piece in pieces:
            tokenizer.receive_data(piece)
            for token in all_tokens(tokenizer):
                last = merged[-1] if merged else None
                if isinstance(token, Text) and isinstance(last, Text):
                    merged[-1] = Text(last.raw + token.raw, kanji=False)
                elif isinstance(token, Rows) and isinstance(last, Rows):
                    merged[-1] = Rows(token.width_bytes, last.bits + token.bits, token.mode)
                else:
                    merged.append(token)
        return merged

    assert flat([data]) == flat([data[at : at + step] for at in range(0, len(data), step)])


def test_picture_cut_off_between_two_rows_does_not_swallow_the_next_job() -> None:
    """P5 with nothing left in the buffer: the rows that are missing never come."""
    tokenizer = Tokenizer()
    tokenizer.receive_data(b"\x1dv0\x00\x01\x00\x40\x00" + b"r" * 24)
    all_tokens(tokenizer)
    tokenizer.end_segment()

    tokenizer.receive_data(b"next")

    assert [Text(b"next", kanji=False)] == all_tokens(tokenizer)
