"""Whether the books are right, asked of the books themselves.

Each rule is one query that finds what breaks it, and a sentence about every find. An empty
list is the proof; the tests break each rule once to see that it can speak.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Label,
    String,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
    union_all,
)

from acquirer_sim.aio import audit_records
from acquirer_sim.aio.tables import batch, payment, reversal, transfer
from acquirer_sim.ledger import EntryKind
from acquirer_sim.originals import TREATMENTS
from acquirer_sim.rows import CLOSED, BatchState, Capture, PaymentStatus, ReversalEffect
from protocol.kinds import KINDS, PaymentKind, Side

Rule = Callable[[Connection], Iterator[str]]

posting = union_all(
    select(transfer.c.source.label("account"), (-transfer.c.minor).label("minor")),
    select(transfer.c.target.label("account"), transfer.c.minor),
).subquery("posting")
"""Both sides of every transfer, as in the view of that name."""


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
    """Every payment that was ever approved is posted with its amount, others are not."""
    posted = (
        select(transfer.c.entry, transfer.c.kind, func.sum(transfer.c.minor).label("minor"))
        .group_by(transfer.c.entry, transfer.c.kind)
        .subquery()
    )
    query = (
        select(payment.c.terminal, payment.c.batch, payment.c.stan)
        .join(
            posted,
            and_(posted.c.entry == payment.c.entry, posted.c.kind == payment.c.kind),
            isouter=True,
        )
        .where(
            case(
                (payment.c.status.in_(_PAID), posted.c.minor.is_distinct_from(payment.c.minor)),
                else_=posted.c.minor.is_not(None),
            )
        )
    )
    for terminal, number, stan in connection.execute(query):
        yield f"payment {stan} of batch {number} at {terminal} is not posted exactly as it stands"


_PAID: Final = tuple(
    status.value
    for status in (PaymentStatus.APPROVED, PaymentStatus.REVERSED, PaymentStatus.EXPIRED)
)


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
    sums = _sums_of_batches(counted)
    figures = ("debit_count", "debit_minor", "credit_count", "credit_minor")
    # What waits for the upload of a terminal that captures counts in no figures yet.
    query = (
        select(batch.c.terminal, batch.c.batch)
        .join(sums, and_(_of_batch(sums), ~_waits), isouter=True)
        .where(or_(*(func.coalesce(sums.c[name], 0) != batch.c[name] for name in figures)))
    )
    for terminal, number in connection.execute(query):
        yield f"batch {number} at {terminal} does not equal its payments"


def _sums_of_batches(counted: ColumnElement[bool]) -> Subquery:
    return (
        select(
            payment.c.terminal,
            payment.c.merchant,
            payment.c.batch,
            *_side_sums(Side.DEBIT),
            *_side_sums(Side.CREDIT),
        )
        .where(counted)
        .group_by(payment.c.terminal, payment.c.merchant, payment.c.batch)
        .subquery()
    )


def _of_batch(sums: Subquery) -> ColumnElement[bool]:
    return and_(
        sums.c.terminal == batch.c.terminal,
        sums.c.merchant == batch.c.merchant,
        sums.c.batch == batch.c.batch,
    )


def _side_sums(side: Side) -> tuple[Label[int], Label[int]]:
    mine = payment.c.kind.in_([kind.value for kind, facts in KINDS.items() if facts.side is side])
    return (
        func.sum(case((mine, 1), else_=0)).label(f"{side.value}_count"),
        func.sum(case((mine, payment.c.minor), else_=0)).label(f"{side.value}_minor"),
    )


_is_closed: Final = batch.c.state.in_([state.value for state in CLOSED])
_waits: Final = and_(batch.c.capture == Capture.TERMINAL.value, ~_is_closed)


def money_moved_once(connection: Connection) -> Iterator[str]:
    """A closed batch has one capture, of its net and under the number it names; others none."""
    account = "clearing:" + batch.c.merchant + ":" + batch.c.terminal + ":" + batch.c.batch
    # A batch of more credits than debits takes money back: its capture goes the other way.
    taken = transfer.c.source.startswith("clearing:")
    cleared = case((taken, transfer.c.source), else_=transfer.c.target)
    captures = (
        select(
            cleared.label("account"),
            func.count().label("lines"),
            func.sum(case((taken, transfer.c.minor), else_=-transfer.c.minor)).label("minor"),
            func.max(transfer.c.entry).label("entry"),
        )
        .where(transfer.c.kind == EntryKind.CAPTURE.value)
        .group_by(cleared)
        .subquery()
    )
    net = batch.c.debit_minor - batch.c.credit_minor
    wrong = case(
        (
            _is_closed,
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
        batch.c.state.in_((BatchState.AWAIT_UPLOAD.value, BatchState.CLOSED.value)),
        or_(batch.c.asked.is_(None), batch.c.result.is_(None), batch.c.code.is_(None)),
    )
    for terminal, number in connection.execute(query):
        yield f"batch {number} at {terminal} is settled without a stored answer"


def holds_are_what_stands(connection: Connection) -> Iterator[str]:
    """A hold holds its pre-authorisation as long as nothing has ended that, then nothing."""
    moved = _balances("hold:")
    # Twelve digits with leading zeros, in words that every engine has.
    rrn = func.substr(cast(payment.c.entry + 10**12, String), 2)
    account = "hold:" + payment.c.merchant + ":" + payment.c.terminal + ":" + rrn
    stands = and_(payment.c.status == PaymentStatus.APPROVED.value, payment.c.ended_entry == 0)
    query = (
        select(payment.c.terminal, payment.c.batch, payment.c.stan)
        .join(moved, moved.c.account == account, isouter=True)
        .where(
            payment.c.kind == PaymentKind.PREAUTHORISATION.value,
            func.coalesce(moved.c.minor, 0) != case((stands, payment.c.minor), else_=0),
        )
    )
    for terminal, number, stan in connection.execute(query):
        yield f"the hold of payment {stan} of batch {number} at {terminal} is not what it holds"


def refunds_stay_within_their_original(connection: Connection) -> Iterator[str]:
    """What a payment says was refunded of it and added to it is so, and never too much."""
    refunds = _that_speak_of_it(PaymentKind.REFUND)
    tips = _that_speak_of_it(PaymentKind.ADJUSTMENT)
    query = (
        select(payment.c.terminal, payment.c.batch, payment.c.stan)
        .join(refunds, refunds.c.original_entry == payment.c.entry, isouter=True)
        .join(tips, tips.c.original_entry == payment.c.entry, isouter=True)
        .where(
            or_(
                func.coalesce(refunds.c.minor, 0) != payment.c.refunded_minor,
                func.coalesce(tips.c.minor, 0) != payment.c.adjusted_minor,
                payment.c.refunded_minor > payment.c.minor + payment.c.adjusted_minor,
            )
        )
    )
    for terminal, number, stan in connection.execute(query):
        yield f"the refunds of payment {stan} of batch {number} at {terminal} are not its own"


def _that_speak_of_it(kind: PaymentKind) -> Subquery:
    return (
        select(payment.c.original_entry, func.sum(payment.c.minor).label("minor"))
        .where(payment.c.kind == kind.value, payment.c.status == PaymentStatus.APPROVED.value)
        .group_by(payment.c.original_entry)
        .subquery()
    )


def payments_end_once(connection: Connection) -> Iterator[str]:
    """A void or completion that stands and its original name each other, and nobody else does."""
    ending = [kind.value for kind, treatment in TREATMENTS.items() if treatment.ends]
    original = payment.alias("original")
    stands = and_(
        payment.c.kind.in_(ending),
        payment.c.status == PaymentStatus.APPROVED.value,
        payment.c.ended_entry == 0,
    )
    loose = (
        select(payment.c.terminal, payment.c.batch, payment.c.stan)
        .join(original, original.c.entry == payment.c.original_entry, isouter=True)
        .where(stands, original.c.ended_entry.is_distinct_from(payment.c.entry))
    )
    ender = payment.alias("ender")
    unended = (
        select(payment.c.terminal, payment.c.batch, payment.c.stan)
        .join(ender, ender.c.entry == payment.c.ended_entry, isouter=True)
        .where(
            payment.c.ended_entry != 0,
            or_(
                ender.c.original_entry.is_distinct_from(payment.c.entry),
                ender.c.status != PaymentStatus.APPROVED.value,
            ),
        )
    )
    for query in (loose, unended):
        for terminal, number, stan in connection.execute(query):
            yield f"payment {stan} of batch {number} at {terminal} and its end do not agree"


def open_money_is_in_clearing(connection: Connection) -> Iterator[str]:
    """The clearing account of a batch holds its net until it is captured, then nothing."""
    account = "clearing:" + batch.c.merchant + ":" + batch.c.terminal + ":" + batch.c.batch
    moved = _balances("clearing:")
    net = batch.c.debit_minor - batch.c.credit_minor
    query = (
        select(batch.c.terminal, batch.c.batch)
        .join(moved, moved.c.account == account, isouter=True)
        .where(func.coalesce(moved.c.minor, 0) != case((_is_closed, 0), else_=net))
    )
    for terminal, number in connection.execute(query):
        yield f"the clearing account of batch {number} at {terminal} is not what it authorised"


def authorised_money_waits_for_its_upload(connection: Connection) -> Iterator[str]:
    """What a terminal is to capture is in the batch's account until its upload, then nothing."""
    account = "authorised:" + batch.c.merchant + ":" + batch.c.terminal + ":" + batch.c.batch
    sums = _sums_of_batches(payment.c.status == PaymentStatus.APPROVED.value)
    moved = _balances("authorised:")
    net = func.coalesce(sums.c.debit_minor - sums.c.credit_minor, 0)
    query = (
        select(batch.c.terminal, batch.c.batch)
        .join(sums, _of_batch(sums), isouter=True)
        .join(moved, moved.c.account == account, isouter=True)
        .where(func.coalesce(moved.c.minor, 0) != case((_waits, net), else_=0))
    )
    for terminal, number in connection.execute(query):
        yield f"what batch {number} at {terminal} has authorised is not where it waits"


def _balances(prefix: str) -> Subquery:
    return (
        select(posting.c.account, func.sum(posting.c.minor).label("minor"))
        .where(posting.c.account.startswith(prefix))
        .group_by(posting.c.account)
        .subquery()
    )


def fees_go_with_a_capture(connection: Connection) -> Iterator[str]:
    """A merchant pays once for a batch, in the entry that gave it the money, and never more."""
    fee, capture = transfer.alias("fee"), transfer.alias("capture")
    paid = case((fee.c.target.startswith("fees:"), fee.c.source), else_=fee.c.target)
    kept = case((fee.c.target.startswith("fees:"), fee.c.target), else_=fee.c.source)
    query = (
        select(fee.c.entry)
        .join(
            capture,
            and_(
                capture.c.entry == fee.c.entry,
                capture.c.kind == EntryKind.CAPTURE.value,
                or_(capture.c.source == paid, capture.c.target == paid),
            ),
            isouter=True,
        )
        .where(fee.c.kind == EntryKind.FEE.value)
        .group_by(fee.c.entry)
        .having(
            or_(
                func.count() != 1,
                func.count(capture.c.id) != 1,
                func.max(fee.c.minor) > func.max(capture.c.minor),
                func.max(func.replace(paid, "merchant:", "fees:")) != func.max(kept),
            )
        )
    )
    for (entry,) in connection.execute(query):
        yield f"entry {entry} takes a fee that goes with no capture"


RULES: Final[tuple[Rule, ...]] = (
    transfers_are_sound,
    approved_payments_are_posted_once,
    batches_equal_their_payments,
    money_moved_once,
    settled_batches_keep_their_answer,
    holds_are_what_stands,
    refunds_stay_within_their_original,
    payments_end_once,
    open_money_is_in_clearing,
    authorised_money_waits_for_its_upload,
    fees_go_with_a_capture,
    *audit_records.RULES,
)
