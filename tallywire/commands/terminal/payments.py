"""Commands of every kind of payment: sale, void, refund, preauth, complete, and more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from tallywire.commands.terminal.cards import TEST_CARD, read_card
from tallywire.commands.terminal.endings import EXITS, ending
from tallywire.commands.terminal.money import SALE_EXITS
from tallywire.commands.terminal.session import Options, perform, say
from tallywire.exits import Ending, Exit

if TYPE_CHECKING:
    from terminal.aio.driver import Terminal
    from terminal.configuration import Settings

F = TypeVar("F", bound=Callable[..., Any])

_CARD: Final = click.option("--card", metavar="FILE|PAN", help="A test card, or its file.")
_BATCH: Final = click.option("--batch", metavar="NUMBER", help="The batch of that voucher.")
_RRN: Final = click.option("--rrn", default="", metavar="DIGITS", help="The host's reference.")


_PARTIAL: Final = click.option(
    "--partial",
    type=click.Choice(["accept", "undo", "ask"]),
    default="undo",
    show_default=True,
    help="What becomes of an approval for less; ask wants somebody at the keys.",
)


@click.command()
@click.argument("amount")
@_CARD
@click.option("--tag", default="", metavar="WORD", help="What the goods are; find them by it.")
@_PARTIAL
@click.pass_obj
def sale(options: Options, /, **words: Any) -> None:
    """Sell for AMOUNT, like 12.50."""
    _pay(options, "sale", words, needs_card=True)


@click.command()
@click.argument("stan")
@click.option("--amount", default="", help="Refused unless it is the sale's.")
@_CARD
@click.pass_obj
def void(options: Options, /, **words: Any) -> None:
    """Take back the sale of voucher STAN, while its batch is open."""
    _pay(options, "void", words)


@click.command()
@click.argument("stan", required=False)
@click.argument("amount", default="")
@_RRN
@_BATCH
@_CARD
@click.pass_obj
def refund(options: Options, /, **words: Any) -> None:
    """Give AMOUNT back for voucher STAN or --rrn, or all that is left; also after settlement."""
    if words["rrn"] and words["stan"] and not words["amount"]:
        # With --rrn the one word that is left is the amount.
        words |= {"amount": words["stan"], "stan": ""}
    _pay(options, "refund", words)


@click.command()
@click.argument("amount")
@_CARD
@_PARTIAL
@click.pass_obj
def preauth(options: Options, /, **words: Any) -> None:
    """Hold AMOUNT on a card, to be completed later."""
    _pay(options, "preauth", words, needs_card=True)


@click.command("preauth-void")
@click.argument("stan")
@_BATCH
@_CARD
@click.pass_obj
def preauth_void(options: Options, /, **words: Any) -> None:
    """Give back what voucher STAN holds."""
    _pay(options, "preauth-void", words)


@click.command()
@click.argument("stan")
@click.argument("amount", default="")
@click.option("--advice", is_flag=True, help="Tell the host instead of asking it.")
@_BATCH
@_CARD
@click.pass_obj
def complete(options: Options, /, **words: Any) -> None:
    """Complete the pre-authorisation of voucher STAN, for AMOUNT or for all of it."""
    _pay(options, "complete", words)


@click.command("completion-void")
@click.argument("stan")
@_CARD
@click.pass_obj
def completion_void(options: Options, /, **words: Any) -> None:
    """Take back the completion of voucher STAN, while its batch is open."""
    _pay(options, "completion-void", words)


@click.command("offline-sale")
@click.argument("amount")
@_CARD
@click.pass_obj
def offline_sale(options: Options, /, **words: Any) -> None:
    """Sell for AMOUNT without asking; the host is told before the settlement."""
    _pay(options, "offline-sale", words, needs_card=True)


@click.command()
@click.argument("stan")
@click.argument("amount")
@_CARD
@click.pass_obj
def adjust(options: Options, /, **words: Any) -> None:
    """Add AMOUNT, a tip, to the sale of voucher STAN."""
    _pay(options, "adjust", words)


@click.command()
@_CARD
@click.pass_obj
def balance(options: Options, /, **words: Any) -> None:
    """Ask what is left on a card."""
    _pay(options, "balance", words, needs_card=True)


@click.command("sign-off")
@click.pass_obj
def sign_off(options: Options) -> None:
    """End the day; the batch must be settled."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        result = await terminal.sign_off()
        say(options, result, "Signed off." if result.signed_off else "")
        if not result.signed_off:
            refused = result.code in ("L03", "L05", "L68", "L48")
            raise ending(result, Exit.REFUSED if refused else Exit.UNREACHABLE)

    perform(options, act)


@click.command()
@click.pass_obj
def echo(options: Options) -> None:
    """Ask whether the host is there."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        result = await terminal.echo()
        answered = result.code == "00"
        say(options, result, "The host is there." if answered else "")
        if not answered:
            raise ending(result, Exit.UNREACHABLE)

    perform(options, act)


COMMANDS: Final = (
    sale,
    void,
    refund,
    preauth,
    preauth_void,
    complete,
    completion_void,
    offline_sale,
    adjust,
    balance,
    sign_off,
    echo,
)


def _pay(options: Options, verb: str, words: dict[str, Any], *, needs_card: bool = False) -> None:
    async def act(terminal: Terminal, settings: Settings) -> None:
        from tallywire.payments import VERBS, BadWish, Wanted

        given = words.pop("card", None) or (TEST_CARD if needs_card else None)
        words["read"] = read_card(given) if given else None
        words["stan"] = words.get("stan") or ""
        problem, result = "", None
        try:
            result = await VERBS[verb](terminal, Wanted(**words, currency=settings.currency))
        except BadWish as error:
            problem = str(error)
        if result is None:
            raise Ending(Exit.USAGE, f"{problem[0].upper()}{problem[1:]}.", f"See {verb} --help.")
        say(options, result, _sentence(result))
        exit_code = _exit_of(result, verb)
        if exit_code is not Exit.OK:
            raise ending(result, exit_code)

    perform(options, act)


def _sentence(result: Any) -> str:
    from protocol.amount import Amount

    minor = getattr(result, "balance_minor", getattr(result, "amount_minor", None))
    sign = "-" if minor is not None and minor < 0 else ""
    said_nothing = minor is None or (result.outcome == "refused" and not minor)
    amount = "" if said_nothing else f"{sign}{Amount(abs(minor or 0), result.currency)}  "
    voucher = f"voucher {result.stan}  " if getattr(result, "stan", "") else ""
    return f"{result.outcome.upper()}  {amount}{voucher}{result.en}"


def _exit_of(result: Any, verb: str) -> Exit:
    stands = result.outcome == "waiting" and verb == "offline-sale"
    if result.outcome == "approved" or stands:
        return Exit.OK
    if result.outcome == "refused" and result.code in ("L08", "L09"):
        return EXITS[result.code]
    return SALE_EXITS.get(result.outcome, Exit.UNKNOWN_OUTCOME)
