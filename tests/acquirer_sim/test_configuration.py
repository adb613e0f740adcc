from __future__ import annotations

import pytest

from acquirer_sim.configuration import default_configuration, load_configuration
from protocol.secrets import luhn_valid
from protocol.settings import SettingsError


def test_defaults_list_valid_test_cards() -> None:
    configuration = default_configuration()

    assert all(luhn_valid(card.pan) for card in configuration.card)
    assert all(card.pan.startswith(configuration.test_ranges) for card in configuration.card)


def test_file_keeps_the_built_in_cards_when_it_names_none() -> None:
    given = load_configuration('empty_batch = "refuse"', "own.toml")

    assert ("refuse", default_configuration().card) == (given.empty_batch, given.card)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colour = 1", "colour"),
        ('[[card]]\npan = "4111"', "card[0].pan"),
        ('[[rule]]\ncode = "5"', "rule[0].code"),
        ('[[rule]]\ncode = "05"\nminor_min = 9\nminor_max = 8', "rule[0]"),
        ('empty_batch = "perhaps"', "empty_batch"),
        ('time_zone = "Mars/Olympus"', "time_zone"),
        ("card = [", "own.toml"),
    ],
)
def test_mistake_is_named_when_file_is_wrong(text: str, words: str) -> None:
    """File, key, what was found, what is allowed."""
    problem = ""

    try:
        load_configuration(text, "own.toml")
    except SettingsError as error:
        problem = str(error)

    assert problem.startswith("own.toml")
    assert words in problem
