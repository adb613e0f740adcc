from __future__ import annotations

import pytest

from acquirer_sim.arrival import Arrival
from acquirer_sim.fault_state import FaultState
from acquirer_sim.faults import FAULTS, FaultKind, load_faults
from protocol.settings import SettingsError

PLAN = """
[[fault]]
kind = "drop_reply"
mti = "0200"
nth = 2
times = 2

[[fault]]
kind = "delay_reply"
terminal = "T0000002"
minor = 500
delay_s = 3.5
"""


def arrival(mti: str = "0200", terminal: str = "T0000001", minor: int = 1) -> Arrival:
    return Arrival(mti=mti, terminal=terminal, batch="000001", stan="000001", minor=minor)


def test_fault_strikes_the_nth_and_is_then_cleared() -> None:
    state = FaultState(load_faults(PLAN, "plan.toml"))

    struck = [len(state.strike(arrival())) for _ in range(5)]

    assert [0, 1, 1, 0, 0] == struck


def test_fault_strikes_only_where_every_key_matches() -> None:
    state = FaultState(load_faults(PLAN, "plan.toml"))

    assert () == state.strike(arrival("0800"))
    assert () == state.strike(arrival("0800", "T0000002", 499))
    assert [3.5] == [one.fault.delay_s for one in state.strike(arrival("0800", "T0000002", 500))]


def test_plan_is_cleared_when_every_fault_has_struck() -> None:
    state = FaultState(load_faults('[[fault]]\nkind = "restart"', "plan.toml"))

    assert not state.cleared
    state.strike(arrival())
    assert state.cleared


def test_every_kind_is_in_the_table() -> None:
    assert set(FaultKind) == set(FAULTS)
    assert all(facts.places for facts in FAULTS.values())


@pytest.mark.parametrize(
    ("text", "key"),
    [('[[fault]]\nkind = "explode"', "fault[0].kind"), ('[[fault]]\nkind="restart"\nnth=0', "nth")],
)
def test_mistake_is_named_when_plan_is_wrong(text: str, key: str) -> None:
    problem = ""

    try:
        load_faults(text, "plan.toml")
    except SettingsError as error:
        problem = str(error)

    assert problem.startswith("plan.toml")
    assert key in problem
