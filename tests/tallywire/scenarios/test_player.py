"""One scenario from its text to its outcome: what is wrong is said in words."""

from __future__ import annotations

from tallywire.scenarios.player import place_of
from tests.tallywire.scenarios.playing import SALE, played, problems


def test_what_came_is_recorded_whatever_was_expected() -> None:
    record = played(SALE).record

    assert ["0800", "0810", "0200", "0210"] == [message.name for message in record.said]
    assert ["merchant", "cardholder"] == [paper.paper.copy for paper in record.papers]
    assert record.books is not None
    assert ("1/2 sale approved 12.50",) == record.books.terminal.payments
    assert "411111******1111" in str(record.said[2])
    assert record.said[2].fields[2].count("*") == 6


def test_step_that_comes_out_otherwise_is_told() -> None:
    assert ["step 1 sale: expected outcome 'declined'; came 'approved'"] == problems(
        SALE + 'expect = { outcome = "declined" }'
    )


def test_step_that_cannot_be_done_ends_the_scenario() -> None:
    found = played('[[step]]\ndo = "kill-terminal"\n' + SALE + SALE)

    assert ["the terminal is off" in problem.came for problem in found.problems] == [True]
    assert len(found.record.steps) == 2


def test_power_that_stays_on_is_told() -> None:
    """A sale is no settlement: its power does not fail at SC3."""
    assert ["step 1 sale: expected the power fails at SC3; came it stayed on"] == problems(
        SALE + 'cut = "SC3"'
    )


def test_time_passes_without_anybody_waiting_and_has_an_end() -> None:
    found = played('limit_s = 600.0\n[[step]]\ndo = "wait"\nseconds = 3600.0\n')

    assert ["step 1 wait: expected an end within 600 s; came none"] == [
        str(one) for one in found.problems
    ]
    assert found.seconds < 60


def test_fault_that_never_strikes_is_told() -> None:
    """What a scenario is about must happen."""
    fault = '[[step]]\ndo = "fault"\nfault = { kind = "drop_reply", mti = "0500" }\n'

    assert ["fault drop_reply: expected it strikes once; came not once"] == problems(fault + SALE)


def test_message_out_of_step_is_told_once_with_what_came() -> None:
    wire = '[expect]\nwire = ["0200 F4=000000001250 F38=-", "0210 F39=00", "0500", "0510"]'

    assert [
        "wire, message 3: expected 0500; came nothing",
        "wire, message 4: expected 0510; came nothing",
    ] == problems(SALE + wire)
    wrong = problems(SALE + wire.replace('"0210', '"0400", "0410'))
    assert len(wrong) == 1
    assert wrong[0].startswith("wire, message 2: expected 0400; came 0210 F3=000000")


def test_bug_is_told_by_its_place_and_not_by_its_words() -> None:
    """An assertion may hold a card number."""
    try:
        raise AssertionError("4111111111111111")
    except AssertionError as error:
        told = place_of(error)

    assert told.startswith("AssertionError in test_bug_is_told_by_its_place_and_not_by_its_words, ")
    assert "4111111111111111" not in told


def test_clock_of_both_sides_can_be_put_forward() -> None:
    day = '[[step]]\ndo = "clock"\nseconds = 86400.0\n'
    text = SALE + day + SALE + '[expect]\npapers = [{ copy = "merchant", says = ["2026/03/14"] }, '
    text += '{ copy = "cardholder" }, { copy = "merchant", says = ["2026/03/15"] }, '

    assert [] == problems(text + '{ copy = "cardholder" }]')
