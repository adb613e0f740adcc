"""One line from a person, one thing done to the printer, one line back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from tallywire.virtual_printer.faults import PrinterFaults, parse_fault
from tallywire.virtual_printer.machine import ROLL_LINES
from tallywire.virtual_printer.server import VirtualPrinter

Control = Callable[[VirtualPrinter, list[str]], Awaitable[str]]

HELP: Final = (
    "paper [LINES] | cover open|close | offline | online | off | on | tear | "
    "fault NAME[=VALUE]... | fault none | status | help"
)


async def control_line(printer: VirtualPrinter, line: str) -> str:
    """Do what a line like "paper 50" or "cover open" says; return what to tell the person."""
    words = line.split()
    if not words:
        return ""
    control = CONTROLS.get(words[0])
    if control is None:
        return f"unknown: {words[0]!r}. Try: {HELP}"
    try:
        return await control(printer, words[1:])
    except ValueError as error:
        return str(error)


def describe(printer: VirtualPrinter) -> str:
    """Return the printer's condition in one line."""
    condition = printer.condition
    names = (
        ("cover open", condition.cover_open),
        ("off line", condition.offline),
        ("no paper", condition.paper_end),
        ("overheated", condition.overheated),
        ("cutter jammed", condition.cutter_jammed),
        ("broken", condition.broken),
        ("paper near end", condition.paper_near_end and not condition.paper_end),
    )
    troubles = ", ".join(name for name, there in names if there) or "ready"
    power = "" if printer.powered else "switched off, "
    waits = ", a job waits" if printer.machine.waiting else ""
    slips = len(printer.printed)
    return f"{power}{troubles}, {printer.machine.lines_left} lines of paper, {slips} slips{waits}"


async def _paper(printer: VirtualPrinter, words: list[str]) -> str:
    lines = words[0] if words else str(ROLL_LINES)
    if not (lines.isascii() and lines.isdecimal() and len(lines) <= 6):
        return f"paper takes a number of lines, not {lines!r}"
    printer.load_paper(int(lines))
    return describe(printer)


async def _cover(printer: VirtualPrinter, words: list[str]) -> str:
    match words:
        case ["open"]:
            printer.open_cover()
        case ["close"]:
            printer.close_cover()
        case _:
            return "cover open, or cover close"
    return describe(printer)


async def _offline(printer: VirtualPrinter, words: list[str]) -> str:
    printer.go_offline()
    return describe(printer)


async def _online(printer: VirtualPrinter, words: list[str]) -> str:
    printer.go_online()
    return describe(printer)


async def _off(printer: VirtualPrinter, words: list[str]) -> str:
    await printer.power_off()
    return describe(printer)


async def _on(printer: VirtualPrinter, words: list[str]) -> str:
    await printer.power_on()
    return describe(printer)


async def _tear(printer: VirtualPrinter, words: list[str]) -> str:
    printer.tear_off()
    return describe(printer)


async def _fault(printer: VirtualPrinter, words: list[str]) -> str:
    faults = PrinterFaults()
    for word in words:
        faults = faults if word == "none" else parse_fault(word, faults)
    await printer.set_faults(faults)
    return describe(printer)


async def _status(printer: VirtualPrinter, words: list[str]) -> str:
    return describe(printer)


async def _help(printer: VirtualPrinter, words: list[str]) -> str:
    return HELP


CONTROLS: Final[dict[str, Control]] = {
    "paper": _paper,
    "cover": _cover,
    "offline": _offline,
    "online": _online,
    "off": _off,
    "on": _on,
    "tear": _tear,
    "fault": _fault,
    "status": _status,
    "help": _help,
}
