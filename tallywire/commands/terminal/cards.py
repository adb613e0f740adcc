"""The card of a command: a number, or the TOML file that holds it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from protocol.settings import parse_settings
from tallywire.cards import CardFile, presented
from tallywire.exits import Ending, Exit
from tallywire.running import read_settings

if TYPE_CHECKING:
    from protocol.operations import Card

TEST_CARD: Final = "4111111111111111"
"""The card of a sale that names none: a published test number."""


def read_card(text: str) -> Card:
    """Read a card from its number or from a file. Raises Ending."""
    given = CardFile(text)
    if not text.isdigit():
        loaded = read_settings(
            Path(text), lambda words, name: parse_settings(words, CardFile, name)
        )
        assert loaded is not None, "a path was given"
        given = loaded
    try:
        return presented(given)
    except ValueError as error:
        problem = str(error)
    raise Ending(Exit.USAGE, f"No card: {problem}.", "Give a test card's number, or its file.")
