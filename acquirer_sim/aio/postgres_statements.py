"""The ledger's hot path in PostgreSQL's words: one statement for a round of questions.

A read takes its keys as one JSON array and gives its rows as one, as on SQLite, so several reads
travel as one statement and their rows arrive through the decoders that both engines share. Many
new rows go in by COPY: measured, groups of 256 payments took half the time of `INSERT ... SELECT
unnest(...)` and a third of what a JSON parameter took, at the least work on this side. Rows that
may be there already are few, and are written one by one in a single round trip.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from acquirer_sim.aio.prefetch import Question
from acquirer_sim.aio.statements import TABLES, columns
from acquirer_sim.holds import SWEEP_MAX


def _rows_of(table: str) -> str:
    return f"SELECT coalesce(json_agg(json_build_array({', '.join(columns(table))}))::text, '[]')"


def _read(table: str, key_length: int) -> str:
    key = ", ".join(columns(table)[:key_length])
    wanted = ", ".join(f"value->>{place}" for place in range(key_length))
    return (
        f"{_rows_of(table)} FROM {table} WHERE ({key}) IN "
        f"(SELECT {wanted} FROM json_array_elements({{}}::text::json) AS asked (value))"
    )


READS: Final[Mapping[Question, str]] = {
    Question.TERMINALS: _read("terminal", 2),
    Question.BATCHES: _read("batch", 3),
    Question.RECORDS: _read("batch_record", 3),
    Question.PAYMENTS: _read("payment", 4),
    Question.BATCH_PAYMENTS: _read("payment", 3),
    Question.NUMBERED_PAYMENTS: (
        f"{_rows_of('payment')} FROM payment WHERE entry IN "
        "(SELECT value::text::bigint FROM json_array_elements({}::text::json) AS asked (value))"
    ),
    Question.REVERSALS: _read("reversal", 4),
    Question.BATCH_REVERSALS: _read("reversal", 3),
    Question.ITEMS: _read("upload_item", 4),
    Question.BATCH_ITEMS: _read("upload_item", 3),
    Question.CHIPS: _read("upload_chip", 4),
    Question.HELD: (
        f"{_rows_of('payment')} FROM (SELECT * FROM payment WHERE kind = 'preauthorisation' "
        "AND status = 'approved' AND ended_entry = 0 AND at <= {}::text::json->>0 "
        f"ORDER BY at LIMIT {SWEEP_MAX}) AS held"
    ),
    Question.SPENT: (
        "SELECT coalesce(json_agg(json_build_array(token, minor))::text, '[]') FROM spent "
        "WHERE token IN (SELECT json_array_elements_text({}::text::json))"
    ),
}


@lru_cache(maxsize=64)
def read_at_once(questions: tuple[Question, ...]) -> str:
    """Return one statement of many reads, each with its keys as the next parameter."""
    reads = (READS[one].format(f"${place}") for place, one in enumerate(questions, 1))
    return f"SELECT {', '.join(f'({read})' for read in reads)}"


def _upsert(table: str, key_length: int) -> str:
    """Return how to write a row that may be there already; its columns are the parameters."""
    names = columns(table)
    key = names[:key_length]
    places = ", ".join(f"${place}" for place in range(1, len(names) + 1))
    changes = ", ".join(f"{name} = excluded.{name}" for name in names[key_length:])
    return (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places}) "
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}"
    )


def _unnested(table: str, first: int) -> str:
    """Return how to add rows of which each column is an array, the parameters from `first` on."""
    kinds = TABLES[table].__annotations__
    arrays = ", ".join(
        f"${place}::{'bigint' if kinds[name] == 'int' else 'text'}[]"
        for place, name in enumerate(columns(table), first)
    )
    return f"INSERT INTO {table} ({', '.join(columns(table))}) SELECT * FROM unnest({arrays})"


ADD_SALES: Final = (
    f"WITH added AS ({_unnested('payment', 1)}) "
    f"{_unnested('transfer', 1 + len(columns('payment')))}"
)
"""New payments and their transfers by one statement. For groups of a few dozen this one round trip
is quicker than four of COPY, for hundreds the rows weigh more than the trips."""

WRITE_TERMINAL: Final = _upsert("terminal", 2)
WRITE_BATCH: Final = _upsert("batch_record", 3)
WRITE_PAYMENT: Final = _upsert("payment", 4)
WRITE_REVERSAL: Final = _upsert("reversal", 4)
WRITE_ITEM: Final = _upsert("upload_item", 4)
WRITE_CHIP: Final = _upsert("upload_chip", 4)
WRITE_SPENT: Final = (
    "INSERT INTO spent (token, minor) VALUES ($1, $2) "
    "ON CONFLICT (token) DO UPDATE SET minor = excluded.minor"
)

BEGIN: Final = "BEGIN ISOLATION LEVEL READ COMMITTED"
COMMIT: Final = "COMMIT"
COMMIT_AND_GO_ON: Final = f"COMMIT; {BEGIN}"
"""Ends a group and opens the transaction of the next, which is known to wait already."""

COMMON: Final = (Question.TERMINALS, Question.RECORDS, Question.PAYMENTS)
"""What nearly every group asks, and most groups ask nothing else."""

PREPARE: Final = f"""
CREATE FUNCTION pg_temp.lock_and_read(bigint[], text, text, text) RETURNS text[]
LANGUAGE plpgsql VOLATILE AS $$
DECLARE answers text[];
BEGIN
    PERFORM count(pg_advisory_xact_lock(key)) FROM unnest($1) AS key;
    SELECT ARRAY[{", ".join(f"({READS[one].format(f'${n}')})" for n, one in enumerate(COMMON, 2))}]
    INTO answers;
    RETURN answers;
END $$
"""
"""Takes the locks, then reads, in one round trip: a function of this session alone.

Each statement in a volatile function sees what was committed before that statement began, and by
then the locks are held: so it sees everything of whoever held one of them before.
"""

LOCK_AND_READ: Final = "SELECT pg_temp.lock_and_read($1, $2, $3, $4)"

RESERVE_ENTRIES: Final = (
    "UPDATE counter SET value = value + $1 WHERE name = 'entry' RETURNING value"
)
"""A statement of its own, committed at once: what a process has reserved is nobody else's."""
