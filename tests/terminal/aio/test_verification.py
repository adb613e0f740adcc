"""Verify finds whatever was changed behind the journal's back."""

from __future__ import annotations

import pytest

from tests.terminal.till import open_till, visa, yuan


@pytest.mark.parametrize(
    ("sql", "where"),
    [
        ("UPDATE payment SET phase = 'declined' WHERE stan = '000002'", "payment"),
        ("UPDATE batch SET phase = 'open' WHERE batch = '000001'", "batch"),
        ("UPDATE settlement SET code = '96'", "settlement"),
        ("UPDATE terminal SET stan = '000099'", "terminal"),
        ("UPDATE copy SET issued = 'yes'", "copy"),
        ("DELETE FROM print_job", "print_job"),
    ],
)
@pytest.mark.asyncio
async def test_verify_names_the_table_that_was_changed(sql: str, where: str) -> None:
    """REQ 000-10: rebuilt from the entries, compared row by row."""
    till = await open_till()
    await till.terminal.sale(yuan(), visa())
    await till.terminal.settle()
    assert await till.terminal.verify() == ()

    await till.database.transaction([(sql, ())])

    assert {found.where for found in await till.terminal.verify()} == {where}
    await till.terminal.close()


@pytest.mark.asyncio
async def test_verify_finds_a_changed_document_and_a_missing_entry() -> None:
    """REQ 000-03: the chain of hashes shows a changed snapshot."""
    till = await open_till()
    await till.terminal.sale(yuan(), visa())
    await till.database.script(
        "DROP TRIGGER snapshot_is_never_updated;"
        "UPDATE snapshot SET body = replace(body, '1234', '9999');"
        "DROP TRIGGER entry_is_never_deleted;"
        "DELETE FROM entry WHERE fact = 'SignedOn'"
    )

    wheres = {found.where for found in await till.terminal.verify()}

    assert wheres == {"snapshot", "entry", "terminal"}
    await till.terminal.close()
