"""Settings: a wrong file is answered with its path, the key, what was found, what is allowed."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta

from protocol.settings import SettingsError, parse_settings


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Shelf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    colour: Colour = Colour.RED
    width_mm: Annotated[int, Meta(ge=1)] = 1
    mode: Literal["open", "shut"] = "open"

    def __post_init__(self) -> None:
        if self.name == "cellar":
            raise ValueError("name is not that of a room")


class House(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    shelf: tuple[Shelf, ...] = ()
    best: Shelf | None = None
    note: str = ""


def test_good_file_is_read() -> None:
    house = parse_settings('[best]\nname = "a"\ncolour = "blue"', House, "house.toml")

    assert house == House(best=Shelf("a", Colour.BLUE))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nope = 1", "house.toml: nope: no such key; allowed: shelf, best, note"),
        (
            '[[shelf]]\nname = "a"\nnope = 1',
            "house.toml: shelf[0].nope: no such key; allowed: name, colour, width_mm, mode",
        ),
        (
            '[[shelf]]\nname = "a"\n[[shelf]]\nname = 5',
            "house.toml: shelf[1].name: Expected `str`, got `int`; found 5",
        ),
        (
            '[[shelf]]\nname = "a"\nwidth_mm = 0',
            "house.toml: shelf[0].width_mm: Expected `int` >= 1; found 0",
        ),
        (
            '[[shelf]]\nname = "a"\ncolour = "pink"',
            "house.toml: shelf[0].colour: Invalid enum value 'pink'; found 'pink'; "
            "allowed: red, blue",
        ),
        (
            '[[shelf]]\nname = "a"\nmode = "ajar"',
            "house.toml: shelf[0].mode: Invalid enum value 'ajar'; found 'ajar'; "
            "allowed: open, shut",
        ),
        (
            '[best]\nname = "cellar"',
            "house.toml: best.name: is not that of a room; found 'cellar'",
        ),
        ("[[shelf]]", "house.toml: shelf[0]: Object missing required field `name`"),
        ("note = ", "house.toml: Invalid value (at end of document)"),
    ],
)
def test_wrong_file_is_explained(text: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_settings(text, House, "house.toml")

    assert message == str(caught.value)


def test_card_number_in_a_wrong_place_is_not_shown() -> None:
    """What was found is shown, but never a card number."""
    with pytest.raises(SettingsError) as caught:
        parse_settings("note = 4111111111111111", House, "house.toml")

    assert "4111111111111111" not in str(caught.value)
