"""One payment of each kind beside the sale, and what may happen to it; then its sequel in peace.

A person who was told that nothing came of it does it again; what was done is then taken back,
repeated against the rules, or settled.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Final

from protocol.amount import Amount
from protocol.kinds import PaymentKind
from protocol.operations import Card
from protocol.secrets import Pan
from terminal.aio.driver import Terminal
from terminal.intent import Voucher
from terminal.results import PaymentLine, PaymentResult
from tests.world.runs import Scenario
from tests.world.shop import Deed, after_deeds, after_sales, sell
from tests.world.till import Till
from tests.world.world import CARDS, World

_K = PaymentKind


async def pick(terminal: Terminal, kind: PaymentKind, *, batch: str = "") -> PaymentLine | None:
    """Return the oldest payment of a kind that stands and was not voided, if there is one."""
    lines = [
        line
        for line in await terminal.payments(batch=batch or None)
        if line.kind == kind.value and line.outcome == "approved" and not line.voided
    ]
    return lines[-1] if lines else None


def named(line: PaymentLine) -> Voucher:
    """Return the voucher that names a payment."""
    return Voucher(line.stan, line.batch)


async def void(terminal: Terminal, *, of: PaymentKind, by: PaymentKind) -> PaymentResult | None:
    """Void the oldest payment of a kind in the open batch."""
    line = await pick(terminal, of, batch=(await terminal.status()).batch)
    return await terminal.void(named(line), kind=by) if line else None


async def refund(terminal: Terminal, minor: int | None) -> PaymentResult | None:
    """Give back a part of the oldest sale, or all that is left of it."""
    line = await pick(terminal, _K.SALE)
    amount = Amount(minor) if minor else None
    return await terminal.refund(named(line), amount=amount) if line else None


async def refund_here(terminal: Terminal, minor: int | None) -> PaymentResult | None:
    """Give back a part of the oldest sale of the open batch, or all that is left of it."""
    line = await pick(terminal, _K.SALE, batch=(await terminal.status()).batch)
    amount = Amount(minor) if minor else None
    return await terminal.refund(named(line), amount=amount) if line else None


async def hold(terminal: Terminal, minor: int) -> PaymentResult:
    """Set an amount aside on the first test card."""
    return await terminal.preauthorise(Amount(minor), Card(Pan(CARDS[0])))


async def complete(terminal: Terminal, minor: int, by: PaymentKind) -> PaymentResult | None:
    """Complete the oldest pre-authorisation."""
    line = await pick(terminal, _K.PREAUTHORISATION)
    return await terminal.complete(named(line), kind=by, amount=Amount(minor)) if line else None


async def sell_offline(terminal: Terminal, minor: int) -> PaymentResult:
    """Sell without asking."""
    return await terminal.offline_sale(Amount(minor), Card(Pan(CARDS[1])))


async def adjust(terminal: Terminal, minor: int) -> PaymentResult | None:
    """Add a tip to the oldest sale of the open batch."""
    line = await pick(terminal, _K.SALE, batch=(await terminal.status()).batch)
    return await terminal.adjust(named(line), Amount(minor)) if line else None


async def recover(terminal: Terminal) -> object:
    """Finish what is unfinished: tell what waits."""
    return await terminal.recover()


async def settle(terminal: Terminal) -> object:
    """Close the batch."""
    return await terminal.settle()


def playing(stormy: tuple[Deed, ...], calm: tuple[Deed, ...]) -> Callable[[World], Awaitable[None]]:
    """Return a play: deeds under the weather, then the rest; both sides agree after each part."""

    async def play(world: World) -> None:
        till = world.tills[0]
        await _do(till, stormy)
        await world.clear_up()
        await world.judge()
        await _do(till, calm)
        await world.clear_up()
        await world.judge()

    return play


async def _do(till: Till, deeds: tuple[Deed, ...]) -> None:
    for deed in deeds:
        await till.do(deed)


_part = functools.partial

_void_sale = _part(void, of=_K.SALE, by=_K.VOID)
_void_hold = _part(void, of=_K.PREAUTHORISATION, by=_K.PREAUTHORISATION_VOID)
_void_completion = _part(void, of=_K.COMPLETION, by=_K.COMPLETION_VOID)
_complete = _part(complete, minor=7007, by=_K.COMPLETION)
_tell_completion = _part(complete, minor=7007, by=_K.COMPLETION_ADVICE)
_hold = _part(hold, minor=9009)
_sell = _part(sell, minor=1009)

VOID = Scenario(
    "void", lambda dialect: after_sales(dialect, 2), playing((_void_sale,), (_void_sale, settle))
)
"""Both sales are voided in the end, or the one and what the weather left of the other."""

REFUND = Scenario(
    "refund",
    lambda dialect: after_sales(dialect, 1),
    playing(
        (_part(refund, minor=2005), recover),
        (_part(refund, minor=None), _part(refund, minor=1), settle),
    ),
)
"""Of a sale in a closed batch: a part, then the rest, then one more than there is."""

HOLD = Scenario(
    "preauthorisation",
    lambda dialect: after_sales(dialect, 0),
    playing((_hold, _complete), (_complete, _void_completion, _complete, settle)),
)
"""Held and completed; the completion is voided, so the hold stands again, and is completed."""

HOLD_VOID = Scenario(
    "preauthorisation-void",
    lambda dialect: after_deeds(dialect, _hold, _hold),
    playing((_void_hold,), (_void_hold, _sell, settle)),
)

COMPLETION_VOID = Scenario(
    "completion-void",
    lambda dialect: after_deeds(dialect, _hold, _complete),
    playing((_void_completion,), (_void_hold, _sell, settle)),
)
"""With its completion voided a hold may be voided itself, and only then."""

COMPLETION_ADVICE = Scenario(
    "completion-advice",
    lambda dialect: after_deeds(dialect, _hold, _sell),
    playing((_tell_completion,), (_tell_completion, _complete, settle)),
)

OFFLINE = Scenario(
    "offline-sale",
    lambda dialect: after_sales(dialect, 0),
    playing((_part(sell_offline, minor=1201), settle), (_part(sell_offline, minor=1301), settle)),
)

ADJUSTMENT = Scenario(
    "adjustment",
    lambda dialect: after_sales(dialect, 1),
    playing((_part(adjust, minor=301),), (_void_sale, settle)),
)
"""A sale that was adjusted is not voided."""

TIP_REFUND = Scenario(
    "tip-refund",
    lambda dialect: after_deeds(dialect, _sell, _part(adjust, minor=301)),
    playing(
        (_part(refund_here, minor=1200), recover),
        (_part(refund_here, minor=None), _part(refund_here, minor=1), _void_sale, settle),
    ),
)
"""More than the sale is given back, then what is left of its tip, then one more than there is."""

FLOWS: Final = (
    VOID,
    REFUND,
    HOLD,
    HOLD_VOID,
    COMPLETION_VOID,
    COMPLETION_ADVICE,
    OFFLINE,
    ADJUSTMENT,
    TIP_REFUND,
)
