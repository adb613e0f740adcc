from __future__ import annotations

import msgspec

from acquirer_sim.aio.shelf import ENTRIES_AHEAD, Shelf
from acquirer_sim.rows import Terminal
from acquirer_sim.working_set import Needs, WorkingSet
from tests.acquirer_sim.asking import row_of

ROW = Terminal("T0000001", "M00000000000001", "000004")
KEY = (ROW.terminal, ROW.merchant)


def stocked() -> Shelf:
    shelf = Shelf()
    shelf.arrive(7)
    rows = WorkingSet(entry=12)
    rows.put_terminal(ROW)
    shelf.keep(rows)
    return shelf


def borrow(shelf: Shelf) -> tuple[WorkingSet, Needs]:
    wanted, rows = Needs(), WorkingSet()
    wanted.terminals = {KEY, ("T0000002", ROW.merchant)}
    shelf.lend(wanted, rows)
    return rows, wanted


def test_shelf_lends_what_it_has_and_leaves_the_rest_wanted() -> None:
    rows, wanted = borrow(stocked())

    assert {KEY: ROW} == rows.terminals
    assert {("T0000002", ROW.merchant)} == wanted.terminals


def test_shelf_is_empty_when_somebody_else_has_written() -> None:
    shelf = stocked()
    shelf.arrive(7)
    assert 12 == shelf.entry

    shelf.arrive(8)
    rows, _ = borrow(shelf)

    assert ({}, -1) == (rows.terminals, shelf.entry)


def test_what_a_group_changes_is_not_on_the_shelf_before_it_is_kept() -> None:
    shelf = stocked()
    rows, _ = borrow(shelf)
    rows.put_terminal(msgspec.structs.replace(ROW, open_batch="000005"))

    again, _ = borrow(shelf)

    assert ROW == again.terminals[KEY]


def test_only_payments_above_all_others_of_their_batch_are_not_looked_for() -> None:
    shelf, rows, batch = stocked(), WorkingSet(entry=13), (*KEY, "000004")
    wanted = Needs()
    wanted.payments = {(*batch, "000007"), (*batch, "000008"), (*batch, "000009")}
    assert {batch} == shelf.strike_new(wanted)
    shelf.measure(batch, "000007")
    rows.put_payment(row_of(*batch, "000008"))
    rows.put_payment(row_of(*batch, "000003"))

    shelf.keep(rows)

    assert set() == shelf.strike_new(wanted)
    assert {(*batch, "000007"), (*batch, "000008")} == wanted.payments


def test_nothing_is_new_that_was_never_measured() -> None:
    """What a group wrote into a batch says nothing of what stood there before."""
    shelf, rows, wanted = stocked(), WorkingSet(entry=13), Needs()
    rows.put_payment(row_of(*KEY, "000004", "000008"))
    wanted.payments = {(*KEY, "000004", "000009")}

    shelf.keep(rows)

    assert {(*KEY, "000004")} == shelf.strike_new(wanted)
    assert {(*KEY, "000004", "000009")} == wanted.payments


def test_counter_is_written_once_for_many_numbers() -> None:
    shelf = stocked()

    said = [shelf.reserve(entry) for entry in range(13, 2 * ENTRIES_AHEAD)]

    assert [ENTRIES_AHEAD, 2 * ENTRIES_AHEAD] == [one for one in said if one is not None]


def test_numbers_are_reserved_again_when_a_transaction_failed() -> None:
    shelf = stocked()
    shelf.reserve(13)
    shelf.clear()

    assert ENTRIES_AHEAD == shelf.reserve(13)
