"""Compares what a scenario expects with the record of what came.

Some things are asked of every scenario: each fault has struck, no card number stands in clear in
any file, both books prove right, and both sides have the same payments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from tallywire.scenarios.books import major, short
from tallywire.scenarios.record import Books, PaperRecord, Record, StepRecord, paper_words
from tallywire.scenarios.script import Expected, LedgerBooks, Paper, Scenario, Step, TerminalBooks
from tallywire.scenarios.verbs import VERBS
from tallywire.scenarios.wire import Pattern, Said, is_management


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not as expected: where, what was expected, what came."""

    where: str
    expected: str
    came: str

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}; came {self.came}"


def compare(scenario: Scenario, record: Record) -> tuple[Problem, ...]:
    """Return everything that is not as expected, in the order in which it came."""
    problems = [
        problem
        for step, came in zip(scenario.step, record.steps, strict=False)
        for problem in _step(step, came)
    ]
    books = record.books
    if books is None:
        return tuple(problems)
    expected = scenario.expect
    problems += _faults(books)
    problems += _wire(expected, record.said)
    problems += _papers(expected.papers, record.papers)
    problems += _told(expected.told, record.told)
    problems += _terminal(expected.terminal, books)
    problems += _ledger(expected.ledger, books)
    problems += _both(expected, books)
    return tuple(problems)


def power_failed_as_told(step: Step, came: StepRecord) -> bool:
    """True unless the power failed where it should not, or did not where it should."""
    return not VERBS[step.do].is_terminal or (came.result is None) is bool(step.cut)


def _step(step: Step, came: StepRecord) -> Iterator[Problem]:
    where = f"step {came.number} {came.do}"
    if came.problem:
        yield Problem(where=where, expected="a step that can be done", came=came.problem)
    elif not power_failed_as_told(step, came):
        words = (f"the power fails at {step.cut}", "it stayed on")
        unexpected = ("a result", "the power failed")
        wanted, found = words if step.cut else unexpected
        yield Problem(where=where, expected=wanted, came=found)
    for key, value in step.expect.items():
        found_value = (came.result or {}).get(key)
        if not came.problem and found_value != value:
            yield Problem(where=where, expected=f"{key} {value!r}", came=repr(found_value))


def _faults(books: Books) -> Iterator[Problem]:
    for one in books.faults:
        if one.struck < one.wanted:
            times = "once" if one.wanted == 1 else f"{one.wanted} times"
            came = "not once" if not one.struck else f"{one.struck} times"
            yield Problem(where=f"fault {one.kind}", expected=f"it strikes {times}", came=came)


def _wire(expected: Expected, said: Sequence[Said]) -> Iterator[Problem]:
    if expected.wire is None:
        return
    patterns = expected.patterns
    whole = any(is_management(one.name) for one in patterns)
    found = [one for one in said if whole or not is_management(one.name)]
    for place in range(max(len(patterns), len(found))):
        problem = _message(place, patterns, found)
        if problem is not None:
            yield problem
        expects, came = patterns[place : place + 1], found[place : place + 1]
        if expects and came and expects[0].name != came[0].name:
            # Out of step: whatever follows would only be said again, shifted.
            return


def _message(place: int, patterns: Sequence[Pattern], found: Sequence[Said]) -> Problem | None:
    where = f"wire, message {place + 1}"
    if place >= len(found):
        return Problem(where=where, expected=patterns[place].text, came="nothing")
    if place >= len(patterns):
        return Problem(where=where, expected="nothing", came=str(found[place]))
    wrong = patterns[place].differences(found[place], found[:place])
    if not wrong:
        return None
    same_name = patterns[place].name == found[place].name
    came = " ".join([found[place].name, *wrong]) if same_name else str(found[place])
    return Problem(where=where, expected=patterns[place].text, came=came)


def _papers(expected: Sequence[Paper] | None, papers: Sequence[PaperRecord]) -> Iterator[Problem]:
    if expected is None:
        return
    for place in range(max(len(expected), len(papers))):
        where = f"paper {place + 1}"
        if place >= len(papers):
            yield Problem(where=where, expected=paper_words(expected[place]), came="nothing")
        elif place >= len(expected):
            yield Problem(where=where, expected="nothing", came=str(papers[place]))
        else:
            yield from _paper(where, expected[place], papers[place])


def _paper(where: str, wanted: Paper, came: PaperRecord) -> Iterator[Problem]:
    if paper_words(wanted) != str(came):
        yield Problem(where=where, expected=paper_words(wanted), came=str(came))
    for piece in wanted.says:
        if piece not in came.text:
            yield Problem(where=where, expected=f"it says {piece!r}", came="it does not")
    for piece in wanted.lacks:
        if piece in came.text:
            yield Problem(where=where, expected=f"it does not say {piece!r}", came="it does")


def _told(expected: Sequence[str], codes: Sequence[str]) -> Iterator[Problem]:
    left = iter(codes)
    for code in expected:
        if code not in left:
            came = " ".join(codes) or "nothing"
            yield Problem(where="told", expected=" ".join(expected), came=came)
            return


def _terminal(expected: TerminalBooks, books: Books) -> Iterator[Problem]:
    side = books.terminal
    for key, wanted in expected.status.items():
        if side.status[key] != wanted:
            came = repr(side.status[key])
            yield Problem(where="terminal, status", expected=f"{key} {wanted!r}", came=came)
    yield from _lines("terminal, payment", expected.payments, side.payments)
    yield from _lines("terminal, batch", expected.batches, side.batches)


def _ledger(expected: LedgerBooks, books: Books) -> Iterator[Problem]:
    side = books.ledger
    yield from _lines("ledger, payment", expected.payments, side.payments)
    yield from _lines("ledger, batch", expected.batches, side.batches)
    yield from _lines("ledger, alert", expected.alerts, side.alerts)
    for name, wanted in expected.balances.items():
        held = sum(minor for account, minor in side.balances.items() if _under(account, name))
        came = major(held, books.currency)
        if came != wanted:
            yield Problem(where=f"ledger, account {name}", expected=wanted, came=came)


def _under(account: str, name: str) -> bool:
    return account == name or account.startswith(f"{name}:")


def _both(expected: Expected, books: Books) -> Iterator[Problem]:
    for name in books.exposed:
        yield Problem(where=name, expected="no card number in clear", came="one")
    ours, theirs = books.terminal, books.ledger
    if expected.sound:
        for side, wrong in (("terminal", ours.wrong), ("ledger", theirs.wrong)):
            for one in wrong:
                yield Problem(where=side, expected="sound books", came=one)
    if expected.agree:
        for batch, stan, minor in sorted(ours.approved ^ theirs.approved):
            side = "terminal" if (batch, stan, minor) in ours.approved else "acquirer"
            came = f"only the {side} has {major(minor, books.currency)}"
            where = f"payment {short(batch, stan)}"
            yield Problem(where=where, expected="both sides have the same", came=came)


def _lines(where: str, expected: Sequence[str] | None, found: Sequence[str]) -> Iterator[Problem]:
    if expected is None:
        return
    for place in range(max(len(expected), len(found))):
        wanted = expected[place] if place < len(expected) else "nothing"
        came = found[place] if place < len(found) else "nothing"
        if wanted != came:
            yield Problem(where=f"{where} {place + 1}", expected=wanted, came=came)
