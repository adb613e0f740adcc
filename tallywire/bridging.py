"""A bridge as a command runs it: its options, what it says, and how it ends."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tallywire.exits import Ending, Exit
from tallywire.running import tell
from terminal.printer_profile import Confirmation, PrinterProfile

if TYPE_CHECKING:
    from tallywire.printer_bridge import JobMemory, PrinterBridge
    from terminal.cloud_printing import CloudAddress, Report, Status

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class BridgeWish:
    """Where the printer shall be found, how we get in there, and what is remembered."""

    mqtt: str
    login: str
    ca: str
    memory: Path | None
    as_json: bool


def bridge_options(*, required: bool) -> Callable[[F], F]:
    """Return a decorator that adds the options of a bridge."""
    options = (
        click.option(
            "--mqtt",
            metavar="URL",
            required=required,
            help="Be behind a broker: mqtt://HOST:PORT/PREFIX/PRINTER, mqtts:// with TLS.",
        ),
        click.option(
            "--login",
            default="",
            metavar="FILE",
            help="TOML with user and password; or TALLYWIRE_MQTT_USER and _PASSWORD.",
        ),
        click.option("--ca", default="", metavar="FILE", help="Certificates to trust."),
        click.option(
            "--memory",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Remember printed jobs in this file, over restarts.",
        ),
    )

    def add(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return add


Opened = Callable[[str], "PrinterBridge"]
"""Makes the bridge of the printer at a URL; nothing is connected yet. Raises Ending."""


def open_bridge(wish: BridgeWish, confirmation: Confirmation = Confirmation.PROCESS_ID) -> Opened:
    """Check everything that was wished. Raises Ending, SettingsError, OSError."""
    from tallywire.printer_bridge import PrinterBridge, bridge_plan
    from terminal.aio.broker_access import read_access
    from terminal.aio.cloud_printer import mqtt_is_installed
    from terminal.aio.escpos_printer import EscposPrinter
    from terminal.aio.printers import open_printer
    from terminal.configuration import BrokerSettings
    from terminal.printer_status import SERIAL_MAX
    from terminal.texts import text_of

    address = _address(wish.mqtt)
    if not mqtt_is_installed():
        missing = text_of("L82")
        sentence = f"{missing.zh} / {missing.en}"
        raise Ending(Exit.CONFIGURATION, sentence, missing.next_en, "L82")
    access = read_access(BrokerSettings(wish.login, wish.ca), tls=address.tls)
    memory, plan = _memory(wish.memory), bridge_plan(address, access)
    profile = PrinterProfile(confirmation=confirmation)

    def made(to: str) -> PrinterBridge:
        printer = open_printer(to, profile)
        if not isinstance(printer, EscposPrinter):
            raise Ending(Exit.USAGE, f"{to} is no printer to bridge.", "Give tcp://HOST:PORT.")
        ready, at = f"Printer at {address.url}.", address.url
        return PrinterBridge(
            address,
            plan,
            printer,
            memory,
            name=secrets.token_hex(8),
            serial=secrets.randbelow(SERIAL_MAX),
            told=_voice(wish),
            connected=lambda: _say(wish, ready, event="bridged", at=at),
        )

    return made


async def keep_bridge(bridge: PrinterBridge) -> None:
    """Run a bridge until it is cancelled. Raises Ending."""
    from tallywire.printer_bridge.bridge import TakenOver

    taken = False
    try:
        await bridge.run()
    except* TakenOver:
        taken = True
    if taken:
        raise Ending(
            Exit.REFUSED, "Another bridge of this printer has come.", "Run one for each printer."
        )


def _address(url: str) -> CloudAddress:
    from terminal.cloud_printing import parse_address, shown_url

    problem = ""
    try:
        return parse_address(url)
    except ValueError as error:
        problem = str(error)
    raise Ending(Exit.USAGE, f"--mqtt {shown_url(url)}: {problem}.", "See --help.")


def _memory(path: Path | None) -> JobMemory:
    from tallywire.printer_bridge import open_memory

    problem = ""
    try:
        return open_memory(path)
    except ValueError as error:
        problem = str(error)
    raise Ending(Exit.CONFIGURATION, f"{problem}.", "Choose another file with --memory.")


def _voice(wish: BridgeWish) -> Callable[[Report | Status], None]:
    from terminal.cloud_printing import Report
    from terminal.texts import text_of

    def say(told: Report | Status) -> None:
        cause = f": {told.cause} {text_of(told.cause).en}" if told.cause else ""
        if isinstance(told, Report):
            state = told.progress.value
            words = f"{told.job} {state}{cause}"
            _say(wish, words, event="report", job=told.job, progress=state, cause=told.cause)
        else:
            state = "online" if told.online else "offline"
            words = f"printer {state}{cause}"
            warning = {"cause": told.cause, "warning": told.warning}
            _say(wish, words, event="status", online=told.online, **warning)

    return say


def _say(wish: BridgeWish, words: str, **line: object) -> None:
    if wish.as_json:
        tell(**line)
    else:
        click.echo(words)
