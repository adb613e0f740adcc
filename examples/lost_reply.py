"""Lose a reply on purpose, undo the payment, and look at what the acquirer remembers.

The acquirer runs in this process, on a real socket, with its ledger in memory. Its fault plan
drops the answer to the first purchase after the ledger has it: the worst moment there is.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from acquirer_sim.aio.running import Start, start_host
from acquirer_sim.faults import load_faults
from protocol.aio.client import Client, tcp_opener
from protocol.aio.errors import Unanswered
from protocol.amount import Amount
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.operations import Card, Origin, OriginalReference, PaymentRequest, Reversal, Stamp
from protocol.profiles import iso87
from protocol.secrets import Pan

FAULTS = """
[[fault]]
kind = "drop_reply"
mti = "0200"
"""


async def main() -> None:
    """Buy, hear nothing, reverse; then buy once more in clear weather."""
    faults = load_faults(FAULTS, "the example")
    host = await start_host(Start(port=0, faults=faults), on_event=lambda event: None)
    address, port = host.server.addresses[0]
    dialect = builtin_dialect("iso87")
    client = Client(tcp_opener(address, port), Codec(dialect), dialect.framing)
    await client.connect()

    noodles = purchase(stan="000001", amount="18.50")
    try:
        await client.request(iso87.encode(noodles), timeout_s=0.2)
    except Unanswered:
        print("18.50: no answer. The money may have moved: undo it")

    answer = await client.request(iso87.encode(undo(noodles)), timeout_s=5)
    print(f"reversal: {answer.get(39)}, nothing is left to undo")

    again = purchase(stan="000002", amount="18.50")
    answer = await client.request(iso87.encode(again), timeout_s=5)
    print(f"18.50 once more: {answer.get(39)}")

    await client.close()
    await host.stop()


def purchase(*, stan: str, amount: str) -> PaymentRequest:
    """Return a sale on a published test card."""
    now = datetime.now(UTC)
    return PaymentRequest(
        origin=Origin("TERM0001", "MERCHANT0000001"),
        stan=stan,
        stamp=Stamp.of(now, now.astimezone()),
        batch="000001",
        amount=Amount.parse(amount),
        card=Card(Pan("6200000000000005")),
    )


def undo(sale: PaymentRequest) -> Reversal:
    """Return the reversal of a sale whose outcome is unknown."""
    return Reversal(
        origin=sale.origin,
        stan=sale.stan,
        stamp=sale.stamp,
        batch=sale.batch,
        amount=sale.amount,
        pan=sale.card.pan,
        original=OriginalReference("0200", sale.stan, sale.stamp.transmission),
    )


if __name__ == "__main__":
    asyncio.run(main())
