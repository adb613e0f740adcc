"""The library's one call: which form a text has, and what is refused before it is read."""

from __future__ import annotations

import pytest

from protocol.errors import DialectError
from protocol.imports import SPECIFICATION_SIZE_MAX, read_specification, recognise
from protocol.imports.draft import shorten


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('\ufeff<?xml version="1.0"?><isopackager/>', "jpos"),
        ('{"name": "x", "fields": {}}', "moov"),
        ('{"t": {}, "p": {}}', "pyiso8583"),
        ("import copy\nspec = {}", "pyiso8583"),
    ],
)
def test_form_is_recognised(text: str, form: str) -> None:
    assert form == recognise(text)


@pytest.mark.parametrize(
    ("text", "form", "words"),
    [
        (" " * (SPECIFICATION_SIZE_MAX + 1), "", "at most"),
        ("{}", "cobol", "there are pyiso8583, jpos, moov"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, form: str, words: str) -> None:
    with pytest.raises(DialectError, match=words):
        read_specification(text, source="x", name="x", form=form)


def test_foreign_text_stays_on_its_line() -> None:
    """A description cannot write a comment, a key or a second line of its own."""
    assert "a b c = 1" == shorten("a\n\x1b b\r\n  c = 1")
