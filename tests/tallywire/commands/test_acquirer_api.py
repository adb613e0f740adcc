from __future__ import annotations

from pathlib import Path

import pytest

from acquirer_sim.errors import TokenError
from tallywire.commands.acquirer_api import EXTRA, TOKEN, beside, check_extra, read_token
from tallywire.exits import Ending, Exit
from tests.tallywire.processes import tallywire

LONG = "0123456789abcdef"


@pytest.fixture(autouse=True)
def no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TOKEN, raising=False)


def token_file(folder: Path, text: str, mode: int = 0o600) -> str:
    path = folder / "token"
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return str(path)


def test_token_comes_from_the_environment_or_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = token_file(tmp_path, LONG + "\n")

    assert ("", LONG) == (read_token(None), read_token(path))
    monkeypatch.setenv(TOKEN, "f" * 16)
    assert "f" * 16 == read_token(path)


@pytest.mark.parametrize(
    ("text", "mode", "problem"),
    [
        (LONG, 0o644, "others may read it"),
        ("", 0o600, "it is empty"),
        ("ü" * 16, 0o600, "it is no ASCII text"),
        ("short", 0o600, "at least 16 printable"),
    ],
)
def test_token_is_refused_when_it_is_no_secret(
    tmp_path: Path, text: str, mode: int, problem: str
) -> None:
    with pytest.raises(TokenError, match=problem):
        read_token(token_file(tmp_path, text, mode))


def test_token_is_refused_when_its_file_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TokenError, match="No such file"):
        read_token(str(tmp_path / "token"))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "bank.example"])
def test_api_wants_a_token_beyond_loopback(host: str) -> None:
    """Issue 5, API: off-loopback listening needs a token."""
    with pytest.raises(TokenError, match="it needs a token"):
        beside((host, 0), None, ledger="memory:", on_ready=print)


def test_missing_extra_is_named_with_its_remedy() -> None:
    check_extra(EXTRA)
    with pytest.raises(Ending) as caught:
        check_extra(("starlette", "no_such_library"))

    assert "The API needs no_such_library, which is not installed." == str(caught.value)
    assert "pip install 'tallywire[api]'" in caught.value.next_step


def test_command_ends_with_a_sentence_when_strangers_could_come_in() -> None:
    done = tallywire("acquirer", "--ledger", "memory:", "--listen", ":0", "--api", "0.0.0.0:0")

    assert (Exit.CONFIGURATION, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith("A50 Whoever reaches 0.0.0.0 could break this acquirer")
