"""What a terminal is given of the world: disk, line, key, printers, time, chance, a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from protocol.amount import Amount
from protocol.secrets import Key
from terminal.aio.cashier import Ask
from terminal.aio.database import Database, DatabaseOpener
from terminal.aio.line import Line
from terminal.aio.paperwork import Tear
from terminal.aio.printers import Printer
from terminal.aio.storehouse import FreeBytes, nobody_can_tell
from terminal.effects import CrashPoint, Notice
from terminal.keyring import Keyring
from terminal.pin_pad import PinPad


def pass_by(point: CrashPoint) -> None:
    """Pass a crash point with the power on."""


async def take_no_part(wanted: Amount, approved: Amount) -> bool:
    """Have an approval in part undone: there is nobody to ask."""
    return False


@dataclass(frozen=True, slots=True)
class Equipment:
    """The terminal's world, injected.

    `now` gives an aware UTC time; `scratch` opens the database in which `verify` rebuilds;
    `ask` is asked about an approval in part when a sale says so; `reached` hears of every crash
    point that is passed, for tests that cut the power.
    """

    database: Database
    scratch: DatabaseOpener
    line: Line
    key: Key
    printers: Sequence[Printer]
    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]
    tell: Callable[[Notice], None]
    reached: Callable[[CrashPoint], None] = pass_by
    tear: Tear | None = None
    keyring: Keyring | None = None
    has_payments: bool = True
    pin_pad: PinPad | None = None
    ask: Ask = take_no_part
    free_bytes: FreeBytes = nobody_can_tell
