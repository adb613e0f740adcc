"""Settings: good without a file, and clear about a wrong one."""

from __future__ import annotations

import pytest

from protocol.settings import SettingsError
from terminal.configuration import Settings, load_settings


def test_settings_are_good_without_a_file() -> None:
    settings = load_settings("", "nowhere")

    assert settings == Settings()
    assert (settings.origin.terminal_id, settings.test_mode) == ("10000001", True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("colour = 1", "colour"),
        ("terminal_id = 12345678", "terminal_id"),
        ('terminal_id = "1"', "8 characters"),
        ('merchant_id = "1"', "15 characters"),
        ('time_zone = "Mars/Phobos"', "tz database"),
        ("[limits]\nunsettled_max = 1000", "999"),
        ("[limits]\nreversal_tries_max = 0", "at least one"),
        ("[limits]\nupload_rounds_max = 0", "1 to 10"),
        ("[timing]\nreply_timeout_s = 0.0", "reply_timeout_s"),
        ("[timing]\nsettlement_backoff_s = []", "settlement_backoff_s"),
        ('currency = "yuan"', "ISO 4217"),
        ('reversal_exhausted = "maybe"', "reversal_exhausted"),
        ("= 1", "shop.toml"),
    ],
)
def test_a_wrong_setting_is_named(text: str, says: str) -> None:
    """Path, key, what was found, what is allowed."""
    with pytest.raises(SettingsError, match=says) as raised:
        load_settings(text, "shop.toml")

    assert "shop.toml" in str(raised.value)


@pytest.mark.parametrize(
    "digits",
    [
        "4111111111111111",
        "5555555555554444",
        "378282246310005",
        "6011111111111117",
        "3530111333300000",
        "6200000000000005",
    ],
)
def test_published_test_cards_are_accepted(digits: str) -> None:
    """States page, section 8: and by default nothing else."""
    assert Settings().accepts(digits)
    assert not Settings().accepts("4999999999999990")
    assert Settings(test_cards_only=False).accepts("4999999999999990")
