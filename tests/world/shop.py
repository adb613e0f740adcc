"""Prepared mornings: disks of a shop that has signed on and sold something in fair weather.

Exploration is dear in choice points; what is not the subject of a scenario has happened before it
begins. A morning is played once and its platters are copied for every run.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable

from protocol.amount import Amount
from protocol.operations import Card
from protocol.secrets import Pan
from terminal.aio.driver import Terminal
from terminal.results import PaymentResult
from tests.world.choices import Scripted
from tests.world.clock import VirtualLoop, run_virtual
from tests.world.host import empty_ledger
from tests.world.morning import Morning
from tests.world.world import CARDS, World

MORNING_S = 3600.0

Deed = Callable[[Terminal], Awaitable[object]]
"""What a person does at a terminal."""


async def sell(terminal: Terminal, minor: int, card: int = 0) -> PaymentResult:
    """Sell for an amount of minor units on one of the test cards."""
    return await terminal.sale(Amount(minor), Card(Pan(CARDS[card])))


def first_day(dialect: str, terminals: int = 1) -> Morning:
    """Return a shop whose terminals come out of their boxes."""
    return Morning(empty_ledger(), (None,) * terminals, dialect=dialect)


def after_sales(dialect: str, count: int) -> Morning:
    """Return the second day of a shop: batch 000001 is closed, `count` sales are in 000002."""
    return after_deeds(dialect, *(_sale(number) for number in range(count)))


@functools.cache
def _sale(number: int) -> Deed:
    return functools.partial(sell, minor=1003 + number, card=number % len(CARDS))


@functools.cache
def after_deeds(dialect: str, *deeds: Deed) -> Morning:
    """Return the second day of a shop: batch 000001 is closed, with one sale; then `deeds`.

    One terminal, signed on; all papers are out.
    """
    images: list[bytes] = []

    async def start(loop: VirtualLoop) -> None:
        world = World(loop, Scripted(fair=True), first_day(dialect))
        till = world.tills[0]
        await till.do(lambda terminal: terminal.sign_on())
        await till.do(functools.partial(sell, minor=5005))
        await till.do(lambda terminal: terminal.settle())
        for deed in deeds:
            await till.do(deed)
        till.switch_off()
        images.extend((world.host.platter.image(), till.platter.image()))
        world.close()

    run_virtual(start)
    ledger, terminal = images
    return Morning(ledger, (terminal,), MORNING_S, dialect)
