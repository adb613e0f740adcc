"""The archive: what is asked of the paper tables. Queries only, each on an index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from terminal.aio.rows import ADVICE_KINDS
from terminal.documents import ChainHead, CopyKind, Snapshot
from terminal.facts import Fact
from terminal.printing import Issued, Job, JobState
from terminal.projections import Row, Value
from terminal.search import Search, page, probe

SNAPSHOT_COLUMNS: Final = "number, document_id, body, sha256, previous"
JOB_COLUMNS: Final = (
    "j.job_id, j.copy_id, j.state, j.duplicate, c.issued, j.cause, j.serial"
    " FROM print_job j JOIN copy c ON c.copy_id = j.copy_id"
)


NOT_TAKEN_COLUMNS: Final = "p.stan, p.kind, p.card_masked, p.amount_minor, p.currency"
NOT_TAKEN: Final = (
    f"SELECT {NOT_TAKEN_COLUMNS}, max(i.code) FROM upload_item i"
    " JOIN payment p ON p.batch = i.batch AND p.stan = i.original_stan"
    " WHERE i.batch = ? AND i.taken = 0 GROUP BY p.stan"
    f" UNION SELECT {NOT_TAKEN_COLUMNS}, a.cause FROM advice a"
    " JOIN payment p ON p.batch = a.batch AND p.stan = a.stan"
    " WHERE a.batch = ? AND a.sends > 0"
    f" UNION SELECT {NOT_TAKEN_COLUMNS}, p.code FROM payment p"
    f" WHERE p.batch = ? AND p.phase = 'declined' AND p.kind IN {ADVICE_KINDS} ORDER BY 1"
)


class Store(Protocol):
    """What can be asked: a `Journal`."""

    async def fetch(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """Return every row of a query."""
        ...


class Books(Store, Protocol):
    """Where facts go and queries are answered: a `Journal`."""

    async def commit(self, facts: Sequence[Fact]) -> None:
        """Write facts durably, or raise JournalError."""
        ...


class Copy:
    """A row of `copy`: who is owed what, and whether an original may be out."""

    __slots__ = ("copy_id", "document_id", "issued", "kind", "owed")

    def __init__(self, row: Row) -> None:
        self.copy_id: str = row[0]
        self.document_id: str = row[1]
        self.kind = CopyKind(row[2])
        self.issued = Issued(row[3])
        self.owed = bool(row[4])


COPY_COLUMNS: Final = "copy_id, document_id, kind, issued, owed FROM copy"


class Archive:
    """Reads snapshots, copies and jobs of one terminal."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def chain_head(self) -> ChainHead:
        """Return the newest snapshot's number and hash, for the next one to follow."""
        sql = "SELECT number, sha256 FROM snapshot ORDER BY number DESC LIMIT 1"
        rows = await self._store.fetch(sql)
        return ChainHead(*rows[0]) if rows else ChainHead()

    async def snapshot(self, document_id: str) -> Snapshot | None:
        """Return a snapshot by its document's name."""
        sql = f"SELECT {SNAPSHOT_COLUMNS} FROM snapshot WHERE document_id = ?"
        return _snapshot(await self._store.fetch(sql, (document_id,)))

    async def last(self, kind: str) -> Snapshot | None:
        """Return the newest snapshot of a kind: "receipt", "settlement" or "fault"."""
        sql = f"SELECT {SNAPSHOT_COLUMNS} FROM snapshot WHERE kind = ? ORDER BY number DESC LIMIT 1"
        return _snapshot(await self._store.fetch(sql, (kind,)))

    async def find(
        self, search: Search, limit: int = 100, *, before: int | None = None
    ) -> list[Snapshot]:
        """Return what a search finds, newest first; `before` a number, for the next page."""
        asked = probe(search)
        counts = (await self._store.fetch(*asked))[0] if asked else ()
        where, values = page(search, counts, before=before)
        sql = f"SELECT {SNAPSHOT_COLUMNS} {where} LIMIT ?"
        return [_snapshot_of(row) for row in await self._store.fetch(sql, (*values, limit))]

    async def snapshots_after(self, number: int, limit: int = 500) -> list[Snapshot]:
        """Return snapshots in the order of the chain, for a check of it."""
        sql = f"SELECT {SNAPSHOT_COLUMNS} FROM snapshot WHERE number > ? ORDER BY number LIMIT ?"
        return [_snapshot_of(row) for row in await self._store.fetch(sql, (number, limit))]

    async def copies(self, document_id: str) -> list[Copy]:
        """Return the copies of a document, in the order in which they are torn off."""
        sql = f"SELECT {COPY_COLUMNS} WHERE document_id = ? ORDER BY rowid"
        return [Copy(row) for row in await self._store.fetch(sql, (document_id,))]

    async def copy(self, copy_id: str) -> Copy | None:
        """Return one copy."""
        sql = f"SELECT {COPY_COLUMNS} WHERE copy_id = ?"
        rows = await self._store.fetch(sql, (copy_id,))
        return Copy(rows[0]) if rows else None

    async def owed(self, limit: int = 500) -> list[Copy]:
        """Return the copies that are not certainly on paper, oldest first."""
        sql = f"SELECT {COPY_COLUMNS} WHERE owed = 1 ORDER BY rowid LIMIT ?"
        return [Copy(row) for row in await self._store.fetch(sql, (limit,))]

    async def job(self, job_id: str) -> Job | None:
        """Return one job."""
        rows = await self._store.fetch(f"SELECT {JOB_COLUMNS} WHERE j.job_id = ?", (job_id,))
        return _job(rows[0]) if rows else None

    async def jobs_of(self, copy_id: str) -> list[Job]:
        """Return every attempt at a copy, oldest first."""
        sql = f"SELECT {JOB_COLUMNS} WHERE j.copy_id = ? ORDER BY j.number"
        return [_job(row) for row in await self._store.fetch(sql, (copy_id,))]

    async def jobs(self, states: Sequence[JobState], limit: int = 500) -> list[Job]:
        """Return the jobs in any of some states, oldest first."""
        marks = ", ".join(f"'{state.value}'" for state in states)
        sql = f"SELECT {JOB_COLUMNS} WHERE j.state IN ({marks}) ORDER BY j.number LIMIT ?"
        return [_job(row) for row in await self._store.fetch(sql, (limit,))]

    async def newest_jobs(self, limit: int = 100) -> list[Job]:
        """Return jobs in any state, newest first."""
        sql = f"SELECT {JOB_COLUMNS} ORDER BY j.number DESC LIMIT ?"
        return [_job(row) for row in await self._store.fetch(sql, (limit,))]

    async def job_of_serial(self, serial: int) -> Job | None:
        """Return the job of one sending: a late process ID names it."""
        rows = await self._store.fetch(
            f"SELECT {JOB_COLUMNS} WHERE j.serial = ? AND j.serial > 0", (serial,)
        )
        return _job(rows[0]) if rows else None

    async def last_serial(self) -> int:
        """Return the number of the newest sending, 0 before the first."""
        rows = await self._store.fetch("SELECT max(serial) FROM print_job WHERE serial > 0")
        return int(rows[0][0] or 0)

    async def open_batch(self) -> str:
        """Return the number of the batch that is open, "" before the first."""
        rows = await self._store.fetch("SELECT batch FROM terminal")
        return str(rows[0][0]) if rows else ""

    async def was_closed(self, batch: str) -> bool:
        """Return whether the books know this batch as closed."""
        sql = "SELECT 1 FROM batch WHERE batch = ? AND closed_at <> ''"
        return bool(await self._store.fetch(sql, (batch,)))

    async def not_taken(self, batch: str) -> list[Row]:
        """Return what the host lacks of a batch: stan, kind, masked card, minor, currency, code.

        Uploads that were not acknowledged, advices that got no answer, and those it refused.
        """
        return await self._store.fetch(NOT_TAKEN, (batch, batch, batch))

    async def has_tags(self) -> bool:
        """Return whether any receipt has a tag."""
        sql = "SELECT 1 FROM snapshot WHERE tag IS NOT NULL LIMIT 1"
        return bool(await self._store.fetch(sql))

    async def asked(self, limit: int = 100) -> list[Row]:
        """Return who asked for paper, newest first: name, purpose, count, by, role, at, refused."""
        sql = (
            "SELECT name, purpose, count, by, role, at, refused FROM paper_order"
            " ORDER BY number DESC LIMIT ?"
        )
        return await self._store.fetch(sql, (limit,))

    async def reprinted_at(self, job_id: str) -> str:
        """Return the local time at which a reprint was asked for, "" for an original."""
        sql = "SELECT reprinted_at FROM print_job WHERE job_id = ?"
        rows = await self._store.fetch(sql, (job_id,))
        return str(rows[0][0]) if rows else ""


def _snapshot(rows: list[Row]) -> Snapshot | None:
    return _snapshot_of(rows[0]) if rows else None


def _snapshot_of(row: Row) -> Snapshot:
    number, document_id, body, sha256, previous = row
    return Snapshot(
        number=number, document_id=document_id, body=body, sha256=sha256, previous=previous
    )


def _job(row: Row) -> Job:
    job_id, copy_id, state, duplicate, issued, cause, serial = row
    return Job(job_id, copy_id, JobState(state), duplicate, Issued(issued), cause, serial)
