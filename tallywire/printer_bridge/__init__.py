"""A printer behind an MQTT broker: jobs in, status and reports out (`terminal.cloud_printing`).

    broker ─▶ bridge ─▶ memory (once per name) ─▶ EscposPrinter ─▶ tcp://...
       ◀── reports, status ──┘

`PrinterBridge` is one printer's bridge, `JobMemory` what it remembers of jobs, `open_memory` the
same with a file behind it.
"""

from __future__ import annotations

from tallywire.printer_bridge.bridge import PrinterBridge, bridge_plan
from tallywire.printer_bridge.memory import JobMemory, open_memory

__all__ = ["JobMemory", "PrinterBridge", "bridge_plan", "open_memory"]
