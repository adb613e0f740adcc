"""How facts become rows: one function per kind of fact, run in the transaction of its entry.

`PROJECTIONS` is the registry; `projections_money` and `projections_paper` fill it. A projection
is a pure function of the fact and its time, so the query tables can be rebuilt from the entries
at any moment and compared (`Journal.verify`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from terminal.facts import Fact

Value = str | int | float | bytes | None
Statement = tuple[str, tuple[Value, ...]]
Row = tuple[Any, ...]
Projection = Callable[[Any, str], Iterable[Statement]]
"""(fact, at) to statements; `at` is the entry's time, ISO 8601 in UTC."""

PROJECTIONS: Final[dict[type[Fact], Projection]] = {}

F = TypeVar("F", bound=Fact)


def projects(
    kind: type[F],
) -> Callable[[Callable[[F, str], Iterable[Statement]]], Callable[[F, str], Iterable[Statement]]]:
    """Register the decorated function as the projection of `kind`. Once for each kind."""

    def register(
        function: Callable[[F, str], Iterable[Statement]],
    ) -> Callable[[F, str], Iterable[Statement]]:
        assert kind not in PROJECTIONS, f"{kind.__name__} is projected twice"
        PROJECTIONS[kind] = function
        return function

    return register


def kinds_by_name() -> dict[str, type[Fact]]:
    """Return every kind of fact that can be stored, by the name of its entries."""
    return {kind.__name__: kind for kind in PROJECTIONS}
