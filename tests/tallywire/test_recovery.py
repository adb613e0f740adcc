"""A lost database, over TCP and with real processes: what the acquirer has comes back as paper."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tallywire.exits import Exit
from tallywire.recovery import CODES, exit_of
from terminal.results import CopyResult
from terminal.texts_recovery import RECOVERY_TEXTS
from tests.tallywire.processes import crew, tallywire

SETTINGS = 'payment_inquiry = true\ndialect = "{}"\n'


@pytest.mark.parametrize("dialect", ["iso87", "cup"])
@pytest.mark.asyncio
async def test_receipts_of_a_lost_database_come_back(tmp_path: Path, dialect: str) -> None:
    """REQ 001-08: sold, the folder is gone, and the receipt is rebuilt by its reference."""
    config = tmp_path / "till.toml"
    config.write_text(SETTINGS.format(dialect), "utf-8")
    async with crew(tmp_path) as hands:
        await hands.acquirer("--dialect", dialect)
        base = ("terminal", "--data", str(hands.data), "--acquirer", hands.address)
        place = (*base, "--printer", "none:", "--config", str(config))
        assert 0 == tallywire(*place, "sale", "18.50").returncode
        assert 0 == tallywire(*place, "verify", "--host").returncode
        shutil.rmtree(hands.data)

        off = tallywire(*base, "--printer", "none:", "recover-receipts")
        shutil.rmtree(hands.data)
        differs = tallywire(*place, "verify", "--host")
        recovered = tallywire(*place, "--json", "recover-receipts", "--rrn", "000000000001")
        again = tallywire(*place, "recover-receipts")
        none = tallywire(*place, "recover-receipts", "--rrn", "000000000099")
        wrong = tallywire(*place, "recover-receipts", "--batch", "one")
        name = json.loads(recovered.stdout.splitlines()[-1])["receipts"][0]
        picture = tmp_path / "receipt.png"
        exported = tallywire(*place, "export", name, "-o", str(picture))
        text = tallywire(*place, "preview", "any", "--rrn", "000000000001").stdout
        sound = tallywire(*place, "verify", "--host")
        sold = tallywire(*place, "sale", "18.50")
        audit = tallywire("acquirer", "--ledger", f"sqlite:{hands.ledger}", "audit")

    assert (Exit.REFUSED, True) == (off.returncode, "L90" in off.stderr)
    assert (Exit.BOOKS_DIFFER, True) == (differs.returncode, "L97" in differs.stderr)
    assert "only at the acquirer" in differs.stdout
    assert (0, 0, Exit.NOT_FOUND) == (recovered.returncode, again.returncode, none.returncode)
    assert (Exit.USAGE, True) == (wrong.returncode, "six digits" in wrong.stderr)
    assert 2 == text.count("****补录/RECOVERED****")
    assert "来源(SOURCE): 收单行/ACQUIRER" in text
    assert (0, 0) == (exported.returncode, sound.returncode), sound.stdout
    with Image.open(picture) as drawn:
        assert drawn.width >= 384
    assert (0, True) == (sold.returncode, "APPROVED" in sold.stdout), "no number comes twice"
    assert 0 == audit.returncode


@pytest.mark.asyncio
async def test_lines_of_serve_recover_and_verify(tmp_path: Path) -> None:
    settings = SETTINGS.format("iso87")
    async with crew(tmp_path) as hands:
        await hands.acquirer()
        first = await hands.terminal(settings)
        await first.expect("ready")
        sold = (await first.ask("sale", amount="5", card="4111111111111111"))["result"]
        await first.stop()
        shutil.rmtree(hands.data)

        terminal = await hands.terminal(settings)
        await terminal.expect("ready")
        differs = (await terminal.ask("verify", host=True))["result"]
        recovered = (await terminal.ask("recover-receipts", rrn=sold["rrn"], now=True))["result"]
        found = (await terminal.ask("find", rrn=sold["rrn"]))["result"]["found"]
        jobs = (await terminal.ask("jobs"))["result"]["jobs"]
        sound = (await terminal.ask("verify"))["result"]
        bad = await terminal.ask("recover-receipts", batch="x")

    assert ([], "differs") == (differs["differences"], differs["host"]["outcome"])
    assert [f"R000001-{sold['stan']}"] == recovered["receipts"]
    assert [500] == [one["amount_minor"] for one in found]
    assert found[0]["recovered_from"].startswith("acquirer ")
    assert 2 == len(jobs)
    assert {"differences": []} == sound
    assert "six digits" in bad["error"]["sentence"]


@pytest.mark.parametrize("code", set(RECOVERY_TEXTS) - {"L90"})
def test_every_finding_has_an_exit_code(code: str) -> None:
    assert code in CODES


def test_comparison_that_was_not_made_is_no_success() -> None:
    for outcome in ("refused", "declined", "unanswered", "not_sent"):
        result = CopyResult(code="L20", zh="", en="", outcome=outcome, batch="000001")
        assert exit_of(result) is not Exit.OK
