"""What may be done to an earlier payment, and the code of each refusal (REQ 004-04)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from protocol.kinds import KINDS, PaymentKind
from terminal.originals import RULES, Claim, FollowUp, Original, choose, objection

K = PaymentKind
SALE = Original("000001", "000007", K.SALE, "approved", 1000, "156", "card")
HELD = replace(SALE, kind=K.PREAUTHORISATION)
COMPLETED = replace(SALE, kind=K.COMPLETION)


def after(original: Original, *follow_ups: FollowUp) -> Original:
    return replace(original, follow_ups=follow_ups)


def refused(original: Original, claim: Claim, open_batch: str = "000001") -> str:
    return objection(original, claim, open_batch=open_batch, held_percent_max=115)


def test_every_kind_that_wants_an_original_has_its_rule() -> None:
    assert set(RULES) == {kind for kind, facts in KINDS.items() if facts.wants}


@pytest.mark.parametrize(
    ("original", "claim", "code"),
    [
        (SALE, Claim(K.VOID), ""),
        (SALE, Claim(K.VOID, 1000, "card"), ""),
        (SALE, Claim(K.VOID, 999), "L12"),
        (SALE, Claim(K.VOID, 1000, "another"), "L13"),
        (HELD, Claim(K.VOID), "L60"),
        (replace(SALE, kind=K.REFUND), Claim(K.VOID), "L60"),
        (replace(SALE, kind=K.OFFLINE_SALE, phase="waiting"), Claim(K.ADJUSTMENT, 1), "L61"),
        (replace(SALE, phase="reversal_manual"), Claim(K.VOID), "L05"),
        (after(SALE, FollowUp(K.VOID, "approved", 1000)), Claim(K.VOID), "L10"),
        (after(SALE, FollowUp(K.VOID, "approved", 1000)), Claim(K.REFUND), "L10"),
        (after(SALE, FollowUp(K.VOID, "reversal_manual", 1000)), Claim(K.VOID), "L05"),
        (after(SALE, FollowUp(K.REFUND, "approved", 100)), Claim(K.VOID), "L65"),
        (after(SALE, FollowUp(K.ADJUSTMENT, "waiting", 100)), Claim(K.VOID), "L65"),
        (after(SALE, FollowUp(K.REFUND, "approved", 400)), Claim(K.REFUND, 600), ""),
        (after(SALE, FollowUp(K.REFUND, "approved", 400)), Claim(K.REFUND, 601), "L62"),
        (after(SALE, FollowUp(K.REFUND, "telling", 1000)), Claim(K.REFUND), "L62"),
        (after(SALE, FollowUp(K.ADJUSTMENT, "approved", 200)), Claim(K.REFUND, 1200), ""),
        (after(SALE, FollowUp(K.ADJUSTMENT, "approved", 200)), Claim(K.REFUND, 1201), "L62"),
        (
            after(
                SALE,
                FollowUp(K.ADJUSTMENT, "approved", 200),
                FollowUp(K.REFUND, "approved", 1100),
            ),
            Claim(K.REFUND, 101),
            "L62",
        ),
        (after(SALE, FollowUp(K.ADJUSTMENT, "waiting", 200)), Claim(K.REFUND, 1000), ""),
        (after(SALE, FollowUp(K.ADJUSTMENT, "waiting", 200)), Claim(K.REFUND, 1200), "L61"),
        (after(SALE, FollowUp(K.ADJUSTMENT, "telling", 200)), Claim(K.REFUND, 1201), "L62"),
        (HELD, Claim(K.COMPLETION, 1150), ""),
        (HELD, Claim(K.COMPLETION, 1151), "L63"),
        (HELD, Claim(K.PREAUTHORISATION_VOID), ""),
        (after(HELD, FollowUp(K.COMPLETION, "approved", 900)), Claim(K.COMPLETION_ADVICE), "L64"),
        (
            after(HELD, FollowUp(K.COMPLETION, "approved", 900)),
            Claim(K.PREAUTHORISATION_VOID),
            "L64",
        ),
        (
            after(HELD, FollowUp(K.COMPLETION, "approved", 900, voided=True)),
            Claim(K.COMPLETION),
            "",
        ),
        (COMPLETED, Claim(K.COMPLETION_VOID), ""),
        (COMPLETED, Claim(K.COMPLETION_VOID, 1), "L12"),
        (SALE, Claim(K.ADJUSTMENT, 50), ""),
    ],
)
def test_objection_has_its_own_code(original: Original, claim: Claim, code: str) -> None:
    """L05, L10, L12, L13, L60 to L65: nothing is sent for any of them."""
    assert refused(original, claim) == code


def test_all_that_is_left_to_refund_has_the_tip_in_it() -> None:
    """A refund that says no amount gives back sale and tip, less what was refunded."""
    tipped = after(
        SALE, FollowUp(K.ADJUSTMENT, "approved", 200), FollowUp(K.REFUND, "approved", 300)
    )

    assert 900 == Claim(K.REFUND).minor(tipped)


@pytest.mark.parametrize(
    ("original", "kind", "code"),
    [
        (SALE, K.VOID, "L11"),
        (COMPLETED, K.COMPLETION_VOID, "L11"),
        (SALE, K.ADJUSTMENT, "L11"),
        (SALE, K.REFUND, ""),
        (HELD, K.COMPLETION, ""),
        (HELD, K.PREAUTHORISATION_VOID, ""),
    ],
)
def test_closed_batch_leaves_the_refund(original: Original, kind: PaymentKind, code: str) -> None:
    """L11: after settlement a void is impossible; a pre-authorisation outlives its batch."""
    assert refused(original, Claim(kind, 1000), open_batch="000002") == code


def test_choose_takes_the_one_of_the_open_batch_to_void() -> None:
    old = replace(SALE, batch="000001")
    new = replace(SALE, batch="000002")

    assert choose([old, new], K.VOID, "000002") == (new, "")
    assert choose([old, new], K.REFUND, "000002") == (None, "L09")
    assert choose([old, new], K.VOID, "000003") == (None, "L11")
    assert choose([old], K.VOID, "000003") == (old, "")


def test_choose_finds_nothing_in_what_came_to_nothing() -> None:
    """L08: a declined payment is no original."""
    assert choose([replace(SALE, phase="declined")], K.VOID, "000001") == (None, "L08")
    assert choose([], K.REFUND, "000001") == (None, "L08")


def test_choose_takes_the_kind_that_suits() -> None:
    """Two payments of one RRN: a completion is refunded, not the void beside it."""
    void = replace(COMPLETED, stan="000009", kind=K.COMPLETION_VOID)

    assert choose([void, COMPLETED], K.REFUND, "000001") == (COMPLETED, "")
