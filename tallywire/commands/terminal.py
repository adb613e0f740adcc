"""`tallywire terminal`: one payment terminal, driven by commands or staying as a service."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec

from protocol.settings import parse_settings
from tallywire.address import ADDRESS
from tallywire.exits import Ending, Exit
from tallywire.lines import stdin_lines
from tallywire.running import read_settings, run, tell

if TYPE_CHECKING:
    from protocol.aio.client import Opener
    from protocol.operations import Card
    from terminal.aio.driver import Terminal
    from terminal.configuration import Settings
    from terminal.effects import Notice
    from terminal.errors import TerminalError

Act = Callable[["Terminal", "Settings"], Awaitable[None]]

TEST_CARD: Final = "4111111111111111"
"""The card of a sale that names none: a published test number."""


@dataclass(frozen=True, slots=True)
class Options:
    """What stands before the subcommand."""

    data: Path
    acquirer: tuple[str, int] | None
    printers: tuple[str, ...]
    config: Path | None
    as_json: bool


class CardFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A card in a TOML file: `pan`, and `expiry` as YYMM."""

    pan: str
    expiry: str | None = None


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The terminal's own folder: its books, its key, its lock.",
)
@click.option("--acquirer", type=ADDRESS, help="Where the host listens.")
@click.option(
    "--printer",
    "printers",
    multiple=True,
    metavar="URL",
    help="tcp://HOST:PORT, file:DIR, console: or none:. Repeat it for a second printer.",
)
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="Settings as TOML.")
@click.option("--json", "as_json", is_flag=True, help="Tell results and notices as JSON lines.")
@click.pass_context
def command(
    context: click.Context,
    *,
    data: Path,
    acquirer: tuple[str, int] | None,
    printers: tuple[str, ...],
    config: Path | None,
    as_json: bool,
) -> None:
    """Run a payment terminal, or one command of it.

    Each command first finishes what an earlier one, or a power cut, has left behind.
    """
    context.obj = Options(data, acquirer, printers, config, as_json)


@command.command("sign-on")
@click.pass_obj
def sign_on(options: Options) -> None:
    """Sign on with the acquirer."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        result = await terminal.sign_on()
        _say(options, result, f"Signed on, batch {result.batch}." if result.signed_on else "")
        if not result.signed_on:
            raise _ending(result, Exit.UNREACHABLE)

    _run(options, act)


@command.command()
@click.argument("amount")
@click.option("--card", default=TEST_CARD, metavar="FILE|PAN", help="A test card, or its file.")
@click.pass_obj
def sale(options: Options, amount: str, card: str) -> None:
    """Sell for AMOUNT, like 12.50."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        from protocol.amount import Amount

        problem = ""
        try:
            money = Amount.parse(amount, settings.currency)
        except ValueError as error:
            problem = str(error)
        if problem:
            raise Ending(Exit.USAGE, f"{amount!r}: {problem}.", "Give major units and cents.")
        result = await terminal.sale(money, _card(card))
        _say(
            options,
            result,
            f"{result.outcome.upper()}  {money}  voucher {result.stan}  {result.en}",
        )
        if result.outcome != "approved":
            raise _ending(result, SALE_EXITS.get(result.outcome, Exit.UNKNOWN_OUTCOME))

    _run(options, act)


@command.command()
@click.pass_obj
def settle(options: Options) -> None:
    """Close the batch with the acquirer, or go on closing it."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        result = await terminal.settle()
        _say(options, result, f"{result.outcome.upper()}  batch {result.batch}  {result.en}")
        if not result.closed:
            raise _ending(result, SETTLE_EXITS.get(result.outcome, Exit.UNKNOWN_OUTCOME))

    _run(options, act)


@command.command()
@click.pass_obj
def status(options: Options) -> None:
    """Show where the terminal stands."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        from tallywire.views import show_status

        current = await terminal.status()
        owed = len(await terminal.paperwork.owed())
        if options.as_json:
            tell(event="status", **msgspec.to_builtins(current), paper_owed=owed)
        else:
            show_status(current, owed)

    _run(options, act)


@command.command("list")
@click.option("--batch", help="Only this batch, like 000001.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@click.pass_obj
def list_payments(options: Options, batch: str | None, limit: int) -> None:
    """List payments, newest first."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        from tallywire.views import show_payments

        lines = await terminal.payments(batch=batch, limit=limit)
        if options.as_json:
            for line in lines:
                tell(event="payment", **msgspec.to_builtins(line))
        else:
            show_payments(lines, settings.zone)

    _run(options, act)


@command.command()
@click.option("--retry-manual", is_flag=True, help="Try again what was given up for a person.")
@click.pass_obj
def recover(options: Options, *, retry_manual: bool) -> None:
    """Finish what is unfinished: settlement, reversals, paper that waits."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        result = await terminal.recover(retry_manual=retry_manual)
        await terminal.paperwork.print_waiting()
        _say(options, result, f"{result.mode}, batch {result.batch}.")
        if result.mode not in ("READY", "NEEDS_SIGNON"):
            raise Ending(Exit.UNKNOWN_OUTCOME, f"Still {result.mode}.", "Try again later.")

    _run(options, act)


@command.command()
@click.argument("what", type=click.Choice(["last", "any", "settlement"]))
@click.argument("number", required=False)
@click.option("--batch", help="The batch of the voucher, when several have that number.")
@click.pass_obj
def reprint(options: Options, what: str, number: str | None, batch: str | None) -> None:
    """Print again: the last receipt, any voucher NUMBER, or a settlement (batch NUMBER)."""
    if what == "any" and not number:
        raise click.UsageError("reprint any wants a voucher number, like 000012")

    async def act(terminal: Terminal, settings: Settings) -> None:
        from tallywire.serving import plain_outcome
        from tallywire.serving import reprint as print_again

        of_batch = number if what == "settlement" else batch
        outcomes = await print_again(terminal, what, stan=number or "", batch=of_batch)
        for outcome in outcomes:
            plain = plain_outcome(outcome)
            if options.as_json:
                tell(event="job", **plain)
            else:
                click.echo(f"{plain['job']}: {plain['state']} {plain['cause']}".rstrip())
        waiting = next((outcome for outcome in outcomes if not outcome.printed), None)
        if waiting is not None:
            raise _paper_ending(waiting.cause)

    _run(options, act)


@command.command()
@click.pass_obj
def serve(options: Options) -> None:
    """Stay, take commands as JSON lines on standard input, until it ends."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        from tallywire.serving import Service

        await Service(terminal, currency=settings.currency).run(stdin_lines())

    _run(replace(options, as_json=True), act)


SALE_EXITS: Final = {
    "declined": Exit.DECLINED,
    "reversed": Exit.DECLINED,
    "not_sent": Exit.UNREACHABLE,
    "refused": Exit.REFUSED,
}
SETTLE_EXITS: Final = {"open": Exit.UNREACHABLE, "refused": Exit.REFUSED}
NOT_FOUND: Final = frozenset({"L08", "L09", "L50", "L51"})


def _run(options: Options, act: Act) -> None:
    run(_perform(options, act), as_json=options.as_json)


async def _perform(options: Options, act: Act) -> None:
    from terminal.errors import TerminalError

    problem: TerminalError | None = None
    try:
        async with _opened(options) as (terminal, settings):
            await act(terminal, settings)
    except TerminalError as error:
        problem = error
    if problem is not None:
        raise _terminal_ending(problem)


@asynccontextmanager
async def _opened(options: Options) -> AsyncIterator[tuple[Terminal, Settings]]:
    from terminal.aio.opening import open_terminal
    from terminal.aio.printers import open_printer
    from terminal.configuration import Settings, load_settings

    settings = read_settings(options.config, load_settings)
    urls = options.printers or (settings.printers if settings else _usual_printers(options))
    settings = settings or Settings()
    if options.acquirer:
        host, port = options.acquirer
        settings = msgspec.structs.replace(settings, acquirer=f"{host}:{port}")
    paper = sys.stderr if options.as_json else sys.stdout
    profile, patience = settings.printer, settings.patience
    printers = [open_printer(url, profile, patience, stream=paper) for url in urls]
    voice = _voice(options)
    line = _opener(settings)
    async with open_terminal(options.data, settings, line, printers, tell=voice) as terminal:
        yield terminal, settings


def _opener(settings: Settings) -> Opener:
    from protocol.aio.client import tcp_opener

    host, port = ADDRESS.convert(settings.acquirer, None, None)
    return tcp_opener(host, port, connect_timeout_s=settings.timing.connect_timeout_s)


def _usual_printers(options: Options) -> tuple[str, ...]:
    return ("none:",) if options.as_json else ("console:",)


def _voice(options: Options) -> Callable[[Notice], None]:
    def say(notice: Notice) -> None:
        if options.as_json:
            tell(event="notice", **msgspec.to_builtins(notice))
        else:
            click.echo(
                f"{notice.code} {notice.zh} / {notice.en} {notice.next_en}".rstrip(), err=True
            )

    return say


def _say(options: Options, result: Any, sentence: str) -> None:
    if options.as_json:
        tell(event="result", **msgspec.to_builtins(result))
    elif sentence:
        click.echo(sentence)


def _card(text: str) -> Card:
    """Read a card from its number or from a file."""
    from protocol.operations import Card
    from protocol.secrets import Pan

    path = Path(text)
    given = CardFile(text)
    if not text.isdigit():
        loaded = read_settings(path, lambda words, name: parse_settings(words, CardFile, name))
        assert loaded is not None, "a path was given"
        given = loaded
    try:
        return Card(Pan(given.pan), given.expiry)
    except ValueError as error:
        problem = str(error)
    raise Ending(Exit.USAGE, f"No card: {problem}.", "Give a test card's number, or its file.")


def _ending(result: Any, exit_code: Exit) -> Ending:
    return Ending(exit_code, f"{result.zh} / {result.en}", result.next_en, result.code)


def _paper_ending(cause: str) -> Ending:
    from terminal.texts import text_of

    text = text_of(cause or "L38")
    return Ending(Exit.PAPER, f"{text.zh} / {text.en}", text.next_en, cause or "L38")


def _terminal_ending(error: TerminalError) -> Ending:
    from terminal.errors import InUse, WrongKey
    from terminal.texts import text_of

    exits: dict[type, Exit] = {InUse: Exit.REFUSED, WrongKey: Exit.REFUSED}
    usual = Exit.NOT_FOUND if error.code in NOT_FOUND else Exit.STORAGE
    next_step = text_of(error.code).next_en
    return Ending(exits.get(type(error), usual), f"{error.sentence}.", next_step, error.code)
