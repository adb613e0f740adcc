"""The ledger on SQLite: a group is one transaction of one round of reads and one of writes.

`begin` reads and decides, `commit` writes and waits for the disk; `perform` is both. Threads may
take turns with a ledger, but never use it at the same time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

import msgspec

from acquirer_sim.aio import statements as sql
from acquirer_sim.aio.prefetch import prefetch
from acquirer_sim.aio.shelf import Shelf
from acquirer_sim.decide import Decision, decide, needs
from acquirer_sim.errors import LedgerError, PoisonedGroup
from acquirer_sim.orders import Order
from acquirer_sim.policy import Policy
from acquirer_sim.rows import Row
from acquirer_sim.working_set import Needs, WorkingSet
from protocol.operations import Request

AroundCommit = Callable[[Callable[[], None]], None]
"""Performs the commit it is given; the simulated world pulls the plug here."""

_to_json = msgspec.json.encode
_highest = msgspec.json.Decoder(list[tuple[str, str, str, str | None]])


def ledger_error(error: sqlite3.Error) -> LedgerError:
    """Say in words what SQLite said in codes; the one mapper of this edge."""
    found = getattr(error, "sqlite_errorcode", 0)
    code = found & 0xFF
    # No room for the index of the journal is all that SQLite says of a disk full at the opening.
    if code == sqlite3.SQLITE_FULL or found == sqlite3.SQLITE_IOERR_SHMSIZE:
        return LedgerError("The disk of the ledger is full.", "Free some space, then go on.")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LedgerError(
            "Another process holds the ledger.", "Stop it, or give this one a ledger of its own."
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return LedgerError(
            "The ledger's file is damaged or is no ledger.", "Restore a backup or name another."
        )
    if code == sqlite3.SQLITE_READONLY:
        return LedgerError("The ledger may not be written.", "Check the file's owner and mode.")
    return LedgerError(
        f"The ledger failed ({getattr(error, 'sqlite_errorname', 'unknown error')}).",
        "Check the disk, then start again.",
    )


class SqliteLedger:
    """One open ledger. The connection has `isolation_level=None`; its schema is at head."""

    def __init__(
        self, connection: sqlite3.Connection, *, around_commit: AroundCommit | None = None
    ) -> None:
        self.connection = connection
        self._around_commit = around_commit
        self._shelf = Shelf()
        self._begun: WorkingSet | None = None
        self.image: bytes | None = None

    def perform(
        self,
        requests: Sequence[Request],
        now: datetime,
        policy: Policy,
        orders: Mapping[int, Order],
    ) -> list[Decision]:
        """Read, decide, write and commit one group. Raises LedgerError: see `commit`."""
        decisions = self.begin(requests, now, policy, orders)
        if self.connection.in_transaction:
            self.commit()
        return decisions

    def begin(
        self,
        requests: Sequence[Request],
        now: datetime,
        policy: Policy,
        orders: Mapping[int, Order],
    ) -> list[Decision]:
        """Read and decide one group; nobody may be told before `commit`.

        A group that changed nothing is over already: the connection is then not
        `in_transaction`. Raises LedgerError, and then nothing happened.
        """
        problem: LedgerError | None = None
        begun = False
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            rows = self._read(needs(requests, policy, now))
            decisions = decide(rows, requests, now, policy, orders)
            if not rows.unchanged:
                self._begun = rows
                begun = True
            return decisions
        except sqlite3.Error as error:
            self._shelf.clear()
            problem = ledger_error(error)
        except msgspec.DecodeError:
            problem = PoisonedGroup("A row of the ledger cannot be read.", "Restore a backup.")
        except Exception as error:  # noqa: BLE001 — a request we stumble over fails alone
            # A message could hold a card number; the type says enough.
            problem = PoisonedGroup(
                f"A request could not be handled ({type(error).__name__}).", "Look at it."
            )
        finally:
            if not begun:
                self.roll_back()
        raise problem

    def commit(self) -> None:
        """Write the group and make it durable; nearly all of it happens outside Python.

        Raises LedgerError: the group is rolled back where that can be known, and its replies
        must not leave.
        """
        problem: LedgerError | None = None
        try:
            if self._begun is not None:
                self._write(self._begun)
            if self._around_commit is None:
                self.connection.execute("COMMIT")
            else:
                self._around_commit(self._commit_now)
            if self._begun is not None:
                self._shelf.keep(self._begun)
                self._begun = None
            return
        except sqlite3.Error as error:
            problem = ledger_error(error)
        except (OverflowError, ValueError):
            # The thread that commits must outlive whatever one group holds.
            problem = PoisonedGroup(
                "A value has no room in the ledger.", "Look at the last requests."
            )
        finally:
            if self._begun is not None:
                # Whether it reached the disk may not be known, so nothing at hand is sure.
                self._shelf.clear()
                self.roll_back()
        raise problem

    def roll_back(self) -> None:
        """Forget what was begun, if anything was."""
        self._begun = None
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close the connection. What a ledger in memory held is kept as its `image`."""
        if not self.connection.execute("PRAGMA database_list").fetchone()[2]:
            self.image = self.connection.serialize()
        self.connection.close()

    def _commit_now(self) -> None:
        self.connection.execute("COMMIT")

    def _read(self, wanted: Needs) -> WorkingSet:
        shelf = self._shelf
        shelf.arrive(self.connection.execute(sql.READ_VERSION).fetchone()[0])
        entry = shelf.entry
        if entry < 0:
            entry = self.connection.execute(sql.READ_ENTRY).fetchone()[0]
        rows = WorkingSet(entry=entry)
        shelf.lend(wanted, rows)
        self._strike_new(wanted)
        if wanted.nothing:
            return rows
        reading = prefetch(wanted, rows)
        asked = next(reading, None)
        while asked is not None:
            answers = [self._fetch(sql.READS[question], keys) for question, keys in asked]
            try:
                asked = reading.send(answers)
            except StopIteration:
                asked = None
        return rows

    def _strike_new(self, wanted: Needs) -> None:
        unmeasured = self._shelf.strike_new(wanted)
        if unmeasured:
            for *key, highest in _highest.decode(self._fetch(sql.READ_HIGHEST, unmeasured)):
                self._shelf.measure((key[0], key[1], key[2]), highest)
            self._shelf.strike_new(wanted)

    def _fetch(self, statement: str, keys: Collection[Any]) -> str:
        # Sorted, so that a group reads in one order whatever the hashes of this process are.
        parameter = _to_json(sorted(keys)).decode("utf-8")
        found: str = self.connection.execute(statement, (parameter,)).fetchone()[0]
        return found

    def _write(self, rows: WorkingSet) -> None:
        self._put(sql.WRITE_TERMINAL, rows.changed_terminals.values())
        self._put(sql.WRITE_BATCH, rows.changed_batches.values())
        self._put(sql.WRITE_PAYMENT, rows.changed_payments.values())
        self._put(sql.WRITE_REVERSAL, rows.changed_reversals.values())
        self._put(sql.WRITE_ITEM, rows.changed_items.values())
        self._put(sql.WRITE_CHIP, rows.changed_chips.values())
        self._put(sql.WRITE_TRANSFER, rows.transfers)
        self._put(sql.WRITE_ALERT, rows.alerts)
        self._put(sql.WRITE_REPORT, rows.reports)
        if rows.changed_spent:
            self.connection.executemany(sql.WRITE_SPENT, rows.changed_spent.items())
        reserved = self._shelf.reserve(rows.entry)
        if reserved is not None:
            self.connection.execute(sql.WRITE_ENTRY, (reserved,))

    def _put(self, write: sql.Write, rows: Collection[Row]) -> None:
        if not rows:
            return
        values = list(chain.from_iterable(msgspec.to_builtins(list(rows))))
        execute, width, at = self.connection.execute, write.width, 0
        for size, statement in write.pieces(len(rows)):
            end = at + size * width
            execute(statement, values[at:end])
            at = end
