"""What a person reads: status, also of a day that gave back more than it took in."""

from __future__ import annotations

import pytest

from tallywire.views import show_status
from terminal.results import Status


def test_status_shows_a_negative_sum(capsys: pytest.CaptureFixture[str]) -> None:
    """A refund alone in a fresh batch (REQ 003-05)."""
    status = Status(
        terminal_id="10000001",
        merchant_id="104100000000001",
        mode="READY",
        signed_on=True,
        batch="000002",
        host_batch="000002",
        last_stan="000013",
        unsettled_count=1,
        unsettled_minor=-500,
        unsettled_max=500,
        reversals_pending=0,
        reversals_manual=0,
        advices_waiting=0,
        settlement="open",
        currency="156",
    )

    show_status(status, 0)

    assert "1 for RMB -5.00" in capsys.readouterr().out
