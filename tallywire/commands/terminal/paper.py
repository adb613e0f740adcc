"""Commands for one paper: preview, reprint, export."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from tallywire.commands.terminal.endings import paper_ending
from tallywire.commands.terminal.filters import (
    RECEIPT_FILTERS,
    SLIP_FILTERS,
    choose,
    read_order,
    with_options,
)
from tallywire.commands.terminal.session import Options, perform, voice_of
from tallywire.running import tell

if TYPE_CHECKING:
    from terminal.aio.driver import Terminal
    from terminal.configuration import Settings
    from terminal.print_outcome import PrintOutcome

PAPERS: Final = (
    "last",
    "any",
    "list",
    "totals",
    "settlement",
    "report",
    "records",
    "configuration",
)
SUFFIXES: Final = {"png": ".png", "pdf": ".pdf", "text": ".txt", "json": ".json"}
DOCUMENT_NAME: Final = re.compile(r"[RF]\d{6}-\d{6}|S\d{6}")

an_order = with_options(
    click.argument("what", type=click.Choice(PAPERS)),
    click.argument("number", required=False),
    *RECEIPT_FILTERS,
    *SLIP_FILTERS,
)


@click.command()
@an_order
@click.pass_obj
def preview(options: Options, /, what: str, number: str | None, **filters: str | None) -> None:
    """Show a paper as it would be printed now; print nothing. See reprint for what there is."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        from tallywire.serving_paper import plain_snapshot

        order = read_order(settings, what, number, filters)
        chosen = await choose(terminal, order, as_json=options.as_json)
        text = await terminal.clerk.preview(chosen)
        if options.as_json:
            tell(event="preview", name=chosen.name, text=text, **plain_snapshot(chosen))
        else:
            click.echo(text, nl=False)

    perform(options, act)


@click.command()
@an_order
@click.option("--as-original", is_flag=True, help="Unmarked, when none came out: a supervisor.")
@click.option("--yes", is_flag=True, help="Print without asking.")
@click.pass_obj
def reprint(
    options: Options,
    /,
    what: str,
    number: str | None,
    *,
    as_original: bool,
    yes: bool,
    **filters: str | None,
) -> None:
    """Print again, after showing it to whoever sits there.

    last: the newest receipt. any: the receipt of voucher NUMBER, or of the filters. list, totals:
    of batch NUMBER, or the open one. settlement: the slip of batch NUMBER, or the newest. report:
    NUMBER is day, week or month. records: the sheet of payments without paper. configuration.
    """

    async def act(terminal: Terminal, settings: Settings) -> None:
        from terminal.print_outcome import As

        order = read_order(settings, what, number, filters)
        chosen = await choose(terminal, order, as_json=options.as_json)
        if options.asks_person and not yes:
            click.echo(await terminal.clerk.preview(chosen))
            if not click.confirm(f"打印 {chosen.name} / Print {chosen.name}?"):
                click.echo("Nothing was printed.")
                return
        outcomes = await terminal.clerk.reprint(
            chosen,
            operator=settings.operator,
            as_what=As.ORIGINAL if as_original else As.DUPLICATE,
        )
        tell_outcomes(options, outcomes)

    perform(options, act)


@click.command()
@click.argument("receipt", metavar="RECEIPT")
@click.option("--png", "shape", flag_value="png", help="A picture.")
@click.option("--pdf", "shape", flag_value="pdf", help="A page as large as the paper.")
@click.option("--text", "shape", flag_value="text", help="The words, as in the preview.")
@click.option(
    "--json", "shape", flag_value="json", help="The text that was hashed; a view as data."
)
@click.option("--copy", metavar="COPY", help="merchant, cardholder or acquirer.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Where to; its ending chooses the format when no option does.",
)
@click.pass_obj
def export(
    options: Options, receipt: str, shape: str | None, copy: str | None, output: Path
) -> None:
    """Write a paper into a file, marked as an electronic copy.

    RECEIPT is a document's name like R000001-000012 or S000001, a voucher number, or one of last,
    list, totals, settlement, records, configuration.
    """

    async def act(terminal: Terminal, settings: Settings) -> None:
        from tallywire.serving_paper import plain_snapshot
        from terminal.aio.exports import export as write
        from terminal.texts import notice

        filters = {"copy": copy}
        if DOCUMENT_NAME.fullmatch(receipt):
            order = read_order(settings, "any", None, {**filters, "name": receipt})
        elif receipt in PAPERS:
            order = read_order(settings, receipt, None, filters)
        else:
            order = read_order(settings, "any", receipt, filters)
        chosen = await choose(terminal, order, as_json=options.as_json)
        sheet = await terminal.clerk.export(chosen, operator=settings.operator)
        suffix = SUFFIXES[shape] if shape else output.suffix.lower()
        code = write(sheet, output, terminal.paperwork.paper, suffix=suffix)
        if code:
            voice_of(options)(notice(code, subject="export", key=chosen.name, state="english"))
        if options.as_json:
            tell(event="exported", name=chosen.name, file=str(output), **plain_snapshot(chosen))
        else:
            click.echo(f"{chosen.name} is in {output}.")

    perform(options, act)


def tell_outcomes(options: Options, outcomes: tuple[PrintOutcome, ...]) -> None:
    """Tell what became of print jobs; raises Ending when one is not certainly out."""
    from tallywire.serving_paper import plain_outcome

    for outcome in outcomes:
        plain = plain_outcome(outcome)
        if options.as_json:
            tell(event="job", **plain)
        else:
            click.echo(f"{plain['job']}: {plain['state']} {plain['cause']}".rstrip())
    waiting = next((outcome for outcome in outcomes if not outcome.printed), None)
    if waiting is not None:
        raise paper_ending(waiting.cause)
