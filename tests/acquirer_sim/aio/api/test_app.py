from __future__ import annotations

import pytest

from acquirer_sim.aio.running import Start
from tests.acquirer_sim.aio.api.browser import Answer, browsing

TOKEN = "a token of some length"
BEARER = f"Bearer {TOKEN}"


def problem(answer: Answer) -> tuple[int, str]:
    """Return status and code of a problem, whose form is checked."""
    told = answer.json()
    assert "application/problem+json" == answer.headers["content-type"]
    assert answer.status == told["status"]
    assert told["title"]
    assert told["detail"].endswith(".")
    assert told["next_step"].endswith(".")
    return answer.status, told["code"]


@pytest.mark.asyncio
async def test_token_is_wanted_for_all_but_health() -> None:
    async with browsing(Start(), TOKEN) as (_, browser):
        without = await browser.get("/api/v1/faults")
        wrong = await browser.get("/openapi.json", authorization="Bearer x")
        right = await browser.get("/api/v1/faults", authorization=BEARER, host="bank.example")
        document = (await browser.get("/openapi.json", authorization=BEARER)).json()
        alive = [(await browser.get(path)).status for path in ("/health", "/ready")]

    assert [(401, "no_token")] * 2 == [problem(without), problem(wrong)]
    assert "Bearer" == without.headers["www-authenticate"]
    assert (200, [200, 200]) == (right.status, alive)
    assert [{"token": []}] == document["paths"]["/api/v1/faults"]["get"]["security"]
    assert "security" not in document["paths"]["/health"]["get"]


@pytest.mark.asyncio
async def test_stranger_of_the_browser_is_refused_without_a_token() -> None:
    """DNS rebinding: the page of another site names this machine by a name of its own."""
    async with browsing(Start()) as (_, browser):
        answer = await browser.get("/api/v1/faults", host="evil.example")

    assert (403, "strange_name") == problem(answer)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "expected"),
    [
        ("GET", "/nothing", "", "", (404, "http_404")),
        ("PUT", "/api/v1/faults", "", "", (405, "http_405")),
        ("GET", "/api/v1/payments?limit=0", "", "", (400, "wrong_query")),
        ("GET", "/api/v1/payments?limt=1", "", "", (400, "wrong_query")),
        ("GET", "/api/v1/payments?limit=1&limit=2", "", "", (400, "wrong_query")),
        ("GET", "/api/v1/faults/x", "", "", (400, "wrong_path")),
        ("GET", "/api/v1/faults/7", "", "", (404, "no_fault")),
        ("POST", "/api/v1/faults", "{}", "text/plain", (415, "no_json")),
        ("POST", "/api/v1/faults", "{", "application/json", (400, "wrong_body")),
        ("POST", "/api/v1/faults", '{"kind":"x"}', "application/json", (400, "wrong_body")),
        (
            "POST",
            "/api/v1/faults",
            '{"kind":"omit_field"}',
            "application/json",
            (400, "wrong_body"),
        ),
        ("POST", "/api/v1/faults", " " * 70_000, "application/json", (413, "too_large")),
        ("POST", "/api/v1/faults", "[" * 60_000, "application/json", (400, "wrong_body")),
    ],
)
async def test_error_is_a_problem_with_code_and_next_step(
    method: str, path: str, body: str, kind: str, expected: tuple[int, str]
) -> None:
    async with browsing(Start()) as (_, browser):
        answer = await browser.ask(method, path, body=body.encode(), content_type=kind or "none")

    assert expected == problem(answer)


@pytest.mark.asyncio
async def test_follower_too_many_is_refused() -> None:
    """STYLE 8: at most 32 at once; who leaves makes room."""
    async with browsing(Start()) as (_, browser):
        streams = [await browser.open("GET", "/api/v1/trace/live") for _ in range(32)]
        for reader, _ in streams:
            await reader.readuntil(b"retry")
        answer = await browser.get("/api/v1/trace/live")
        for _, writer in streams:
            writer.close()

    assert (503, "too_many") == problem(answer)
