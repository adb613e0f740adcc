"""The page about the API, read off the table that dispatches it."""

from __future__ import annotations

from acquirer_sim.aio.api.answers import ROUTES
from acquirer_sim.aio.api.routes import Route
from docs.tables import code, page, table


def api() -> str:
    """Draw every route, with what may stand behind its question mark."""
    groups = dict.fromkeys(route.group for route in ROUTES)
    parts = [f"## {group.capitalize()}\n\n{_routes(group)}" for group in groups]
    return page(
        "The API",
        "acquirer_sim/aio/api/answers.py",
        "What `tallywire acquirer --api` answers; how to use it is told [here](../howto/api.md). "
        "The whole of it, with every shape, is the OpenAPI 3.1 document at `/openapi.json` of a "
        "running acquirer.",
        *parts,
        "## Errors",
        "`application/problem+json` ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) with two "
        "members of our own: `code`, for programs, and `next_step`, for people.",
    )


def _routes(group: str) -> str:
    rows = [
        (code(f"{one.method} {one.path}"), one.summary, _parameters(one), one.status)
        for one in ROUTES
        if one.group == group
    ]
    return table(("request", "what it gives", "parameters", "status"), rows)


def _parameters(route: Route) -> str:
    names = [f"`{name}`" for name in route.query.__struct_fields__]
    return ", ".join([*names, *(["a fault as JSON"] if route.body else [])])
