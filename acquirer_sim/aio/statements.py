"""The ledger's hot path in SQL: few statements per table and group, however many rows it has.

A read takes its keys as one JSON array and gives its rows as one JSON array, a write takes many
rows at once: the interpreter lock is let go and taken back once per statement instead of once per
row, which matters because the event loop runs beside it. Columns stand in the order of the rows in
`acquirer_sim/rows.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from acquirer_sim.aio.prefetch import Question
from acquirer_sim.holds import SWEEP_MAX
from acquirer_sim.rows import (
    Alert,
    Batch,
    Chip,
    Item,
    Payment,
    Reversal,
    Row,
    StoredReport,
    Terminal,
    Transfer,
)

TABLES: Final[dict[str, type[Row]]] = {
    "terminal": Terminal,
    "batch_record": Batch,
    "batch": Batch,
    "payment": Payment,
    "reversal": Reversal,
    "upload_item": Item,
    "upload_chip": Chip,
    "transfer": Transfer,
    "alert": Alert,
    "report": StoredReport,
}
"""Table (or view) and the row it holds; columns are the row's members. `batch` is the view that
adds the figures of open batches to what `batch_record` says."""


ROWS_POWER_MAX: Final = 6
"""At most 64 rows by one statement: with 20 columns each, far from the values it may have."""


def columns(table: str) -> tuple[str, ...]:
    """Return the columns of a table in order."""
    return TABLES[table].__struct_fields__


def _read(table: str, key_length: int) -> str:
    names = columns(table)
    key = ", ".join(names[:key_length])
    wanted = ", ".join(f"value->>{place}" for place in range(key_length))
    return (
        f"SELECT json_group_array(json_array({', '.join(names)})) FROM {table} "
        f"WHERE ({key}) IN (SELECT {wanted} FROM json_each(?))"
    )


class Write(msgspec.Struct, frozen=True):
    """How to write rows of `width` columns: one statement for 1, 2, 4, ... rows.

    A statement of many rows is one call into SQLite, during which the interpreter's lock is free.
    """

    width: int
    by_rows: Sequence[tuple[int, str]]
    """The most rows first."""

    def pieces(self, count: int) -> Iterator[tuple[int, str]]:
        """Return how many rows to write with which statement, until all `count` are written."""
        for rows, statement in self.by_rows:
            while count >= rows:
                yield rows, statement
                count -= rows


def _write(table: str, verb: str, ending: str = "") -> Write:
    names = columns(table)
    row = f"({', '.join('?' * len(names))})"
    head = f"{verb} INTO {table} ({', '.join(names)}) VALUES "
    sizes = (2**power for power in reversed(range(ROWS_POWER_MAX + 1)))
    return Write(len(names), [(size, head + ", ".join([row] * size) + ending) for size in sizes])


def _upsert(table: str, key_length: int) -> Write:
    """Write a row that changes often: in its place, where REPLACE would move it.

    A row that moves changes the page it leaves, the one it comes to, and its index.
    """
    names = columns(table)
    changes = ", ".join(f"{name} = excluded.{name}" for name in names[key_length:])
    key = ", ".join(names[:key_length])
    return _write(table, "INSERT", f" ON CONFLICT ({key}) DO UPDATE SET {changes}")


READS: Final[Mapping[Question, str]] = {
    Question.TERMINALS: _read("terminal", 2),
    Question.BATCHES: _read("batch", 3),
    Question.RECORDS: _read("batch", 3),
    Question.PAYMENTS: _read("payment", 4),
    Question.BATCH_PAYMENTS: _read("payment", 3),
    Question.NUMBERED_PAYMENTS: (
        f"SELECT json_group_array(json_array({', '.join(columns('payment'))})) FROM payment "
        "WHERE entry IN (SELECT value FROM json_each(?))"
    ),
    Question.REVERSALS: _read("reversal", 4),
    Question.BATCH_REVERSALS: _read("reversal", 3),
    Question.ITEMS: _read("upload_item", 4),
    Question.BATCH_ITEMS: _read("upload_item", 3),
    Question.CHIPS: _read("upload_chip", 4),
    Question.HELD: (
        f"SELECT json_group_array(json_array({', '.join(columns('payment'))})) FROM (SELECT * "
        "FROM payment WHERE kind = 'preauthorisation' AND status = 'approved' AND ended_entry = 0 "
        f"AND at <= ?->>0 ORDER BY at LIMIT {SWEEP_MAX})"
    ),
    Question.SPENT: (
        "SELECT json_group_array(json_array(token, minor)) FROM spent "
        "WHERE token IN (SELECT value FROM json_each(?))"
    ),
}
"""Records are read with their figures: here a batch is kept at hand for later groups, which may
want them."""
READ_HIGHEST: Final = (
    "SELECT json_group_array(json_array(value->>0, value->>1, value->>2, (SELECT max(stan) "
    "FROM payment WHERE terminal = value->>0 AND merchant = value->>1 AND batch = value->>2))) "
    "FROM json_each(?)"
)
READ_VERSION: Final = "PRAGMA data_version"
READ_ENTRY: Final = "SELECT value FROM counter WHERE name = 'entry'"

WRITE_TERMINAL: Final = _upsert("terminal", 2)
WRITE_BATCH: Final = _upsert("batch_record", 3)
WRITE_PAYMENT: Final = _write("payment", "INSERT OR REPLACE")
WRITE_REVERSAL: Final = _write("reversal", "INSERT OR REPLACE")
WRITE_ITEM: Final = _write("upload_item", "INSERT OR REPLACE")
WRITE_CHIP: Final = _write("upload_chip", "INSERT OR REPLACE")
WRITE_TRANSFER: Final = _write("transfer", "INSERT")
WRITE_ALERT: Final = _write("alert", "INSERT")
WRITE_REPORT: Final = _write("report", "INSERT")
WRITE_SPENT: Final = "INSERT OR REPLACE INTO spent (token, minor) VALUES (?, ?)"
WRITE_ENTRY: Final = "UPDATE counter SET value = ? WHERE name = 'entry'"
