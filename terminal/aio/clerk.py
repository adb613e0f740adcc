"""The clerk: finds the paper that is asked for, shows it, and has it printed again.

Everything that a person or a program can ask of the archive comes through here: the order is
checked (`terminal.orders`), the document found and its hash checked, the rules asked
(`terminal.policy`), the asking written down, and only then does paperwork print. Nothing here
reads the host or writes a table of money (I1, REQ 000-13, 001-11).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from protocol.secrets import Pan
from terminal.aio.archive import Archive, Books
from terminal.aio.listings import detail, owed_receipts, report, totals
from terminal.aio.paperwork import Paperwork
from terminal.aio.printers import Printable, Sheet, ViewSheet
from terminal.configuration import Settings, shown_entries
from terminal.copies import PaperAsked, copies_of
from terminal.documents import CopyKind, Document, Shop, Snapshot, open_snapshot
from terminal.errors import TerminalError
from terminal.layout import render_text
from terminal.orders import Order, What, check
from terminal.paper import Marks
from terminal.print_outcome import As, PrintOutcome
from terminal.search import LOCAL_TIME, ReceiptSearch
from terminal.service_slips import ConfigurationSlip, SelfTest
from terminal.strips import VoidStrip
from terminal.texts import text_of
from terminal.views import Period, View, lay_out_view

CANDIDATES_MAX: Final = 20
NO_PROCESS_ID: Final = b"    "


class AmbiguousError(TerminalError):
    """Several papers match (L09): here they are, newest first; none was printed."""

    def __init__(self, candidates: tuple[Document, ...]) -> None:
        names = ", ".join(one.document_id for one in candidates)
        super().__init__("L09", f"{text_of('L09').en}: {names}")
        self.candidates = candidates


@dataclass(frozen=True, slots=True)
class Stored:
    """A document of the archive, its snapshot, and which of its copies are meant (None: all)."""

    document: Document
    snapshot: Snapshot
    kind: CopyKind | None = None

    @property
    def name(self) -> str:
        """Return the document's name."""
        return self.document.document_id


@dataclass(frozen=True, slots=True)
class Drawn:
    """A view, drawn just now."""

    name: str
    view: View


Chosen = Stored | Drawn


class Clerk:
    """Serves one terminal's archive. `card_lookup` is the keyed hash of a card number.

    `settings` gives those of this moment: their operator changes with a login.
    """

    def __init__(
        self,
        paperwork: Paperwork,
        books: Books,
        settings: Callable[[], Settings],
        *,
        card_lookup: Callable[[Pan], str],
        local_now: Callable[[], datetime],
    ) -> None:
        self._paperwork = paperwork
        self._archive: Archive = paperwork.archive
        self._books = books
        self._settings_now = settings
        self._card_lookup = card_lookup
        self._local_now = local_now

    @property
    def _settings(self) -> Settings:
        return self._settings_now()

    async def find(self, order: Order) -> Chosen:
        """Return the one paper that is ordered.

        Raises TerminalError: L53 a filter that does not apply, L08 nothing, L09 several
        (AmbiguousError), L50 nothing was ever settled, L51 nothing in this range, L52 purged,
        L42 tampered.
        """
        check(order)
        now = self._local_now()
        match order.what:
            case What.LAST:
                return _stored(await self._archive.last("receipt"), "L08", order.copy)
            case What.ANY:
                return await self._receipt(order)
            case What.SETTLEMENT:
                return await self._settlement(order)
            case What.LIST:
                batch = order.batch or await self._archive.open_batch()
                rules = self._settings.paper
                view = await detail(self._archive, batch, now=now, rules=rules)
                return Drawn(f"list-{batch}", view)
            case What.TOTALS:
                batch = order.batch or await self._archive.open_batch()
                return Drawn(f"totals-{batch}", await totals(self._archive, batch, now=now))
            case What.REPORT:
                period = order.period or Period.DAY
                around = order.day or now.date()
                summed = await report(self._archive, period, around=around, now=now)
                return Drawn(f"{period.value}-report-{summed.since.replace('/', '')}", summed)
            case What.RECORDS:
                return Drawn("records", await owed_receipts(self._archive, now=now))
            case What.CONFIGURATION:
                return Drawn("configuration", self._configuration())

    async def search(
        self, order: Order, *, limit: int = CANDIDATES_MAX, before: int | None = None
    ) -> tuple[tuple[int, Document], ...]:
        """Return receipts with their numbers, newest first; `before` a number, for more.

        Raises TerminalError: L53 when nothing that is stored has such a key, L42 tampered.
        """
        check(order)
        found = await self._archive.find(await self._receipts(order), limit, before=before)
        return tuple((one.number, open_snapshot(one)) for one in found)

    async def preview(self, chosen: Chosen) -> str:
        """Return every paper of it as text, exactly as it would be printed now."""
        paper = self._paperwork.paper
        if isinstance(chosen, Drawn):
            return render_text(lay_out_view(chosen.view, paper), paper.columns)
        copies = await self._paperwork.copies(chosen.name, chosen.kind)
        texts = [await self._paperwork.preview(chosen.name, copy.kind) for copy in copies]
        return "\n".join(texts)

    async def reprint(
        self, chosen: Chosen, *, operator: str, as_what: As = As.DUPLICATE
    ) -> tuple[PrintOutcome, ...]:
        """Print it, if the rules allow; whoever asked is written down first, refused or not.

        Raises TerminalError: L07 for a supervisor only, L55 too often or too old.
        """
        if isinstance(chosen, Drawn):
            await self._write_down(chosen.name, "view", operator)
            return (await self._paperwork.print_view(chosen.name, chosen.view),)
        # All copies are asked for before the first is printed: no half of an order.
        copies = await self._paperwork.copies(chosen.name, chosen.kind)
        for copy in copies:
            duplicate = await self._paperwork.jobs.next_duplicate(copy, as_what)
            code = self._refusal(chosen.document, operator, duplicate, as_what)
            await self._write_down(copy.copy_id, "reprint", operator, duplicate, code)
            if code:
                raise TerminalError(code, text_of(code).en)
        outcomes: list[PrintOutcome] = []
        for copy in copies:
            outcomes += await self._paperwork.reprint(
                chosen.name, copy.kind, by=operator, as_what=as_what
            )
        return tuple(outcomes)

    async def export(self, chosen: Chosen, *, operator: str) -> Printable:
        """Return a sheet for a file; it carries a mark of its own and is written down."""
        await self._write_down(chosen.name, "export", operator)
        if isinstance(chosen, Drawn):
            return ViewSheet(chosen.name, chosen.view, NO_PROCESS_ID)
        marks = Marks(reprinted_at=self._local_time(), electronic=True)
        kind = chosen.kind or copies_of(chosen.document)[0]
        body = chosen.snapshot.body
        return Sheet(chosen.name, chosen.document, kind, NO_PROCESS_ID, marks, body)

    async def void(self, job: str, *, operator: str, reason: str) -> tuple[PrintOutcome, Drawn]:
        """Declare a paper void, 作废; return its job and the strip to be kept with it.

        Raises TerminalError: L59 no such job, L56 when nothing of it can be out.
        """
        job_id = await self.job_named(job)
        outcome = await self._paperwork.jobs.void(job_id, by=operator, reason=reason)
        document_id, _, kind = job_id.partition("#")[0].partition("/")
        strip = VoidStrip(
            shop=self._shop(),
            at=self._local_time(),
            document_id=document_id,
            copy=CopyKind(kind),
            duplicate=outcome.duplicate,
            by=operator,
            reason=reason,
            testing=self._settings.test_mode,
        )
        return outcome, Drawn(f"void-{job_id}", strip)

    async def job_named(self, text: str) -> str:
        """Return the job of a name: its own, or its copy's, which means the newest attempt."""
        jobs = await self._archive.jobs_of(text)
        return jobs[-1].job_id if jobs else text

    def self_test(self, printer: str) -> Drawn:
        """Return the page that tests a printer."""
        page = SelfTest(shop=self._shop(), at=self._local_time(), printer=printer)
        return Drawn("self-test", page)

    async def _receipt(self, order: Order) -> Stored:
        if order.name is not None:
            return _stored(await self._archive.snapshot(order.name), "L08", order.copy)
        found = await self._archive.find(await self._receipts(order), CANDIDATES_MAX)
        documents = tuple(open_snapshot(one) for one in found)
        if len(documents) > 1:
            raise AmbiguousError(documents)
        return _stored(found[0] if found else None, "L08", order.copy)

    async def _receipts(self, order: Order) -> ReceiptSearch:
        if order.tag is not None and not await self._archive.has_tags():
            raise TerminalError("L53", f"{text_of('L53').en}: no receipt here has a tag")
        return order.receipts(None if order.card is None else self._card_lookup(order.card))

    async def _settlement(self, order: Order) -> Stored:
        if not order.given:
            return _stored(await self._archive.last("settlement"), "L50")
        found = await self._archive.find(order.settlements(), CANDIDATES_MAX)
        if len(found) > 1:
            raise AmbiguousError(tuple(open_snapshot(one) for one in found))
        return _stored(found[0] if found else None, await self._why_none(order))

    async def _why_none(self, order: Order) -> str:
        """Return the code of a settlement that cannot be found (REQ 000-06)."""
        if order.batch is not None and await self._archive.was_closed(order.batch):
            # Its slip was frozen in the commit that closed it: only a purge takes it away.
            return "L52"
        return "L51" if await self._archive.last("settlement") else "L50"

    def _refusal(self, document: Document, operator: str, duplicate: int, as_what: As) -> str:
        rules = self._settings.paper
        printed = datetime.strptime(document.at, LOCAL_TIME).date()  # noqa: DTZ007 - a shop's day
        return rules.refusal(
            document,
            rules.role_of(operator),
            duplicate=duplicate,
            age_days=(self._local_now().date() - printed).days,
            as_what=as_what,
        )

    async def _write_down(
        self, name: str, purpose: str, operator: str, count: int = 0, refused: str = ""
    ) -> None:
        asked = PaperAsked(
            name=name,
            purpose=purpose,
            count=count,
            by=operator,
            role=self._settings.paper.role_of(operator).value,
            at=self._local_time(),
            refused=refused,
        )
        await self._books.commit((asked,))

    def _configuration(self) -> ConfigurationSlip:
        return ConfigurationSlip(
            shop=self._shop(),
            at=self._local_time(),
            entries=shown_entries(self._settings),
            testing=self._settings.test_mode,
        )

    def _shop(self) -> Shop:
        settings = self._settings
        return Shop(
            settings.merchant_name, settings.merchant_id, settings.terminal_id, settings.operator
        )

    def _local_time(self) -> str:
        return self._local_now().strftime(LOCAL_TIME)


def _stored(snapshot: Snapshot | None, code: str, kind: CopyKind | None = None) -> Stored:
    if snapshot is None:
        raise TerminalError(code, text_of(code).en)
    return Stored(Paperwork.opened(snapshot), snapshot, kind)
