"""One process for one terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.aio.lock import DataLock
from terminal.errors import InUse, StoreError


def test_second_holder_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    first = DataLock(tmp_path)
    with pytest.raises(InUse, match="another terminal process"):
        DataLock(tmp_path)

    first.release()

    DataLock(tmp_path).release()


def test_directory_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        DataLock(tmp_path / "nowhere")
