"""Which dialect is meant, and what is said when it cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from tallywire.dialects.choice import FILE_SIZE_MAX, choose_dialect
from tallywire.exits import Ending, Exit


def test_name_comes_before_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("iso87").write_text('base = "iso87"\nname = "mine"', "utf-8")
    Path("mine.toml").write_text('base = "iso87"\nname = "mine"', "utf-8")

    assert "iso87" == choose_dialect("iso87").name
    assert "mine" == choose_dialect("mine.toml").name


@pytest.mark.parametrize(
    ("content", "exit_code", "words"),
    [
        (None, Exit.NOT_FOUND, "no shipped dialect and no file"),
        (b"name =", Exit.CONFIGURATION, "own.toml: Invalid value"),
        (b"\xff", Exit.CONFIGURATION, "is no UTF-8 text"),
        (b" " * (FILE_SIZE_MAX + 1), Exit.CONFIGURATION, "has more than"),
        (b'base = "iso87"\n[framing]\nkind = "x"', Exit.CONFIGURATION, "allowed: binary2"),
    ],
)
def test_wrong_file_is_told_in_words(
    content: bytes | None, exit_code: Exit, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "own.toml"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(Ending) as caught:
        choose_dialect(str(file))

    assert exit_code is caught.value.exit_code
    assert words in caught.value.sentence
    assert caught.value.next_step
