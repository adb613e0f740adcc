from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from acquirer_sim.aio import queries
from acquirer_sim.aio.opening import open_ledger
from acquirer_sim.configuration import default_configuration
from acquirer_sim.errors import LedgerError
from acquirer_sim.policy import Policy
from tests.acquirer_sim.asking import (
    BATCH,
    NOW,
    ORIGIN,
    OTHER,
    Books,
    end,
    item,
    purchase,
    settlement,
)


def test_questions_are_answered_from_the_ledger(books: Books) -> None:
    books.ask(purchase(1), purchase(2, 100_051), purchase(1, origin=OTHER))
    books.ask(settlement(2, 2000), item(1), end(1), settlement(9, 9, repeat=True))

    mine = books.look(partial(queries.batches, terminal=ORIGIN.terminal_id))
    everything = books.look(queries.payments)
    theirs = books.look(partial(queries.payments, terminal=OTHER.terminal_id, batch=BATCH))
    reports = books.look(partial(queries.reports, terminal=ORIGIN.terminal_id))
    alerts = books.look(queries.alerts)

    assert [(BATCH, 1234, True)] == [(one.batch.batch, one.net_minor, one.moved) for one in mine]
    assert (3, 1) == (len(everything), len(theirs))
    assert [(ORIGIN.terminal_id, BATCH)] == [(one.terminal, one.batch) for one in reports]
    assert ["settlement_differs"] == [one.kind for one in alerts]


def test_file_is_read_while_it_is_served(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path}/ledger.db"
    opened = open_ledger(url)
    policy = Policy(default_configuration(), opened.key)
    opened.ledger.perform([purchase(1)], NOW, policy, {})

    with queries.reading(url) as connection:
        opened.ledger.perform([purchase(2)], NOW, policy, {})
        found = queries.payments(connection)

    assert ["000001"] == [one.stan for one in found][:1]
    opened.ledger.close()


@pytest.mark.parametrize("url", ["memory:", "sqlite:/nowhere/at/all.db"])
def test_ledger_that_cannot_be_read_is_one_sentence(url: str) -> None:
    with pytest.raises(LedgerError), queries.reading(url) as connection:
        queries.batches(connection)
