from __future__ import annotations

import msgspec
import pytest

from acquirer_sim.arrival import Arrival
from acquirer_sim.fault_state import FAULTS_MAX, FaultState, injected
from acquirer_sim.faults import Fault, FaultKind, FaultPlan, load_faults
from acquirer_sim.settings import RequestName

SALE = Arrival(mti="0200", request=RequestName.PAYMENT, terminal="T1", stan="000001", minor=5)
DROP = FaultKind.DROP_REPLY


def strikes(state: FaultState, count: int, named: str = "") -> str:
    return "".join(str(len(state.strike(SALE, named))) for _ in range(count))


def test_faults_come_and_go_while_the_plan_runs() -> None:
    """Ids are never given twice; what is removed strikes no more."""
    state = FaultState(FaultPlan())

    first = state.add(Fault(kind=DROP, times=9))
    assert "1" == strikes(state, 1)
    assert state.remove(first)
    assert "0" == strikes(state, 1)
    assert not state.remove(first)
    assert [first + 1] == [state.add(Fault(kind=DROP))]
    assert [(first + 1, 0, False)] == [(o.id, o.struck, o.cleared) for o in state.standing()]


def test_fault_is_cleared_after_n_and_met_as_expected() -> None:
    state = FaultState(FaultPlan((Fault(kind=DROP, nth=2, times=2, expect=2),)))

    assert ["met"] == ["met" for one in state.unmet]
    assert "01100" == strikes(state, 5)
    assert [] == state.unmet
    assert state.cleared


@pytest.mark.parametrize("seed", [1, 2])
def test_chance_is_the_seeds(seed: int) -> None:
    """The same plan does the same each time, another seed something else; about a third strikes."""
    fault = Fault(kind=DROP, chance=0.3, times=1000)
    runs = [strikes(FaultState(FaultPlan((fault,), seed=one)), 200) for one in (seed, seed, 3)]

    assert runs[0] == runs[1] != runs[2]
    assert 40 < runs[0].count("1") < 80


def test_nth_counts_what_the_dice_let_count() -> None:
    fault = Fault(kind=DROP, chance=0.5, nth=3)
    state = FaultState(FaultPlan((fault,), seed=7))

    strikes(state, 50)

    one = state.standing()[0]
    assert (3, 1) == (one.matched, one.struck)
    assert one.thrown > 3


def test_fault_that_a_rule_names_strikes_for_it_alone() -> None:
    state = FaultState(FaultPlan((Fault(kind=DROP, name="a", times=9),)), called=["a"])

    assert "00" == strikes(state, 2)
    assert "1" == strikes(state, 1, named="a")
    assert "0" == strikes(state, 1, named="b")


def test_fault_without_a_message_strikes_at_the_beginning() -> None:
    state = FaultState(FaultPlan((Fault(kind=FaultKind.HANG_CONNECT, nth=0),)))

    assert ([1], []) == ([one.id for one in state.begin()], list(state.begin()))
    assert "0" == strikes(state, 1)


def test_event_says_what_struck_and_where() -> None:
    state = FaultState(FaultPlan((Fault(kind=DROP, name="lost"),)))

    event = injected(state.strike(SALE)[0], SALE, "night")

    assert (
        "drop_reply lost (N4, H12, H18, after the commit) to 0200 of T1 STAN 000001 by night"
        == str(event)
    )
    assert msgspec.to_builtins(event)["id"] == 1


def test_plan_has_an_end() -> None:
    state = FaultState(FaultPlan(tuple(Fault(kind=DROP) for _ in range(FAULTS_MAX))))

    with pytest.raises(ValueError, match="remove some"):
        state.add(Fault(kind=DROP))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('kind = "omit_field"', "fault[0]: omit_field needs the key field"),
        ('kind = "drop_reply"\nplace = "before"', "fault[0]: drop_reply strikes after the commit"),
        ('kind = "drop_reply"\nnth = 0', "fault[0]: drop_reply needs a message"),
        ('kind = "drop_reply"\nchance = 2', "fault[0].chance"),
        ('kind = "drop_reply"\nplace = "during"', "allowed: before, after"),
        ('kind = "wrong_length"\nlength = "long"', "allowed: zero, huge, short"),
        ('kind = "restart"\nname = "a"\n[[fault]]\nkind = "restart"\nname = "a"', "fault[1].name"),
    ],
)
def test_mistake_is_told_with_what_is_allowed(text: str, words: str) -> None:
    problem = ""

    try:
        load_faults(f"[[fault]]\n{text}", "plan.toml")
    except Exception as error:  # noqa: BLE001 — its sentence is looked at
        problem = str(error)

    assert problem.startswith("plan.toml: ")
    assert words in problem


def test_wrong_mac_waits_for_a_request_that_is_signed() -> None:
    """N13: in cup a settlement has no F64, and neither has its answer."""
    state = FaultState(FaultPlan((Fault(kind=FaultKind.BAD_MAC),)))

    assert () == state.strike(SALE)
    assert 1 == len(state.strike(msgspec.structs.replace(SALE, signed=True)))


def test_part_of_an_amount_is_approved_of_a_payment_alone() -> None:
    """H2: a reversal of the same amount is undone, or not, as a whole."""
    state = FaultState(FaultPlan((Fault(kind=FaultKind.APPROVE_PART, minor=5),)))

    undo = msgspec.structs.replace(SALE, mti="0400", request=RequestName.REVERSAL)

    assert () == state.strike(undo)
    assert 1 == len(state.strike(SALE))
