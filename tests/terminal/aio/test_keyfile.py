"""The key outside the database."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from terminal.aio.keyfile import load_key
from terminal.errors import StoreError, WrongKey


def test_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "terminal.key"

    made = load_key(path, may_create=True, random_bytes=lambda size: b"\x07" * size)

    assert path.stat().st_mode & 0o777 == 0o600
    assert load_key(path, may_create=False, random_bytes=bytes) == made


def test_database_without_its_key_gets_no_new_one(tmp_path: Path) -> None:
    """A new key would make every stored card unreadable for ever."""
    with pytest.raises(WrongKey, match="is missing"):
        load_key(tmp_path / "terminal.key", may_create=False, random_bytes=bytes)


@pytest.mark.parametrize("text", ["", "07", "z" * 64])
def test_file_that_is_no_key_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "terminal.key"
    path.write_text(text)

    with pytest.raises(WrongKey, match="64 hexadecimal digits"):
        load_key(path, may_create=True, random_bytes=bytes)


def test_directory_in_the_place_of_a_key_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WrongKey, match="cannot be used"):
        load_key(tmp_path, may_create=True, random_bytes=bytes)


def test_full_disk_is_called_that(tmp_path: Path) -> None:
    def no_room(size: int) -> bytes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(StoreError) as caught:
        load_key(tmp_path / "terminal.key", may_create=True, random_bytes=no_room)

    assert "L40" == caught.value.code
