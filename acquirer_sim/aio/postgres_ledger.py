"""The ledger on PostgreSQL: a group is one transaction, and other processes have theirs.

Before a group reads, it locks what it may change: its terminals and its cards with a limit. Locks
are advisory (a terminal that was never met has no row to lock, and locking a row is a write),
taken in ascending order by all, so nobody waits in a circle; the commit gives them back, and so
does the end of the process. A row that turns up behind an unlocked terminal (the original of a
refund at the next till) sends the group back to the start with that terminal locked as well.
Nothing is kept from one group to the next but a block of journal numbers, which is nobody else's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final
from zlib import crc32

import msgspec

from acquirer_sim.aio import postgres_statements as sql
from acquirer_sim.aio.postgres_errors import BROKEN, Trouble, ledger_error, trouble_of
from acquirer_sim.aio.prefetch import Question, prefetch
from acquirer_sim.aio.statements import columns
from acquirer_sim.decide import Decision, decide, needs
from acquirer_sim.errors import LedgerError, PoisonedGroup
from acquirer_sim.orders import Order
from acquirer_sim.policy import Policy
from acquirer_sim.rows import PaymentKey, Row
from acquirer_sim.working_set import Needs, WorkingSet
from protocol.operations import Request

Connect = Callable[[], Awaitable[Any]]
"""Opens a connection to the database, its session prepared. Raises one of `BROKEN`."""

ATTEMPTS_MAX: Final = 6
"""So often a group is decided before it is given up."""
ENTRIES_AHEAD: Final = 2_000
"""So many journal numbers are reserved at once."""
SALES_AT_ONCE_MAX: Final = 96
"""So many new payments and their transfers are one statement; more go in by COPY."""
ENTRIES_PER_REQUEST: Final = 3
"""What one request may use: its own, that of a batch it closes, that of holds it releases."""
TERMINALS: Final = 1 << 32
CARDS: Final = 2 << 32
"""Where the locks of each kind begin. Two names of one number share a lock, which harms nothing."""

_to_json = msgspec.json.encode


def _keys(keys: Collection[Any]) -> str:
    # Sorted, so that a group reads in one order whatever the hashes of this process are.
    return _to_json(sorted(keys)).decode("utf-8")


def _columns_of(rows: Sequence[Row]) -> Iterable[Sequence[Any]]:
    return zip(*msgspec.to_builtins(rows), strict=True)


def lock_of(kind: int, *names: str) -> int:
    """Return the number of the lock on a terminal or a card."""
    return kind + crc32("\0".join(names).encode("utf-8", "surrogatepass"))


class PostgresLedger:
    """One connection at a time. While there is none, `is_away`."""

    def __init__(self, connect: Connect, connection: Any = None) -> None:
        self._connect = connect
        self._connection: Any = connection
        self._entry = 0
        self._entry_max = 0
        self._begun = False

    @property
    def is_away(self) -> bool:
        """True when there is no connection; `come_back` may make one."""
        return self._connection is None or self._connection.is_closed()

    async def come_back(self) -> None:
        """Connect. Raises LedgerError."""
        problem = None
        try:
            self._connection = await self._connect()
        except BROKEN as error:
            problem = ledger_error(error)
        if problem is not None:
            raise problem

    async def close(self) -> None:
        """End the connection; nothing is under way any more."""
        connection, self._connection = self._connection, None
        self._begun = False
        if connection is not None:
            with suppress(*BROKEN):
                await connection.close(timeout=1.0)

    async def perform(
        self,
        requests: Sequence[Request],
        now: datetime,
        policy: Policy,
        orders: Mapping[int, Order],
        more: Callable[[], bool] = lambda: False,
    ) -> list[Decision]:
        """Lock, read, decide, write and commit one group; nobody may be told before.

        When there is `more` to come, the commit opens the next group's transaction, too.

        Raises LedgerError: nothing of the group happened, or, when the connection was lost during
        the commit, nobody knows. Raises PoisonedGroup when one of its requests is to blame.
        """
        locks: set[int] = set()
        problem: LedgerError | None = None
        for _ in range(ATTEMPTS_MAX):
            try:
                decisions = await self._attempt(requests, now, policy, orders, locks, more)
                if decisions is not None:
                    return decisions
            except BROKEN as error:
                problem = ledger_error(error)
                again = trouble_of(error) is Trouble.AGAIN
                await self._give_up(error)
                if not again:
                    break
            except LedgerError as error:
                problem = error
                break
            except Exception as error:  # noqa: BLE001 — a request we stumble over fails alone
                # A message could hold a card number; the type says enough.
                problem = PoisonedGroup(
                    f"A request could not be handled ({type(error).__name__}).",
                    "Look at it, and at the row it is about.",
                )
                await self._roll_back()
                break
        raise problem or LedgerError(
            "A group of requests was about ever more terminals.", "Terminals ask again."
        )

    async def _attempt(
        self,
        requests: Sequence[Request],
        now: datetime,
        policy: Policy,
        orders: Mapping[int, Order],
        locks: set[int],
        more: Callable[[], bool],
    ) -> list[Decision] | None:
        """Perform a group; None when it needs more `locks` than it had: they are added."""
        await self._reserve_entries(len(requests) * ENTRIES_PER_REQUEST)
        wanted = needs(requests, policy, now)
        if orders:
            wanted.figures |= wanted.batches
        locks |= {lock_of(TERMINALS, *key) for key in wanted.terminals}
        locks |= {lock_of(CARDS, token) for token in wanted.tokens}
        if not self._begun:
            await self._execute(sql.BEGIN)
        self._begun = False
        rows = WorkingSet(entry=self._entry)
        await self._read(wanted, rows, sorted(locks))
        missing = {lock_of(TERMINALS, *key[:2]) for key in rows.payments} - locks
        missing |= {lock_of(CARDS, token) for token in rows.spent} - locks
        if missing:
            locks |= missing
            await self._execute("ROLLBACK")
            return None
        known = frozenset(rows.payments)
        decisions = decide(rows, requests, now, policy, orders)
        # Also when the group fails: a number that was given once is given to nobody else.
        self._entry = rows.entry
        assert self._entry <= self._entry_max, "as many as were reserved"
        if rows.unchanged:
            await self._execute("ROLLBACK")
        else:
            await self._write(rows, known)
            await self._commit(go_on=more())
        return decisions

    async def _reserve_entries(self, count: int) -> None:
        """Have `count` journal numbers that no other process has."""
        if self._entry + count > self._entry_max:
            if self._begun:
                # Committed by itself, or others would wait for this group and its end.
                self._begun = False
                await self._execute("ROLLBACK")
            block = max(count, ENTRIES_AHEAD)
            self._entry_max = await self._connection.fetchval(sql.RESERVE_ENTRIES, block)
            self._entry = self._entry_max - block

    async def _execute(self, statement: str) -> None:
        await self._connection.execute(statement)

    async def _commit(self, *, go_on: bool) -> None:
        problem = None
        try:
            await self._execute(sql.COMMIT_AND_GO_ON if go_on else sql.COMMIT)
            self._begun = go_on
        except BROKEN as error:
            if trouble_of(error) is not Trouble.AWAY:
                raise
            self._drop()
            problem = LedgerError(
                "The database went away during a commit, so its end is not known.",
                "Nothing is answered; terminals ask again and are told what is true.",
            )
        if problem is not None:
            raise problem

    async def _read(self, wanted: Needs, rows: WorkingSet, locks: Sequence[int]) -> None:
        """Take the locks, then drive the round of reads: each turn of it one statement or two."""
        reading = prefetch(wanted, rows)
        asked = next(reading, None)
        found = await self._lock_and_read(locks, dict(asked or ()))
        while asked is not None:
            rest = [one for one in asked if one[0] not in found]
            if rest:
                statement = sql.read_at_once(tuple(question for question, _ in rest))
                keys = [_keys(keys) for _, keys in rest]
                answers = await self._connection.fetchrow(statement, *keys)
                found |= zip((question for question, _ in rest), answers, strict=True)
            try:
                asked = reading.send([found[question] for question, _ in asked])
                found = {}
            except StopIteration:
                asked = None

    async def _lock_and_read(
        self, locks: Sequence[int], asked: Mapping[Question, Collection[Any]]
    ) -> dict[Question, str]:
        keys = (_keys(asked.get(question, ())) for question in sql.COMMON)
        answers = await self._connection.fetchval(sql.LOCK_AND_READ, locks, *keys)
        return dict(zip(sql.COMMON, answers, strict=True))

    async def _write(self, rows: WorkingSet, known: Collection[PaymentKey]) -> None:
        payments = rows.changed_payments.items()
        fresh = [row for key, row in payments if key not in known]
        if fresh and len(fresh) <= SALES_AT_ONCE_MAX and rows.transfers:
            arrays = [*_columns_of(fresh), *_columns_of(rows.transfers)]
            await self._connection.fetch(sql.ADD_SALES, *arrays)
        else:
            await self._add("payment", fresh)
            await self._add("transfer", rows.transfers)
        await self._put(sql.WRITE_PAYMENT, (row for key, row in payments if key in known))
        await self._put(sql.WRITE_TERMINAL, rows.changed_terminals.values())
        await self._put(sql.WRITE_BATCH, rows.changed_batches.values())
        await self._put(sql.WRITE_REVERSAL, rows.changed_reversals.values())
        await self._put(sql.WRITE_ITEM, rows.changed_items.values())
        await self._put(sql.WRITE_CHIP, rows.changed_chips.values())
        await self._add("alert", rows.alerts)
        await self._add("report", rows.reports)
        if rows.changed_spent:
            await self._connection.executemany(sql.WRITE_SPENT, rows.changed_spent.items())

    async def _add(self, table: str, rows: Sequence[Row]) -> None:
        """Write rows that are certainly new."""
        if rows:
            await self._connection.copy_records_to_table(
                table, records=msgspec.to_builtins(rows), columns=columns(table)
            )

    async def _put(self, statement: str, rows: Iterable[Row]) -> None:
        """Write rows that may be there already."""
        values = msgspec.to_builtins(list(rows))
        if values:
            await self._connection.executemany(statement, values)

    async def _give_up(self, error: BaseException) -> None:
        """End the group that failed; the connection too, unless it is certainly sound."""
        if trouble_of(error) is Trouble.AWAY:
            self._drop()
        else:
            await self._roll_back()

    async def _roll_back(self) -> None:
        if self._connection is None:
            return
        try:
            await self._execute("ROLLBACK")
        except BROKEN:
            self._drop()

    def _drop(self) -> None:
        self._begun = False
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
