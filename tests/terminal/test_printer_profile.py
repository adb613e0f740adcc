from __future__ import annotations

import pytest

from protocol.settings import SettingsError
from terminal.configuration import load_settings
from terminal.labels import Language
from terminal.paper import Paper
from terminal.printer_profile import Charset, Confirmation, PrinterProfile

SETTINGS = """
[printer]
columns = 48
charset = "raster"
language = "english"
cutter = false
confirmation = "fence"

[patience]
confirm_s = 20.0
"""


def test_profile_is_read_from_the_settings() -> None:
    """REQ 000-15."""
    settings = load_settings(SETTINGS, "terminal.toml")

    expected = PrinterProfile(
        columns=48,
        charset=Charset.RASTER,
        language=Language.ENGLISH,
        cutter=False,
        confirmation=Confirmation.FENCE,
    )
    assert (expected, 20.0) == (settings.printer, settings.patience.confirm_s)


@pytest.mark.parametrize(
    "text",
    [
        "[printer]\ncolumns = 20",
        "[printer]\ncolumns = 80",
        '[printer]\ncharset = "latin1"',
        "[printer]\nwidth = 32",
        "[printer]\ndensity = 9",
        "[printer]\ndensity = -7",
        "[patience]\nconfirm_s = 0",
    ],
)
def test_profile_that_cannot_be_is_refused(text: str) -> None:
    """REQ 003-07."""
    with pytest.raises(SettingsError, match=r"^terminal\.toml"):
        load_settings(text, "terminal.toml")


def test_ascii_printer_shows_english() -> None:
    profile = PrinterProfile(charset=Charset.ASCII)

    assert Paper(ascii_only=True) == profile.paper
    assert Language.ENGLISH is profile.paper.shown
