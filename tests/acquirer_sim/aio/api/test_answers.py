"""Every endpoint over a real socket, on a host that has had a small day."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from acquirer_sim.aio.host import Host
from acquirer_sim.aio.running import Start
from acquirer_sim.configuration import load_configuration
from tests.acquirer_sim.aio.api.browser import Browser, browsing
from tests.acquirer_sim.aio.terminals import ask, port_of, speaking
from tests.acquirer_sim.asking import VISA, end, item, purchase, settlement

RULES = load_configuration('[[rule]]\nname = "dear"\nminor_min = 90000\ncode = "61"', "test")


@asynccontextmanager
async def day(start: Start) -> AsyncIterator[tuple[Host, Browser]]:
    """Two sales, one declined by a rule, and a batch out of balance that is uploaded."""
    async with browsing(start) as (host, browser), speaking(port_of(host)) as client:
        await ask(client, purchase(1, 1000))
        await ask(client, purchase(2, 500))
        await ask(client, purchase(3, 99000))
        await ask(client, settlement(1, 1000))
        await ask(client, item(1, 1000))
        await ask(client, end(1))
        yield host, browser


@pytest.mark.asyncio
@pytest.mark.parametrize("where", ["memory", "file"])
async def test_ledger_is_shown(where: str, tmp_path: Path) -> None:
    """Issue 5, API: terminals, batches, payments, ledger, reconciliation, audit."""
    ledger = "memory:" if where == "memory" else f"sqlite:{tmp_path / 'ledger.db'}"
    async with day(Start(ledger=ledger, configuration=RULES)) as (_, browser):
        answers = {
            name: await browser.get(f"/api/v1/{name}")
            for name in (
                "terminals",
                "batches?batch=000001",
                "payments?limit=2",
                "payments?stan=000001",
                "ledger/accounts?begins=merchant",
                "ledger/transfers?limit=1",
                "reconciliations",
                "alerts",
                "audit",
            )
        }

    assert {200} == {answer.status for answer in answers.values()}
    found = {name: answer.json() for name, answer in answers.items()}
    assert "000002" == found["terminals"][0]["open_batch"]
    assert [(2, 1500, "closed")] == [
        (one["debit_count"], one["debit_minor"], one["state"])
        for one in found["batches?batch=000001"]
    ]
    assert ["000003", "000002"] == [one["stan"] for one in found["payments?limit=2"]]
    assert ["411111******1111"] == [one["card"] for one in found["payments?stan=000001"]]
    assert [1500] == [one["minor"] for one in found["ledger/accounts?begins=merchant"]]
    assert ["capture"] == [one["kind"] for one in found["ledger/transfers?limit=1"]]
    (report,) = found["reconciliations"]
    assert [("only_host", "000002")] == [
        (one["finding"], one["stan"]) for one in report["differences"]
    ]
    assert {"right": True, "problems": []} == found["audit"]
    assert not any(VISA.encode() in answer.body for answer in answers.values())


@pytest.mark.asyncio
async def test_host_without_a_ledger_says_so() -> None:
    async with browsing(Start(ledger="none:")) as (_, browser):
        answer = await browser.get("/api/v1/audit")

    assert (409, "no_ledger") == (answer.status, answer.json()["code"])


@pytest.mark.asyncio
async def test_process_is_alive_and_ready_until_nobody_is_let_in() -> None:
    async with browsing(Start()) as (host, browser):
        before = [(await browser.get(path)).status for path in ("/health", "/ready")]
        host.server.stop_listening()
        after = [(await browser.get(path)).status for path in ("/health", "/ready")]

    assert ([200, 200], [200, 503]) == (before, after)


@pytest.mark.asyncio
async def test_metrics_count_what_has_happened() -> None:
    """Issue 5, API: requests by MTI and code, latency, groups, commits, faults, results."""
    async with day(Start(configuration=RULES)) as (_, browser):
        text = (await browser.get("/metrics")).body.decode()

    for line in (
        'tallywire_requests_total{code="00",mti="0200"} 2.0',
        'tallywire_requests_total{code="61",mti="0200"} 1.0',
        'tallywire_request_seconds_count{mti="0200"} 3.0',
        'tallywire_settlements_total{result="out_of_balance"} 1.0',
        "tallywire_connections 1.0",
        'tallywire_incidents{kind="bad_frame"} 0.0',
    ):
        assert line in text.splitlines()
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")
    assert "6.0" == figures["tallywire_group_size_count"]
    assert "6.0" == figures["tallywire_commit_seconds_count"]


@pytest.mark.asyncio
async def test_fault_added_by_the_api_strikes_once_and_is_cleared() -> None:
    """Issue 5, API: faults with `expect` and clear-after-n."""
    wanted = {"kind": "decline", "code": "05", "mti": "0200", "name": "once", "expect": 1}
    async with browsing(Start()) as (host, browser), speaking(port_of(host)) as client:
        added = await browser.post("/api/v1/faults", wanted)
        twice = await browser.post("/api/v1/faults", wanted)
        codes = [(await ask(client, purchase(stan))).code for stan in (1, 2)]  # type: ignore[attr-defined] # replies
        stands = (await browser.get("/api/v1/faults/1")).json()
        listed = (await browser.get("/api/v1/faults")).json()
        removed = await browser.ask("DELETE", "/api/v1/faults/1")
        gone = await browser.ask("DELETE", "/api/v1/faults/1")
        metrics = (await browser.get("/metrics")).body.decode()

    assert (201, 409, 204, 404) == (added.status, twice.status, removed.status, gone.status)
    assert ["05", "00"] == codes
    assert (1, True, True) == (stands["struck"], stands["cleared"], stands["met"])
    assert [stands] == listed
    assert 'tallywire_faults_injected_total{kind="decline"} 1.0' in metrics


@pytest.mark.asyncio
async def test_rules_and_fault_kinds_are_shown() -> None:
    async with day(Start(configuration=RULES)) as (_, browser):
        (rule,) = (await browser.get("/api/v1/rules")).json()
        kinds = (await browser.get("/api/v1/fault-kinds")).json()

    assert ("dear", 1, "61") == (rule["rule"]["name"], rule["met"], rule["rule"]["code"])
    assert {"drop_reply", "half_open"} <= {one["kind"] for one in kinds}


@pytest.mark.asyncio
async def test_trace_is_shown() -> None:
    async with day(Start()) as (_, browser):
        answer = await browser.get("/api/v1/trace?limit=2")

    assert ["0320", "0330"] == [line["mti"] for line in answer.json()]
    assert VISA.encode() not in answer.body


async def event(reader: asyncio.StreamReader) -> dict[str, str]:
    """Return the next event of a stream."""
    async with asyncio.timeout(10):
        while True:
            told: dict[str, str] = {}
            while (line := (await reader.readline()).decode().strip()) != "":
                name, _, value = line.partition(": ")
                told[name] = value
            if "data" in told:
                return told


@pytest.mark.asyncio
async def test_trace_is_live_and_goes_on_where_it_was() -> None:
    """Issue 5, API: server-sent events, from now on or after the last that was seen."""
    async with browsing(Start()) as (host, browser), speaking(port_of(host)) as client:
        reader, writer = await browser.open("GET", "/api/v1/trace/live?since=0")
        opened = await event(reader)
        await ask(client, purchase(1))
        live = [await event(reader), await event(reader)]
        writer.close()
        reader, writer = await browser.open(
            "GET", "/api/v1/trace/live", last_event_id=live[0]["id"]
        )
        again = await event(reader)
        writer.close()

    lines = [msgspec.json.decode(one["data"]) for one in (opened, *live)]
    assert ["opened", "message", "message"] == [line["event"] for line in lines]
    assert ["0200", "0210"] == [line["mti"] for line in lines[1:]]
    assert live[1] == again


@pytest.mark.asyncio
async def test_live_trace_ends_when_the_host_stops() -> None:
    """A browser that follows holds up nobody."""
    async with browsing(Start()) as (_, browser):
        reader, writer = await browser.open("GET", "/api/v1/trace/live")
        await reader.readuntil(b"retry: 1000")
    async with asyncio.timeout(5):
        rest = await reader.read()
    writer.close()

    assert rest.endswith(b"0\r\n\r\n")
