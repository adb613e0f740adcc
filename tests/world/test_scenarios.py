"""Every set of faults that a payment, a settlement and an upload may meet, one by one and in pairs.

What a failing run prints is the command that repeats it.
"""

from __future__ import annotations

import pytest

from tests.world.choices import core, core_line, core_money, paper_only
from tests.world.runs import Depth, Run, explore_scenario, first_bad, run_script
from tests.world.scenarios import ASKING, COMPACT, COMPACT_PACKED, SCENARIOS

RUNS_MAX = 3000


@pytest.mark.parametrize("name", COMPACT)
def test_every_single_fault_leaves_both_sides_agreeing(name: str) -> None:
    """I1 to I11 after each crash point (T, R, SC, P) and after each fate on the wire."""
    runs, bad = first_bad(explore_scenario(SCENARIOS[name], faults_max=1, runs_max=RUNS_MAX))

    assert bad is None, f"after {runs} runs:\n{bad}"


@pytest.mark.parametrize("name", COMPACT_PACKED)
def test_every_single_fault_in_the_packed_dialect(name: str) -> None:
    """The same with keys and MACs, one fault of each kind on line and disk; paper is paper."""
    runs, bad = first_bad(
        explore_scenario(
            SCENARIOS[name],
            faults_max=1,
            runs_max=RUNS_MAX,
            menu=core_money,
            depth=Depth.QUICK,
        )
    )

    assert bad is None, f"after {runs} runs:\n{bad}"


@pytest.mark.parametrize("name", ["void", "refund", "void@cup", "refund@cup"])
def test_every_pair_of_faults_on_the_line(name: str) -> None:
    """What is asked and what is told: a reply that is lost, and then a second thing.

    `python -m tests.world --scenario void --explore 2` tries all.
    """
    runs, bad = first_bad(
        explore_scenario(
            SCENARIOS[name],
            faults_max=2,
            runs_max=RUNS_MAX,
            menu=core_line,
            depth=Depth.QUICK,
        )
    )

    assert bad is None, f"after {runs} runs:\n{bad}"


@pytest.mark.parametrize("name", ["payment", "settlement"])
def test_every_pair_of_faults_leaves_both_sides_agreeing(name: str) -> None:
    """I1 to I11 after each pair, such as a lost reply and a power cut during its reversal.

    One fault of each kind; `python -m tests.world --scenario payment --explore 2` tries all.
    """
    runs, bad = first_bad(
        explore_scenario(
            SCENARIOS[name], faults_max=2, runs_max=RUNS_MAX, menu=core, depth=Depth.QUICK
        )
    )

    assert bad is None, f"after {runs} runs:\n{bad}"


PAIRED = [
    *(name for name in ASKING if name.partition("@")[0] in ("balance", "echo", "sign-off", "part")),
    "inquiry",
]


@pytest.mark.parametrize("name", PAIRED)
def test_every_pair_of_faults_around_a_question(name: str) -> None:
    """Balance, echo, sign-off, a part for the whole, where a batch stands: both dialects."""
    runs, bad = first_bad(
        explore_scenario(
            SCENARIOS[name],
            faults_max=2,
            runs_max=RUNS_MAX,
            menu=core_line,
            depth=Depth.QUICK,
        )
    )

    assert bad is None, f"after {runs} runs:\n{bad}"


@pytest.mark.parametrize("name", ASKING)
def test_every_fault_of_line_and_disk_around_a_question(name: str) -> None:
    """The power, too, while a person is asked."""
    runs, bad = first_bad(
        explore_scenario(
            SCENARIOS[name],
            faults_max=1,
            runs_max=RUNS_MAX,
            menu=core_money,
            depth=Depth.QUICK,
        )
    )

    assert bad is None, f"after {runs} runs:\n{bad}"


TIMES = (7, 12, 13)
"""Fields that say when: a printer may cost time, never money."""


def _said(run: Run) -> list[tuple[str, dict[int, object]]]:
    return [
        (one.mti, {n: value for n, value in one.message.fields.items() if n not in TIMES})
        for one in run.world.heard()
        if one.upstream
    ]


@pytest.mark.parametrize("name", ["payment", "settlement", "upload"])
def test_no_printer_event_changes_what_is_said_to_the_host(name: str) -> None:
    """I1: under every pair of printer faults the same requests leave, in the same order."""
    fair = _said(run_script(SCENARIOS[name], {}))
    runs = explore_scenario(
        SCENARIOS[name], faults_max=2, runs_max=RUNS_MAX, menu=paper_only, depth=Depth.QUICK
    )

    assert [str(run) for run in runs if _said(run) != fair] == []
