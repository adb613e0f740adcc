"""Recovery of what speaks of an earlier payment: the power is cut at every named point."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from protocol.kinds import PaymentKind
from protocol.operations import Operation, PaymentRequest, Request
from terminal.aio.driver import Terminal
from terminal.effects import CrashPoint
from terminal.errors import JournalError
from terminal.intent import Voucher
from terminal.results import PaymentResult
from tests.terminal.aio.disks import FullDisk, LyingDisk
from tests.terminal.till import Host, PowerCut, agree, open_till, visa, yuan

Flow = Callable[[Terminal], Awaitable[PaymentResult]]
SOLD, HELD = Voucher("000002"), Voucher("000003")
"""What every till of this file has done before: signed on, sold, pre-authorised."""


async def void(terminal: Terminal) -> PaymentResult:
    return await terminal.void(SOLD)


async def completion(terminal: Terminal) -> PaymentResult:
    return await terminal.complete(HELD)


async def refund(terminal: Terminal) -> PaymentResult:
    return await terminal.refund(SOLD, amount=yuan("4.00"))


async def offline_sale(terminal: Terminal) -> PaymentResult:
    return await terminal.offline_sale(yuan("5.00"), visa())


ASKED, TOLD = (void, completion), (refund, offline_sale)
CUTS_OF_A_REQUEST = (
    *(CrashPoint.T1, CrashPoint.T2, CrashPoint.T3, CrashPoint.T4),
    *(CrashPoint.T7, CrashPoint.T8, CrashPoint.T11),
)
CUTS_OF_AN_ADVICE = (CrashPoint.A1, CrashPoint.A3, CrashPoint.A4)


async def opened(path: str) -> Host:
    """Do what every till has done before."""
    host = Host()
    till = await open_till(host, path=path)
    await till.terminal.sale(yuan("10.00"), visa())
    await till.terminal.preauthorise(yuan("20.00"), visa())
    await till.pull_plug()
    return host


async def run_into_the_cut(terminal: Terminal, flow: Flow) -> None:
    async def through() -> None:
        await flow(terminal)
        await terminal.recover()

    with pytest.raises(PowerCut):
        await through()


def heard(host: Host, kind: PaymentKind) -> list[PaymentRequest]:
    return [one for one in host.heard if isinstance(one, PaymentRequest) and one.kind is kind]


async def cut_and_come_back(flow: Flow, point: CrashPoint, path: str, host: Host) -> None:
    till = await open_till(host, path=path, cut_at=point)
    await run_into_the_cut(till.terminal, flow)
    await till.pull_plug()

    till = await open_till(host, path=path)
    await till.terminal.recover()
    await agree(till)
    assert (await till.terminal.settle()).outcome == "closed_balanced"
    await agree(till)
    await till.terminal.close()


@pytest.mark.parametrize("point", CUTS_OF_A_REQUEST, ids=lambda point: point.name)
@pytest.mark.parametrize("flow", ASKED)
@pytest.mark.asyncio
async def test_request_is_one_truth_after_a_power_cut(
    flow: Flow, point: CrashPoint, tmp_path: Path
) -> None:
    """T1 to T11 of void and completion: asked at most once, both sides agree and balance."""
    path = str(tmp_path / "terminal.db")
    host = await opened(path)

    await cut_and_come_back(flow, point, path, host)

    kind = PaymentKind.VOID if flow is void else PaymentKind.COMPLETION
    stands = point in (CrashPoint.T8, CrashPoint.T11)
    assert len(heard(host, kind)) == (1 if point is CrashPoint.T7 or stands else 0)
    assert len(host.approved) == (3 if stands else 2)


@pytest.mark.parametrize("point", CUTS_OF_AN_ADVICE, ids=lambda point: point.name)
@pytest.mark.parametrize("flow", TOLD)
@pytest.mark.asyncio
async def test_advice_is_told_after_a_power_cut(
    flow: Flow, point: CrashPoint, tmp_path: Path
) -> None:
    """A1 to A4: it happened, so both sides know it in the end, once."""
    path = str(tmp_path / "terminal.db")
    host = await opened(path)

    await cut_and_come_back(flow, point, path, host)

    kind = PaymentKind.REFUND if flow is refund else PaymentKind.OFFLINE_SALE
    first, *repeats = heard(host, kind)
    assert len(host.approved) == 3
    assert [one.repeat for one in repeats] == [True] * (point is CrashPoint.A3)
    assert not first.repeat


@dataclass
class Cutting(Host):
    """Loses the power with the reply to the next payment on the wire."""

    cut: bool = False

    async def request(self, operation: Request, timeout_s: float) -> Operation:
        reply = await super().request(operation, timeout_s)
        if isinstance(operation, PaymentRequest) and self.cut:
            self.cut = False
            raise PowerCut
        return reply


@pytest.mark.parametrize("flow", [*ASKED, *TOLD])
@pytest.mark.asyncio
async def test_power_cut_on_the_wire_leaves_one_truth(flow: Flow, tmp_path: Path) -> None:
    """T6, A2: the host has it, the terminal does not know; undone or told again."""
    path = str(tmp_path / "terminal.db")
    before = await opened(path)
    host = Cutting(approved=before.approved, kinds=before.kinds, cut=True)
    till = await open_till(host, path=path)
    await run_into_the_cut(till.terminal, flow)
    await till.pull_plug()

    till = await open_till(host, path=path)
    await till.terminal.recover()

    assert len(host.approved) == (3 if flow in TOLD else 2)
    await agree(till)
    await till.terminal.close()


@pytest.mark.parametrize("lying", [FullDisk, LyingDisk])
@pytest.mark.parametrize("number", range(1, 5))
@pytest.mark.parametrize("flow", [void, refund])
@pytest.mark.asyncio
async def test_disk_that_fails_once_loses_nothing(
    flow: Flow, number: int, lying: type[FullDisk], tmp_path: Path
) -> None:
    """L40 at each commit: an approval that cannot be kept is undone, an advice is told again."""
    path = str(tmp_path / "terminal.db")
    host = await opened(path)
    till = await open_till(host, path=path, wrap=lambda disk: lying(disk, number))
    with suppress(JournalError):
        await flow(till.terminal)
    await till.terminal.close()

    till = await open_till(host, path=path)
    await till.terminal.recover()

    await agree(till)
    await till.terminal.close()
