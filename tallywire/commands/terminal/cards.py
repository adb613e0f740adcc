"""The card of a command: a number, or a TOML file that holds it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from protocol.settings import parse_settings
from tallywire.exits import Ending, Exit
from tallywire.running import read_settings

if TYPE_CHECKING:
    from protocol.operations import Card

TEST_CARD: Final = "4111111111111111"
"""The card of a sale that names none: a published test number."""


class CardFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A card in a TOML file: `pan`, and `expiry` as YYMM."""

    pan: str
    expiry: str | None = None


def read_card(text: str) -> Card:
    """Read a card from its number or from a file. Raises Ending."""
    from protocol.operations import Card
    from protocol.secrets import Pan

    path = Path(text)
    given = CardFile(text)
    if not text.isdigit():
        loaded = read_settings(path, lambda words, name: parse_settings(words, CardFile, name))
        assert loaded is not None, "a path was given"
        given = loaded
    try:
        return Card(Pan(given.pan), given.expiry)
    except ValueError as error:
        problem = str(error)
    raise Ending(Exit.USAGE, f"No card: {problem}.", "Give a test card's number, or its file.")
