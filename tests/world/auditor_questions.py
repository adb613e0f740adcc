"""What the questions on the wire must never do. Written from the messages page, sections 2 and 7.

A question moves nothing: after a balance, an echo or a settlement inquiry all goes on as before. A
sign-off ends a day, and only one whose batch is settled; the next payment signs on first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.world.auditor_wire import ASKED, PAYMENTS, REVERSALS, SETTLEMENTS, Heard

SIGN_ON, SIGN_OFF = "001", "002"
"""F70 of a network message."""

PAID = ("00", "10")
COUNTING = ("0210", "0230")
"""Answers to what is in the totals: what was asked with 0100 is in none."""


def _network_code(one: Heard) -> str:
    return one.message.get(70) if one.mti in ("0800", "0810") else ""


def _accepted(one: Heard, code: str) -> bool:
    return not one.upstream and one.arrived and _network_code(one) == code and _says(one, "00")


def _says(one: Heard, *codes: str) -> bool:
    return one.message.get(39) in codes


def nothing_is_sold_after_the_day(heard: Sequence[Heard]) -> Iterator[str]:
    """After a sign-off that was answered nothing is asked for until a sign-on is answered."""
    gone: set[str] = set()
    for one in heard:
        if _accepted(one, SIGN_OFF):
            gone.add(one.who)
        elif _accepted(one, SIGN_ON):
            gone.discard(one.who)
        elif one.upstream and one.mti in ASKED and one.who in gone:
            yield f"D: {one.mti} {one.stan} left after the sign-off"


def only_a_settled_day_ends(heard: Sequence[Heard]) -> Iterator[str]:
    """No sign-off leaves while an approved payment waits for its settlement."""
    open_payments: dict[str, set[str]] = {}
    for one in heard:
        mine = open_payments.setdefault(one.who, set())
        if one.upstream and one.mti in SETTLEMENTS:
            mine.clear()
        elif one.upstream and one.mti in REVERSALS:
            mine.discard(one.stan)
        elif one.mti in COUNTING and one.arrived and _says(one, *PAID):
            mine |= set() if one.asks_only else {one.stan}
        elif one.upstream and _network_code(one) == SIGN_OFF and mine:
            yield f"D: signed off over {', '.join(sorted(mine))}"


def only_an_answer_closes(heard: Sequence[Heard]) -> Iterator[str]:
    """Once a batch is being settled, the next one begins when a 0510 of it has come.

    What an inquiry says of it is no answer.
    """
    settling: dict[str, str] = {}
    for one in heard:
        if one.upstream and one.mti in SETTLEMENTS:
            settling[one.who] = one.batch
        elif one.mti == "0510" and one.arrived:
            settling.pop(one.who, None)
        elif one.upstream and one.mti in PAYMENTS:
            before = settling.get(one.who, one.batch)
            if before != one.batch:
                yield f"S7: {one.mti} {one.stan} left in {one.batch}, and {before} has no answer"


RULES = (nothing_is_sold_after_the_day, only_a_settled_day_ends, only_an_answer_closes)


def audit_questions(heard: Sequence[Heard]) -> list[str]:
    """Return what the questions have done that they must not, in words."""
    return [problem for rule in RULES for problem in rule(heard)]
