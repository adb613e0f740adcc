"""Verify: are the tables what the entries say, and are the papers what was frozen?

The query tables are built again, from the entries alone, in a scratch database, and compared row
by row; a table that somebody has changed shows, whichever way. Then the chains of snapshots
and of the audit log are walked, and SQLite checks the file itself.
"""

from __future__ import annotations

from typing import Final

import msgspec

from terminal.aio.archive import Archive
from terminal.aio.audit_log import walk_audit
from terminal.aio.database import Database, DatabaseOpener
from terminal.aio.journal import Journal, lay_tables
from terminal.documents import ChainHead, TamperedError, check_chain
from terminal.facts import decode
from terminal.projections import PROJECTIONS, Row, kinds_by_name
from terminal.results import Difference

PAGE: Final = 500
DIFFERENCES_MAX: Final = 100
TABLES: Final = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    " AND name <> 'entry' ORDER BY name"
)


async def verify(journal: Journal, scratch: DatabaseOpener) -> tuple[Difference, ...]:
    """Return everything that is not as the entries say; empty when all is well."""
    found = [
        Difference(where="file", problem=str(row[0]))
        for row in await journal.fetch("PRAGMA integrity_check")
        if row != ("ok",)
    ]
    rebuilt = await scratch(":memory:")
    try:
        await lay_tables(rebuilt)
        found += await _replay(journal, rebuilt)
        for (table,) in await rebuilt.fetch(TABLES):
            found += await _compare(journal, rebuilt, table)
    finally:
        await rebuilt.close()
    found += await _walk_snapshots(journal)
    found += await walk_audit(journal)
    return tuple(found[:DIFFERENCES_MAX])


async def _replay(journal: Journal, rebuilt: Database) -> list[Difference]:
    kinds, last, found = kinds_by_name(), 0, []
    sql = "SELECT sequence, at, fact, body FROM entry WHERE sequence > ? ORDER BY sequence LIMIT ?"
    while rows := await journal.fetch(sql, (last, PAGE)):
        for sequence, at, name, body in rows:
            if sequence != last + 1:
                found.append(Difference(where="entry", problem=f"{last + 1} is missing"))
            last = sequence
            kind = kinds.get(name)
            if kind is None:
                found.append(Difference(where="entry", problem=f"{sequence}: unknown {name}"))
                continue
            try:
                fact = decode(body, kind)
            except msgspec.DecodeError:
                found.append(Difference(where="entry", problem=f"{sequence}: unreadable {name}"))
                continue
            await rebuilt.transaction(list(PROJECTIONS[kind](fact, at)))
    return found


async def _compare(journal: Journal, rebuilt: Database, table: str) -> list[Difference]:
    sql = f"SELECT * FROM {table}"
    ours, theirs = await journal.fetch(sql), await rebuilt.fetch(sql)
    return [
        Difference(where=table, problem=f"row {_name(row)} {what}")
        for rows, others, what in (
            (ours, theirs, "is not what the entries say"),
            (theirs, ours, "is missing"),
        )
        for row in sorted(set(rows) - set(others), key=repr)
    ]


def _name(row: Row) -> str:
    """Return the beginning of a row: its key, never what may be a card."""
    return "/".join(str(value) for value in row[:2])


async def _walk_snapshots(journal: Journal) -> list[Difference]:
    archive, head = Archive(journal), ChainHead()
    while snapshots := await archive.snapshots_after(head.number, PAGE):
        try:
            head = check_chain(tuple(snapshots), head)
        except TamperedError as error:
            return [Difference(where="snapshot", problem=str(error))]
    return []
