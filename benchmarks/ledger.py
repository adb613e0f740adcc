"""Durable purchases: our host on SQLite against one aiosqlite commit per message."""

from __future__ import annotations

from typing import Final

from benchmarks import load
from benchmarks.contestant import started
from benchmarks.result import Claim, Report, Row, alternate

TARGETS: Final = {1: 1.3, 32: 8.0, 256: 15.0}
"""Connections, each with one purchase in flight, and how many times the rival's pace is due."""

SECONDS: Final = 1.5


def run() -> Report:
    """Measure every number of connections, the two in turn, five rounds each."""
    rows: list[Row] = []
    claims: list[Claim] = []
    for connections, target in TARGETS.items():
        ours, rival = alternate(
            [
                (f"ledger, {connections} connections", lambda n=connections: _pace("ledger", n)),
                (
                    f"aiosqlite, {connections} connections",
                    lambda n=connections: _pace("aiosqlite", n),
                ),
            ],
            unit="/s",
        )
        rows += (ours, rival)
        name = f"durable purchases, {connections} connections"
        claims.append(Claim(name, ours.median / rival.median, target))
    notes = (
        "ours: duplicate check, rules, postings, batch totals and stored reply; the rival: one row",
        "both: a new SQLite file each round, WAL, synchronous=FULL, one purchase in flight each",
    )
    return Report("Durable purchases per second (SQLite)", tuple(rows), tuple(claims), notes)


def _pace(kind: str, connections: int) -> float:
    """Return the purchases per second of one round against a fresh process and file."""
    with started(kind) as contestant:
        wanted = load.Load(port=contestant.port, connections=connections, depth=1, seconds=SECONDS)
        return load.run(wanted).per_second
