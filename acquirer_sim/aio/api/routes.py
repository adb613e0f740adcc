"""What a route is: one row says where it is, what it takes and gives, and who answers.

The same row dispatches the request and is told in the OpenAPI document, so that the two cannot
disagree.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

import msgspec

from acquirer_sim.aio.api.views import Parameters, ProblemView

if TYPE_CHECKING:
    from acquirer_sim.aio.api.desk import Desk

JSON: Final = "application/json"
EVENTS: Final = "text/event-stream"
TEXT: Final = "text/plain"
PROBLEM: Final = "application/problem+json"


class Asked(msgspec.Struct, frozen=True):
    """One request, read and found to be what its route takes."""

    query: Any
    path: Any
    body: Any
    headers: Any


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One method at one path. `problems` are the statuses it may end with as well."""

    path: str
    answer: Callable[[Desk, Asked], Awaitable[Any]]
    summary: str
    group: str
    method: str = "GET"
    query: type[Parameters] = Parameters
    of: type[Parameters] | None = None
    """What stands in the braces of the path."""
    body: type[msgspec.Struct] | None = None
    gives: Any = None
    status: int = 200
    media: str = JSON
    problems: tuple[int, ...] = ()
    open: bool = False
    """Whether it is answered without a token."""


class Problem(Exception):
    """A request that cannot be answered: told as problem+json."""

    def __init__(self, status: int, code: str, detail: str, next_step: str) -> None:
        super().__init__(detail)
        self.view = ProblemView(
            title=TITLES[status], status=status, code=code, detail=detail, next_step=next_step
        )


TITLES: Final = {
    400: "The request is not what it should be",
    401: "Who are you?",
    403: "Not from there",
    404: "There is no such thing",
    405: "Not with that method",
    409: "Not as things stand",
    413: "Too much",
    415: "Another form is wanted",
    500: "A fault of ours",
    503: "Not now",
}
