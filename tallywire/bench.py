"""A terminal and an acquirer in one process, for programs and tests: real sockets, no files kept.

    async with Bench() as bench:
        paid = await bench.sale("12.50")

`bench.terminal` and `bench.host` are the same objects that the commands run.
"""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import msgspec

from acquirer_sim.aio.host import HostEvent
from acquirer_sim.aio.running import Start, start_host
from acquirer_sim.faults import Fault, FaultKind, FaultPlan
from protocol.aio.client import tcp_opener
from protocol.amount import Amount
from protocol.operations import Card
from protocol.secrets import Pan
from terminal.aio.opening import open_terminal
from terminal.aio.printers import open_printer
from terminal.configuration import Settings, Timing
from terminal.effects import Notice
from terminal.results import PaymentResult, SettlementResult

TEST_CARD: Final = Pan("4111111111111111")

IMPATIENT: Final = Timing(
    reply_timeout_s=0.5,
    reversal_timeout_s=0.5,
    reversal_backoff_s=0.05,
    settlement_timeout_s=0.5,
    settlement_backoff_s=(0.05,),
)
"""Nobody waits thirty seconds for a reply that a test has lost on purpose."""


class Bench:
    """Use as an async context manager. `data` keeps the terminal's books, else they are gone.

    What terminal and host say is kept in `notices` and `events`.
    """

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        ledger: str = "memory:",
        printer: str = "none:",
        data: Path | None = None,
    ) -> None:
        self.notices: list[Notice] = []
        self.events: list[HostEvent] = []
        self._settings = settings or Settings(timing=IMPATIENT)
        self._ledger = ledger
        self._printer = printer
        self._data = data
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Bench:
        """Start the host on a free port, then the terminal."""
        start = Start(port=0, ledger=self._ledger)
        self.host = await start_host(start, on_event=self.events.append)
        self._stack.push_async_callback(self.host.stop)
        host, port = self.host.server.addresses[0]
        opening = open_terminal(
            self._data or Path(self._stack.enter_context(tempfile.TemporaryDirectory())),
            msgspec.structs.replace(self._settings, acquirer=f"{host}:{port}"),
            tcp_opener(host, port),
            [open_printer(self._printer)],
            tell=self.notices.append,
        )
        self.terminal = await self._stack.enter_async_context(opening)
        return self

    async def __aexit__(self, *raised: object) -> None:
        """Stop the terminal, then the host."""
        await self._stack.aclose()

    def lose_reply(self, mti: str, *, times: int = 1) -> None:
        """Let the host do what the next `times` requests of this MTI ask, and say nothing."""
        fault = Fault(kind=FaultKind.DROP_REPLY, mti=mti, times=times)
        self.host.inject(FaultPlan((fault,)))

    async def sale(self, amount: str, card: Pan = TEST_CARD) -> PaymentResult:
        """Sell for "12.50" on a test card."""
        return await self.terminal.sale(Amount.parse(amount, self._settings.currency), Card(card))

    async def settle(self) -> SettlementResult:
        """Close the batch."""
        return await self.terminal.settle()
