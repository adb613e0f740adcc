"""Reads both sides' books, and what else there is to know when all steps are done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from acquirer_sim.aio.audit import audit
from acquirer_sim.aio.queries import alerts, batches, payments, reading
from acquirer_sim.fault_state import Standing
from acquirer_sim.rows import PaymentStatus
from protocol.amount import EXPONENTS
from tallywire.scenarios.record import Books, FaultRecord, Side
from tallywire.scenarios.script import CARDS
from tallywire.scenarios.stage import Stage

LINES_MAX: Final = 1000
POSTINGS: Final = "SELECT account, SUM(minor) FROM posting GROUP BY account"


async def read_books(stage: Stage) -> Books:
    """Return what stands in the books; the terminal is started when it is off."""
    if not stage.power.on:
        await stage.start_terminal()
    if stage.host is not None:
        stage.take_faults()
    currency = stage.scenario.terminal.currency
    return Books(
        terminal=await _terminal_side(stage, currency),
        ledger=_ledger_side(stage.ledger, currency),
        currency=currency,
        faults=tuple(_faults(stage.struck)),
        exposed=tuple(_exposed(stage.folder)),
    )


async def _terminal_side(stage: Stage, currency: str) -> Side:
    terminal = stage.terminal
    paid = (await terminal.payments(limit=LINES_MAX))[::-1]
    closed = (await terminal.batches(limit=LINES_MAX))[::-1]
    return Side(
        payments=tuple(
            f"{short(one.batch, one.stan)} {one.kind} {one.outcome}"
            f"{' voided' if one.voided else ''} {major(one.amount_minor, currency)}"
            for one in paid
        ),
        batches=tuple(
            f"{int(one.batch)} {one.phase} {one.count or 0}"
            f" {major(one.amount_minor or 0, currency)}"
            for one in closed
        ),
        approved=frozenset(
            (one.batch, one.stan, one.amount_minor) for one in paid if one.outcome == "approved"
        ),
        wrong=tuple(f"{one.where}: {one.problem}" for one in await terminal.verify()),
        status=msgspec.to_builtins(await terminal.status()),
    )


def _ledger_side(url: str, currency: str) -> Side:
    with reading(url) as connection:
        paid = payments(connection)
        settled = sorted(batches(connection), key=lambda view: view.batch.batch)
        return Side(
            payments=tuple(
                f"{short(one.batch, one.stan)} {one.kind.value} {one.status.value}"
                f" {major(one.minor, currency)}"
                for one in paid
            ),
            batches=tuple(
                f"{int(one.batch.batch)} {one.batch.state.value}"
                f" {one.batch.debit_count + one.batch.credit_count}"
                f" {major(one.net_minor, currency)}"
                for one in settled
            ),
            approved=frozenset(
                (one.batch, one.stan, one.minor)
                for one in paid
                if one.status is PaymentStatus.APPROVED
            ),
            wrong=tuple(audit(connection)),
            alerts=tuple(one.kind for one in alerts(connection)),
            balances={row[0]: row[1] for row in connection.exec_driver_sql(POSTINGS)},
        )


def _faults(struck: Sequence[Standing]) -> Iterator[FaultRecord]:
    """Yield how faults stood; one of which nothing is expected should have struck once."""
    for one in struck:
        wanted = 1 if one.fault.expect is None else one.fault.expect
        yield FaultRecord(kind=one.fault.kind.value, wanted=wanted, struck=one.struck)


def _exposed(folder: Path) -> Iterator[str]:
    numbers = [pan.encode() for pan in CARDS.values()]
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        if any(number in content for number in numbers):
            yield path.name


def short(batch: str, stan: str) -> str:
    """Return batch and voucher as a file writes them."""
    return f"{int(batch)}/{int(stan)}"


def major(minor: int, currency: str) -> str:
    """Return minor units in major ones, as a file writes them: -1234 is "-12.34"."""
    exponent = EXPONENTS.get(currency, 2)
    whole, rest = divmod(abs(minor), 10**exponent)
    return f"{'-' if minor < 0 else ''}{whole}" + (f".{rest:0{exponent}d}" if exponent else "")
