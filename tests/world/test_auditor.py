"""The auditor can see: every rule finds the smallest history that breaks it, and no fair one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from protocol.message import Message
from tests.world.auditor_books import (
    HostBatch,
    HostBooks,
    PaymentKey,
    Posting,
    Stands,
    TerminalBooks,
    Totals,
    audit_books,
)
from tests.world.auditor_flows import audit_flows
from tests.world.auditor_paper import Sheet, audit_paper
from tests.world.auditor_questions import audit_questions
from tests.world.auditor_wire import Heard, audit_wire

PAN = "4111111111111111"


def _said(
    mti: str, stan: str, *, batch: str = "000001", fate: str = "carry", **other: str
) -> Heard:
    fields = {3: "000000", 4: "000000001000", 7: "0102010000", 11: stan, 41: "10000001", 60: batch}
    if mti in ("0400", "0401"):
        fields[90] = f"0200{stan}0102010000"
    fields.update({int(name[1:]): value for name, value in other.items()})
    return Heard(0.0, mti[2] in "02", Message(mti, dict(fields)), fate)


TOLD, TOLD_AGAIN = _said("0220", "000003", fate="lose"), _said("0221", "000003")
INQUIRY = _said("0200", "000004", f3="310000")
SALE, ANSWER = _said("0200", "000001"), _said("0210", "000001")
FAIR = [
    SALE,
    ANSWER,
    _said("0200", "000002"),
    _said("0210", "000002", fate="lose"),
    _said("0400", "000002", fate="lose"),
    _said("0401", "000002", f39="06"),
    _said("0410", "000002"),
    TOLD,
    TOLD_AGAIN,
    _said("0230", "000003"),
    INQUIRY,
    _said("0500", "000005"),
    _said("0510", "000005", fate="lose"),
    _said("0501", "000005"),
    _said("0510", "000005"),
    _said("0200", "000001", batch="000002"),
]


def test_a_fair_day_on_the_wire_has_no_problem() -> None:
    """A lost reply, a reversal, a repeated advice and settlement: all as it should be."""
    assert audit_wire(FAIR) == []


@pytest.mark.parametrize(
    ("heard", "code"),
    [
        ([SALE, ANSWER, SALE], "I8"),
        ([SALE, _said("0400", "000001"), _said("0401", "000001", f22="999")], "R2"),
        ([SALE, _said("0400", "000001", f4="000000000999")], "R:"),
        ([SALE, _said("0400", "000001", f90="0200000009")], "R:"),
        ([_said("0500", "000003"), _said("0501", "000003", f88="1")], "H3"),
        ([_said("0500", "000003"), _said("0501", "000004")], "H3"),
        ([_said("0500", "000003"), _said("0500", "000003")], "S6"),
        ([_said("0510", "000003", f66="1"), _said("0510", "000003", f66="2")], "H2"),
        ([_said("0500", "000003"), _said("0200", "000004")], "I9"),
        ([SALE, _said("0200", "000002")], "S1"),
        ([SALE, _said("0210", "000001", fate="lose"), _said("0500", "000002")], "S1"),
        ([TOLD, TOLD], "A:"),
        ([TOLD, _said("0221", "000003", f4="000000000999")], "A:"),
        ([_said("0210", "000001", f38="1"), _said("0210", "000001", f38="2")], "H2"),
        ([TOLD, _said("0400", "000003", f90="0220000003")], "R:"),
        ([INQUIRY, _said("0400", "000004", f3="310000")], "R:"),
        ([TOLD_AGAIN, _said("0500", "000005")], "S1"),
        ([_said("0500", "000003"), _said("0220", "000004")], "I9"),
    ],
)
def test_the_wire_rules_see_what_breaks_them(heard: list[Heard], code: str) -> None:
    """One smallest history per rule."""
    assert [problem for problem in audit_wire(heard) if problem.startswith(code)]


KEY = ("000001", "000007")
TERMINAL = TerminalBooks(
    terminal="10000001",
    approved={KEY: Stands("sale", 1000)},
    unfinished=[],
    closed={"000001": Totals(1, 1000)},
    uncertain=[],
    open_batch="000002",
    slips={"000001": Totals(1, 1000)},
    receipts={KEY: 1000},
    stans=[KEY],
)
HOST = HostBooks(
    terminal="10000001",
    approved={KEY: Stands("sale", 1000)},
    batches={"000001": HostBatch(closed=True, frozen=True, totals=Totals(1, 1000))},
    open_batch="000002",
    postings=[
        Posting(1, "sale", "cardholder:a", -1000),
        Posting(1, "sale", "clearing:m:10000001:000001", 1000),
        Posting(2, "capture", "clearing:m:10000001:000001", -1000),
        Posting(2, "capture", "merchant:m", 1000),
    ],
)


def test_equal_books_have_no_problem() -> None:
    """Same payments, same totals, closed once, moved once."""
    assert audit_books(TERMINAL, HOST) == []


@pytest.mark.parametrize(
    ("terminal", "host", "code"),
    [
        (replace(TERMINAL, approved={}, receipts={}), HOST, "I3"),
        (TERMINAL, replace(HOST, approved={KEY: Stands("sale", 999)}), "I3"),
        (TERMINAL, replace(HOST, approved={KEY: Stands("refund", 1000)}), "I3"),
        (replace(TERMINAL, unfinished=["payment 000007"]), HOST, "I4"),
        (replace(TERMINAL, uncertain=["000001"]), HOST, "S6"),
        (replace(TERMINAL, closed={}, slips={}), HOST, "I2"),
        (replace(TERMINAL, closed={"000001": Totals(2, 1000)}), HOST, "I5"),
        (replace(TERMINAL, slips={}), HOST, "I5"),
        (replace(TERMINAL, receipts={}), HOST, "T8"),
        (replace(TERMINAL, open_batch="000003"), HOST, "I11"),
        (TERMINAL, replace(HOST, postings=HOST.postings[:3]), "books"),
        (TERMINAL, replace(HOST, postings=[*HOST.postings, *HOST.postings[2:]]), "I2"),
        (replace(TERMINAL, stans=[KEY, KEY]), HOST, "I8"),
        (replace(TERMINAL, uploaded=frozenset({KEY})), HOST, "SC9"),
    ],
)
def test_the_book_rules_see_what_breaks_them(
    terminal: TerminalBooks, host: HostBooks, code: str
) -> None:
    """One smallest disagreement per rule."""
    assert [problem for problem in audit_books(terminal, host) if problem.startswith(code)]


def test_credits_and_holds_are_weighed_as_what_they_are() -> None:
    """A void gives back and stands; a pre-authorisation is in no totals; a completion pays."""
    approved = {
        KEY: Stands("sale", 1000),
        ("000001", "000008"): Stands("void", 1000),
        ("000001", "000009"): Stands("preauthorisation", 500),
        ("000001", "000010"): Stands("completion", 300),
    }
    totals = Totals(2, 1300, 1, 1000)
    clearing, hold = "clearing:m:10000001:000001", "hold:m:10000001:000000000003"
    moved = [
        ("sale", "cardholder:a", clearing, 1000),
        ("void", clearing, "cardholder:a", 1000),
        ("preauthorisation", "cardholder:a", hold, 500),
        ("completion", hold, clearing, 300),
        ("rest", hold, "cardholder:a", 200),
        ("capture", clearing, "merchant:m", 300),
    ]
    postings = [
        Posting(entry, kind, account, minor)
        for entry, (kind, source, target, amount) in enumerate(moved)
        for account, minor in ((source, -amount), (target, amount))
    ]
    terminal = replace(
        TERMINAL,
        approved=approved,
        receipts={key: stands.minor for key, stands in approved.items()},
        closed={"000001": totals},
        slips={"000001": totals},
    )
    batches = {"000001": HostBatch(closed=True, frozen=True, totals=totals)}

    assert [] == audit_books(
        terminal, replace(HOST, approved=approved, batches=batches, postings=postings)
    )


def _network(code: str, mti: str = "0800", **other: str) -> Heard:
    return _said(mti, "000009", f70=code, **other)


OFF, OFF_DONE = _network("002"), _network("002", "0810", f39="00")
ON_DONE = _network("001", "0810", f39="00")
PAID = _said("0210", "000001", f39="00")
NEXT = _said("0200", "000006", batch="000002")


def test_a_day_that_ends_and_a_batch_that_is_asked_after_have_no_problem() -> None:
    """Settled, signed off, signed on; a balance is asked while a settlement is uncertain."""
    settled = [SALE, PAID, _said("0500", "000003"), INQUIRY, _said("0510", "000003")]

    assert [] == audit_questions([*settled, OFF, OFF_DONE, ON_DONE, NEXT])
    assert [] == audit_wire(settled)


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        ([OFF, OFF_DONE, SALE], "after the sign-off"),
        ([SALE, PAID, OFF], "signed off over 000001"),
        ([_said("0500", "000003"), NEXT], "has no answer"),
        ([_said("0500", "000003"), _said("0510", "000003", fate="lose"), NEXT], "has no answer"),
    ],
)
def test_the_rules_of_questions_see_what_breaks_them(heard: list[Heard], words: str) -> None:
    """One smallest day per rule."""
    assert [problem for problem in audit_questions(heard) if words in problem]


HELD, DONE, BACK, MORE = (("000001", f"00001{number}") for number in range(4))
FLOWS: dict[PaymentKey, Stands] = {
    KEY: Stands("sale", 1000),
    HELD: Stands("preauthorisation", 500),
    DONE: Stands("completion", 300),
    BACK: Stands("refund", 600),
}
LINKS = {DONE: HELD, BACK: KEY}
FLOW_TERMINAL = replace(TERMINAL, approved=FLOWS, links=LINKS)
FLOW_HOST = replace(
    HOST,
    approved=FLOWS,
    links=LINKS,
    ended=frozenset({HELD}),
    refunded={KEY: 600},
    held={HELD: 0},
)


def test_a_refund_and_a_completion_have_no_problem() -> None:
    """A part given back, a part taken of what was held: the rest is free."""
    assert audit_flows(FLOW_TERMINAL, FLOW_HOST) == []


def _with(stands: Stands, of: PaymentKey) -> tuple[TerminalBooks, HostBooks]:
    """Return both sides' books with one payment more, which speaks of another."""
    approved, links = {**FLOWS, MORE: stands}, {**LINKS, MORE: of}
    return (
        replace(FLOW_TERMINAL, approved=approved, links=links),
        replace(FLOW_HOST, approved=approved, links=links),
    )


def test_a_tip_may_be_given_back_with_its_sale() -> None:
    """Refunds reach as far as sale and tip together."""
    approved = {**FLOWS, MORE: Stands("adjustment", 200), BACK: Stands("refund", 1200)}
    changes = {"approved": approved, "links": {**LINKS, MORE: KEY}}
    marks = {"refunded": {KEY: 1200}, "adjusted": {KEY: 200}}

    assert [] == audit_flows(
        replace(FLOW_TERMINAL, **changes), replace(FLOW_HOST, **changes, **marks)
    )


@pytest.mark.parametrize(
    ("books", "code"),
    [
        ((FLOW_TERMINAL, replace(FLOW_HOST, links={DONE: HELD})), "F1"),
        ((replace(FLOW_TERMINAL, links={**LINKS, KEY: HELD}), FLOW_HOST), "F1"),
        (_with(Stands("void", 500), HELD), "F2"),
        (_with(Stands("refund", 1), ("000001", "000099")), "F2"),
        (_with(Stands("completion_void", 299), DONE), "F3"),
        (_with(Stands("void", 1000), KEY), "F3"),
        (_with(Stands("refund", 401), KEY), "F4"),
        (_with(Stands("adjustment", 1), KEY), "F7"),
        (_with(Stands("completion_advice", 1), HELD), "F5"),
        (_with(Stands("completion", 300), HELD), "F5"),
        ((FLOW_TERMINAL, replace(FLOW_HOST, held={HELD: 200})), "F6"),
        ((FLOW_TERMINAL, replace(FLOW_HOST, held={HELD: -500})), "F6"),
        (_with(Stands("completion_void", 300), DONE), "F6"),
        ((FLOW_TERMINAL, replace(FLOW_HOST, ended=frozenset())), "F7"),
        ((FLOW_TERMINAL, replace(FLOW_HOST, refunded={})), "F7"),
        ((replace(FLOW_TERMINAL, refused={MORE: Stands("offline_sale", 5)}), FLOW_HOST), "F8"),
    ],
)
def test_the_flow_rules_see_what_breaks_them(
    books: tuple[TerminalBooks, HostBooks], code: str
) -> None:
    """One smallest wrong family per rule."""
    assert [problem for problem in audit_flows(*books) if problem.startswith(code)]


def test_a_refused_offline_sale_has_its_receipt_and_its_name_on_the_slip() -> None:
    """It was handed out before the host was told."""
    terminal = replace(
        TERMINAL,
        refused={MORE: Stands("offline_sale", 5)},
        receipts={KEY: 1000, MORE: 5},
        named={"000001": ["000013 离线 96"]},
    )

    assert audit_books(terminal, HOST) + audit_flows(terminal, HOST) == []


RECEIPT = (
    "卡号\n批次号(BATCH NO): 000001\n凭证号(VOUCHER NO): 000007\n{}金额 10.00\nMERCHANT COPY\n"
)
ORIGINAL = Sheet(1.0, RECEIPT.format(""), 5)
REPRINT = Sheet(2.0, RECEIPT.format("****重打印/DUPLICATE**** (1)\n"), 6)


def test_an_original_and_its_reprint_have_no_problem() -> None:
    """REQ 000-03: the mark line is the only difference."""
    assert audit_paper([ORIGINAL, REPRINT], TERMINAL) == []


@pytest.mark.parametrize(
    ("sheets", "code"),
    [
        ([ORIGINAL, replace(ORIGINAL, lines_out=1)], "I6"),
        ([ORIGINAL, replace(REPRINT, text=REPRINT.text.replace("10.00", "20.00"))], "REQ 000-03"),
        ([replace(ORIGINAL, text="hello")], "paper"),
        ([replace(ORIGINAL, text=ORIGINAL.text + PAN)], "I7"),
        ([replace(ORIGINAL, text=ORIGINAL.text.replace("000007", "000008"))], "I3"),
        ([replace(ORIGINAL, text="SETTLEMENT SUMMARY BATCH NO): 000009")], "I3"),
    ],
)
def test_the_paper_rules_see_what_breaks_them(sheets: list[Sheet], code: str) -> None:
    """One smallest pile of paper per rule."""
    assert [problem for problem in audit_paper(sheets, TERMINAL) if problem.startswith(code)]
