"""Durable purchases on PostgreSQL: our host against one commit per message, on one server.

The server is this machine's newest, with fsync on and its settings as they are shipped; both sides
and the load share the machine with it. The two take turns, each round on a fresh process and an
empty database, and a claim is the median of the rounds' ratios.
"""

from __future__ import annotations

from typing import Final

from benchmarks import load
from benchmarks.contestant import started
from benchmarks.database import Postgres, find_programs, running
from benchmarks.result import Claim, Report, Row, alternate, times

TARGETS: Final = {32: 4.0, 256: 6.0}
"""Connections, each with one purchase in flight, and how many times the rival's pace is due."""

SECONDS: Final = 2.0
ROUNDS: Final = 5

SIZE: Final = (
    "SELECT (pg_total_relation_size('payment') + pg_total_relation_size('transfer')) / count(*)"
    " FROM payment"
)


def run() -> Report:
    """Measure both numbers of connections, the two sides in turn."""
    programs = find_programs()
    if programs is None:
        return Report("Durable purchases (PostgreSQL): not installed, not measured", ())
    rows: list[Row] = []
    claims: list[Claim] = []
    sizes: list[float] = []
    with running(programs) as server:
        for connections, target in TARGETS.items():
            ours, rival = alternate(
                [
                    (
                        f"{kind}, {connections} connections",
                        lambda kind=kind, n=connections: _pace(server, kind, n, sizes),
                    )
                    for kind in ("postgres", "asyncpg")
                ],
                unit="/s",
                rounds=ROUNDS,
            )
            rows += (ours, rival)
            name = f"durable on PostgreSQL, {connections} connections"
            claims.append(Claim(name, times(ours, rival), target))
    rows.append(Row("tables and indexes of the ledger, each payment", "bytes", tuple(sizes)))
    notes = (
        "ours: duplicate check, rules, posting, stored reply, batch totals; the rival: one row",
        "both: an empty database each round, fsync on, one purchase in flight each",
    )
    return Report("Durable purchases per second (PostgreSQL)", tuple(rows), tuple(claims), notes)


def _pace(server: Postgres, kind: str, connections: int, sizes: list[float]) -> float:
    """Return the purchases per second of one round against a fresh process and database.

    What a payment of ours takes on disk is added to `sizes`.
    """
    url = server.new_database()
    with started(kind, url) as contestant:
        wanted = load.Load(port=contestant.port, connections=connections, depth=1, seconds=SECONDS)
        pace = load.run(wanted).per_second
    if kind == "postgres":
        ((size,),) = server.execute(SIZE, database=url.rpartition("/")[2])
        sizes.append(float(size))
    return pace
