"""Whether what the ledger keeps of reversals, uploads and terminals fits together.

The second half of the audit's rules: `audit.py` has those about money.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, and_, case, exists, func, or_, select

from acquirer_sim.aio.tables import batch, payment, report, reversal, terminal, transfer
from acquirer_sim.ledger import EntryKind
from acquirer_sim.rows import CLOSED, BatchState, PaymentStatus, ReversalEffect
from protocol.operations import ReconciliationResult

UNDOING: Final = (EntryKind.REVERSAL.value, EntryKind.LATE_REVERSAL.value)
UNDONE: Final = (ReversalEffect.REVERSED.value, ReversalEffect.ADJUSTED.value)
BURIED: Final = (PaymentStatus.TOMBSTONE.value, PaymentStatus.BURIED.value)


def reversals_did_what_they_say(connection: Connection) -> Iterator[str]:
    """A reversal that undid a payment gave back its amount once; one that came first buried it."""
    given_back = (
        select(transfer.c.entry, func.sum(transfer.c.minor).label("minor"))
        .where(transfer.c.kind.in_(UNDOING))
        .group_by(transfer.c.entry)
        .subquery()
    )
    undid = or_(
        payment.c.status.is_distinct_from(PaymentStatus.REVERSED.value),
        given_back.c.minor.is_distinct_from(payment.c.minor),
    )
    came_first = or_(payment.c.status.is_(None), payment.c.status.not_in(BURIED))
    query = (
        select(reversal.c.terminal, reversal.c.batch, reversal.c.stan)
        .join(payment, _of_one_payment, isouter=True)
        .join(given_back, given_back.c.entry == reversal.c.entry, isouter=True)
        .where(
            case(
                (reversal.c.effect.in_(UNDONE), undid),
                (reversal.c.effect == ReversalEffect.TOMBSTONE.value, came_first),
                else_=given_back.c.minor.is_not(None),
            )
        )
    )
    for name, number, stan in connection.execute(query):
        yield f"the reversal of payment {stan} of batch {number} at {name} did not do what it says"


_of_one_payment: Final = and_(
    payment.c.terminal == reversal.c.terminal,
    payment.c.merchant == reversal.c.merchant,
    payment.c.batch == reversal.c.batch,
    payment.c.stan == reversal.c.stan,
)


def undone_payments_have_their_reversal(connection: Connection) -> Iterator[str]:
    """Nothing is reversed, or declined because its reversal came first, without a reversal."""
    effects = case(
        (payment.c.status == PaymentStatus.REVERSED.value, reversal.c.effect.in_(UNDONE)),
        else_=reversal.c.effect == ReversalEffect.TOMBSTONE.value,
    )
    query = select(payment.c.terminal, payment.c.batch, payment.c.stan).where(
        payment.c.status.in_((PaymentStatus.REVERSED.value, *BURIED)),
        ~exists().where(_of_one_payment, effects),
    )
    for name, number, stan in connection.execute(query):
        yield f"payment {stan} of batch {number} at {name} was undone by nobody"


def uploads_have_their_report(connection: Connection) -> Iterator[str]:
    """A batch that closed out of balance has a report, and no other has."""
    there = exists().where(
        report.c.terminal == batch.c.terminal,
        report.c.merchant == batch.c.merchant,
        report.c.batch == batch.c.batch,
    )
    uploaded = and_(
        batch.c.state == BatchState.CLOSED.value,
        batch.c.result == ReconciliationResult.OUT_OF_BALANCE.value,
    )
    query = select(batch.c.terminal, batch.c.batch).where(case((uploaded, ~there), else_=there))
    for name, number in connection.execute(query):
        yield f"batch {number} at {name} and its report do not go together"


def terminals_have_the_open_batch(connection: Connection) -> Iterator[str]:
    """A batch that has not closed is the one its terminal has open, and no other is."""
    closed = batch.c.state.in_([state.value for state in CLOSED])
    is_current = terminal.c.open_batch == batch.c.batch
    query = (
        select(batch.c.terminal, batch.c.batch)
        .join(
            terminal,
            and_(
                terminal.c.terminal == batch.c.terminal,
                terminal.c.merchant == batch.c.merchant,
            ),
            isouter=True,
        )
        .where(
            or_(
                terminal.c.open_batch.is_(None),
                and_(closed, is_current),
                and_(~closed, ~is_current),
            )
        )
    )
    for name, number in connection.execute(query):
        yield f"batch {number} is not where terminal {name} stands"


RULES: Final = (
    reversals_did_what_they_say,
    undone_payments_have_their_reversal,
    uploads_have_their_report,
    terminals_have_the_open_batch,
)
