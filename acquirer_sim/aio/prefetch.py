"""The round of reads before a group is decided, without an engine: questions out, rows in.

`prefetch` is a generator. It yields questions that may be asked at once, is sent one answer for
each (a JSON array of rows, in the order of the members in `acquirer_sim/rows.py`), and fills the
working set. Whoever drives it knows an engine and how to wait; what a group must see is said here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from enum import Enum
from itertools import chain
from typing import Any, Final

import msgspec

from acquirer_sim.rows import Batch, Chip, Item, Payment, Reversal, Terminal, spending_keys
from acquirer_sim.working_set import Needs, WorkingSet


class Question(Enum):
    """What may be asked of a ledger; each engine has a statement for every one.

    RECORDS are batches of which the figures do not matter: those of an open one may be missing.
    """

    TERMINALS = "terminals"
    BATCHES = "batches"
    RECORDS = "records"
    PAYMENTS = "payments"
    BATCH_PAYMENTS = "batch_payments"
    NUMBERED_PAYMENTS = "numbered_payments"
    REVERSALS = "reversals"
    BATCH_REVERSALS = "batch_reversals"
    ITEMS = "items"
    BATCH_ITEMS = "batch_items"
    CHIPS = "chips"
    SPENT = "spent"
    HELD = "held"


Asked = tuple[Question, Collection[Any]]
"""A question, and the keys it is about."""
Reading = Generator[Sequence[Asked], Sequence[str], None]

_terminals = msgspec.json.Decoder(list[Terminal])
_batches = msgspec.json.Decoder(list[Batch])
_payments = msgspec.json.Decoder(list[Payment])
_reversals = msgspec.json.Decoder(list[Reversal])
_items = msgspec.json.Decoder(list[Item])
_chips = msgspec.json.Decoder(list[Chip])
_spent = msgspec.json.Decoder(list[tuple[str, int]])


def prefetch(wanted: Needs, rows: WorkingSet) -> Reading:
    """Ask for everything that is wanted, and keep it in `rows`.

    Two rounds are enough for nearly every group; originals of originals take one more each.
    """
    yield from _ask(
        rows,
        (Question.TERMINALS, wanted.terminals),
        (Question.BATCHES, wanted.batches & wanted.figures),
        (Question.RECORDS, wanted.batches - wanted.figures),
        (Question.PAYMENTS, wanted.payments),
        (Question.BATCH_PAYMENTS, wanted.lists | wanted.uploads),
        (Question.REVERSALS, wanted.reversals),
        (Question.BATCH_REVERSALS, wanted.uploads),
        (Question.ITEMS, wanted.items),
        (Question.BATCH_ITEMS, wanted.uploads),
        (Question.CHIPS, wanted.chips),
        (Question.HELD, {wanted.held_before} - {""}),
    )
    yield from _ask_originals(wanted, rows)
    named = set(chain.from_iterable(map(spending_keys, rows.spenders(wanted))))
    if wanted.tokens or named:
        rows.spent = dict.fromkeys(sorted(wanted.tokens), 0)
        # A card that nobody asked for by itself has such a row only if it has a limit.
        yield from _ask(rows, (Question.SPENT, wanted.tokens | named))


def _ask_originals(wanted: Needs, rows: WorkingSet) -> Reading:
    """Read what is wanted by number, then its original, and so on to the first payment."""
    linked = wanted.linked | {key for key in rows.payments if key[:3] in wanted.lists}
    entries = set(wanted.entries)
    for key in linked:
        found = rows.payments.get(key)
        if found is not None:
            rows.meet(found)
            entries.add(found.original_entry)
    asked = {0}
    while entries := entries - rows.keys.keys() - asked:
        yield from _ask(rows, (Question.NUMBERED_PAYMENTS, entries))
        asked |= entries
        # A payment is younger than its original, so this ends.
        entries = {
            found.original_entry for entry in entries if (found := rows.numbered(entry)) is not None
        }


def _ask(rows: WorkingSet, *asked: Asked) -> Reading:
    """Ask what is not empty, and keep the answers."""
    due = [one for one in asked if one[1]]
    if due:
        answers = yield due
        for (question, _), text in zip(due, answers, strict=True):
            _KEEP[question](rows, text)


def _keep_terminals(rows: WorkingSet, text: str) -> None:
    for row in _terminals.decode(text):
        rows.terminals[row.terminal, row.merchant] = row


def _keep_batches(rows: WorkingSet, text: str) -> None:
    for row in _batches.decode(text):
        rows.batches[row.terminal, row.merchant, row.batch] = row


def _keep_payments(rows: WorkingSet, text: str) -> None:
    for row in _payments.decode(text):
        rows.payments[row.terminal, row.merchant, row.batch, row.stan] = row


def _keep_numbered(rows: WorkingSet, text: str) -> None:
    for row in _payments.decode(text):
        rows.meet(row)


def _keep_held(rows: WorkingSet, text: str) -> None:
    rows.keep_held(_payments.decode(text))


def _keep_reversals(rows: WorkingSet, text: str) -> None:
    for row in _reversals.decode(text):
        rows.reversals[row.terminal, row.merchant, row.batch, row.stan] = row


def _keep_items(rows: WorkingSet, text: str) -> None:
    for row in _items.decode(text):
        rows.items[row.terminal, row.merchant, row.batch, row.stan] = row


def _keep_chips(rows: WorkingSet, text: str) -> None:
    for row in _chips.decode(text):
        rows.chips[row.terminal, row.merchant, row.batch, row.stan] = row


def _keep_spent(rows: WorkingSet, text: str) -> None:
    rows.spent.update(_spent.decode(text))


_KEEP: Final[Mapping[Question, Callable[[WorkingSet, str], None]]] = {
    Question.TERMINALS: _keep_terminals,
    Question.BATCHES: _keep_batches,
    Question.RECORDS: _keep_batches,
    Question.PAYMENTS: _keep_payments,
    Question.BATCH_PAYMENTS: _keep_payments,
    Question.NUMBERED_PAYMENTS: _keep_numbered,
    Question.REVERSALS: _keep_reversals,
    Question.BATCH_REVERSALS: _keep_reversals,
    Question.ITEMS: _keep_items,
    Question.BATCH_ITEMS: _keep_items,
    Question.CHIPS: _keep_chips,
    Question.SPENT: _keep_spent,
    Question.HELD: _keep_held,
}
