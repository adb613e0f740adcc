"""Payments as people and programs ask for them: a verb, words, and what the terminal makes of it.

One table for `tallywire terminal VERB` and for the lines of `serve`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from protocol.amount import Amount
from protocol.kinds import PaymentKind
from protocol.operations import Card
from protocol.secrets import Pan
from tallywire.cards import CardFile, presented
from terminal.aio.driver import Terminal
from terminal.intent import Partial, Voucher
from terminal.orders import tag_problem
from terminal.results import BalanceResult, PaymentResult, SignOffResult

Result = PaymentResult | BalanceResult | SignOffResult


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What was written; "" was not. Amounts in major units; `stan` or `rrn` name the original.

    `card` is a number or what a card file holds; `read` is the card as it was read, in place
    of both. `partial` says what becomes of an approval for less, `tag` what the goods are.
    """

    amount: str = ""
    card: str | CardFile = ""
    expiry: str | None = None
    stan: str = ""
    batch: str | None = None
    rrn: str = ""
    advice: bool = False
    partial: str = ""
    tag: str = ""
    currency: str = "156"
    read: Card | None = None


class BadWish(ValueError):
    """Words that are no payment: `str()` is the sentence."""


def partial_of(text: str) -> Partial:
    """Read "accept", "undo" or "ask"; who cannot be asked says it beforehand."""
    if text and text not in (one.value for one in Partial):
        raise BadWish("partial is accept, undo or ask")
    return Partial(text) if text else Partial.UNDO


async def sale(terminal: Terminal, wanted: Wanted) -> Result:
    """Sell."""
    problem = tag_problem(wanted.tag)
    if problem:
        raise BadWish(problem)
    partial = partial_of(wanted.partial)
    amount, card = _some_amount(wanted), _some_card(wanted)
    return await terminal.sale(amount, card, tag=wanted.tag, partial=partial)


async def void(terminal: Terminal, wanted: Wanted) -> Result:
    """Take back a sale of the open batch."""
    return await _void(terminal, wanted, PaymentKind.VOID)


async def preauthorisation_void(terminal: Terminal, wanted: Wanted) -> Result:
    """Give back what was held."""
    return await _void(terminal, wanted, PaymentKind.PREAUTHORISATION_VOID)


async def completion_void(terminal: Terminal, wanted: Wanted) -> Result:
    """Take back a completion of the open batch."""
    return await _void(terminal, wanted, PaymentKind.COMPLETION_VOID)


async def refund(terminal: Terminal, wanted: Wanted) -> Result:
    """Give money back for a payment of any batch."""
    return await terminal.refund(_voucher(wanted), amount=_amount(wanted), card=_card(wanted))


async def preauthorise(terminal: Terminal, wanted: Wanted) -> Result:
    """Hold an amount."""
    partial = partial_of(wanted.partial)
    return await terminal.preauthorise(_some_amount(wanted), _some_card(wanted), partial=partial)


async def complete(terminal: Terminal, wanted: Wanted) -> Result:
    """Complete a pre-authorisation: ask, or tell with `advice`."""
    kind = PaymentKind.COMPLETION_ADVICE if wanted.advice else PaymentKind.COMPLETION
    return await terminal.complete(
        _voucher(wanted), kind=kind, amount=_amount(wanted), card=_card(wanted)
    )


async def offline_sale(terminal: Terminal, wanted: Wanted) -> Result:
    """Sell without asking."""
    return await terminal.offline_sale(_some_amount(wanted), _some_card(wanted))


async def adjust(terminal: Terminal, wanted: Wanted) -> Result:
    """Add an amount to a sale of the open batch."""
    return await terminal.adjust(_voucher(wanted), _some_amount(wanted), card=_card(wanted))


async def balance(terminal: Terminal, wanted: Wanted) -> Result:
    """Ask what is left on a card."""
    return await terminal.balance(_some_card(wanted))


async def sign_off(terminal: Terminal, wanted: Wanted) -> Result:
    """End the day."""
    return await terminal.sign_off()


VERBS: Final[dict[str, Callable[[Terminal, Wanted], Awaitable[Result]]]] = {
    "sale": sale,
    "void": void,
    "refund": refund,
    "preauth": preauthorise,
    "preauth-void": preauthorisation_void,
    "complete": complete,
    "completion-void": completion_void,
    "offline-sale": offline_sale,
    "adjust": adjust,
    "balance": balance,
    "sign-off": sign_off,
}


async def _void(terminal: Terminal, wanted: Wanted, kind: PaymentKind) -> PaymentResult:
    return await terminal.void(
        _voucher(wanted), kind=kind, amount=_amount(wanted), card=_card(wanted)
    )


def _voucher(wanted: Wanted) -> Voucher:
    if not wanted.stan and not wanted.rrn:
        raise BadWish("say which payment: its voucher number, or its reference number")
    stan, batch = wanted.stan, wanted.batch
    return Voucher(stan.zfill(6) if stan else "", batch.zfill(6) if batch else None, wanted.rrn)


def _amount(wanted: Wanted) -> Amount | None:
    return _some_amount(wanted) if wanted.amount else None


def _some_amount(wanted: Wanted) -> Amount:
    try:
        return Amount.parse(wanted.amount, wanted.currency)
    except ValueError as error:
        problem = f"{wanted.amount!r}: {error}"
    raise BadWish(problem)


def _card(wanted: Wanted) -> Card | None:
    return _some_card(wanted) if wanted.card or wanted.read else None


def _some_card(wanted: Wanted) -> Card:
    if wanted.read is not None:
        return wanted.read
    try:
        if isinstance(wanted.card, CardFile):
            return presented(wanted.card)
        return Card(Pan(wanted.card), wanted.expiry)
    except ValueError as error:
        problem = str(error)
    raise BadWish(problem)
