"""A foreign client reads the document and believes every word of it."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from acquirer_sim.aio.api.answers import ROUTES
from acquirer_sim.aio.api.openapi import document
from tallywire.demo.children import Child

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what it imports is not ours to mend
    import schemathesis
    from schemathesis import GenerationMode

EXAMPLES = 6
ENDLESS = "/api/v1/trace/live"


def test_document_tells_every_route() -> None:
    told = document(ROUTES, with_token=False)

    assert "3.1.0" == told["openapi"]
    assert {(route.path, route.method.lower()) for route in ROUTES} == {
        (path, method) for path, methods in told["paths"].items() for method in methods
    }


@pytest.mark.asyncio
async def test_schemathesis_finds_the_api_as_the_document_says(tmp_path: Path) -> None:
    """Issue 5: right and wrong requests for every operation but the endless one."""
    options = ("--ledger", f"sqlite:{tmp_path / 'ledger.db'}", "--api", "127.0.0.1:0", "--json")
    async with asyncio.TaskGroup() as group:
        acquirer = await Child.start(
            "acquirer",
            *("acquirer", "--listen", "127.0.0.1:0", *options),
            log=tmp_path / "acquirer.log",
            group=group,
        )
        port = (await acquirer.expect("api"))["port"]
        try:
            await asyncio.to_thread(explore, f"http://127.0.0.1:{port}/openapi.json")
        finally:
            await acquirer.stop()


def explore(url: str) -> None:
    schema = schemathesis.openapi.from_url(url)
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path == ENDLESS:
            continue
        for mode in modes(operation):
            examine(operation, mode)


def modes(operation: schemathesis.APIOperation) -> Iterator[GenerationMode]:
    yield GenerationMode.POSITIVE
    if operation.body or operation.query or operation.path_parameters:
        yield GenerationMode.NEGATIVE


def examine(operation: schemathesis.APIOperation, mode: GenerationMode) -> None:
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: schemathesis.Case) -> None:
        case.call_and_validate()

    check()
