"""The two commands over TLS, with two lines of configuration on either side."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tallywire.demo.children import Child
from tallywire.exits import Exit
from tallywire.secure_line import not_secure
from tests.certificates import Authority, Pair
from tests.tallywire.processes import tallywire

HERE = "127.0.0.1"


def settings(path: Path, **keys: str) -> str:
    lines = [f'{name} = "{value}"' for name, value in keys.items()]
    path.write_text("\n".join(["[tls]", *lines]), "utf-8")
    return str(path)


def test_reason_is_in_the_sentence() -> None:
    told = not_secure("bank.example:8583", "it is too old")

    assert ("L43", "bank.example:8583") == (told.code, told.key)
    assert told.en == "There is no secure line to the acquirer: it is too old"
    assert told.zh.endswith("：it is too old")


@pytest.mark.asyncio
async def test_terminal_and_acquirer_meet_by_mutual_tls(tmp_path: Path) -> None:
    """Issue 5, Robust: the right certificates, a stranger's authority, and no certificate."""
    authority, stranger = Authority(tmp_path), Authority(tmp_path, "stranger")
    host, till = authority.sign(HERE), authority.sign("till")
    config = settings(
        tmp_path / "acquirer.toml",
        certificate=host.certificate,
        key=host.key,
        client_ca=authority.path,
    )
    async with asyncio.TaskGroup() as group:
        acquirer = await Child.start(
            "acquirer",
            *("acquirer", "--listen", f"{HERE}:0", "--ledger", "memory:", "--json"),
            *("--config", config),
            log=tmp_path / "log",
            group=group,
        )
        await acquirer.listening()

        def sign_on(ca: str, shown: Pair | None) -> tuple[int, str]:
            own = {"certificate": shown.certificate, "key": shown.key} if shown else {}
            done = tallywire(
                *("terminal", "--data", str(tmp_path / "till"), "--acquirer", acquirer.address),
                *("--config", settings(tmp_path / "till.toml", ca=ca, **own), "sign-on"),
            )
            return done.returncode, done.stderr

        try:
            good = await asyncio.to_thread(sign_on, authority.path, till)
            doubted = await asyncio.to_thread(sign_on, stranger.path, till)
            bare = await asyncio.to_thread(sign_on, authority.path, None)
            told = await acquirer.expect("tls")
            wrong_file = await asyncio.to_thread(sign_on, "nowhere.pem", till)
        finally:
            await acquirer.stop()

    assert (0, "") == good
    assert Exit.UNREACHABLE == doubted[0]
    assert "L43" in doubted[1]
    assert "certificate is not believed: self-signed certificate" in doubted[1]
    assert Exit.OK != bare[0]
    assert "a peer was not let in: the other side showed no certificate" == told["text"]
    assert (Exit.CONFIGURATION, True) == (
        wrong_file[0],
        "nowhere.pem: No such file" in wrong_file[1],
    )
