"""`tallywire acquirer explain` as its user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from protocol.operations import PaymentReply
from protocol.profiles import iso87
from tallywire.command import main
from tallywire.exits import Exit
from tests.acquirer_sim.aio.terminals import CODEC
from tests.acquirer_sim.asking import ORIGIN, STAMP, VISA, purchase

SALE = CODEC.encode(iso87.encode(purchase(1, 60077))).hex()
REPLY = CODEC.encode(
    iso87.encode(PaymentReply(origin=ORIGIN, stan="000001", stamp=STAMP, code="05"))
).hex()
RULES = """
[[rule]]
name = "night"
after = "22:00"
before = "06:00"
code = "61"

[[rule]]
name = "third"
minor_ends = "77"
nth = 3
delay_s = 0.5
"""


def run(folder: Path, *arguments: str, put: str = "") -> Result:
    rules = folder / "rules.toml"
    rules.write_text(RULES, encoding="utf-8")
    return CliRunner().invoke(main, ["acquirer", "explain", str(rules), *arguments], input=put)


def test_each_rule_is_told_with_what_was_found(tmp_path: Path) -> None:
    """And no card number."""
    told = run(tmp_path, SALE, "--at-time", "2026-11-20T12:30", "--count", "3")

    assert 0 == told.exit_code
    assert [
        "0200, payment, sale, 411111******1111, amount 60077 (minor units), terminal T0000001,"
        " merchant M00000000000001",
        "Rule 1 (night) does not match:",
        "  after, before 22:00-06:00: 12:30  <-- no",
        "Rule 2 (third) matches:",
        "  minor_ends 77: 60077",
        "  nth 3: 3",
        "Answer: 00, decided by nobody: nothing stands against it, 0.5 s later.",
    ] == told.output.splitlines()
    assert VISA not in told.output


def test_message_comes_as_digits_file_or_input(tmp_path: Path) -> None:
    saved = tmp_path / "sale.hex"
    saved.write_text(SALE, encoding="ascii")
    arguments = ["--at-time", "2026-11-20T23:30", "--json"]

    told = [
        run(tmp_path, SALE, *arguments),
        run(tmp_path, str(saved), *arguments),
        run(tmp_path, "-", *arguments, put=SALE),
    ]

    answers = [json.loads(one.output)["answer"] for one in told]
    assert [("61", "rule 1")] * 3 == [(one["code"], one["by"]) for one in answers]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["ffff"], Exit.NOT_FOUND, "ffff: No such file"),
        (["ff" * 20], Exit.REFUSED, "The message is none of iso87"),
        ([REPLY], Exit.REFUSED, "The host would refuse 0210"),
        ([SALE, "--dialect", "nonsense"], Exit.NOT_FOUND, "nonsense"),
        ([SALE, "--at-time", "noon"], Exit.USAGE, "noon"),
    ],
)
def test_wrong_input_ends_with_a_sentence(
    tmp_path: Path, arguments: list[str], code: Exit, words: str
) -> None:
    told = run(tmp_path, *arguments)

    assert code == told.exit_code
    assert words in told.output
    assert "Traceback" not in told.output


def test_rule_that_names_no_fault_of_the_plan_stops_the_acquirer(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('[[rule]]\nfault = "lost"\n', encoding="utf-8")

    told = CliRunner().invoke(main, ["acquirer", "--config", str(rules), "--ledger", "memory:"])

    assert Exit.CONFIGURATION == told.exit_code
    assert "rule[0].fault: no fault is called so; found 'lost'; allowed: none" in told.output
