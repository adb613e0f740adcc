"""Versions of the settings: what each held, byte for byte, and which settings wait for the money.

Every version is an entry of the journal, so that a change is undone from there and not from a
file that might be lost with the one it replaces. `parent` is the version that `undo` goes back
to; 0 stands for the time before the first.
"""

from __future__ import annotations

from typing import Final

import msgspec

from terminal.configuration import Settings, shown_entries
from terminal.facts import Fact
from terminal.projections import Statement, projects

IDENTITY: Final = frozenset({"terminal_id", "merchant_id"})
"""They belong to the data: another terminal has a folder of its own."""

WITH_MONEY: Final = frozenset(
    "acquirer certificates currency dialect foreign_cards initial_key_file key_serial "
    "master_key_file new_stan_on_repeat reversal_form test_cards_only test_ranges time_zone".split()
)
"""They decide how what is open is finished: they change when nothing is."""


class SettingsVersion(msgspec.Struct, frozen=True):
    """One version; `text` is None where there was no file."""

    version: int
    parent: int
    text: str | None
    by: str
    cause: str
    at: str


class SettingsKept(Fact, frozen=True, kw_only=True):
    """This is what the settings hold from here on."""

    version: int
    parent: int
    text: str | None
    by: str
    cause: str


@projects(SettingsKept)
def settings_kept(fact: SettingsKept, at: str) -> list[Statement]:
    """A row for each version."""
    row = (fact.version, fact.parent, fact.text, fact.by, fact.cause, at)
    return [("INSERT INTO settings_version VALUES (?, ?, ?, ?, ?, ?)", row)]


def changed_keys(before: Settings, after: Settings) -> frozenset[str]:
    """Return the names of all settings that differ."""
    old, new = dict(shown_entries(before)), dict(shown_entries(after))
    names = old.keys() | new.keys()
    return frozenset(name for name in names if old.get(name) != new.get(name))


def refusal(keys: frozenset[str], *, money_open: bool) -> str:
    """Return the L-code that forbids a change, "" when it may be made."""
    if keys & IDENTITY:
        return "L84"
    tops = {key.partition(".")[0] for key in keys}
    return "L47" if money_open and (tops & WITH_MONEY or "tls" in tops) else ""
