from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from protocol.settings import SettingsError
from terminal.aio.database import Database
from terminal.errors import TerminalError
from terminal.projections import Row, Statement, Value
from tests.terminal.till import PowerCut, Till, open_till, visa, yuan

WRITTEN = b'# by hand\nhotline = "1"\r\n'


class CutAt:
    """A disk that loses its power before one transaction, counted from when it is told."""

    def __init__(self, inner: Database) -> None:
        self._inner = inner
        self.left: int | None = None

    async def transaction(self, statements: Sequence[Statement]) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise PowerCut
        await self._inner.transaction(statements)

    async def script(self, sql: str) -> None:
        await self._inner.script(sql)

    async def fetch(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        return await self._inner.fetch(sql, parameters)

    async def close(self) -> None:
        await self._inner.close()


async def code_of(till: Till, path: Path, key: str, word: str) -> str:
    try:
        await till.terminal.settings_keeper.set(path, key, word)
    except TerminalError as error:
        return error.code
    return ""


@pytest.mark.asyncio
async def test_undo_goes_back_byte_for_byte_and_again(tmp_path: Path) -> None:
    """REQ 004-09: also past a file that was written by hand, to no file at all."""
    till, path = await open_till(), tmp_path / "settings.toml"
    keeper = till.terminal.settings_keeper
    await keeper.set(path, "hotline", "0")
    path.write_bytes(WRITTEN)
    assert {"limits.unsettled_max"} == await keeper.set(path, "limits.unsettled_max", "20")
    await keeper.set(path, "limits.unsettled_max", "30")

    await keeper.undo(path)
    assert b"unsettled_max = 20\n" in path.read_bytes()
    await keeper.undo(path)
    assert path.read_bytes() == WRITTEN
    await keeper.undo(path)
    assert b'hotline = "0"\n' == path.read_bytes()
    await keeper.undo(path)

    assert not path.exists()
    with pytest.raises(TerminalError, match="L83"):
        await keeper.undo(path)
    assert await till.terminal.verify() == ()
    await till.terminal.close()


@pytest.mark.parametrize(
    ("key", "word"),
    [("limits.unsettled_max", "1000"), ("limits.nothing", "1"), ("time_zone", "Mars/Olympus")],
)
@pytest.mark.asyncio
async def test_settings_that_cannot_be_are_refused_and_nothing_changes(
    tmp_path: Path, key: str, word: str
) -> None:
    till, path = await open_till(), tmp_path / "settings.toml"
    path.write_bytes(WRITTEN)

    with pytest.raises(SettingsError):
        await till.terminal.settings_keeper.set(path, key, word)

    assert path.read_bytes() == WRITTEN
    await till.terminal.close()


@pytest.mark.asyncio
async def test_what_decides_over_open_money_waits_until_none_is(tmp_path: Path) -> None:
    """REQ 004-10: each refused with its code; what harms nothing may change."""
    till, path = await open_till(), tmp_path / "settings.toml"
    await till.terminal.sale(yuan(), visa())

    codes = {
        key: await code_of(till, path, key, word)
        for key, word in (
            ("currency", "840"),
            ("dialect", "cup"),
            ("master_key_file", "key"),
            ("terminal_id", "20000002"),
            ("merchant_id", "1" * 15),
        )
    }
    assert {
        "currency": "L47",
        "dialect": "L47",
        "master_key_file": "L47",
        "terminal_id": "L84",
        "merchant_id": "L84",
    } == codes
    assert not path.exists()
    assert "" == await code_of(till, path, "hotline", "95516")
    await till.terminal.settle()
    assert "" == await code_of(till, path, "currency", "840")
    line = (await till.terminal.people.audit.newest(1))[0]
    assert ("change settings", 'set currency = "840"', "ok") == (
        line.act,
        line.subject,
        line.outcome,
    )
    await till.terminal.close()


@pytest.mark.parametrize("commits", range(3))
@pytest.mark.asyncio
async def test_power_cut_in_a_change_leaves_the_old_file_or_the_new_and_undo(
    tmp_path: Path, commits: int
) -> None:
    """REQ 004-10: before the copy is kept, between file and journal, and after both."""
    disks: list[CutAt] = []
    database, path = str(tmp_path / "terminal.db"), tmp_path / "settings.toml"
    path.write_bytes(WRITTEN)
    till = await open_till(
        path=database, wrap=lambda inner: disks.append(CutAt(inner)) or disks[-1]
    )
    disks[0].left = commits
    try:
        await till.terminal.settings_keeper.set(path, "operator", "02")
    except PowerCut:
        assert commits < 2
    await till.pull_plug()

    till = await open_till(path=database)
    left = path.read_bytes()
    assert (left == WRITTEN) is (commits == 0)
    await till.terminal.settings_keeper.set(path, "operator", "03")
    await till.terminal.settings_keeper.undo(path)
    assert path.read_bytes() == left
    if commits:
        await till.terminal.settings_keeper.undo(path)
    assert path.read_bytes() == WRITTEN
    await till.terminal.close()
