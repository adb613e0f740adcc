from __future__ import annotations

import pytest

from acquirer_sim.arrival import arrival_of
from acquirer_sim.configuration import load_configuration
from acquirer_sim.explanation import BY_LIMITS, BY_MAGIC, BY_NOBODY, BY_STANDING, Answer, explain
from acquirer_sim.policy import Policy
from acquirer_sim.rulebook import Rulebook
from protocol.operations import Request
from protocol.profiles import iso87
from tests.acquirer_sim.asking import KEY, NOW, purchase, settlement
from tests.acquirer_sim.test_rulebook import SHANGHAI


def answer(rules: str, request: Request, count: int = 1) -> Answer:
    configuration = load_configuration(rules, "rules.toml")
    policy, book = Policy(configuration, KEY), Rulebook(configuration.rule, SHANGHAI)
    arrival = arrival_of(iso87.encode(request), request)
    return explain(policy, book, arrival, request, now=NOW, count=count).answer


@pytest.mark.parametrize(
    ("minor", "pan", "code", "by"),
    [
        (100, "4000000000000002", "05", BY_STANDING),
        (900, "4111111111111111", "61", "rule 1"),
        (900, "4000000000000002", "05", BY_STANDING),
        (100_051, "4111111111111111", "51", BY_MAGIC),
        (10_001, "5105105105105100", "61", BY_LIMITS),
        (100, "4111111111111111", "00", BY_NOBODY),
    ],
)
def test_answer_is_of_the_first_with_an_opinion(minor: int, pan: str, code: str, by: str) -> None:
    """The order of policy.py: standing, rules, magic amounts, limits."""
    found = answer('[[rule]]\ncode = "61"\nminor = 900', purchase(1, minor, pan=pan))

    assert (code, by) == (found.code, found.by)


def test_rule_of_00_approves_what_comes_after_it() -> None:
    found = answer('[[rule]]\ncode = "00"\nminor = 100051', purchase(1, 100_051))

    assert ("00", "rule 1") == (found.code, found.by)


def test_part_and_what_a_rule_does_besides_are_told() -> None:
    rule = '[[rule]]\ncode = "10"\npart_percent = 30\ndelay_s = 2\nwants = "3"\nevery = 2'

    assert Answer(code="10", by="rule 1", minor=300, delay_s=2, wants="3") == answer(
        rule, purchase(1, 1000), count=2
    )
    assert BY_NOBODY == answer(rule, purchase(1, 1000), count=3).by


def test_what_only_the_books_know_is_not_guessed() -> None:
    assert answer("", settlement(1, 1)).code is None
    assert "96" == answer('[[rule]]\ncode = "96"', settlement(1, 1)).code
