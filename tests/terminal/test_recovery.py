"""Recovery: the power is cut at every named point, and both sides agree afterwards."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from protocol.operations import (
    Operation,
    Request,
)
from terminal import advice, payment, reversal, settlement
from terminal.advice import AdvicePhase
from terminal.attempt import SettlementPhase
from terminal.effects import CrashPoint
from terminal.errors import JournalError
from terminal.machine import PowerOn
from terminal.payment import PaymentPhase
from terminal.recovery import RECOVERY, Found
from terminal.reversal import ReversalPhase
from tests.terminal.aio.disks import FullDisk, LyingDisk
from tests.terminal.till import (
    LOST,
    Host,
    PowerCut,
    agree,
    open_till,
    unbalanced,
    visa,
    yuan,
)

CUTS_IN_A_SALE = (
    CrashPoint.T1,
    CrashPoint.T2,
    CrashPoint.T3,
    CrashPoint.T4,
    CrashPoint.T7,
    CrashPoint.T8,
    CrashPoint.T11,
)


@pytest.mark.parametrize("point", CUTS_IN_A_SALE)
@pytest.mark.asyncio
async def test_sale_is_one_truth_on_both_sides_after_a_power_cut(
    point: CrashPoint, tmp_path: Path
) -> None:
    """T1 to T11: after recovery both sides hold the same, and nothing is open."""
    host, path = Host(), str(tmp_path / "terminal.db")
    till = await open_till(host, path=path, cut_at=point)
    with pytest.raises(PowerCut):
        await till.terminal.sale(yuan(), visa())
    await till.pull_plug()

    till = await open_till(host, path=path)
    await till.terminal.recover()
    await till.terminal.sign_on()

    assert host.mtis().count("PaymentRequest") <= 1
    expected = 1 if point in (CrashPoint.T8, CrashPoint.T11) else 0
    assert len(host.approved) == expected
    await agree(till)
    await till.terminal.close()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.asyncio
async def test_sale_is_reversed_after_a_power_cut_on_the_wire(when: str, tmp_path: Path) -> None:
    """T5, T6: whether the host heard it or not, the reversal makes both sides equal."""

    @dataclass
    class Cutting(Host):
        cut: bool = True

        async def request(self, operation: Request, timeout_s: float) -> Operation:
            cutting = self.cut and type(operation).__name__ == "PaymentRequest"
            if cutting:
                self.cut = False
                if when == "before":
                    raise PowerCut
            reply = await super().request(operation, timeout_s)
            if cutting:
                raise PowerCut
            return reply

    host, path = Cutting(), str(tmp_path / "terminal.db")
    till = await open_till(host, path=path)
    with pytest.raises(PowerCut):
        await till.terminal.sale(yuan(), visa())
    await till.pull_plug()

    till = await open_till(host, path=path)
    await till.terminal.recover()

    assert host.mtis()[-1] == "Reversal"
    await agree(till)
    await till.terminal.close()


@pytest.mark.parametrize("point", [CrashPoint.R1, CrashPoint.R3, CrashPoint.R4])
@pytest.mark.asyncio
async def test_reversal_is_done_once_after_a_power_cut(point: CrashPoint, tmp_path: Path) -> None:
    """R1, R3, R4: sent again, identical; the host does it once."""
    host, path = Host(faults=[None, LOST]), str(tmp_path / "terminal.db")
    till = await open_till(host, path=path, cut_at=point)
    with pytest.raises(PowerCut):
        await till.terminal.sale(yuan(), visa())
    await till.pull_plug()

    till = await open_till(host, path=path)
    await till.terminal.recover()

    assert [p.outcome for p in await till.terminal.payments()] == ["reversed"]
    await agree(till)
    await till.terminal.close()


@pytest.mark.parametrize(
    "point",
    [
        CrashPoint.SC1,
        CrashPoint.SC3,
        CrashPoint.SC4,
        CrashPoint.SC5,
        CrashPoint.SC7,
        CrashPoint.SC8,
        CrashPoint.SC12,
    ],
)
@pytest.mark.parametrize("closed", ["closed_balanced", "closed_unbalanced"])
@pytest.mark.asyncio
async def test_batch_closes_once_after_a_power_cut(
    point: CrashPoint, closed: str, tmp_path: Path
) -> None:
    """SC1 to SC12: the same request again, the same figures, one slip."""
    await settle_through_a_cut(point, closed=closed, tmp_path=tmp_path)


@pytest.mark.parametrize("point", [CrashPoint.SC9, CrashPoint.SC10, CrashPoint.SC11])
@pytest.mark.asyncio
async def test_upload_goes_on_after_a_power_cut(point: CrashPoint, tmp_path: Path) -> None:
    """SC9, SC10, SC11: with the first item that is not acknowledged, or the trailer."""
    await settle_through_a_cut(point, closed="closed_unbalanced", tmp_path=tmp_path)


async def settle_through_a_cut(point: CrashPoint, *, closed: str, tmp_path: Path) -> None:
    host, path = Host(), str(tmp_path / "terminal.db")
    till = await open_till(host, path=path, cut_at=point)
    if closed == "closed_balanced":
        await till.terminal.sale(yuan(), visa())
    else:
        await unbalanced(till)
    with pytest.raises(PowerCut):
        await till.terminal.settle()
    await till.pull_plug()

    till = await open_till(host, path=path)
    await till.terminal.settle()
    await till.terminal.recover()

    batches = await till.terminal.batches()
    assert [(b.batch, b.phase) for b in batches] == [("000002", "open"), ("000001", closed)]
    await agree(till)
    await till.terminal.close()


@pytest.mark.parametrize("found", RECOVERY, ids=lambda found: found.phase.name)
def test_recovery_table_is_what_the_machines_do(found: Found) -> None:
    """Each row is a transition of its machine on PowerOn."""
    tables = {
        PaymentPhase: payment.TRANSITIONS,
        AdvicePhase: advice.TRANSITIONS,
        ReversalPhase: reversal.TRANSITIONS,
        SettlementPhase: settlement.TRANSITIONS,
    }
    table: Any = tables[type(found.phase)]

    assert table[found.phase, PowerOn].to is found.becomes


def test_every_named_crash_point_before_an_end_is_in_the_table() -> None:
    """What is not listed leaves nothing of money to finish."""
    listed = {point for found in RECOVERY for point in found.crash_points}

    assert {point.name for point in CrashPoint} - {point.name for point in listed} == {
        *("T1", "T8", "T9", "T11", "R4", "A4"),
        *("SC1", "SC2", "SC11", "SC12", "SC13", "SC14"),
    }


@pytest.mark.parametrize("lying", [FullDisk, LyingDisk])
@pytest.mark.parametrize("number", range(1, 12))
@pytest.mark.asyncio
async def test_disk_that_fails_once_loses_no_money(
    number: int, lying: type[FullDisk], tmp_path: Path
) -> None:
    """T10, SQLITE_FULL at each commit: an approval that cannot be recorded is undone."""
    host, path = Host(), str(tmp_path / "terminal.db")
    till = await open_till(host, path=path, wrap=lambda disk: lying(disk, number + 1))
    results = []
    for _ in range(2):
        with suppress(JournalError):
            results.append(await till.terminal.sale(yuan(), visa()))
    with suppress(JournalError):
        await till.terminal.settle()
    await till.terminal.close()

    till = await open_till(host, path=path)
    await till.terminal.recover()
    await till.terminal.sign_on()

    shown = [result.stan for result in results if result.approved]
    assert [stan for _, stan in host.approved] == shown
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_approval_that_cannot_be_recorded_is_undone_with_its_reason() -> None:
    """T10: reason 96; nobody is told that it was approved."""
    till = await open_till(wrap=lambda disk: FullDisk(disk, 6))

    result = await till.terminal.sale(yuan(), visa())

    assert (result.outcome, getattr(till.host.heard[-1], "reason", "")) == ("reversed", "96")
    assert ("00", "approved") not in till.told()
    await agree(till)
    await till.terminal.close()


@pytest.mark.parametrize(
    ("refuse", "outcome"), [(4, "refused"), (5, "not_sent"), (6, "reversal_required")]
)
@pytest.mark.asyncio
async def test_disk_that_stays_full_is_told_as_what_recovery_will_make_of_it(
    refuse: int, outcome: str, tmp_path: Path
) -> None:
    """L40: nothing is shown as approved; when there is room again, both sides agree."""
    host, path = Host(), str(tmp_path / "terminal.db")
    till = await open_till(host, path=path, wrap=lambda disk: FullDisk(disk, refuse, times=99))

    result = await till.terminal.sale(yuan(), visa())

    assert (result.outcome, result.code) == (outcome, "L40")
    await till.pull_plug()
    till = await open_till(host, path=path)
    await till.terminal.recover()
    await agree(till)
    await till.terminal.close()
