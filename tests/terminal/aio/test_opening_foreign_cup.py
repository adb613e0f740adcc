"""Our terminal against somebody else's host of the packed dialect, whose bytes are made by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from msgspec import structs

from protocol.aio.client import tcp_opener
from protocol.amount import Amount
from protocol.operations import Card
from protocol.secrets import Pan
from terminal.aio.opening import open_terminal
from terminal.aio.printers import open_printer
from terminal.configuration import Settings, Timing
from terminal.intent import Voucher
from tests.foreign.packed_host import PackedHost

CARD: Final = Card(Pan("6200000000000005"), "3012")
SETTINGS: Final = Settings(dialect="cup")
IMPATIENT: Final = Timing(settlement_timeout_s=0.3, settlement_backoff_s=(0.0,))
F48: Final = "0000000048500020000000012500010" + "0" * 31


@pytest.mark.asyncio
async def test_day_against_a_foreign_host_of_cup_balances(tmp_path: Path) -> None:
    """domain/messages 0, 1, 4, 8: keys of F62, MACs, F60 and F61, 62 digits, no F39 in the 0510."""
    with PackedHost() as host:
        opener, papers = tcp_opener("127.0.0.1", host.port), [open_printer("none:")]
        async with open_terminal(tmp_path, SETTINGS, opener, papers) as terminal:
            sold = [await terminal.sale(Amount(minor), CARD) for minor in (1250, 3600, 100_000)]
            voided = await terminal.void(Voucher(stan=sold[0].stan))
            closed = await terminal.settle()

    assert ["approved", "approved", "declined"] == [one.outcome for one in sold]
    assert ("approved", "closed_balanced") == (voided.outcome, closed.outcome)
    assert ["0800", "0200", "0200", "0200", "0200", "0500"] == [mti for mti, _ in host.heard]
    assert {"6000000000603100311001"} == set(host.headers)
    sale, void, settlement = host.heard[1][1], host.heard[4][1], host.heard[5][1]
    assert ("6200000000000005", "012", "22000001000") == (sale[2], sale[22], sale[60])
    assert f"000001{sold[0].stan}" == void[61][:12]
    assert F48 == settlement[48]


@pytest.mark.asyncio
@pytest.mark.parametrize("new_stan", [False, True])
async def test_settlement_that_a_foreign_host_does_not_answer_is_asked_again(
    tmp_path: Path, *, new_stan: bool
) -> None:
    """SC6, R: one content each time, under one number or under new ones, as the host wants it."""
    settings = structs.replace(SETTINGS, timing=IMPATIENT, new_stan_on_repeat=new_stan)
    with PackedHost(deaf=2) as host:
        opener, papers = tcp_opener("127.0.0.1", host.port), [open_printer("none:")]
        async with open_terminal(tmp_path, settings, opener, papers) as terminal:
            await terminal.sale(Amount(1250), CARD)
            closed = await terminal.settle()

    asked = [fields for mti, fields in host.heard if mti == "0500"]
    assert ("closed_balanced", 3) == (closed.outcome, closed.requests)
    assert (3 if new_stan else 1) == len({one[11] for one in asked})
    assert 1 == len({tuple(sorted({**one, 11: ""}.items())) for one in asked})
