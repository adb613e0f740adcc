from __future__ import annotations

import sqlite3
from itertools import pairwise
from types import ModuleType

import asyncpg
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acquirer_sim.decide import decide, needs
from acquirer_sim.working_set import WorkingSet
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.kinds import KINDS, PaymentKind
from protocol.operations import (
    Echo,
    Origin,
    PaymentRequest,
    ReconciliationResult,
    Reply,
    Request,
    Reversal,
    Settlement,
    Totals,
)
from protocol.profiles import cup, iso87
from tests.acquirer_sim.asking import (
    BATCH,
    NOW,
    ORIGIN,
    OTHER,
    STAMP,
    Books,
    end,
    item,
    of,
    payment,
    purchase,
    reversal,
    settlement,
    sign_on,
    undo,
)


def _some_request(kind: int, stan: int, other: bool) -> Request:  # noqa: FBT001 — drawn, not typed
    origin = OTHER if other else ORIGIN
    return (
        purchase(stan, 100 * stan, origin=origin),
        reversal(stan, 100 * stan, origin=origin),
        settlement(stan % 3, 100, origin=origin),
        item(stan, 100 * stan, origin=origin),
        end(stan, origin=origin),
        sign_on(origin=origin),
    )[kind]


requests = st.lists(
    st.builds(_some_request, st.integers(0, 5), st.integers(1, 4), st.booleans()), max_size=12
)


LIMITED = "4012888888881881"
MINORS = (100, 200, 30_000)


def _some_payment(
    kind: PaymentKind,
    numbers: tuple[int, int],
    minor: int,
    undone: bool,  # noqa: FBT001 — drawn, not typed
) -> Request:
    stan, earlier = numbers
    wants = KINDS[kind].wants
    original = of(earlier, KINDS[wants[0]].mti) if wants else None
    asked = payment(kind, stan, minor, original=original, pan=LIMITED)
    return undo(asked, pan=None if minor == 100 else asked.card.pan) if undone else asked


flows = st.lists(
    st.one_of(
        st.builds(
            _some_payment,
            st.sampled_from(PaymentKind),
            st.tuples(st.integers(1, 6), st.integers(1, 4)),
            st.sampled_from(MINORS),
            st.booleans(),
        ),
        st.sampled_from([settlement(1, 100), settlement(0, 0), end(0)]),
    ),
    min_size=2,
    max_size=16,
)


@given(flows, st.lists(st.integers(0, 16), max_size=3))
@settings(max_examples=60, deadline=None)
def test_flows_of_every_kind_leave_right_books(asked: list[Request], cuts: list[int]) -> None:
    """Voids, refunds, holds, completions and their reversals, in any order and any groups."""
    alone, grouped = Books(), Books()
    expected = [alone.one(request) for request in asked]

    places = sorted({0, len(asked), *(cut for cut in cuts if cut < len(asked))})
    replies = [one for begin, stop in pairwise(places) for one in grouped.ask(*asked[begin:stop])]

    assert expected == replies
    assert alone.dump() == grouped.dump()
    assert [] == alone.problems()
    left = sum(minor for (minor,) in alone.rows("SELECT minor FROM spent"))
    assert -left == alone.balance("cardholder:")
    for made in (alone, grouped):
        made.ledger.close()


@given(requests, st.lists(st.integers(0, 12), max_size=3))
@settings(max_examples=60, deadline=None)
def test_groups_decide_as_single_requests_do(asked: list[Request], cuts: list[int]) -> None:
    """However a sequence is cut into groups, replies and books are the same."""
    alone, grouped = Books(), Books()
    expected = [alone.one(request) for request in asked]

    places = sorted({0, len(asked), *(cut for cut in cuts if cut < len(asked))})
    replies: list[Reply] = []
    for begin, stop in pairwise(places):
        replies += grouped.ask(*asked[begin:stop])

    assert expected == replies
    assert alone.dump() == grouped.dump()
    assert [] == grouped.rows("SELECT entry FROM posting GROUP BY entry HAVING sum(minor) <> 0")
    for made in (alone, grouped):
        made.ledger.close()


def test_unknown_request_gets_a_problem_and_its_neighbour_a_reply(books: Books) -> None:
    unknown = Request(origin=ORIGIN, stan="000001", stamp=STAMP)

    refused, bought = books.decide(unknown, purchase(1))

    assert (None, "no decision for Request") == (refused.reply, refused.problem)
    assert bought.reply is not None


def test_echo_needs_nothing(books: Books) -> None:
    echo = Echo(origin=ORIGIN, stan="000001", stamp=STAMP)

    assert "00" == books.one(echo).code
    assert set() == needs([echo], books.policy, NOW).terminals


def test_trailer_needs_its_whole_batch(books: Books) -> None:
    assert {(ORIGIN.terminal_id, ORIGIN.merchant_id, BATCH)} == needs(
        [end(1)], books.policy, NOW
    ).uploads


def test_group_changes_nothing_when_nothing_is_asked_of_the_disk() -> None:
    """A repeat that only reads leaves the journal's number alone."""
    commits: list[int] = []

    def count(commit: object) -> None:
        commits.append(1)
        commit()  # type: ignore[operator] # a callable

    books = Books(around_commit=count)
    books.ask(purchase(1))
    before = books.dump()
    books.ask(purchase(1), sign_on())

    assert before == books.dump()
    books.ledger.close()


def test_poisoned_request_fails_alone(books: Books) -> None:
    """A handler writes last, so one that raises has written nothing; the rest goes on."""
    rows = WorkingSet()
    broken = purchase(1, amount=None)

    decisions = decide(rows, [broken, purchase(2)], NOW, books.policy)

    assert (None, "PaymentRequest: AttributeError") == (decisions[0].reply, decisions[0].problem)
    assert ["000002"] == [row.stan for row in rows.payments.values()]
    assert [1234] == [row.debit_minor for row in rows.batches.values()]


def test_ledger_refuses_changes_to_a_transfer(books: Books) -> None:
    """Postings are never updated: the schema says so too."""
    books.ask(purchase(1))

    with pytest.raises((sqlite3.IntegrityError, asyncpg.RaiseError)) as caught:
        books.rows("UPDATE transfer SET minor = 1")

    assert "transfer rows are never changed" == str(caught.value)


def _day() -> list[PaymentRequest | Reversal | Settlement]:
    """Every kind, each follow-up naming its original as a dialect without F7 can: by RRN too."""
    void = payment(PaymentKind.VOID, 2, 1000, original=of(1, rrn="000000000001"))
    held = of(4, "0100", rrn="000000000005")
    told = of(8, "0220", rrn="000000000011")
    gone = payment(PaymentKind.COMPLETION_VOID, 6, 800, original=of(5, rrn="000000000006"))
    return [
        purchase(1, 1000),
        void,
        undo(void, earlier=void.original),
        payment(PaymentKind.REFUND, 3, 100, original=of(1, rrn="000000000001")),
        payment(PaymentKind.PREAUTHORISATION, 4, 900),
        payment(PaymentKind.COMPLETION, 5, 800, original=held),
        gone,
        undo(gone, earlier=gone.original),
        payment(PaymentKind.COMPLETION_VOID, 7, 800, original=of(5, rrn="000000000006")),
        payment(PaymentKind.COMPLETION_ADVICE, 9, 700, original=held),
        payment(PaymentKind.OFFLINE_SALE, 8, 60),
        payment(PaymentKind.ADJUSTMENT, 10, 6, original=told),
        payment(PaymentKind.BALANCE, 11, 0),
        payment(PaymentKind.PREAUTHORISATION, 12, 50),
        payment(PaymentKind.PREAUTHORISATION_VOID, 13, 50, original=of(12, "0100")),
        settlement(0, 0, totals=Totals(2, 0, 5, 0, 900, 0, 2566)),
    ]


@pytest.mark.parametrize(
    ("dialect", "profile"), [("iso87", iso87), ("iso87_bcd", iso87), ("cup", cup)]
)
def test_every_kind_is_understood_in_every_dialect(
    books: Books, dialect: str, profile: ModuleType
) -> None:
    """The bytes of a terminal's day, with the void of a void's end and the hold that comes back."""
    codec, origin = Codec(builtin_dialect(dialect)), Origin("10000001", "104100000000001")
    asked = [msgspec.structs.replace(one, origin=origin) for one in _day()]
    heard = [profile.decode(codec.decode(codec.encode(profile.encode(one)))) for one in asked]
    replies = [books.one(one) for one in heard]

    assert ["00"] * len(asked) == [one.code for one in replies]
    assert ReconciliationResult.IN_BALANCE is replies[-1].result
    assert [] == books.problems()
