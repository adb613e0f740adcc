"""A lost database: the terminal comes out of its box, and the acquirer has its payments.

What is recovered is paper: the host's ledger stays as it was, row for row, and the terminal's books
hold no payment. Every lost receipt is there once, whatever the weather was while it was asked for,
and however often.
"""

from __future__ import annotations

from dataclasses import replace as evolve
from typing import Final

from msgspec.structs import replace

from terminal.aio.driver import Terminal
from terminal.selection import Selection
from tests.world.auditor_paper import audit_paper
from tests.world.auditor_wire import audit_wire
from tests.world.books import read_host, read_terminal
from tests.world.disk import Platter
from tests.world.morning import Morning
from tests.world.runs import Scenario
from tests.world.shop import after_sales
from tests.world.world import World

SOLD: Final = 2
LEDGER: Final = ("payment", "reversal", "batch", "transfer", "upload_item", "spent")


async def recover_receipts(terminal: Terminal) -> object:
    """Ask for the acquirer's copy, and rebuild and print what is only there."""
    compared = await terminal.recoverer.compare(Selection())
    await terminal.recoverer.rebuild(compared, printed=True)
    return await terminal.paperwork.print_waiting()


def with_empty_disk(dialect: str) -> Morning:
    """Return the second day of a shop whose terminal's folder is gone."""
    whole = after_sales(dialect, SOLD)
    return Morning(whole.ledger, (None,), whole.begin_s, dialect)


async def play(world: World) -> None:
    """Recover under the weather, twice, and once more in peace."""
    till = world.tills[0]
    till.settings = replace(till.settings, payment_inquiry=True)
    before = _rows(world.host.platter)
    await till.do(recover_receipts)
    await till.do(recover_receipts)
    await world.clear_up()
    await till.do(recover_receipts)
    books = read_terminal(till.platter)
    world.problems += audit_wire(world.heard())
    # A recovered receipt is backed by the acquirer's books, and by nothing here.
    backed = evolve(books, approved=read_host(world.host.platter, books.terminal).approved)
    world.problems += audit_paper(till.roll.sheets, backed)
    if _rows(world.host.platter) != before:
        world.problems.append("I10: asking for receipts changed the acquirer's ledger")
    if till.platter.query("SELECT 1 FROM payment"):
        world.problems.append("I10: a recovered receipt became a payment")
    names = till.platter.query("SELECT document_id FROM snapshot ORDER BY document_id")
    wanted = world.host.platter.query(
        "SELECT 'R' || batch || '-' || stan FROM payment WHERE batch = '000002' ORDER BY stan"
    )
    if names != wanted or len(wanted) != SOLD:
        world.problems.append(f"recovered {names}, lost {wanted}")


def _rows(ledger: Platter) -> list[object]:
    return [ledger.query(f"SELECT * FROM {table} ORDER BY 1, 2") for table in LEDGER]


LOST: Final = Scenario("lost-database", with_empty_disk, play)
