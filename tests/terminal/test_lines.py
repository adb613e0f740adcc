from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.lines import (
    Line,
    character_width,
    clip,
    justify,
    printable,
    text_width,
    wrap,
)

texts = st.text(max_size=80).map(printable)


@pytest.mark.parametrize(
    ("text", "columns"),
    [("", 0), ("RMB 1.00", 8), ("消费/SALE", 9), ("（店）", 6), ("ｱ", 1), ("Ａ", 2), ("—", 2)],
)
def test_text_width_counts_two_for_every_full_cell(text: str, columns: int) -> None:
    assert columns == text_width(text)


@pytest.mark.parametrize("character", ["\n", "\x1b", "\u200b", "\u0301", "\ud800"])
def test_character_width_refuses_what_cannot_be_placed(character: str) -> None:
    with pytest.raises(ValueError, match="no width"):
        character_width(character)


def test_printable_replaces_what_would_command_a_printer() -> None:
    assert "a?@b?" == printable("a\x1b@b\n")


def test_line_counts_double_width() -> None:
    assert 12 == Line("对账平", wide=True).width


@given(texts, st.integers(2, 48))
def test_clip_never_exceeds_and_is_a_beginning(text: str, columns: int) -> None:
    cut = clip(text, columns)

    assert text_width(cut) <= columns
    assert text.startswith(cut)


@given(texts, st.integers(2, 48))
def test_wrap_never_exceeds_and_loses_no_word(text: str, columns: int) -> None:
    lines = wrap(text, columns)

    assert all(text_width(line) <= columns for line in lines)
    assert "".join(text.split()) == "".join("".join(lines).split())


@given(texts, texts, st.integers(8, 48))
def test_justify_ends_at_the_last_column(left: str, right: str, columns: int) -> None:
    line = justify(left, right, columns)

    assert columns == text_width(line)
    assert line.endswith(clip(right, columns))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("本人确认以上，同意记入本卡", ("本人确认以上，", "同意记入本卡")),
        ("一二三四五六七八，九", ("一二三四五六七", "八，九")),
        ("一二三四五六七八九", ("一二三四五六七八", "九")),
    ],
)
def test_wrap_breaks_after_a_stop_and_never_before_one(text: str, lines: tuple[str, ...]) -> None:
    assert lines == wrap(text, 16)


def test_wrap_breaks_at_blanks() -> None:
    assert ("I ACKNOWLEDGE", "SATISFACTORY") == wrap("I ACKNOWLEDGE SATISFACTORY", 16)
