"""The printer as a process: runs until it is cancelled; SIGUSR1 puts a new roll in."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

from tallywire.virtual_printer.faults import PrinterFaults
from tallywire.virtual_printer.machine import ROLL_LINES
from tallywire.virtual_printer.server import VirtualPrinter


async def run_printer(
    listen: tuple[str, int],
    paper_lines: int | None,
    out_dir: Path | None,
    on_ready: Callable[[VirtualPrinter], None],
    *,
    columns: int = 32,
    faults: PrinterFaults | None = None,
) -> None:
    """Run a printer on `listen` (host, port) until cancelled; then keep what hangs out of it.

    `paper_lines` None is a full roll, `columns` 32 or 48. `on_ready` is called once, when the
    port is open. SIGUSR1 loads a full roll, where the platform has that signal. Raises
    PrinterStartError.
    """
    host, port = listen
    printer = VirtualPrinter(
        host=host,
        port=port,
        paper_lines=ROLL_LINES if paper_lines is None else paper_lines,
        columns=columns,
        out_dir=out_dir,
        faults=faults,
    )
    await printer.start()
    loop = asyncio.get_running_loop()
    reload_signal = getattr(signal, "SIGUSR1", None)
    if reload_signal is not None:
        loop.add_signal_handler(reload_signal, printer.load_paper)
    on_ready(printer)
    try:
        await asyncio.Event().wait()
    finally:
        if reload_signal is not None:
            loop.remove_signal_handler(reload_signal)
        await printer.stop()
