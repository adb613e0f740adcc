"""The filters of an order of paper, as options, and the paper that an order finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from tallywire.commands.terminal.cards import read_card
from tallywire.exits import Ending, Exit
from tallywire.running import tell

if TYPE_CHECKING:
    from terminal.aio.clerk import Chosen
    from terminal.aio.driver import Terminal
    from terminal.configuration import Settings
    from terminal.documents import Document
    from terminal.orders import Order

F = TypeVar("F", bound=Callable[..., Any])

RECEIPT_FILTERS: Final = (
    click.option("--stan", metavar="NUMBER", help="The voucher number, like 000012."),
    click.option("--batch", metavar="NUMBER", help="The batch, like 000001."),
    click.option("--rrn", metavar="DIGITS", help="The reference number (F37)."),
    click.option("--auth", metavar="CODE", help="The authorisation code (F38)."),
    click.option("--amount", metavar="AMOUNT", help="The amount, like 12.50."),
    click.option("--last4", metavar="DIGITS", help="The card's last four digits."),
    click.option("--card", metavar="FILE|PAN", help="The whole card; found by its keyed hash."),
    click.option("--kind", metavar="TYPE", help="sale, void, refund, ..."),
    click.option("--tag", metavar="WORD", help="What the goods were called when sold."),
    click.option("--merchant", metavar="NUMBER|NAME", help="Whose receipt, by F42 or whole name."),
    click.option("--from", "since", metavar="TIME", help="From this local day or time on."),
    click.option("--to", "until", metavar="TIME", help="Up to the end of this day or second."),
)
SLIP_FILTERS: Final = (
    click.option("--result", metavar="RESULT", help="Settlements: balanced, unbalanced, ..."),
    click.option("--on", metavar="DAY", help="Reports: any day of the period; today by default."),
    click.option("--copy", metavar="COPY", help="Receipts: merchant, cardholder or acquirer only."),
)


def with_options(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Return a decorator that adds options in their order."""

    def add(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return add


def read_order(settings: Settings, what: str, number: str | None, filters: dict[str, Any]) -> Order:
    """Return what the words of a command order. Raises Ending, TerminalError (L53)."""
    from tallywire.paper_orders import Asked, BadOrder, order_of

    given = {name: value for name, value in filters.items() if value}
    if "card" in given:
        given["card"] = read_card(given["card"]).pan.reveal()
    problem = ""
    try:
        return order_of(Asked(what=what, number=number or "", **given), settings.currency)
    except BadOrder as error:
        problem = str(error)
    raise Ending(Exit.USAGE, f"{problem[0].upper()}{problem[1:]}.", "See --help.")


async def choose(terminal: Terminal, order: Order, *, as_json: bool) -> Chosen:
    """Return the one paper of an order; of several show them all and end (L09)."""
    from terminal.aio.clerk import AmbiguousError

    try:
        return await terminal.clerk.find(order)
    except AmbiguousError as error:
        show_candidates(error.candidates, as_json=as_json)
        raise


def show_candidates(documents: tuple[Document, ...], *, as_json: bool) -> None:
    """Show what was found, newest first."""
    import msgspec

    if as_json:
        for one in documents:
            tell(event="found", name=one.document_id, **msgspec.to_builtins(one))
        return
    from tallywire.paper_views import show_documents

    show_documents(documents)
