"""Asks the host where a batch stands, where the settings allow it. Nothing changes by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from protocol.operations import SettlementInquiry, SettlementStatus
from terminal.aio.desk import NO_PAYMENTS, Desk
from terminal.aio.question import ask, take_stan
from terminal.effects import Notice
from terminal.inquiry import STATE_CODES, SettlementInquired
from terminal.notices import told
from terminal.outcomes import inquiry_result
from terminal.results import InquiryResult


@dataclass(frozen=True, slots=True)
class Inquirer:
    """Our own extension: off unless `settlement_inquiry` says that the host has it."""

    desk: Desk
    tell: Callable[[Notice], None]

    async def inquire(self, batch: str) -> InquiryResult:
        """Ask about a batch, the open one when it is ""; L69 where nobody may ask."""
        desk, standing = self.desk, await self.desk.standing()
        batch = batch or standing.batch
        if not desk.has_payments:
            return inquiry_result(NO_PAYMENTS, "refused", batch)
        if not desk.settings.settlement_inquiry:
            return inquiry_result("L69", "refused", batch)
        stan = await take_stan(desk, standing, "settlement inquiry")
        request = SettlementInquiry(
            origin=desk.settings.origin, stan=stan, stamp=desk.stamp(), batch=batch
        )
        code, reply = await ask(desk, request)
        if not isinstance(reply, SettlementStatus):
            outcome = "not_sent" if code == "L20" else "unanswered"
            return inquiry_result(code if reply is None else "L23", outcome, batch)
        if not reply.approved:
            return inquiry_result(code, "declined", batch)
        if reply.batch != batch:
            return inquiry_result("L23", "unanswered", batch)
        result = reply.result.value if reply.result else ""
        fact = SettlementInquired(
            batch=batch, stan=stan, code=code, state=reply.state.value, result=result
        )
        await desk.journal.commit((fact,))
        found = STATE_CODES[reply.state]
        return inquiry_result(found, "answered", batch, state=reply.state.value, result=result)

    async def look(self, batch: str) -> None:
        """Ask before a settlement is repeated, and tell what the host said, whatever it was."""
        if not self.desk.settings.settlement_inquiry:
            return
        result = await self.inquire(batch)
        self.tell(told(result.code, "settlement", batch, result.state or result.outcome))
