"""The two sides' books, read from their files by an outsider and held against each other.

Nothing of the terminal's or the acquirer's code is used here, only SQL: the demo ends with 0
because two databases agree, not because a program says that it went well.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

Keys = frozenset[tuple[str, str, str, int]]
"""Payments as (batch, STAN, kind, minor units): below zero what gives back, 0 what is only held."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the last table: what is compared, and what each side says."""

    name: str
    terminal: str
    acquirer: str

    @property
    def equal(self) -> bool:
        """True when both sides say the same."""
        return self.terminal == self.acquirer


@dataclass(frozen=True, slots=True)
class Books:
    """What one batch looks like on both sides."""

    lines: tuple[Line, ...]
    differences: tuple[str, ...]
    paper_owed: int

    @property
    def agree(self) -> bool:
        """True when every line is equal, no payment differs, and no paper is owed."""
        return all(line.equal for line in self.lines) and not (self.differences or self.paper_owed)


def compare(terminal_file: Path, acquirer_file: Path, batch: str) -> Books:
    """Read both files and compare one batch, payment by payment and total by total."""
    with (
        closing(_open(terminal_file)) as terminal,
        closing(_open(acquirer_file)) as acquirer,
    ):
        ours = _keys(terminal, _TERMINAL_STANDING, batch)
        theirs = _keys(acquirer, _ACQUIRER_STANDING, batch)
        undone = _keys(terminal, _TERMINAL_UNDONE, batch)
        undone_there = _keys(acquirer, _ACQUIRER_UNDONE, batch)
        lines = (
            Line("payments that stand", _sum(ours), _sum(theirs)),
            Line("payments undone", _sum(undone), _sum(undone_there)),
            Line("totals of the settlement", _frozen(terminal, batch), _host(acquirer, batch)),
            Line("batch closed, times", _closed(terminal, batch), _captures(acquirer, batch)),
            Line("money for the merchant", _money(_minor(ours)), _moved(acquirer, batch)),
        )
        owed = _number(terminal, "SELECT count(*) FROM copy WHERE owed = 1")
    return Books(lines, _differences(ours, theirs), owed)


_SIGN = """CASE
WHEN kind IN ('sale', 'completion', 'completion_advice', 'offline_sale', 'adjustment')
THEN 1 WHEN kind IN ('void', 'refund', 'completion_void') THEN -1 ELSE 0 END"""
_TERMINAL_STANDING = f"""
SELECT batch, stan, kind, amount_minor * {_SIGN} FROM payment
WHERE batch = ? AND phase = 'approved'"""
_TERMINAL_UNDONE = f"""
SELECT batch, stan, kind, amount_minor * {_SIGN} FROM payment
WHERE batch = ? AND phase = 'reversed'"""
_ACQUIRER_STANDING = f"""
SELECT batch, stan, kind, minor * {_SIGN} FROM payment WHERE batch = ? AND status = 'approved'"""
_ACQUIRER_UNDONE = f"""
SELECT batch, stan, kind, asked_minor * {_SIGN} FROM payment
WHERE batch = ? AND status = 'reversed'"""
_CAPTURES = """
SELECT CASE WHEN source LIKE 'clearing:%' THEN minor ELSE -minor END FROM transfer
WHERE kind = 'capture' AND (source LIKE 'clearing:%:' || ?1 OR target LIKE 'clearing:%:' || ?1)"""


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


def _keys(database: sqlite3.Connection, query: str, batch: str) -> Keys:
    return frozenset(database.execute(query, (batch,)).fetchall())


def _number(database: sqlite3.Connection, query: str, *values: str) -> int:
    return int(database.execute(query, values).fetchone()[0])


def _minor(keys: Keys) -> int:
    return sum(minor for *_, minor in keys)


def _sum(keys: Keys) -> str:
    return f"{len(keys)} for {_money(_minor(keys))}"


def _money(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100:,}.{abs(minor) % 100:02d}"


def _frozen(terminal: sqlite3.Connection, batch: str) -> str:
    row = terminal.execute("SELECT totals FROM settlement WHERE batch = ?", (batch,)).fetchone()
    totals = json.loads(row[0]) if row else {}
    sides = ("debit_count", "debit_amount", "credit_count", "credit_amount")
    return _figures(*(totals.get(side, 0) for side in sides))


def _host(acquirer: sqlite3.Connection, batch: str) -> str:
    query = "SELECT debit_count, debit_minor, credit_count, credit_minor FROM batch WHERE batch = ?"
    return _figures(*(acquirer.execute(query, (batch,)).fetchone() or (0, 0, 0, 0)))


def _figures(debits: int, debit_minor: int, credits: int, credit_minor: int) -> str:
    back = f", {credits} back for {_money(credit_minor)}" if credits else ""
    return f"{debits} for {_money(debit_minor)}{back}"


def _closed(terminal: sqlite3.Connection, batch: str) -> str:
    query = "SELECT count(*) FROM batch WHERE batch = ? AND phase LIKE 'closed%'"
    return str(_number(terminal, query, batch))


def _captures(acquirer: sqlite3.Connection, batch: str) -> str:
    return str(len(acquirer.execute(_CAPTURES, (batch,)).fetchall()))


def _moved(acquirer: sqlite3.Connection, batch: str) -> str:
    return _money(sum(minor for (minor,) in acquirer.execute(_CAPTURES, (batch,))))


def _differences(ours: Keys, theirs: Keys) -> tuple[str, ...]:
    only_here = [
        f"{stan}: {_money(minor)} only on the terminal" for _, stan, _, minor in ours - theirs
    ]
    only_there = [
        f"{stan}: {_money(minor)} only on the host" for _, stan, _, minor in theirs - ours
    ]
    return tuple(sorted(only_here + only_there))
