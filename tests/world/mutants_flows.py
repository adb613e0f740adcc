"""Broken products of the other kinds of payment: voids, refunds, holds, advices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import msgspec

from acquirer_sim import ledger, reversals
from acquirer_sim import originals as host_originals
from protocol.kinds import PaymentKind
from terminal import advice, exchange, originals, papers, payment
from terminal.advice import Advice, AdvicePhase
from terminal.aio import driver, settler
from terminal.effects import Effects, Send
from terminal.machine import Connected, Transition
from terminal.numbers import next_number
from tests.world.mutants import Mutant, function, row


def _forget_original(*arguments: Any) -> Any:
    return {**_SOUND_INTENT(*arguments), "original_batch": "", "original_stan": ""}


_SOUND_INTENT: Final = exchange.intent_of


def _refund_anything(rows: Any, paid: Any, minor: int) -> None:
    rows.put_payment(msgspec.structs.replace(paid, refunded_minor=paid.refunded_minor + minor))


_UNCHECKED: Final = msgspec.structs.replace(
    host_originals.TREATMENTS[PaymentKind.REFUND], amount=host_originals.any_amount
)


_ANY_VOID: Final = msgspec.structs.replace(
    host_originals.TREATMENTS[PaymentKind.VOID], amount=host_originals.any_amount
)


def _tell_with_a_new_stan(told: Advice, event: Connected) -> tuple[Advice, Effects]:
    again, (fact, send) = advice._send(told, event)
    assert isinstance(send, Send)
    if not told.sends:
        return again, (fact, send)
    stan = next_number(told.purchase.stan)
    anew = msgspec.structs.replace(told.purchase, stan=stan)
    return replace(again, purchase=anew), (fact, replace(send, request=anew))


def _tell_as_if_new(told: Advice, event: Connected) -> tuple[Advice, Effects]:
    again, (fact, send) = advice._send(told, event)
    assert isinstance(send, Send)
    return again, (fact, replace(send, request=told.purchase))


def _keep_the_rest(completion: Any, held: Any, target: str) -> Any:
    return [line for line in _SOUND_COMPLETION(completion, held, target) if not line.rest]


_SOUND_COMPLETION: Final = ledger._completion


def _release_again(completion: Any, held: Any, target: str) -> Any:
    lines = _SOUND_COMPLETION(completion, held, target)
    return [*lines, *(line for line in lines if line.rest)]


def _leave_the_original(rows: Any, undone: Any, minor: int = 0) -> None:
    return None


async def _settle_untold(self: Any) -> str:
    return ""


def _slip_without_names(*arguments: Any, **details: Any) -> Any:
    return _SOUND_SLIP(*arguments, **{**details, "refused": ()})


_SOUND_SLIP: Final = papers.slip_papers
_TELL: Final = (AdvicePhase.WAITING, Connected)


FLOW_MUTANTS: Final = (
    Mutant(
        "void-names-no-original",
        "the journal does not keep of which payment a void speaks",
        lambda: (function(payment, "intent_of", _forget_original),),
        "void",
        {},
    ),
    Mutant(
        "refunds-are-not-summed",
        "each refund is measured against the whole sale, on both sides",
        lambda: (
            function(originals.Original, "left_minor", property(lambda self: self.amount_minor)),
            row(host_originals.TREATMENTS, PaymentKind.REFUND, _UNCHECKED),
            function(host_originals, "_refund", _refund_anything),
        ),
        "refund",
        {},
    ),
    Mutant(
        "tip-is-no-part-of-what-was-paid",
        "the host does not note on a sale what was added to it",
        lambda: (function(host_originals, "_add", _leave_the_original),),
        "adjustment",
        {},
    ),
    Mutant(
        "void-leaves-the-tip",
        "a sale is voided on both sides although its tip stands",
        lambda: (
            function(originals, "_spoken_for", lambda original, claim: ""),
            row(host_originals.TREATMENTS, PaymentKind.VOID, _ANY_VOID),
        ),
        "tip-refund",
        {},
    ),
    Mutant(
        "advice-with-a-new-stan",
        "an advice that nobody answered is told again as another one",
        lambda: (
            row(
                advice.TRANSITIONS,
                _TELL,
                Transition(AdvicePhase.TELLING, _tell_with_a_new_stan),
            ),
        ),
        "refund",
        {},
    ),
    Mutant(
        "advice-as-a-new-0220",
        "the repeat of an advice does not say that it is one",
        lambda: (row(advice.TRANSITIONS, _TELL, Transition(AdvicePhase.TELLING, _tell_as_if_new)),),
        "refund",
        {},
        by_mti=True,
    ),
    Mutant(
        "completion-keeps-the-hold",
        "what a completion leaves of its hold stays set aside",
        lambda: (function(ledger, "_completion", _keep_the_rest),),
        "preauthorisation",
        {},
    ),
    Mutant(
        "hold-is-released-twice",
        "what a completion leaves of its hold is given back twice",
        lambda: (function(ledger, "_completion", _release_again),),
        "completion-advice",
        {},
    ),
    Mutant(
        "undone-void-restores-nothing",
        "the reversal of a void leaves its sale voided",
        lambda: (function(reversals, "release_original", _leave_the_original),),
        "void",
        {},
    ),
    Mutant(
        "settles-what-is-untold",
        "a batch is settled although the host does not know of an offline sale",
        lambda: (function(driver.Terminal, "_untold", _settle_untold),),
        "offline-sale",
        {},
    ),
    Mutant(
        "refused-advice-is-dropped",
        "an offline sale that the host refused stands on no slip",
        lambda: (function(settler, "slip_papers", _slip_without_names),),
        "offline-sale",
        {"request terminal1 0220": "refuse"},
    ),
)
