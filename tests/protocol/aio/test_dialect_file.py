"""Which dialect is meant, and what is said when it cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from protocol.aio.dialect_file import FILE_SIZE_MAX, find_dialect
from protocol.errors import DialectError, NoSuchDialect


def test_name_comes_before_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("iso87").write_text('base = "iso87"\nname = "mine"', "utf-8")
    Path("mine.toml").write_text('base = "iso87"\nname = "mine"', "utf-8")

    assert "iso87" == find_dialect("iso87").name
    assert "mine" == find_dialect("mine.toml").name


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (None, NoSuchDialect, "no shipped dialect and no file"),
        (b"name =", DialectError, "own.toml: Invalid value"),
        (b"\xff", DialectError, "is no UTF-8 text"),
        (b" " * (FILE_SIZE_MAX + 1), DialectError, "has more than"),
        (b'base = "iso87"\n[framing]\nkind = "x"', DialectError, "allowed: binary2"),
    ],
)
def test_wrong_file_is_told_in_words(
    content: bytes | None, error: type[DialectError], words: str, tmp_path: Path
) -> None:
    file = tmp_path / "own.toml"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(DialectError, match=words) as caught:
        find_dialect(str(file))

    assert error is caught.type
