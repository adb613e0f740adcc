from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec
import pytest

from acquirer_sim.aio.committer import Committer, Deliver, InlineCommitter
from acquirer_sim.aio.host import Host, HostEvent
from acquirer_sim.aio.running import Start
from acquirer_sim.faults import Fault, FaultKind, FaultPlan
from protocol.aio.errors import Unanswered
from protocol.aio.tracing import Listener
from protocol.amount import Amount
from protocol.kinds import PaymentKind
from protocol.operations import (
    Echo,
    PaymentReply,
    ReconciliationResult,
    ReversalReply,
    SettlementReply,
    SignOff,
    SignOffReply,
    SignOnReply,
    Totals,
)
from protocol.profiles import iso87
from tests.acquirer_sim.aio.terminals import (
    CODEC,
    DIALECT,
    RawTerminal,
    ask,
    hosting,
    port_of,
    speaking,
)
from tests.acquirer_sim.asking import (
    NOW,
    ORIGIN,
    STAMP,
    VISA,
    Books,
    of,
    payment,
    purchase,
    reversal,
    settlement,
    sign_on,
    undo,
)


def plan(kind: FaultKind, **trigger: object) -> FaultPlan:
    return FaultPlan((Fault(kind=kind, **trigger),))  # type: ignore[arg-type] # keys of Fault


def read_all(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.iterdir()]


@pytest.mark.asyncio
async def test_day_goes_over_tcp_and_survives_the_process(tmp_path: Path) -> None:
    """Sign-on, purchase, reversal, settlement; another host on the same ledger knows it all."""
    start = Start(port=0, ledger=f"sqlite:{tmp_path / 'ledger.db'}")
    async with hosting(start) as host, speaking(port_of(host)) as client:
        await ask(client, sign_on())
        await ask(client, purchase(1, 1000))
        await ask(client, purchase(2, 500))
        await ask(client, reversal(2, 500))
        settled = await ask(client, settlement(1, 1000))

    async with hosting(start) as host, speaking(port_of(host)) as client:
        again = await ask(client, settlement(1, 1000, repeat=True))
        signed = await ask(client, sign_on())

    assert settled == again
    assert isinstance(signed, SignOnReply)
    assert "000002" == signed.batch


@pytest.mark.asyncio
async def test_every_kind_goes_over_tcp() -> None:
    """Each with its own MTI; an advice and a reversal advice repeated; good night."""
    held = of(1, "0100")
    asked = [
        payment(PaymentKind.PREAUTHORISATION, 1, 900),
        payment(PaymentKind.COMPLETION, 2, 800, original=held),
        payment(PaymentKind.COMPLETION_VOID, 3, 800, original=of(2)),
        payment(PaymentKind.COMPLETION_ADVICE, 4, 700, original=held),
        payment(PaymentKind.PREAUTHORISATION, 5, 50),
        payment(PaymentKind.PREAUTHORISATION_VOID, 6, 50, original=of(5, "0100")),
        payment(PaymentKind.OFFLINE_SALE, 7, 60),
        payment(PaymentKind.ADJUSTMENT, 8, 6, original=of(7, "0220")),
        purchase(9, 1000),
        payment(PaymentKind.VOID, 10, 1000, original=of(9)),
        payment(PaymentKind.REFUND, 11, 10, original=of(7, "0220")),
        payment(PaymentKind.BALANCE, 12, 0),
    ]
    refund = msgspec.structs.replace(asked[-2], repeat=True)
    gone = undo(refund, advice=True)
    totals = Totals(debit_count=5, debit_amount=2566, credit_count=2, credit_amount=1800)

    async with hosting(Start(port=0)) as host, speaking(port_of(host)) as client:
        replies = [await ask(client, one) for one in asked]
        told = [await ask(client, one) for one in (refund, gone)]
        settled = await ask(client, settlement(0, 0, totals=totals))
        night = await ask(client, SignOff(origin=ORIGIN, stan="000990", stamp=STAMP))

    paid = [one for one in replies if isinstance(one, PaymentReply)]
    assert [(one.kind, "00") for one in asked] == [(one.kind, one.code) for one in paid]
    assert Amount(10_000_000) == paid[-1].balance
    assert [paid[-2], True] == [told[0], isinstance(told[1], ReversalReply) and told[1].advice]
    assert isinstance(settled, SettlementReply)
    assert (ReconciliationResult.IN_BALANCE, totals) == (settled.result, settled.totals)
    assert isinstance(night, SignOffReply)


@pytest.mark.asyncio
async def test_files_hold_no_card_number_when_the_day_is_over(tmp_path: Path) -> None:
    """PCI DSS 3.5.1: neither the ledger, nor its log, nor its key file."""
    start = Start(port=0, ledger=f"sqlite:{tmp_path / 'ledger.db'}")
    async with hosting(start) as host, speaking(port_of(host)) as client:
        await ask(client, purchase(1))
        contents = read_all(tmp_path)

    assert len(contents) >= 3
    assert not any(VISA.encode() in content for content in contents)
    assert 0o600 == (tmp_path / "ledger.db.key").stat().st_mode & 0o777


@pytest.mark.asyncio
async def test_many_connections_share_groups_and_each_gets_its_own_reply(tmp_path: Path) -> None:
    start = Start(port=0, ledger=f"sqlite:{tmp_path / 'ledger.db'}")
    async with hosting(start) as host:
        terminals = [await RawTerminal.connect(port_of(host)) for _ in range(8)]
        for number, terminal in enumerate(terminals):
            for stan in range(1, 6):
                terminal.send(purchase(number * 10 + stan, 100 + stan))
        replies = [[await terminal.receive() for _ in range(5)] for terminal in terminals]
        for terminal in terminals:
            await terminal.close()

    stans = [[reply.stan for reply in mine] for mine in replies]
    assert [[f"{n * 10 + stan:06d}" for stan in range(1, 6)] for n in range(8)] == stans


@pytest.mark.asyncio
async def test_request_is_not_read_when_dropped_before() -> None:
    """N3: the connection ends, the ledger knows nothing."""
    async with hosting(Start(port=0, faults=plan(FaultKind.DROP_REQUEST))) as host:
        async with speaking(port_of(host)) as client:
            with pytest.raises(Unanswered):
                await ask(client, purchase(1))
        async with speaking(port_of(host)) as client:
            reversed_ = await ask(client, reversal(1))

    assert "25" == reversed_.code  # type: ignore[attr-defined] # a reply


@pytest.mark.asyncio
@pytest.mark.parametrize("hang_up", [True, False])
async def test_payment_stands_when_its_reply_is_dropped(*, hang_up: bool) -> None:
    """N4: committed, not answered; the repeat of the request gets the stored reply."""
    faults = plan(FaultKind.DROP_REPLY, mti="0200", hang_up=hang_up)
    async with hosting(Start(port=0, faults=faults)) as host:
        async with speaking(port_of(host)) as client:
            with pytest.raises(Unanswered):
                await ask(client, purchase(1), timeout_s=5.0 if hang_up else 0.02)
        async with speaking(port_of(host)) as client:
            undone = await ask(client, reversal(1))

    assert "00" == undone.code  # type: ignore[attr-defined] # a reply


@pytest.mark.asyncio
async def test_reply_comes_after_the_next_one_when_delayed() -> None:
    """N7."""
    faults = plan(FaultKind.DELAY_REPLY, stan="000001", delay_s=0.02)
    async with hosting(Start(port=0, faults=faults)) as host:
        terminal = await RawTerminal.connect(port_of(host))
        terminal.send(purchase(1))
        terminal.send(purchase(2))
        replies = [await terminal.receive(), await terminal.receive()]
        await terminal.close()

    assert ["000002", "000001"] == [reply.stan for reply in replies]


@pytest.mark.asyncio
async def test_reply_comes_twice_when_duplicated() -> None:
    """N9."""
    async with hosting(Start(port=0, faults=plan(FaultKind.DUPLICATE_REPLY))) as host:
        terminal = await RawTerminal.connect(port_of(host))
        terminal.send(purchase(1))
        first, second = await terminal.receive(), await terminal.receive()
        await terminal.close()

    assert first == second


@pytest.mark.asyncio
async def test_settlement_is_answered_out_of_balance_when_forced() -> None:
    """H8."""
    async with (
        hosting(Start(port=0, faults=plan(FaultKind.OUT_OF_BALANCE, mti="0500"))) as host,
        speaking(port_of(host)) as client,
    ):
        await ask(client, purchase(1))
        reply = await ask(client, settlement(1, 1234))

    assert isinstance(reply, SettlementReply)
    assert "2" == reply.result.value


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["memory:", "sqlite"])
async def test_freeze_is_found_again_when_host_restarts_before_its_reply(
    tmp_path: Path, kind: str
) -> None:
    """H13: every connection ends, the ledger is opened again, the repeat gets the answer."""
    ledger = kind if kind == "memory:" else f"sqlite:{tmp_path / 'ledger.db'}"
    events: list[HostEvent] = []
    start = Start(port=0, ledger=ledger, faults=plan(FaultKind.RESTART, mti="0500"))
    async with hosting(start, events) as host:
        bystander = await RawTerminal.connect(port_of(host))
        async with speaking(port_of(host)) as client:
            await ask(client, purchase(1))
            with pytest.raises(Unanswered):
                await ask(client, settlement(1, 1234))
        assert await bystander.ended()
        await bystander.close()
        async with speaking(port_of(host)) as client:
            reply = await ask(client, settlement(1, 1234, repeat=True))

    assert isinstance(reply, SettlementReply)
    assert "1" == reply.result.value
    assert ["fault", "restarted"] == [event.kind for event in events]


class FullDisk:
    """A disk that is full for the first commits and has space again after."""

    def __init__(self, failures: int) -> None:
        self.left = failures

    def __call__(self, commit: object) -> None:
        if self.left:
            self.left -= 1
            problem = sqlite3.OperationalError("database or disk is full")
            problem.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise problem
        commit()  # type: ignore[operator] # a callable


@pytest.mark.asyncio
async def test_host_is_silent_and_goes_on_when_a_commit_fails() -> None:
    """A full disk: no reply leaves, nothing is booked; with space again it serves on."""
    books = Books(around_commit=FullDisk(1))
    events: list[HostEvent] = []

    def open_committer(deliver: Deliver) -> Committer:
        return InlineCommitter(books.ledger, books.policy, lambda: NOW, deliver)

    host = Host(
        open_committer, profile=iso87, codec=CODEC, framing=DIALECT.framing, on_event=events.append
    )
    await host.listen("127.0.0.1", 0)
    terminal = await RawTerminal.connect(port_of(host))
    terminal.send(purchase(1))
    terminal.send(Echo(origin=ORIGIN, stan="000002", stamp=STAMP))
    echo = await terminal.receive()
    terminal.send(purchase(3))
    bought = await terminal.receive()

    assert ("000002", "000003") == (echo.stan, bought.stan)
    assert [("000003",)] == books.rows("SELECT stan FROM payment")
    assert [
        "ledger: The disk of the ledger is full. Free some space, then go on.",
        "ledger: The ledger answers again.",
    ] == [f"{event.kind}: {event.text}" for event in events]
    await terminal.close()
    await host.stop()


@pytest.mark.asyncio
async def test_message_that_means_nothing_is_refused_and_the_next_is_served() -> None:
    """F39 30, and the connection lives."""
    events: list[HostEvent] = []
    async with hosting(Start(port=0), events) as host, speaking(port_of(host)) as client:
        strange = iso87.encode(purchase(1))
        strange.fields[3] = "990000"
        refused = await client.request(strange, 5.0)
        bought = await ask(client, purchase(2))

    assert "30" == refused.get(39)
    assert isinstance(bought, PaymentReply)
    assert ["refused"] == [event.kind for event in events]


@pytest.mark.asyncio
async def test_what_was_received_is_answered_when_host_stops(tmp_path: Path) -> None:
    """A graceful stop drains."""
    start = Start(port=0, ledger=f"sqlite:{tmp_path / 'ledger.db'}")
    async with hosting(start) as host:
        terminal = await RawTerminal.connect(port_of(host))
        terminal.send(sign_on())
        await terminal.receive()
        terminal.send(*(purchase(stan) for stan in range(1, 21)))
        await terminal.receive()
        await host.stop()
        rest = [await terminal.receive() for _ in range(19)]
        assert await terminal.ended()
        await terminal.close()

    assert [f"{stan:06d}" for stan in range(2, 21)] == [reply.stan for reply in rest]


@pytest.mark.asyncio
async def test_host_that_stops_answers_what_it_has_received(tmp_path: Path) -> None:
    """Issue 5, Robust: a graceful stop drains what is in flight, and the ledger has no more."""
    start = Start(port=0, ledger=f"sqlite:{tmp_path / 'ledger.db'}", watched=True)
    async with hosting(start) as host:
        terminal = await RawTerminal.connect(port_of(host))
        terminal.send(sign_on())
        await terminal.receive()
        assert host.recording is not None
        listener = Listener()
        host.recording.tracer.add(listener.put)
        terminal.send(*(purchase(stan) for stan in range(1, 301)))
        await listener.next()
        received = host.server.counters.messages - 1
        assert host.server.connections[0].in_flight > 0
        await host.stop()
        replies = [await terminal.receive() for _ in range(received)]
        ended = await terminal.ended()
        await terminal.close()
    async with hosting(start) as host, speaking(port_of(host)) as client:
        again = [await ask(client, purchase(stan)) for stan in range(1, received + 1)]

    assert ended
    assert again == replies
