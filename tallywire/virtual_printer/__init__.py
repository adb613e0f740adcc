"""A virtual ESC/POS receipt printer: a TCP port that draws what it is told to print.

    bytes ─▶ realtime + commands ─▶ interpreter ─▶ actions ─▶ machine ─▶ paper ─▶ slips ─▶ tray
                                                                │ replies ─▶ bytes back

`VirtualPrinter` is the printer with its hands, `PrinterFaults` what is wrong with it,
`run_printer` the process, `control_line` one typed line, `PrinterMachine` the same printer
without a socket.
"""

from __future__ import annotations

from tallywire.virtual_printer.control import control_line, describe
from tallywire.virtual_printer.faults import OPTIONS, Echo, PrinterFaults, parse_fault
from tallywire.virtual_printer.machine import ROLL_LINES, PrinterMachine
from tallywire.virtual_printer.paper import Slip, SlipEnd
from tallywire.virtual_printer.server import PrinterStartError, VirtualPrinter
from tallywire.virtual_printer.service import run_printer
from tallywire.virtual_printer.status import Condition

__all__ = [
    "OPTIONS",
    "ROLL_LINES",
    "Condition",
    "Echo",
    "PrinterFaults",
    "PrinterMachine",
    "PrinterStartError",
    "Slip",
    "SlipEnd",
    "VirtualPrinter",
    "control_line",
    "describe",
    "parse_fault",
    "run_printer",
]
