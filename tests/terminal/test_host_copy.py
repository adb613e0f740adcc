"""The comparison with the acquirer's copy: one test for each row of its table (REQ 000-10)."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.amount import Amount
from protocol.inquiries import KnownPayment, PaymentState
from protocol.kinds import PaymentKind
from terminal.advice import AdvicePhase
from terminal.host_copy import STANDS, UNDECIDED, Agreement, OwnPayment, compare, judge
from terminal.payment import PaymentPhase
from tests.terminal.copies import known, own

STANDING = known()
REVERSED = known(state=PaymentState.REVERSED)
DECLINED = known(state=PaymentState.DECLINED, code="51")
_A = Agreement


@pytest.mark.parametrize(
    ("theirs", "ours", "agreement"),
    [
        (STANDING, own(), _A.SAME),
        (known(amount=Amount(1)), own(), _A.DIFFERS),
        (REVERSED, own(), _A.DIFFERS),
        (DECLINED, own(), _A.DIFFERS),
        (None, own(), _A.ONLY_HERE),
        (STANDING, None, _A.ONLY_THERE),
        (STANDING, own(phase="declined", code="94"), _A.ONLY_THERE),
        (STANDING, own(phase="not_sent", code=""), _A.ONLY_THERE),
        (STANDING, own(phase="recovered"), _A.RECOVERED),
        (REVERSED, own(phase="recovered"), _A.DIFFERS),
        (None, own(phase="recovered"), _A.DIFFERS),
        (STANDING, own(phase="declined", code="51"), _A.DIFFERS),
        (STANDING, own(phase="reversed"), _A.DIFFERS),
        (STANDING, own(phase="reversal_required"), _A.UNFINISHED),
        (None, own(phase="waiting"), _A.UNFINISHED),
        (REVERSED, own(phase="reversal_manual"), _A.DIFFERS),
        (REVERSED, own(phase="reversed"), None),
        (DECLINED, None, None),
        (None, own(phase="declined", code="51"), None),
    ],
)
def test_agreement_of_one_payment(
    theirs: KnownPayment | None, ours: OwnPayment | None, agreement: Agreement | None
) -> None:
    assert agreement is judge(theirs, ours)


def test_every_phase_has_its_place() -> None:
    """A new phase must be decided, undecided, or nothing."""
    phases = {phase.value for phase in (*PaymentPhase, *AdvicePhase)}
    nothing = {"created", "declined", "not_sent", "cancelled", "reversed"}

    assert phases - nothing <= UNDECIDED | {STANDS}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"kind": PaymentKind.REFUND}, ("kind",)),
        ({"amount": Amount(1)}, ("amount",)),
        ({"amount": Amount(12345, "840")}, ("currency",)),
        ({"card": "555555******4444"}, ("card",)),
        ({"rrn": "600210000999"}, ("rrn",)),
        ({"authorisation": "999999"}, ("authorisation",)),
        ({"state": PaymentState.REVERSED}, ("state",)),
    ],
)
def test_what_differs_is_named(changes: dict[str, Any], named: tuple[str, ...]) -> None:
    (line,) = compare([known(**changes)], [own()])

    assert ("differs", named) == (line.agreement, line.differing)


def test_comparison_is_in_the_order_of_vouchers_and_masked() -> None:
    theirs = [known(stan="000003"), known(stan="000001", amount=Amount(1))]
    ours = [own(stan="000002"), own(stan="000001"), own(stan="000004", phase="declined")]

    lines = compare(theirs, ours)

    assert [
        ("000001", "differs", "approved", "approved"),
        ("000002", "only_here", "approved", ""),
        ("000003", "only_there", "", "approved"),
    ] == [(line.stan, line.agreement, line.here, line.there) for line in lines]
