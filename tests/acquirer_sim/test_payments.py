from __future__ import annotations

import msgspec
import pytest

from acquirer_sim.configuration import CardSettings
from acquirer_sim.orders import Order
from protocol.amount import Amount
from protocol.kinds import PaymentKind
from protocol.operations import PaymentReply, Stamp
from tests.acquirer_sim.asking import (
    BATCH,
    MASTERCARD,
    OTHER,
    Books,
    configuration,
    of,
    payment,
    purchase,
    reversal,
    settlement,
    undo,
)


def test_purchase_moves_money_to_clearing_when_approved(books: Books) -> None:
    """Host capture: the approval posts, the merchant has nothing yet."""
    reply = books.one(purchase(1, 1234))

    assert ("00", "000000000001", "000001", "1120") == (
        reply.code,
        reply.rrn,
        reply.authorisation,
        reply.settlement_date,
    )
    assert (-1234, 1234, 0) == (
        books.balance("cardholder:"),
        books.balance("clearing:"),
        books.balance("merchant:"),
    )


def test_purchase_posts_nothing_when_declined(books: Books) -> None:
    assert ["51"] == books.codes(purchase(1, 100_051))

    assert [] == books.rows("SELECT * FROM posting")
    assert [(0, 0)] == books.rows("SELECT debit_count, debit_minor FROM batch")


def test_purchase_gets_the_same_answer_when_repeated(books: Books) -> None:
    """A repeat is answered from the record: same RRN, same authorisation, money once."""
    first = books.one(purchase(1))

    assert [first, first] == books.ask(purchase(1), purchase(1))
    assert [(1, 1234)] == books.rows("SELECT debit_count, debit_minor FROM batch")


def test_declined_purchase_gets_the_same_answer_when_repeated(books: Books) -> None:
    first = books.one(purchase(1, 100_005))

    assert first == books.one(purchase(1, 100_005))


def test_purchase_repeats_within_one_group(books: Books) -> None:
    """Later requests of a group see earlier ones."""
    first, again = books.ask(purchase(1), purchase(1))

    assert first == again
    assert [(1,)] == books.rows("SELECT count(*) FROM payment")


def test_purchase_is_refused_as_duplicate_when_content_differs(books: Books) -> None:
    """Same terminal, batch and STAN, anything else different: 94."""
    books.ask(purchase(1))

    assert ["94", "94", "94", "94"] == books.codes(
        purchase(1, 1235),
        purchase(1, pan=MASTERCARD),
        purchase(1, stamp=Stamp("1120113426", "193425", "1120")),
        purchase(1, amount=Amount(1234, "840")),
    )
    assert 1234 == books.balance("clearing:")


def test_purchase_is_declined_when_its_reversal_came_first(books: Books) -> None:
    """N19: the tombstone of an overtaking reversal declines the late original, and stays."""
    assert ["25"] == books.codes(reversal(1))

    late = books.one(purchase(1))
    assert "12" == late.code
    assert late == books.one(purchase(1))
    assert 0 == books.balance("clearing:")
    assert ["94"] == books.codes(purchase(1, 999))


def test_purchase_is_refused_when_batch_is_not_open(books: Books) -> None:
    """H5: 77 for a batch other than the open one, before and after."""
    books.ask(purchase(1))

    assert ["77"] == books.codes(purchase(2, batch="000002"))
    assert ["77"] == books.codes(purchase(2, batch="999999"))


def test_purchase_is_refused_when_batch_is_frozen(books: Books) -> None:
    """H5: after the 0500 nothing is sold in that batch, nor in the next before it closes."""
    books.ask(purchase(1), settlement(2, 9999))

    assert ["77", "77"] == books.codes(purchase(2), purchase(2, batch="000002"))
    assert [(1, 1234)] == books.rows("SELECT debit_count, debit_minor FROM batch")


def test_purchase_is_answered_from_record_when_batch_has_closed(books: Books) -> None:
    first = books.one(purchase(1))
    books.ask(settlement(1, 1234))

    assert first == books.one(purchase(1))
    assert ["00"] == books.codes(purchase(1, batch="000002"))


def test_purchase_is_invalid_when_currency_is_not_the_batch_s(books: Books) -> None:
    """F50 is one currency: a second one in a batch could not be compared."""
    books.ask(purchase(1))

    assert ["12"] == books.codes(purchase(2, amount=Amount(1234, "840")))


def test_terminals_have_batches_of_their_own(books: Books) -> None:
    books.ask(purchase(1), purchase(1, 500, origin=OTHER))

    assert [("T0000001", 1234), ("T0000002", 500)] == books.rows(
        "SELECT terminal, debit_minor FROM batch WHERE batch = ? ORDER BY terminal", (BATCH,)
    )


OFFLINE, ADJUSTMENT = PaymentKind.OFFLINE_SALE, PaymentKind.ADJUSTMENT
LIMITED = "4012888888881881"


def test_offline_sale_is_posted_on_arrival(books: Books) -> None:
    """It has happened: no limit applies; its repeat is answered from the record."""
    told = payment(OFFLINE, 1, 60_000, pan=LIMITED)
    first = books.one(told)

    assert ("00", OFFLINE) == (first.code, first.kind)
    assert first == books.one(msgspec.structs.replace(told, repeat=True))
    assert (1, 60_000, 0, 0) == books.figures()
    assert 60_000 == books.balance("clearing:")
    assert ["51"] == books.codes(purchase(2, 1, pan=LIMITED))
    assert [] == books.problems()


def test_advice_is_on_record_when_it_is_declined(books: Books) -> None:
    assert ["41"] == books.codes(payment(OFFLINE, 1, pan="371449635398431"))
    assert [("offline_sale", "41", "declined")] == books.rows(
        "SELECT kind, code, status FROM payment"
    )
    assert (0, 0, 0, 0) == books.figures()


def test_adjustment_adds_a_payment_of_its_own(books: Books) -> None:
    """A tip: a debit that names its sale."""
    tip = payment(ADJUSTMENT, 2, 200, original=of(1))

    assert ["00", "00", "25"] == books.codes(
        purchase(1), tip, payment(ADJUSTMENT, 3, 200, original=of(7))
    )
    assert (2, 1434, 0, 0) == books.figures()
    assert [(1,)] == books.rows("SELECT original_entry FROM payment WHERE stan = '000002'")
    assert ["00"] == books.codes(undo(tip))
    assert [] == books.problems()


def test_sale_is_approved_in_part_when_asked_for(books: Books) -> None:
    """1000.10: half of it, and what is counted is what was approved."""
    reply = books.one(purchase(1, 100_010))

    assert ("10", Amount(50_005)) == (reply.code, reply.amount)
    assert reply == books.one(purchase(1, 100_010))
    assert (1, 50_005, 0, 0) == books.figures()
    assert ["94"] == books.codes(purchase(1, 50_005))
    assert ["00"] == books.codes(payment(PaymentKind.VOID, 2, 50_005, original=of(1)))
    assert [] == books.problems()


@pytest.mark.parametrize("known", [100_010, 50_005])
def test_partial_approval_is_undone_by_either_amount(books: Books, known: int) -> None:
    """Its reply may be lost; or the cashier declines the rest."""
    books.ask(purchase(1, 100_010))

    assert ["00"] == books.codes(reversal(1, known))
    assert 0 == books.balance("clearing:")


def test_card_pays_what_it_has_left_when_it_may(books: Books) -> None:
    card = CardSettings(pan=LIMITED, limit_minor=1500, amount_max_minor=1000, in_part=True)
    prepaid = Books(configuration(card=(card,)))
    decisions = prepaid.decide(
        *(purchase(stan, 1001, pan=LIMITED) for stan in (1, 2, 3)),
        payment(PaymentKind.PREAUTHORISATION, 4, 1001),
        payment(OFFLINE, 5, 100_010),
        orders={3: Order(code="10", part_minor=7)},
    )
    replies = [decision.reply for decision in decisions]

    paid = [one for one in replies if isinstance(one, PaymentReply)]
    told = [(one.code, one.amount.minor) for one in paid if one.amount is not None]
    assert [("10", 1000), ("10", 500), ("51", 1001), ("10", 7), ("00", 100_010)] == told
    assert [] == prepaid.problems()
    prepaid.ledger.close()
