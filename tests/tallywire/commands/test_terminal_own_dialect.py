"""A terminal and an acquirer that speak a dialect of one's own, by the path of its file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tallywire.exits import Exit
from tests.tallywire.processes import crew, tallywire

PACKED: Final = """
base = "iso87"
name = "packed"
binary = "raw"

[bitmap]
data_enc = "b"

[framing]
kind = "bcd2"
"""

WRONG: Final[dict[str, tuple[str, str]]] = {
    "key": ('base = "iso87"\nname = "x"\n[framing]\nkind = "bcd3"\n', "framing.kind"),
    "base": ('base = "iso99"\n', "'iso99' is no shipped dialect"),
    "toml": ("name = \n", "Invalid value"),
    "thin": (
        'name = "thin"\n[field]\n11 = { value = "n", max_len = 6 }\n',
        "SignOn cannot be written: F7: is not in this dialect",
    ),
    "text": ("\udcff", "is no UTF-8 text"),
}


@pytest.mark.asyncio
async def test_day_in_a_dialect_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "packed.toml").write_text(PACKED, "utf-8")
    config = tmp_path / "till.toml"
    config.write_text(f'dialect = "{tmp_path}/packed.toml"\n', "utf-8")
    async with crew(tmp_path) as hands:
        await hands.acquirer("--dialect", str(tmp_path / "packed.toml"))
        options = ("--data", str(hands.data), "--acquirer", hands.address, "--config", str(config))
        sold = tallywire("terminal", *options, "sale", "12.50")
        settled = tallywire("terminal", *options, "settle")

    assert "APPROVED  RMB 12.50" in sold.stdout
    assert "CLOSED_BALANCED  batch 000001" in settled.stdout


@pytest.mark.parametrize("case", [*WRONG, "missing"])
def test_dialect_that_is_none_is_named_and_nothing_is_made(tmp_path: Path, case: str) -> None:
    text, words = WRONG.get(case, ("", "is no shipped dialect and no file; there are iso87"))
    own, config = tmp_path / "own.toml", tmp_path / "till.toml"
    if case in WRONG:
        own.write_bytes(text.encode("utf-8", "surrogateescape"))
    config.write_text(f'dialect = "{own}"\n', "utf-8")

    ended = tallywire("terminal", "--data", str(tmp_path / "t"), "--config", str(config), "status")

    assert (Exit.CONFIGURATION, True, True) == (
        ended.returncode,
        str(own) in ended.stderr,
        words in ended.stderr,
    )
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "t").exists()
