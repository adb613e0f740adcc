"""A master key in a file: read, or refused without a digit of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from protocol.aio.keyfile import BadKeyFile, read_master_key
from protocol.secrets import Key


@pytest.mark.parametrize("text", ["00112233" * 4, "AABBCCDD" * 4 + "\n", "00112233" * 6])
def test_master_key_is_read(tmp_path: Path, text: str) -> None:
    file = tmp_path / "master.key"
    file.write_text(text, "utf-8")

    assert Key(bytes.fromhex(text.strip())) == read_master_key(file)


@pytest.mark.parametrize("text", ["", "0011", "00112233" * 5, "xy" * 16])
def test_what_is_no_key_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    file = tmp_path / "master.key"
    file.write_text(text, "utf-8")

    with pytest.raises(BadKeyFile, match="32 or 48") as caught:
        read_master_key(file)

    assert not text or text not in str(caught.value)


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadKeyFile, match=r"absent\.key cannot be read"):
        read_master_key(tmp_path / "absent.key")
