"""Broken products of what is asked: balances, the end of a day, a batch, a part for the whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import msgspec

from protocol.operations import (
    OriginalReference,
    PaymentRequest,
    ReconciliationResult,
    Reversal,
    SettlementReply,
)
from terminal import payment
from terminal.aio import cashier, greeter, settler
from terminal.attempt import Attempt, SettlementPhase
from terminal.effects import Effects
from terminal.machine import Transition
from terminal.payment import AcceptedInPart, ApprovedInPart, Payment, PaymentPhase
from terminal.settlement import Balanced
from terminal.standing import SignedOn
from tests.world.mutants import Mutant, function, row

_SOUND_ASK: Final = greeter.ask


async def _ask_and_undo(desk: Any, request: Any) -> Any:
    code, reply = await _SOUND_ASK(desk, request)
    if reply is None and isinstance(request, PaymentRequest):
        original = OriginalReference("0200", request.stan, request.stamp.transmission)
        shared = {"batch": request.batch, "amount": request.amount, "kind": request.kind}
        said = {"origin": request.origin, "stan": request.stan, "stamp": request.stamp}
        await _SOUND_ASK(desk, Reversal(**said, **shared, pan=request.card.pan, original=original))
    return code, reply


def _still_signed_on(**told: Any) -> SignedOn:
    return SignedOn(host_batch="")


async def _believe_the_inquiry(self: Any, attempt: Attempt) -> Attempt:
    told = await self.inquirer.inquire(attempt.batch)
    if attempt.phase is not SettlementPhase.UNCERTAIN or told.state != "closed":
        resumed: Attempt = await _SOUND_RESUME(self, attempt)
        return resumed
    asked = attempt.request
    said = {"origin": asked.origin, "stan": asked.stan, "stamp": asked.stamp, "code": "00"}
    reply = SettlementReply(
        **said,
        result=ReconciliationResult.IN_BALANCE,
        batch=asked.batch,
        totals=asked.totals,
        settlement_date=asked.settlement_date,
    )
    believed = replace(attempt, phase=SettlementPhase.SENDING)
    event = Balanced(reply, await self._papers(attempt, reply))
    closed: Attempt = await self.desk.performer.run(self._machine(), believed, event)
    return closed


_SOUND_RESUME: Final = settler.Settler.resume


def _keep_the_whole(taken: Payment, event: AcceptedInPart) -> tuple[Payment, Effects]:
    return payment._stand(taken, event)


def _drop_the_part(undone: Payment, event: ApprovedInPart) -> tuple[Payment, Effects]:
    declined = msgspec.structs.replace(event.reply, code="05")
    return payment._decline(undone, payment.Declined(declined))


async def _take_every_part(self: Any, asked: Any, reply: Any, partial: Any) -> bool:
    await _SOUND_TAKES(self, asked, reply, partial)
    return bool(reply.code == "10")


_SOUND_TAKES: Final = cashier.Cashier._takes_part
_ACCEPTED: Final = (PaymentPhase.SENDING, AcceptedInPart)
_IN_PART: Final = (PaymentPhase.SENDING, ApprovedInPart)


QUESTION_MUTANTS: Final = (
    Mutant(
        "balance-is-undone",
        "an unanswered balance inquiry is reversed",
        lambda: (function(greeter, "ask", _ask_and_undo),),
        "balance",
        {},
    ),
    Mutant(
        "sells-after-the-day",
        "who has signed off goes on selling without a sign-on",
        lambda: (
            function(greeter, "SignedOff", _still_signed_on),
            function(greeter, "SignOnNeeded", _still_signed_on),
        ),
        "sign-off",
        {},
    ),
    Mutant(
        "signs-off-over-payments",
        "a day ends although its batch is not settled",
        lambda: (function(greeter, "_not_yet", lambda standing: ""),),
        "sign-off",
        {},
    ),
    Mutant(
        "asking-closes-the-batch",
        "what the host says of a batch is taken for its answer to the settlement",
        lambda: (function(settler.Settler, "resume", _believe_the_inquiry),),
        "inquiry",
        {"reply terminal1 0510": "lose"},
    ),
    Mutant(
        "part-counts-as-the-whole",
        "what was approved in part stands for all that was asked",
        lambda: (
            row(payment.TRANSITIONS, _ACCEPTED, Transition(PaymentPhase.APPROVED, _keep_the_whole)),
        ),
        "part",
        {},
    ),
    Mutant(
        "refused-part-is-not-undone",
        "a part that nobody wants is taken for a decline",
        lambda: (
            row(payment.TRANSITIONS, _IN_PART, Transition(PaymentPhase.DECLINED, _drop_the_part)),
        ),
        "part-undone",
        {},
    ),
    Mutant(
        "no-is-taken-for-yes",
        "a part is taken whatever the person says",
        lambda: (function(cashier.Cashier, "_takes_part", _take_every_part),),
        "part",
        {"ask terminal1": "undo"},
    ),
)
