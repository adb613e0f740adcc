"""A host whose ledger is in PostgreSQL, asked over real sockets."""

from __future__ import annotations

from pathlib import Path

import pytest

from acquirer_sim.aio.audit import audit
from acquirer_sim.aio.host import HostEvent
from acquirer_sim.aio.queries import ask as ask_ledger
from acquirer_sim.aio.running import Start
from protocol.operations import PaymentReply, SettlementReply
from tests.acquirer_sim.aio.terminals import RawTerminal, ask, hosting, port_of, speaking
from tests.acquirer_sim.asking import purchase, settlement
from tests.databases import Postgres


def starting(url: str, folder: Path) -> Start:
    return Start(port=0, ledger=url, ledger_key=str(folder / "ledger.key"))


@pytest.mark.asyncio
async def test_day_is_served_from_a_database(postgres: Postgres, tmp_path: Path) -> None:
    url = await postgres.a_database()
    events: list[HostEvent] = []
    start = starting(url, tmp_path)
    async with hosting(start, events) as host, speaking(port_of(host)) as client:
        bought = await ask(client, purchase(1))
        again = await ask(client, purchase(1))
        closed = await ask(client, settlement(1, 1234))

    assert isinstance(bought, PaymentReply)
    assert isinstance(closed, SettlementReply)
    assert (bought, "00", "00") == (again, bought.code, closed.code)
    assert [] == await ask_ledger(url, audit)
    assert [] == events


@pytest.mark.asyncio
async def test_terminal_settles_at_one_process_what_it_sold_at_another(
    postgres: Postgres, tmp_path: Path
) -> None:
    """Nothing is kept at hand that another process may change."""
    url = await postgres.a_database()
    start = starting(url, tmp_path)
    async with (
        hosting(start) as first,
        hosting(start) as second,
        speaking(port_of(first)) as here,
        speaking(port_of(second)) as there,
    ):
        sold = [await ask(here, purchase(1)), await ask(there, purchase(2))]
        repeated = [await ask(there, purchase(1)), await ask(here, purchase(2))]
        closed = await ask(there, settlement(2, 2468))
        late = await ask(here, purchase(3))
        following = await ask(here, purchase(3, batch="000002"))

    assert sold == repeated
    assert isinstance(closed, SettlementReply)
    assert isinstance(late, PaymentReply)
    assert isinstance(following, PaymentReply)
    assert ("00", "77", "00") == (closed.code, late.code, following.code)
    assert [] == await ask_ledger(url, audit)


@pytest.mark.asyncio
async def test_stop_answers_what_was_received(postgres: Postgres, tmp_path: Path) -> None:
    url = await postgres.a_database()
    async with hosting(starting(url, tmp_path)) as host:
        terminal = await RawTerminal.connect(port_of(host))
        terminal.send(*(purchase(stan) for stan in range(1, 50)))
        replies = [await terminal.receive()]
        await host.stop()
        replies += [await terminal.receive() for _ in range(48)]
        await terminal.close()

    assert [f"{stan:06d}" for stan in range(1, 50)] == [one.stan for one in replies]
