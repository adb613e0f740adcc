"""Listings: views gathered from the archive, each snapshot checked on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime

from protocol.kinds import PaymentKind
from terminal.aio.archive import Archive
from terminal.detail import DetailList, NotTaken
from terminal.documents import Document, Receipt, SettlementSlip, open_snapshot
from terminal.errors import TerminalError
from terminal.policy import DEFAULT_RULES, PaperRules
from terminal.search import LOCAL_TIME, ReceiptSearch, Search, SettlementSearch
from terminal.tallies import RecordSheet, TotalsList, totals_of
from terminal.texts import text_of
from terminal.views import Period, Report, bounds, report_of

PAGE: int = 200


async def report(archive: Archive, period: Period, *, around: date, now: datetime) -> Report:
    """Return the report of the period around a local day.

    Raises TerminalError: L50 nothing was ever settled, L51 nothing in this period, L42 tampered.
    """
    since, before = bounds(period, around)
    search = SettlementSearch(since=since, before=before)
    found = [one async for one in _documents(archive, search) if isinstance(one, SettlementSlip)]
    if not found:
        code = "L51" if await archive.last("settlement") else "L50"
        raise TerminalError(code, text_of(code).en)
    at = now.strftime(LOCAL_TIME)
    return report_of(found, period=period, since=since, before=before, at=at)


async def detail(
    archive: Archive, batch: str, *, now: datetime, rules: PaperRules = DEFAULT_RULES
) -> DetailList:
    """Return every receipt of a batch, oldest first, and what of it the host did not take.

    Raises TerminalError: L51, L42.
    """
    receipts = await _receipts(archive, batch)
    return DetailList(
        shop=receipts[0].shop,
        batch=batch,
        at=now.strftime(LOCAL_TIME),
        receipts=receipts,
        not_taken=await _not_taken(archive, batch, rules),
        testing=any(receipt.testing for receipt in receipts),
    )


async def totals(archive: Archive, batch: str, *, now: datetime) -> TotalsList:
    """Return what a batch holds, by type. Raises TerminalError: L51, L42."""
    return totals_of(await _receipts(archive, batch), at=now.strftime(LOCAL_TIME))


async def owed_receipts(archive: Archive, *, now: datetime) -> RecordSheet:
    """Return the receipts that are not certainly on paper. Raises TerminalError: L08, L42."""
    owed = dict.fromkeys(copy.document_id for copy in await archive.owed())
    found = [await archive.snapshot(document_id) for document_id in owed]
    documents = [open_snapshot(one) for one in found if one is not None]
    receipts = tuple(one for one in documents if isinstance(one, Receipt))
    if not receipts:
        raise TerminalError("L08", "no receipt waits for its paper")
    return RecordSheet(shop=receipts[0].shop, at=now.strftime(LOCAL_TIME), receipts=receipts)


async def _not_taken(archive: Archive, batch: str, rules: PaperRules) -> tuple[NotTaken, ...]:
    return tuple(
        NotTaken(
            stan=stan,
            kind=PaymentKind(kind),
            card=rules.shown(masked),
            amount_minor=amount_minor,
            currency=currency,
            code=code,
        )
        for stan, kind, masked, amount_minor, currency, code in await archive.not_taken(batch)
    )


async def _receipts(archive: Archive, batch: str) -> tuple[Receipt, ...]:
    search = ReceiptSearch(batch=batch)
    found = [one async for one in _documents(archive, search) if isinstance(one, Receipt)]
    if not found:
        raise TerminalError("L51", text_of("L51").en)
    return tuple(reversed(found))


async def _documents(archive: Archive, search: Search) -> AsyncIterator[Document]:
    """Walk what a search finds, page by page, newest first."""
    before: int | None = None
    while snapshots := await archive.find(search, PAGE, before=before):
        for snapshot in snapshots:
            yield open_snapshot(snapshot)
        before = snapshots[-1].number
