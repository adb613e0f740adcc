"""One sale, and what may happen to it; then a second one, a settlement and a reprint in peace."""

from __future__ import annotations

from msgspec import structs

from terminal.aio.driver import Terminal
from terminal.configuration import ReversalForm
from tests.world.runs import Scenario
from tests.world.shop import after_sales, first_day, sell
from tests.world.till import Till
from tests.world.world import World


async def reprint_in_peace(world: World, till: Till) -> None:
    """I10: a reprint sends nothing and leaves every table of money as it was."""
    money = [till.platter.query(f"SELECT * FROM {table}") for table in MONEY_TABLES]
    frames = len(world.wire.seen)
    await till.do(_reprint_last)
    if money != [till.platter.query(f"SELECT * FROM {table}") for table in MONEY_TABLES]:
        world.problems.append("I10: a reprint changed a table of money")
    if frames != len(world.wire.seen):
        world.problems.append("I1: a reprint sent something")


MONEY_TABLES = ("terminal", "payment", "reversal", "batch", "settlement", "upload", "upload_item")


async def _reprint_last(terminal: Terminal) -> None:
    receipt = await terminal.paperwork.find_last_receipt()
    await terminal.paperwork.reprint(receipt.document_id)


async def play(world: World) -> None:
    """Sell once under the weather; clear up; sell again, settle, reprint."""
    till = world.tills[0]
    await till.do(lambda terminal: sell(terminal, 1007))
    await world.clear_up()
    await world.judge()
    await till.do(lambda terminal: sell(terminal, 2009, 1))
    await till.do(lambda terminal: terminal.settle())
    await world.clear_up()
    await reprint_in_peace(world, till)
    await world.judge()


async def play_telling(world: World) -> None:
    """As above, with terminals that tell a reversal (0420) instead of asking for it."""
    for till in world.tills:
        till.settings = structs.replace(till.settings, reversal_form=ReversalForm.ADVICE)
    await play(world)


PAYMENT = Scenario("payment", lambda dialect: after_sales(dialect, 0), play)
FIRST_PAYMENT = Scenario("first-payment", first_day, play)
REVERSAL_ADVICE = Scenario("reversal-advice", lambda dialect: after_sales(dialect, 0), play_telling)
