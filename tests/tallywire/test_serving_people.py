from __future__ import annotations

from pathlib import Path

import pytest

from tests.tallywire.processes import crew

STAFFED = "[people]\non = true\n"
CARD = "4111111111111111"


@pytest.mark.asyncio
async def test_serve_asks_who_it_is_before_every_command(tmp_path: Path) -> None:
    """Login, a forced change, a sale under one's own number, logout."""
    async with crew(tmp_path) as hands:
        await hands.acquirer()
        terminal = await hands.terminal(STAFFED)
        await terminal.expect("ready")

        refused = await terminal.ask("sale", amount="1.00", card=CARD)
        assert "L78" == refused["error"]["code"]
        login = await terminal.ask("login", operator="01", password="0000")
        assert login["result"]["must_change"]
        refused = await terminal.ask("sale", amount="1.00", card=CARD)
        assert "L77" == refused["error"]["code"]
        await terminal.ask("password", password="0000", new_password="4711")
        sold = await terminal.ask("sale", amount="1.00", card=CARD)
        assert "approved" == sold["result"]["outcome"]
        alone = await terminal.ask("refund", stan=sold["result"]["stan"])
        assert "L79" == alone["error"]["code"]
        await terminal.ask("logout")
        assert "L78" == (await terminal.ask("list"))["error"]["code"]
        wrong = await terminal.ask("login", operator="01", password="0000")
        assert "L75" == wrong["error"]["code"]
        await terminal.stop()
