"""The DUKPT counter is on disk before a block is made, whatever happens next."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from protocol.operations import PaymentRequest
from protocol.pin_block import Pin
from protocol.pin_rule import PinKeys, PinRule
from protocol.secrets import Pan
from terminal.aio.database import Database
from terminal.effects import CrashPoint
from terminal.errors import JournalError
from terminal.pin_pad import DukptDevice, PinPad, device_of
from terminal.presented import Presented
from tests.terminal.aio.disks import FullDisk
from tests.terminal.till import LOST, VISA, Host, PowerCut, open_till, yuan

RULE: Final = PinRule(keys=PinKeys.DUKPT)
DEVICE: Final = device_of(RULE, None, "")
PAD: Final = PinPad(RULE, device=DEVICE)
CARD: Final = Presented(Pan(VISA), "3012", "011", pin=Pin("1234"))


def counters(host: Host) -> list[int]:
    """Return the counters of the serial numbers that were sent."""
    pins = [one.pin for one in host.heard if isinstance(one, PaymentRequest)]
    serials = [pin.serial for pin in pins if pin is not None and pin.serial is not None]
    return [int.from_bytes(serial, "big") & 0x1FFFFF for serial in serials]


@pytest.mark.parametrize("point", [CrashPoint.T2, CrashPoint.T3, CrashPoint.T4, CrashPoint.T7])
@pytest.mark.asyncio
async def test_power_cut_burns_a_counter_and_repeats_none(
    tmp_path: Path, point: CrashPoint
) -> None:
    """Wherever the plug is pulled, the next PIN has another key."""
    path, host = str(tmp_path / "terminal.db"), Host()
    till = await open_till(host, path=path, cut_at=point, pin_pad=PAD)
    with pytest.raises(PowerCut):
        await till.terminal.sale(yuan(), CARD)
    await till.pull_plug()

    till = await open_till(host, path=path, pin_pad=PAD)
    await till.terminal.sale(yuan(), CARD)

    assert 2 == counters(host)[-1]
    assert len(set(counters(host))) == len(counters(host))
    await till.terminal.close()


@pytest.mark.asyncio
async def test_counter_that_cannot_be_written_enciphers_nothing() -> None:
    """T1: no block without its commit; the counter was not used, so it may be the next one."""
    disks: list[FullDisk] = []

    def wrap(database: Database) -> Database:
        disks.append(FullDisk(database, refuse=0))
        return disks[0]

    till = await open_till(wrap=wrap, pin_pad=PAD)
    await till.terminal.sign_on()
    disks[0]._refused = range(disks[0].count + 1, disks[0].count + 2)
    with pytest.raises(JournalError):
        await till.terminal.sale(yuan(), CARD)

    assert [] == counters(till.host)
    assert "approved" == (await till.terminal.sale(yuan(), CARD)).outcome
    assert [1] == counters(till.host)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_reversal_and_repeat_bring_no_pin() -> None:
    till = await open_till(Host(faults=[None, LOST]), pin_pad=PAD)

    undone = await till.terminal.sale(yuan(), CARD)
    kept = await till.terminal.sale(yuan(), CARD)

    assert ("reversed", "approved") == (undone.outcome, kept.outcome)
    assert [1, 2] == counters(till.host)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_device_without_keys_refuses_before_a_number_is_used_up() -> None:
    """L28: after the last counter there is none."""
    till = await open_till(pin_pad=PAD)
    last = ("INSERT INTO pin_counter (device, counter) VALUES (?, ?)", (DEVICE.name, 0x1FF800))
    await till.database.transaction([last])

    refused = await till.terminal.sale(yuan(), CARD)

    assert ("refused", "L28") == (refused.outcome, refused.code)
    assert [] == counters(till.host)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_another_device_begins_to_count_anew() -> None:
    """Its serial number is another one, so its keys are."""
    till = await open_till(pin_pad=PAD)
    await till.terminal.sale(yuan(), CARD)
    other = DukptDevice(DEVICE.initial, bytes.fromhex("FFFF9876543211E00000"))

    assert 1 == await till.terminal._desk._counter(DEVICE)
    assert 0 == await till.terminal._desk._counter(other)
    await till.terminal.close()
