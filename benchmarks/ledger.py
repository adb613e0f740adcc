"""Durable purchases: our host on SQLite against one aiosqlite commit per message.

The two take turns, each round on a fresh process and file, and a claim is the median of the
rounds' ratios. With one connection nearly all the time is the disk's, whose pace differs from one
second to the next by more than the target: there the rounds are longer and there are more of them.
"""

from __future__ import annotations

from typing import Final

from benchmarks import load
from benchmarks.contestant import started
from benchmarks.result import Claim, Report, Row, alternate, times

TARGETS: Final = {1: 1.3, 32: 8.0, 256: 15.0}
"""Connections, each with one purchase in flight, and how many times the rival's pace is due."""

SECONDS: Final = 1.5
ROUNDS: Final = 5
LONE_SECONDS: Final = 2.0
LONE_ROUNDS: Final = 9
"""With one connection."""


def run() -> Report:
    """Measure every number of connections, the two in turn."""
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
            rounds=LONE_ROUNDS if connections == 1 else ROUNDS,
        )
        rows += (ours, rival)
        name = f"durable purchases, {connections} connections"
        claims.append(Claim(name, times(ours, rival), target))
    notes = (
        "ours: duplicate check, rules, posting, stored reply, batch totals; the rival: one row",
        "both: a new SQLite file each round, WAL, synchronous=FULL, one purchase in flight each",
    )
    return Report("Durable purchases per second (SQLite)", tuple(rows), tuple(claims), notes)


def _pace(kind: str, connections: int) -> float:
    """Return the purchases per second of one round against a fresh process and file."""
    seconds = LONE_SECONDS if connections == 1 else SECONDS
    with started(kind) as contestant:
        wanted = load.Load(port=contestant.port, connections=connections, depth=1, seconds=seconds)
        return load.run(wanted).per_second
