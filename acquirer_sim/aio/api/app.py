"""The application: routes in, answers out, every error a problem with a code and a next step."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route as Path

from acquirer_sim.aio.api.answers import ROUTES
from acquirer_sim.aio.api.desk import Desk
from acquirer_sim.aio.api.openapi import document
from acquirer_sim.aio.api.routes import EVENTS, JSON, PROBLEM, Asked, Problem, Route
from protocol.aio.incidents import locate

BODY_SIZE_MAX: Final = 64 * 1024
EXACT_MAX: Final = 2**53
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})

Endpoint = Callable[[Request], Awaitable[Response]]


def application(desk: Desk, *, token: str = "") -> Starlette:
    """Return the ASGI application. With a `token` all but health and readiness want it."""
    by_path: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        by_path.setdefault(route.path, {})[route.method] = route
    told = msgspec.json.encode(document(ROUTES, with_token=bool(token)))

    async def openapi(request: Request) -> Response:
        _let_in(request, token)
        return Response(told, media_type=JSON)

    paths = [
        Path(path, _endpoint(desk, methods, token), methods=list(methods))
        for path, methods in by_path.items()
    ]
    return Starlette(
        routes=[*paths, Path("/openapi.json", openapi)],
        exception_handlers={Problem: _problem, HTTPException: _http, Exception: _bug},
    )


def _endpoint(desk: Desk, methods: dict[str, Route], token: str) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        route = methods["GET" if request.method == "HEAD" else request.method]
        _let_in(request, "" if route.open else token)
        answer = await route.answer(desk, await _read(request, route))
        if route.media == EVENTS:
            return StreamingResponse(
                answer, media_type=EVENTS, headers={"cache-control": "no-store"}
            )
        if route.status == 204:
            return Response(status_code=204)
        content = answer if isinstance(answer, bytes) else msgspec.json.encode(answer)
        return Response(content, status_code=route.status, media_type=route.media)

    return endpoint


def _let_in(request: Request, token: str) -> None:
    """Refuse who has no token; where none is needed, who comes by a stranger's name.

    A page of some other site in the browser of this machine can reach a loopback address by a
    name of its own (DNS rebinding), but not by this one.
    """
    if token:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            raise Problem(
                401,
                "no_token",
                "The token is missing or wrong.",
                "Send the header Authorization: Bearer TOKEN.",
            )
    elif request.client is not None and request.url.hostname not in LOOPBACK:
        raise Problem(
            403,
            "strange_name",
            "Without a token this address is known as 127.0.0.1 and localhost only.",
            "Ask by that name, or start with a token.",
        )


async def _read(request: Request, route: Route) -> Asked:
    """Return the request as its route takes it. Raises Problem."""
    pairs = request.query_params.multi_items()
    query = dict(pairs)
    if len(query) != len(pairs):
        raise Problem(400, "wrong_query", "A parameter came twice.", "Send it once.")
    return Asked(
        _convert(query, route.query, "query"),
        None if route.of is None else _convert(request.path_params, route.of, "path"),
        None if route.body is None else await _read_body(request, route.body),
        request.headers,
    )


def _convert(given: Any, kind: type[Any], place: str) -> Any:
    detail = ""
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        detail = str(error)
    raise Problem(
        400,
        f"wrong_{place}",
        f"The {place}: {detail}.",
        "GET /openapi.json says what may be there.",
    )


async def _read_body(request: Request, kind: type[msgspec.Struct]) -> Any:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise Problem(415, "no_json", "The body is JSON.", f"Send Content-Type: {JSON}.")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > BODY_SIZE_MAX:
            raise Problem(
                413, "too_large", f"At most {BODY_SIZE_MAX} bytes are read.", "Send one fault."
            )
    detail = ""
    try:
        return msgspec.convert(_with_integers(msgspec.json.decode(body)), kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        detail = str(error)
    raise Problem(
        400, "wrong_body", f"The body: {detail}.", "GET /openapi.json says what may be there."
    )


def _with_integers(given: Any) -> Any:
    """Return an object whose whole numbers are integers: 26.0 is one to JSON Schema (6.1.1)."""
    if not isinstance(given, dict):
        return given
    return {
        key: int(value)
        if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_MAX
        else value
        for key, value in given.items()
    }


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem), "registered for it"
    headers = {"www-authenticate": "Bearer"} if error.view.status == 401 else None
    return Response(
        msgspec.json.encode(error.view), error.view.status, headers=headers, media_type=PROBLEM
    )


async def _http(request: Request, error: Exception) -> Response:
    """No such path, or no such method there."""
    assert isinstance(error, HTTPException), "registered for it"
    known = error.status_code if error.status_code in (404, 405) else 400
    problem = Problem(
        known, f"http_{error.status_code}", f"{error.detail}.", "GET /openapi.json lists all paths."
    )
    response = await _problem(request, problem)
    response.headers.update(error.headers or {})
    return response


async def _bug(request: Request, error: Exception) -> Response:
    """A bug of ours: where it is, not what it says, which may quote a message."""
    if isinstance(error, ClientDisconnect):
        return Response(status_code=400)
    problem = Problem(500, "bug", f"{locate(error)}.", "Tell the maintainers.")
    return await _problem(request, problem)
