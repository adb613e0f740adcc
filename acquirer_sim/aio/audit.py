"""Whether the books are right, asked of the books themselves.

Each rule is one query that finds what breaks it, and a sentence about every find. An empty
list is the proof; the tests break each rule once to see that it can speak.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from sqlalchemy import Connection, and_, case, exists, func, or_, select

from acquirer_sim.aio.tables import batch, payment, reversal, transfer
from acquirer_sim.ledger import EntryKind
from acquirer_sim.rows import BatchState, PaymentStatus, ReversalEffect

Rule = Callable[[Connection], Iterator[str]]


def audit(connection: Connection) -> list[str]:
    """Return what is wrong with the ledger, in words; nothing when it is right."""
    return [problem for rule in RULES for problem in rule(connection)]


def transfers_are_sound(connection: Connection) -> Iterator[str]:
    """An amount is never negative, and goes from one account to another."""
    query = select(transfer.c.entry).where(
        or_(transfer.c.minor < 0, transfer.c.source == transfer.c.target)
    )
    for (entry,) in connection.execute(query):
        yield f"entry {entry} is no transfer between two accounts"


def approved_payments_are_posted_once(connection: Connection) -> Iterator[str]:
    """Every payment that was ever approved has one purchase entry of its amount, others none."""
    posted = (
        select(
            transfer.c.entry,
            func.count().label("lines"),
            func.sum(transfer.c.minor).label("minor"),
        )
        .where(transfer.c.kind == EntryKind.PURCHASE.value)
        .group_by(transfer.c.entry)
        .subquery()
    )
    money = payment.c.status.in_((PaymentStatus.APPROVED.value, PaymentStatus.REVERSED.value))
    wrong = case(
        (
            money,
            or_(posted.c.lines.is_(None), posted.c.lines != 1, posted.c.minor != payment.c.minor),
        ),
        else_=posted.c.lines.is_not(None),
    )
    query = (
        select(payment.c.terminal, payment.c.batch, payment.c.stan)
        .join(posted, posted.c.entry == payment.c.entry, isouter=True)
        .where(wrong)
    )
    for terminal, number, stan in connection.execute(query):
        yield f"payment {stan} of batch {number} at {terminal} is not posted exactly as it stands"


def batches_equal_their_payments(connection: Connection) -> Iterator[str]:
    """The running totals are the payments that stood when the batch was settled, or now."""
    adjusted = exists().where(
        reversal.c.terminal == payment.c.terminal,
        reversal.c.merchant == payment.c.merchant,
        reversal.c.batch == payment.c.batch,
        reversal.c.stan == payment.c.stan,
        reversal.c.effect == ReversalEffect.ADJUSTED.value,
    )
    counted = or_(payment.c.status == PaymentStatus.APPROVED.value, adjusted)
    sums = (
        select(
            payment.c.terminal,
            payment.c.merchant,
            payment.c.batch,
            func.count().label("count"),
            func.sum(payment.c.minor).label("minor"),
        )
        .where(counted)
        .group_by(payment.c.terminal, payment.c.merchant, payment.c.batch)
        .subquery()
    )
    query = (
        select(batch.c.terminal, batch.c.batch)
        .join(
            sums,
            and_(
                sums.c.terminal == batch.c.terminal,
                sums.c.merchant == batch.c.merchant,
                sums.c.batch == batch.c.batch,
            ),
            isouter=True,
        )
        .where(
            or_(
                func.coalesce(sums.c.count, 0) != batch.c.debit_count,
                func.coalesce(sums.c.minor, 0) != batch.c.debit_minor,
            )
        )
    )
    for terminal, number in connection.execute(query):
        yield f"batch {number} at {terminal} does not equal its payments"


def money_moved_once(connection: Connection) -> Iterator[str]:
    """A closed batch has one capture, of its net and under the number it names; others none."""
    account = "clearing:" + batch.c.merchant + ":" + batch.c.terminal + ":" + batch.c.batch
    captures = (
        select(
            transfer.c.source.label("account"),
            func.count().label("lines"),
            func.sum(transfer.c.minor).label("minor"),
            func.max(transfer.c.entry).label("entry"),
        )
        .where(transfer.c.kind == EntryKind.CAPTURE.value)
        .group_by(transfer.c.source)
        .subquery()
    )
    net = batch.c.debit_minor - batch.c.credit_minor
    wrong = case(
        (
            batch.c.state == BatchState.CLOSED.value,
            or_(
                captures.c.lines.is_(None),
                captures.c.lines != 1,
                captures.c.minor != net,
                captures.c.entry != batch.c.moved_entry,
            ),
        ),
        else_=or_(captures.c.lines.is_not(None), batch.c.moved_entry != 0),
    )
    query = (
        select(batch.c.terminal, batch.c.batch)
        .join(captures, captures.c.account == account, isouter=True)
        .where(wrong)
    )
    for terminal, number in connection.execute(query):
        yield f"the money of batch {number} at {terminal} did not move as its state says"


def settled_batches_keep_their_answer(connection: Connection) -> Iterator[str]:
    """H2: what was answered can be answered again."""
    query = select(batch.c.terminal, batch.c.batch).where(
        batch.c.state != BatchState.OPEN.value,
        or_(batch.c.asked.is_(None), batch.c.result.is_(None), batch.c.code.is_(None)),
    )
    for terminal, number in connection.execute(query):
        yield f"batch {number} at {terminal} is settled without a stored answer"


RULES: Final[tuple[Rule, ...]] = (
    transfers_are_sound,
    approved_payments_are_posted_once,
    batches_equal_their_payments,
    money_moved_once,
    settled_batches_keep_their_answer,
)
