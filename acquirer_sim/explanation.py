"""Why a request gets the answer it gets: each rule in order, and whoever has the first opinion.

Nothing is asked here but the configuration and the time: what stands in a ledger (the open batch,
the original of a void, what a card has spent, a reply given before) is nobody's business yet.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from acquirer_sim.arrival import Arrival
from acquirer_sim.magic import APPROVED_IN_PART
from acquirer_sim.orders import Order
from acquirer_sim.policy import Policy
from acquirer_sim.rulebook import Explained, Rulebook, order_of
from acquirer_sim.rules import RuleSettings
from protocol.operations import APPROVED, PaymentRequest, Request

BY_STANDING: Final = "terminal, merchant, card, date or PIN"
BY_MAGIC: Final = "magic amounts"
BY_LIMITS: Final = "the card's limits"
BY_NOBODY: Final = "nobody: nothing stands against it"
BY_BOOKS: Final = "the books"

APPROVING: Final = Order(code=APPROVED)
"""What is declined even so was declined before any rule was asked."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What would be answered and by whose word; `code` is None where only the books know.

    `minor` is what a partial approval approves, the rest what the rule does besides.
    """

    code: str | None
    by: str
    minor: int | None = None
    delay_s: float = 0.0
    wants: str | None = None
    answer_batch: str | None = None
    fault: str | None = None


class Explanation(msgspec.Struct, frozen=True):
    """Every rule, and the answer."""

    rules: tuple[Explained, ...]
    answer: Answer


def explain(
    policy: Policy,
    rules: Rulebook | None,
    arrival: Arrival,
    request: Request,
    *,
    now: datetime,
    count: int = 1,
) -> Explanation:
    """Say what a request that is the `count`-th to fit each rule would get at the moment `now`."""
    told = tuple(rules.explain(arrival, now, count)) if rules is not None else ()
    met = next((one for one in told if one.matches), None)
    rule = rules.rule(met.position) if met is not None and rules is not None else None
    answer = _answer(policy, request, rule, met, now)
    if rule is None:
        return Explanation(told, answer)
    more = {name: getattr(rule, name) for name in ("delay_s", "wants", "answer_batch", "fault")}
    return Explanation(told, msgspec.structs.replace(answer, **more))


def _answer(
    policy: Policy,
    request: Request,
    rule: RuleSettings | None,
    met: Explained | None,
    now: datetime,
) -> Answer:
    order = order_of(rule) if rule is not None else None
    by_rule = f"rule {met.position}" if met is not None else ""
    if not isinstance(request, PaymentRequest):
        code = order.code if order is not None else None
        return Answer(code=code, by=by_rule if code is not None else BY_BOOKS)
    card = policy.card(request.card.pan)
    standing = policy.judge(request, card, None, APPROVING, now)
    if standing != APPROVED:
        return Answer(code=standing, by=BY_STANDING)
    code = policy.judge(request, card, 0, order, now)
    minor = None
    if code == APPROVED_IN_PART:
        code, minor = policy.part_of(request, card, 0, order)
    if order is not None:
        return Answer(code=code, by=by_rule, minor=minor)
    if policy.judge(request, card, None, None, now) != APPROVED:
        return Answer(code=code, by=BY_MAGIC, minor=minor)
    return Answer(code=code, by=BY_NOBODY if code == APPROVED else BY_LIMITS, minor=minor)
