"""What PostgreSQL and its driver may say, as the five things that a ledger does about it.

    Trouble     what it means                            what follows
    --------    -------------------------------------    --------------------------------------
    AGAIN       another process was in the way           the group is decided anew, as a whole
    POISON      a value that the ledger cannot hold      each request of the group for itself
    AWAY        no connection, or none that may write    silence, and connecting again
    FULL        no room on the database's disk           silence
    OTHER       anything else                            silence, with the SQLSTATE for a person

The codes are those of PostgreSQL's appendix A. No message of the server is ever passed on: it may
quote a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

import asyncpg

from acquirer_sim.errors import LedgerError, PoisonedGroup


class Trouble(Enum):
    """See above."""

    AGAIN = "again"
    POISON = "poison"
    AWAY = "away"
    FULL = "full"
    OTHER = "other"


STATES: Final[Mapping[str, Trouble]] = {
    "40001": Trouble.AGAIN,  # serialization_failure
    "40P01": Trouble.AGAIN,  # deadlock_detected
    "55P03": Trouble.AGAIN,  # lock_not_available
    "23505": Trouble.AGAIN,  # unique_violation: a writer that takes no locks was quicker
    "25006": Trouble.AWAY,  # read_only_sql_transaction: this server is no longer the first
    "25P03": Trouble.AWAY,  # idle_in_transaction_session_timeout
    "53300": Trouble.AWAY,  # too_many_connections
    "53100": Trouble.FULL,  # disk_full
    "57P01": Trouble.AWAY,  # admin_shutdown
    "57P02": Trouble.AWAY,  # crash_shutdown
    "57P03": Trouble.AWAY,  # cannot_connect_now
}
CLASSES: Final[Mapping[str, Trouble]] = {
    "08": Trouble.AWAY,  # connection exceptions
    "22": Trouble.POISON,  # data exceptions
    "23": Trouble.POISON,  # integrity constraint violations
}

BROKEN: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
    TimeoutError,
    ValueError,
    OverflowError,
)
"""Everything that a statement may raise; nothing else may leave the driver."""


def trouble_of(error: BaseException) -> Trouble:
    """Return what an error of `BROKEN` means."""
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        return STATES.get(state) or CLASSES.get(state[:2], Trouble.OTHER)
    if isinstance(error, ValueError | OverflowError):
        # A value of ours that the driver cannot write; asyncpg.DataError is one of them.
        return Trouble.POISON
    return Trouble.AWAY


def ledger_error(error: BaseException) -> LedgerError:
    """Say in words what PostgreSQL said in codes; the one mapper of this edge."""
    match trouble_of(error):
        case Trouble.AGAIN:
            return LedgerError(
                "Other processes were in the way of a group too often.",
                "Nothing is lost: terminals ask again.",
            )
        case Trouble.POISON:
            return PoisonedGroup("A value has no room in the ledger.", "Look at the last requests.")
        case Trouble.AWAY:
            return LedgerError(
                "The database is away.", "It is tried again until it answers; look at its server."
            )
        case Trouble.FULL:
            return LedgerError("The disk of the database is full.", "Free some space, then go on.")
        case Trouble.OTHER:
            state = getattr(error, "sqlstate", None) or "no code"
            return LedgerError(
                f"The database refused (SQLSTATE {state}).", "Look at its server's log."
            )


def opening_error(error: BaseException) -> LedgerError:
    """Say why a database could not be opened at the start."""
    state = getattr(error, "sqlstate", None) or ""
    if state in ("28P01", "28000"):
        return LedgerError(
            "The database does not let this user in.",
            "Check user and password: PGPASSWORD or ~/.pgpass will do, and the URL.",
        )
    if state == "3D000":
        return LedgerError("There is no such database.", "Create it with createdb, then try again.")
    if state == "42501":
        return LedgerError(
            "This user may not make or change tables there.", "Let the database belong to it."
        )
    if isinstance(error, ValueError):
        return LedgerError(
            "The ledger's URL cannot be read.", "Give postgresql://USER@HOST:PORT/DATABASE."
        )
    if trouble_of(error) is Trouble.AWAY:
        return LedgerError(
            "The database cannot be reached.", "Check host and port, and that its server runs."
        )
    return ledger_error(error)
