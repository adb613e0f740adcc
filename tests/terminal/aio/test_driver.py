"""The terminal as a whole: turns, numbers, identity, nothing in clear."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from protocol.secrets import Key
from terminal.errors import StoreError, WrongKey
from tests.terminal.till import (
    QUICK,
    VISA,
    agree,
    everything_in,
    open_till,
    visa,
    yuan,
)


@pytest.mark.asyncio
async def test_operations_wait_for_their_turn() -> None:
    """Two sales at once are two payments, one after the other."""
    till = await open_till()

    await asyncio.gather(
        till.terminal.sale(yuan("1.00"), visa()), till.terminal.sale(yuan("2.00"), visa())
    )

    assert till.host.mtis() == ["SignOn", "PaymentRequest", "PaymentRequest"]
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_stan_wraps_and_skips_what_the_batch_uses() -> None:
    """I8: 999999 is followed by 000001, unless that is taken."""
    till = await open_till()
    await till.terminal.sale(yuan(), visa())
    await till.database.transaction([("UPDATE terminal SET stan = '999999'", ())])

    first = await till.terminal.sale(yuan(), visa())
    second = await till.terminal.sale(yuan(), visa())

    assert (first.stan, second.stan) == ("000001", "000003")
    await till.terminal.close()


@pytest.mark.asyncio
async def test_terminal_refuses_another_key_and_another_identity(tmp_path: Path) -> None:
    """REQ 000-17: a wrong key refuses to start; settings of another terminal do too."""
    path = str(tmp_path / "terminal.db")
    till = await open_till(path=path)
    await till.terminal.close()

    with pytest.raises(WrongKey):
        await open_till(path=path, key=Key(bytes(32)))
    another = msgspec.structs.replace(QUICK, terminal_id="20000002")
    with pytest.raises(StoreError, match="10000001"):
        await open_till(path=path, settings=another)


@pytest.mark.asyncio
async def test_cards_are_nowhere_in_the_files(tmp_path: Path) -> None:
    """I7, REQ 000-17: neither number nor expiry at rest."""
    till = await open_till(path=str(tmp_path / "terminal.db"))
    await till.terminal.sale(yuan(), visa())
    await till.pull_plug()

    stored = everything_in(tmp_path)
    assert b"411111******1111" in stored
    assert VISA.encode() not in stored
    assert b"3012" not in stored
