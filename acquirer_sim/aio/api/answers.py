"""Every route of the API with its answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Final

import msgspec

from acquirer_sim.aio import book_queries, queries
from acquirer_sim.aio.api import views
from acquirer_sim.aio.api.desk import Desk
from acquirer_sim.aio.api.routes import EVENTS, TEXT, Asked, Problem, Route
from acquirer_sim.aio.audit import audit
from acquirer_sim.fault_state import Standing
from acquirer_sim.faults import FAULTS, Fault
from acquirer_sim.reconciliation_words import ReportView, view
from protocol.aio.tracing import Listener
from protocol.trace import TraceLine, TraceReader

BEAT_S: Final = 15.0
"""A live trace in which nothing happens says so this often, lest a proxy should end it."""


async def health(desk: Desk, asked: Asked) -> views.Health:
    """That the process answers says it all."""
    return views.Health("ok")


async def ready(desk: Desk, asked: Asked) -> views.Health:
    """Whether a terminal that comes is served."""
    if not desk.host.ready:
        raise Problem(503, "not_ready", "The host does not accept terminals now.", "Try again.")
    return views.Health("ready")


async def metrics(desk: Desk, asked: Asked) -> bytes:
    """The meter's figures."""
    return desk.meter.exposition()


async def terminals(desk: Desk, asked: Asked) -> list[views.TerminalView]:
    """From the ledger."""
    found = await desk.ask(partial(book_queries.terminals, limit=asked.query.limit))
    return [msgspec.convert(one, views.TerminalView, from_attributes=True) for one in found]


async def batches(desk: Desk, asked: Asked) -> list[views.BatchView]:
    """From the ledger."""
    found = await desk.ask(partial(book_queries.batch_page, **_keys(asked.query)))
    return [msgspec.convert(one, views.BatchView, from_attributes=True) for one in found]


async def payments(desk: Desk, asked: Asked) -> list[views.PaymentView]:
    """From the ledger."""
    found = await desk.ask(partial(book_queries.payment_page, **_keys(asked.query)))
    return [msgspec.convert(one, views.PaymentView, from_attributes=True) for one in found]


async def accounts(desk: Desk, asked: Asked) -> list[book_queries.Account]:
    """From the ledger."""
    return await desk.ask(partial(book_queries.accounts, **_keys(asked.query)))


async def transfers(desk: Desk, asked: Asked) -> list[views.TransferView]:
    """From the ledger."""
    found = await desk.ask(partial(book_queries.transfers, **_keys(asked.query)))
    return [views.TransferView(number, *msgspec.structs.astuple(one)) for number, one in found]


async def reports(desk: Desk, asked: Asked) -> list[ReportView]:
    """From the ledger, the newest first."""
    query = asked.query
    found = await desk.ask(partial(queries.reports, terminal=query.terminal or None))
    wanted = [
        one
        for one in reversed(found)
        if query.merchant in ("", one.merchant) and query.batch in ("", one.batch)
    ]
    return [view(one) for one in wanted[: query.limit]]


async def alerts(desk: Desk, asked: Asked) -> list[views.AlertView]:
    """From the ledger, the newest first."""
    found = await desk.ask(queries.alerts)
    newest = found[::-1][: asked.query.limit]
    return [msgspec.convert(one, views.AlertView, from_attributes=True) for one in newest]


async def audited(desk: Desk, asked: Asked) -> views.Audit:
    """Every rule of the audit, now."""
    problems = await desk.ask(audit)
    return views.Audit(not problems, tuple(problems))


async def trace(desk: Desk, asked: Asked) -> list[TraceLine]:
    """From the ring."""
    return desk.recording.ring.lines(desk.recording.dialect, asked.query.limit)


async def live(desk: Desk, asked: Asked) -> AsyncIterator[bytes]:
    """The ring after `since`, if wanted, and then what comes."""
    last = asked.headers.get("last-event-id", "")
    since = int(last) if last.isascii() and last.isdigit() else asked.query.since
    listener = desk.follow()
    kept = desk.recording.ring.since(since) if since is not None else []
    return _events(desk, listener, TraceReader(desk.recording.dialect), kept)


async def _events(
    desk: Desk, listener: Listener, reader: TraceReader, kept: list[Any]
) -> AsyncIterator[bytes]:
    """Yield server-sent events (WHATWG HTML, 9.2) until the host stops or the reader leaves."""
    told = 0
    try:
        yield b"retry: 1000\n\n"
        entries = kept
        while True:
            lines = [line for entry in entries for line in reader.read(entry)]
            if listener.dropped != told:
                told = listener.dropped
                yield b'event: dropped\ndata: {"dropped":%d}\n\n' % told
            if lines:
                yield b"".join(_event(line) for line in lines)
            try:
                async with asyncio.timeout(BEAT_S):
                    entries = await listener.next()
            except TimeoutError:
                entries = []
                yield b": nothing happens\n\n"
                continue
            if not entries:
                return
    finally:
        desk.leave(listener)


def _event(line: TraceLine) -> bytes:
    head = f"id: {line.number}\nevent: {line.event}\ndata: ".encode()
    return head + msgspec.json.encode(line) + b"\n\n"


async def rules(desk: Desk, asked: Asked) -> list[views.RuleView]:
    """From the host."""
    book = desk.host.rules
    if book is None:
        return []
    met = zip(book.rules, book.counts, strict=True)
    return [views.RuleView(place, count, rule) for place, (rule, count) in enumerate(met, start=1)]


async def fault_kinds(desk: Desk, asked: Asked) -> list[views.FaultKindView]:
    """The catalogue."""
    return [
        views.FaultKindView(kind, facts.code, facts.places, facts.sentence, facts.uses)
        for kind, facts in FAULTS.items()
    ]


async def faults(desk: Desk, asked: Asked) -> list[views.FaultView]:
    """The running plan."""
    return [_fault(one) for one in desk.host.faults()]


async def fault(desk: Desk, asked: Asked) -> views.FaultView:
    """One of the running plan."""
    return _fault(_standing(desk, asked.path.id))


async def add_fault(desk: Desk, asked: Asked) -> views.FaultView:
    """Put one into the running plan."""
    wanted: Fault = asked.body
    named = [one for one in desk.host.faults() if wanted.name and one.fault.name == wanted.name]
    if named:
        raise Problem(
            409, "name_taken", f"Fault {named[0].id} has that name already.", "Give another one."
        )
    problem = None
    try:
        number = desk.host.add_fault(wanted)
    except ValueError as error:
        problem = Problem(409, "full", f"{error}.", "Delete faults that are cleared.")
    if problem is not None:
        raise problem
    return _fault(_standing(desk, number))


async def remove_fault(desk: Desk, asked: Asked) -> None:
    """Take one out of the running plan."""
    _standing(desk, asked.path.id)
    desk.host.remove_fault(asked.path.id)


def _standing(desk: Desk, number: int) -> Standing:
    for one in desk.host.faults():
        if one.id == number:
            return one
    raise Problem(404, "no_fault", f"There is no fault {number}.", "GET /api/v1/faults lists them.")


def _fault(one: Standing) -> views.FaultView:
    return views.FaultView(
        one.id, one.fault, one.thrown, one.matched, one.struck, one.cleared, one.met
    )


def _keys(query: views.Parameters) -> dict[str, Any]:
    return msgspec.structs.asdict(query)


LEDGER: Final = (409, 503)

ROUTES: Final = (
    Route(
        path="/health",
        answer=health,
        summary="The process is alive",
        group="process",
        gives=views.Health,
        open=True,
    ),
    Route(
        path="/ready",
        answer=ready,
        summary="Terminals are let in and answered",
        group="process",
        gives=views.Health,
        problems=(503,),
        open=True,
    ),
    Route(
        path="/metrics",
        answer=metrics,
        summary="Figures for Prometheus",
        group="process",
        media=TEXT,
    ),
    Route(
        path="/api/v1/terminals",
        answer=terminals,
        summary="Terminals the host has met, and the batch each has open",
        group="ledger",
        query=views.Page,
        gives=list[views.TerminalView],
        problems=LEDGER,
    ),
    Route(
        path="/api/v1/batches",
        answer=batches,
        summary="Batches, the newest first",
        group="ledger",
        query=views.BatchPage,
        gives=list[views.BatchView],
        problems=LEDGER,
    ),
    Route(
        path="/api/v1/payments",
        answer=payments,
        summary="Payments, the newest first, cards masked",
        group="ledger",
        query=views.PaymentPage,
        gives=list[views.PaymentView],
        problems=LEDGER,
    ),
    Route(
        path="/api/v1/ledger/accounts",
        answer=accounts,
        summary="Accounts and their balances",
        group="ledger",
        query=views.AccountPage,
        gives=list[book_queries.Account],
        problems=LEDGER,
    ),
    Route(
        path="/api/v1/ledger/transfers",
        answer=transfers,
        summary="Lines of journal entries, the newest first",
        group="ledger",
        query=views.TransferPage,
        gives=list[views.TransferView],
        problems=LEDGER,
    ),
    Route(
        path="/api/v1/reconciliations",
        answer=reports,
        summary="Why batches did not balance: every difference and its likely cause",
        group="ledger",
        query=views.BatchPage,
        gives=list[ReportView],
        problems=LEDGER,
    ),
    Route(
        path="/api/v1/alerts",
        answer=alerts,
        summary="What a person should look at, the newest first",
        group="ledger",
        query=views.Page,
        gives=list[views.AlertView],
        problems=LEDGER,
    ),
    Route(
        path="/api/v1/audit",
        answer=audited,
        summary="Prove the books, now",
        group="ledger",
        gives=views.Audit,
        problems=LEDGER,
    ),
    Route(
        path="/api/v1/trace",
        answer=trace,
        summary="The last of the wire, masked",
        group="wire",
        query=views.Page,
        gives=list[TraceLine],
    ),
    Route(
        path="/api/v1/trace/live",
        answer=live,
        summary="The wire as it is spoken: server-sent events, masked",
        group="wire",
        query=views.Since,
        gives=TraceLine,
        media=EVENTS,
        problems=(503,),
    ),
    Route(
        path="/api/v1/rules",
        answer=rules,
        summary="The rules at work, and how often each was met",
        group="behaviour",
        gives=list[views.RuleView],
    ),
    Route(
        path="/api/v1/fault-kinds",
        answer=fault_kinds,
        summary="Every kind of fault there is",
        group="behaviour",
        gives=list[views.FaultKindView],
    ),
    Route(
        path="/api/v1/faults",
        answer=faults,
        summary="The running fault plan",
        group="behaviour",
        gives=list[views.FaultView],
    ),
    Route(
        path="/api/v1/faults",
        answer=add_fault,
        summary="Add a fault: it strikes `times` times and is cleared",
        group="behaviour",
        method="POST",
        body=Fault,
        gives=views.FaultView,
        status=201,
        problems=(409, 413, 415),
    ),
    Route(
        path="/api/v1/faults/{id}",
        answer=fault,
        summary="How one fault stands",
        group="behaviour",
        of=views.FaultPath,
        gives=views.FaultView,
        problems=(404,),
    ),
    Route(
        path="/api/v1/faults/{id}",
        answer=remove_fault,
        summary="Remove a fault",
        group="behaviour",
        method="DELETE",
        of=views.FaultPath,
        status=204,
        problems=(404,),
    ),
)
"""Everything there is, in the order of the document."""
