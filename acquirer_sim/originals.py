"""The payment that another one speaks of: found, checked, marked, and let go again.

    a void of whatever kind ends its original            its reversal, that it may stand again
    a completion ends its pre-authorisation              its reversal or its void brings it back
    a refund takes from what is left of its original     its reversal gives it back
    an adjustment adds to what may be refunded of it     its reversal takes that away

What is asked of an original is a row of `TREATMENTS`; the first answer that fits is given.

    answer    why
    ------    -----------------------------------------------------------------
    25        there is no such payment at this merchant, or it is another one
    12        it is of the wrong kind, it does not stand, or something has ended it
    12        it is to be voided, and was refunded or adjusted
    12        it is of an earlier batch, and this kind asks for the same
    14        the card is another
    64        the amount or the currency is not the original's
    61        more than is left to refund, or more than was held
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from acquirer_sim.configuration import Configuration
from acquirer_sim.rows import Payment, PaymentStatus
from acquirer_sim.working_set import WorkingSet
from protocol.kinds import KINDS, PaymentKind
from protocol.operations import APPROVED, OriginalPayment, PaymentRequest

NOT_FOUND: Final = "25"
NOT_POSSIBLE: Final = "12"
OTHER_CARD: Final = "14"
AMOUNT_DIFFERS: Final = "64"
TOO_MUCH: Final = "61"
NOT_TOLD: Final = ("", "0" * 10)
"""F7 of an original whose time the terminal no longer knows, or its dialect does not say."""


def within_hold(payment: PaymentRequest, held: Payment, configuration: Configuration) -> str:
    """A completion takes what was held at most, and as much more as is tolerated."""
    most = held.minor * (100 + configuration.completion_tolerance_percent) // 100
    return APPROVED if payment.amount.minor <= most else TOO_MUCH


def within_rest(payment: PaymentRequest, paid: Payment, configuration: Configuration) -> str:
    """Refunds together never give back more than was paid, tips and all."""
    return APPROVED if payment.amount.minor <= paid.left_minor else TOO_MUCH


def the_same(payment: PaymentRequest, original: Payment, configuration: Configuration) -> str:
    """A void is of the whole amount, and of nothing that was refunded in part or adjusted."""
    if original.refunded_minor or original.adjusted_minor:
        return NOT_POSSIBLE
    return APPROVED if payment.amount.minor == original.minor else AMOUNT_DIFFERS


def any_amount(payment: PaymentRequest, original: Payment, configuration: Configuration) -> str:
    """An adjustment adds what it likes."""
    return APPROVED


class Treatment(msgspec.Struct, frozen=True):
    """What a kind asks of its original, and what it does to it."""

    amount: Callable[[PaymentRequest, Payment, Configuration], str]
    same_batch: bool = False
    same_terminal: bool = True
    ends: bool = False
    refunds: bool = False
    adds: bool = False


_K = PaymentKind
TREATMENTS: Final[Mapping[PaymentKind, Treatment]] = {
    _K.VOID: Treatment(the_same, same_batch=True, ends=True),
    _K.COMPLETION_VOID: Treatment(the_same, same_batch=True, ends=True),
    _K.PREAUTHORISATION_VOID: Treatment(the_same, ends=True),
    _K.COMPLETION: Treatment(within_hold, same_terminal=False, ends=True),
    _K.COMPLETION_ADVICE: Treatment(within_hold, same_terminal=False, ends=True),
    _K.REFUND: Treatment(within_rest, same_terminal=False, refunds=True),
    _K.ADJUSTMENT: Treatment(any_amount, same_batch=True, adds=True),
}


def find_original(rows: WorkingSet, request: PaymentRequest) -> Payment | None:
    """Return the payment of this merchant that a request names: by batch and STAN, or by RRN."""
    named, origin = request.original, request.origin
    assert named is not None, "the profile refuses such a kind without"
    found = rows.payments.get((origin.terminal_id, origin.merchant_id, named.batch, named.stan))
    if found is None or not _is_named(found, named):
        number = entry_of(named.rrn)
        found = rows.numbered(number) if number else None
    if found is None or found.merchant != origin.merchant_id or not _is_named(found, named):
        return None
    rows.meet(found)
    return found


def entry_of(rrn: str | None) -> int:
    """Return the number of the journal entry that an RRN of this host tells, 0 for none."""
    return int(rrn) if rrn is not None and rrn.isascii() and rrn.isdigit() else 0


def _is_named(found: Payment, named: OriginalPayment) -> bool:
    """RRN, authorisation and time must be the payment's, where the terminal tells them."""
    return (
        named.rrn in (None, found.rrn)
        and named.authorisation in (None, found.authorisation)
        and named.transmission in (*NOT_TOLD, found.transmission)
    )


def judge_original(
    request: PaymentRequest, original: Payment | None, token: str, configuration: Configuration
) -> str:
    """Answer by the table above."""
    treatment = TREATMENTS[request.kind]
    if original is None or original.status in (PaymentStatus.TOMBSTONE, PaymentStatus.BURIED):
        return NOT_FOUND
    if treatment.same_terminal and original.terminal != request.origin.terminal_id:
        return NOT_FOUND
    if original.kind not in KINDS[request.kind].wants:
        return NOT_POSSIBLE
    if original.status is not PaymentStatus.APPROVED or original.ended_entry:
        return NOT_POSSIBLE
    if treatment.same_batch and original.batch != request.batch:
        return NOT_POSSIBLE
    if original.token != token:
        return OTHER_CARD
    if original.currency != request.amount.currency:
        return AMOUNT_DIFFERS
    return treatment.amount(request, original, configuration)


def is_expired(held: Payment, at: str, configuration: Configuration) -> bool:
    """True when a hold has outlived `hold_days` at the moment `at`."""
    age = datetime.fromisoformat(at) - datetime.fromisoformat(held.at)
    return age >= timedelta(days=configuration.hold_days)


def mark_original(rows: WorkingSet, payment: Payment) -> None:
    """Note on the original what an approved payment has done to it."""
    original = rows.numbered(payment.original_entry)
    if original is None:
        return
    treatment = TREATMENTS[payment.kind]
    assert not treatment.ends or original.ended_entry == 0, "a payment ends once"
    if treatment.ends:
        _end(rows, original, payment.entry)
        _free(rows, original)
    elif treatment.refunds:
        _refund(rows, original, payment.minor)
    elif treatment.adds:
        _add(rows, original, payment.minor)


def release_original(rows: WorkingSet, payment: Payment) -> None:
    """Take back the note of a payment that is being reversed."""
    original = rows.numbered(payment.original_entry)
    if original is None:
        return
    treatment = TREATMENTS[payment.kind]
    if treatment.ends:
        assert original.ended_entry == payment.entry, "what ended it lets it go"
        _end(rows, original, 0)
        held = _held_by(rows, original)
        if held is not None:
            _end(rows, held, original.entry)
    elif treatment.refunds:
        _refund(rows, original, -payment.minor)
    elif treatment.adds:
        _add(rows, original, -payment.minor)


def can_be_released(rows: WorkingSet, payment: Payment) -> bool:
    """False when something else rests on the payment by now.

    A completion would come back to a hold that has ended; a tip was refunded already.
    """
    original = rows.numbered(payment.original_entry)
    if original is not None and TREATMENTS[payment.kind].adds:
        return payment.minor <= original.left_minor
    if original is None or payment.kind is not PaymentKind.COMPLETION_VOID:
        return True
    held = _held_by(rows, original)
    assert held is not None, "a completion has a pre-authorisation"
    return held.status is PaymentStatus.APPROVED and held.ended_entry == 0


def _free(rows: WorkingSet, voided: Payment) -> None:
    """Let a pre-authorisation stand again whose completion is voided."""
    held = _held_by(rows, voided)
    if held is not None:
        assert held.ended_entry == voided.entry, "it was ended by this completion"
        _end(rows, held, 0)


def _held_by(rows: WorkingSet, completion: Payment) -> Payment | None:
    if completion.kind is not PaymentKind.COMPLETION:
        return None
    return rows.numbered(completion.original_entry)


def _end(rows: WorkingSet, payment: Payment, by: int) -> None:
    rows.put_payment(msgspec.structs.replace(payment, ended_entry=by))


def _refund(rows: WorkingSet, payment: Payment, minor: int) -> None:
    refunded = payment.refunded_minor + minor
    assert refunded >= 0, "what is given back was given"
    assert minor <= payment.left_minor, "never more than was paid"
    rows.put_payment(msgspec.structs.replace(payment, refunded_minor=refunded))


def _add(rows: WorkingSet, payment: Payment, minor: int) -> None:
    adjusted = payment.adjusted_minor + minor
    assert adjusted >= 0, "what is taken away was added"
    rows.put_payment(msgspec.structs.replace(payment, adjusted_minor=adjusted))
