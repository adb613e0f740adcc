"""Rows of batch, settlement and upload, drawn from their facts."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import asdict

from protocol.operations import Totals
from terminal.attempt import (
    BatchClosed,
    PlannedItem,
    Purpose,
    SettlementAnswered,
    SettlementCancelled,
    SettlementDisputed,
    SettlementPhase,
    SettlementPrepared,
    SettlementSending,
    SettlementUncertain,
    UploadItemFailed,
    UploadItemTaken,
    UploadPlanned,
)
from terminal.inquiry import SettlementInquired
from terminal.projections import Statement, projects
from terminal.projections_money import OPEN_BATCH, TAKE_STAN, insert

MOVE_BATCH: Final = "UPDATE batch SET phase = ? WHERE batch = ?"
MOVE_SETTLEMENT: Final = "UPDATE settlement SET phase = ?, changed_at = ? WHERE batch = ?"


@projects(SettlementPrepared)
def settlement_prepared(fact: SettlementPrepared, at: str) -> list[Statement]:
    """The frozen request; the batch takes no payment any more."""
    row = asdict(fact) | {"totals": _json(fact.totals)}
    foreign = {"batch": fact.batch, "totals": _json(row.pop("foreign"))}
    told = [insert("settlement_foreign", foreign)] if fact.foreign != Totals() else []
    row |= {"phase": SettlementPhase.PREPARED.value, "prepared_at": at, "changed_at": at}
    return [
        insert("settlement", row),
        *told,
        (TAKE_STAN, (fact.stan,)),
        (MOVE_BATCH, ("closing", fact.batch)),
    ]


@projects(SettlementSending)
def settlement_sending(fact: SettlementSending, at: str) -> list[Statement]:
    """From here on the host may have closed it."""
    phase = SettlementPhase.SENDING if fact.sends == 1 else SettlementPhase.REPEATING
    sql = "UPDATE settlement SET phase = ?, sends = ?, changed_at = ? WHERE batch = ?"
    moved = (sql, (phase.value, fact.sends, at, fact.batch))
    return [moved, (TAKE_STAN, (fact.stan,))] if fact.stan else [moved]


@projects(SettlementUncertain)
def settlement_uncertain(fact: SettlementUncertain, at: str) -> list[Statement]:
    """No answer yet."""
    return [(MOVE_SETTLEMENT, (SettlementPhase.UNCERTAIN.value, at, fact.batch))]


@projects(SettlementCancelled)
def settlement_cancelled(fact: SettlementCancelled, at: str) -> list[Statement]:
    """Never sent: the batch is open again, a later attempt is a new one."""
    return [
        ("DELETE FROM settlement_foreign WHERE batch = ?", (fact.batch,)),
        ("DELETE FROM settlement WHERE batch = ?", (fact.batch,)),
        (MOVE_BATCH, ("open", fact.batch)),
    ]


@projects(SettlementDisputed)
def settlement_disputed(fact: SettlementDisputed, at: str) -> list[Statement]:
    """An answer that closes nothing."""
    phase = SettlementPhase.DISPUTED if fact.final else SettlementPhase.UNCERTAIN
    sql = "UPDATE settlement SET code = ?, result = ?, host_totals = ?, problem = ? WHERE batch = ?"
    said = (fact.code, fact.result, _json(fact.host_totals), fact.problem, fact.batch)
    return [(sql, said), (MOVE_SETTLEMENT, (phase.value, at, fact.batch))]


@projects(SettlementAnswered)
def settlement_answered(fact: SettlementAnswered, at: str) -> list[Statement]:
    """The verdict."""
    sql = (
        "UPDATE settlement SET code = ?, result = ?, host_totals = ?, host_settlement_date = ?,"
        " problem = '' WHERE batch = ?"
    )
    said = (fact.code, fact.result, _json(fact.host_totals), fact.settlement_date, fact.batch)
    if fact.host_foreign in (None, Totals()):
        return [(sql, said)]
    foreign = (
        "INSERT INTO settlement_foreign (batch, totals, host_totals) VALUES (?, ?, ?)"
        " ON CONFLICT (batch) DO UPDATE SET host_totals = excluded.host_totals"
    )
    return [(sql, said), (foreign, (fact.batch, _json(Totals()), _json(fact.host_foreign)))]


@projects(SettlementInquired)
def settlement_inquired(fact: SettlementInquired, at: str) -> list[Statement]:
    """The entry is all that is kept: an inquiry moves no batch."""
    return []


@projects(UploadPlanned)
def upload_planned(fact: UploadPlanned, at: str) -> list[Statement]:
    """The list, with every number it uses up."""
    plan = asdict(fact)
    items: tuple[PlannedItem, ...] = plan.pop("items")
    return [
        insert("upload", plan),
        *[statement for item in items for statement in _item(fact.batch, item)],
        (TAKE_STAN, (fact.end_stan,)),
        (MOVE_SETTLEMENT, (SettlementPhase.UPLOADING.value, at, fact.batch)),
        (MOVE_BATCH, ("uploading", fact.batch)),
    ]


def _item(batch: str, item: PlannedItem) -> list[Statement]:
    row = {"batch": batch, "number": item.number}
    numbered = insert(
        "upload_item", {**row, "stan": item.stan, "original_stan": item.original_stan}
    )
    if item.purpose is Purpose.PAYMENT:
        return [numbered]
    return [numbered, insert("upload_chip", {**row, "purpose": item.purpose.value})]


@projects(UploadItemTaken)
def upload_item_taken(fact: UploadItemTaken, at: str) -> list[Statement]:
    """The host has it."""
    sql = "UPDATE upload_item SET taken = 1, code = ? WHERE batch = ? AND number = ?"
    return [(sql, (fact.code, fact.batch, fact.number))]


@projects(UploadItemFailed)
def upload_item_failed(fact: UploadItemFailed, at: str) -> list[Statement]:
    """It comes again."""
    sql = "UPDATE upload_item SET code = ? WHERE batch = ? AND number = ?"
    return [(sql, (fact.cause, fact.batch, fact.number))]


@projects(BatchClosed)
def batch_closed(fact: BatchClosed, at: str) -> list[Statement]:
    """Closed, and the next one is open."""
    closed = "UPDATE batch SET phase = ?, closed_at = ? WHERE batch = ?"
    return [
        (closed, (fact.outcome, at, fact.batch)),
        (MOVE_SETTLEMENT, (fact.outcome, at, fact.batch)),
        ("UPDATE terminal SET batch = ? WHERE id = 1", (fact.next_batch,)),
        (OPEN_BATCH, (fact.next_batch, at)),
    ]


def _json(totals: Totals | None) -> str:
    return "" if totals is None else msgspec.json.encode(totals).decode()
