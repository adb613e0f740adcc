from __future__ import annotations

import pytest

from terminal.copies import queue_originals
from terminal.documents import ChainHead
from terminal.errors import TerminalError
from tests.terminal.aio.desk import Desk, at_the_desk
from tests.terminal.samples import receipt, settlement


def test_snapshot_cannot_be_updated() -> None:
    """REQ 001-09: the database itself refuses."""

    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        with pytest.raises(Exception, match="never updated"):
            desk.disk.connection.execute("UPDATE snapshot SET body = ''")

    at_the_desk(test)


def test_finding_papers() -> None:
    """REQ 000-06, 001-02, 001-03: last, by voucher number, by batch; each miss its own code."""

    async def test(desk: Desk) -> None:
        for find, code in (
            (desk.paperwork.find_last_receipt(), "L08"),
            (desk.paperwork.find_settlement(), "L50"),
        ):
            with pytest.raises(TerminalError, match=code):
                await find
        await desk.owe(receipt())
        await desk.owe(receipt(batch="000013"))
        await desk.owe(receipt(batch="000013", stan="000001"))
        await desk.owe(settlement())

        paperwork = desk.paperwork
        assert "R000013-000001" == (await paperwork.find_last_receipt()).document_id
        assert "R000013-000001" == (await paperwork.find_receipt("000001")).document_id
        with pytest.raises(TerminalError, match=r"L09.*R000013-000345, R000012-000345"):
            await paperwork.find_receipt("000345")
        assert "R000012-000345" == (await paperwork.find_receipt("000345", "000012")).document_id
        with pytest.raises(TerminalError, match="L08"):
            await paperwork.find_receipt("000999")
        assert "S000012" == (await paperwork.find_settlement()).document_id
        with pytest.raises(TerminalError, match="L51"):
            await paperwork.find_settlement("000099")

    at_the_desk(test)


def test_same_document_cannot_be_frozen_twice() -> None:
    """One snapshot per payment: the second commit is refused as a whole."""

    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        facts = queue_originals(receipt(amount_minor=1), ChainHead(1, "0" * 64))
        with pytest.raises(Exception, match="UNIQUE"):
            await desk.journal.commit(facts)

        assert 1 == len(desk.disk.rows("snapshot"))

    at_the_desk(test)
