"""Whose journal this is: the first entry of a new one, or the check of an old one."""

from __future__ import annotations

from terminal.aio.books import Books
from terminal.aio.journal import Journal
from terminal.configuration import Settings
from terminal.errors import StoreError, WrongKey
from terminal.numbers import FIRST
from terminal.standing import TerminalInstalled
from terminal.vault import Vault


async def identify(journal: Journal, books: Books, vault: Vault, settings: Settings) -> None:
    """Make the first entry, or check that settings and key are those of this journal."""
    standing = await books.standing()
    if standing is None:
        installed = TerminalInstalled(
            terminal_id=settings.terminal_id,
            merchant_id=settings.merchant_id,
            key_check=vault.check_value,
            batch=FIRST,
        )
        await journal.commit((installed,))
        return
    if standing.key_check != vault.check_value:
        raise WrongKey("the key file is not the one this database was sealed with")
    if (standing.terminal_id, standing.merchant_id) != (settings.terminal_id, settings.merchant_id):
        raise StoreError(
            "L42",
            f"this data belongs to terminal {standing.terminal_id} of merchant"
            f" {standing.merchant_id}; the settings name {settings.terminal_id} of"
            f" {settings.merchant_id}",
        )
