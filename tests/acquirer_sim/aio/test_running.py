from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from acquirer_sim.aio.running import Start, start_host
from acquirer_sim.errors import ListenError
from protocol.aio.errors import LinkError
from protocol.operations import PaymentReply
from tests.acquirer_sim.aio.terminals import ask, hosting, port_of, speaking
from tests.acquirer_sim.asking import purchase

HOST = """
import asyncio, json, sys
from acquirer_sim.aio.running import Start, run_acquirer

def ready(host):
    print(json.dumps(host.server.addresses[0]), flush=True)

asyncio.run(run_acquirer(Start(port=0, ledger=sys.argv[1]), on_ready=ready))
"""


def start_process(ledger: str) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOST, ledger], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())[1]


@pytest.mark.asyncio
async def test_port_in_use_is_one_sentence() -> None:
    async with hosting(Start(port=0)) as host:
        with pytest.raises(ListenError) as caught:
            await start_host(Start(port=port_of(host)))

    assert "Choose another address" in str(caught.value)


@pytest.mark.asyncio
async def test_host_without_a_ledger_answers() -> None:
    async with hosting(Start(port=0, ledger="none:")) as host, speaking(port_of(host)) as client:
        reply = await ask(client, purchase(1))

    assert isinstance(reply, PaymentReply)
    assert reply.approved


@pytest.mark.asyncio
async def test_nothing_answered_is_lost_when_host_is_killed(tmp_path: Path) -> None:
    """SIGKILL in mid-stream: every approval that was seen is in the ledger, unchanged."""
    ledger = f"sqlite:{tmp_path / 'ledger.db'}"
    process, port = await asyncio.to_thread(start_process, ledger)
    seen: dict[int, object] = {}

    async def buy(first: int) -> None:
        async with speaking(port) as client:
            for stan in range(first, first + 10_000):
                seen[stan] = await ask(client, purchase(stan))
                if len(seen) == 100:
                    process.send_signal(signal.SIGKILL)

    results = await asyncio.gather(*(buy(n * 10_000 + 1) for n in range(4)), return_exceptions=True)
    await asyncio.to_thread(process.wait, 10)
    assert process.stdout is not None
    process.stdout.close()

    assert all(isinstance(result, LinkError) for result in results)
    async with hosting(Start(port=0, ledger=ledger)) as host, speaking(port_of(host)) as client:
        again = {stan: await ask(client, purchase(stan)) for stan in seen}
    assert len(seen) >= 100
    assert seen == again


@pytest.mark.asyncio
async def test_process_ends_cleanly_when_told_to(tmp_path: Path) -> None:
    process, port = await asyncio.to_thread(start_process, f"sqlite:{tmp_path / 'ledger.db'}")
    async with speaking(port) as client:
        await ask(client, purchase(1))

    process.send_signal(signal.SIGTERM)

    assert 0 == await asyncio.to_thread(process.wait, 10)
    assert process.stdout is not None
    process.stdout.close()
