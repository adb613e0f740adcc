"""The page about the terminal's machines, drawn from their transition tables."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
from collections.abc import Iterator, Mapping
from enum import Enum
from types import ModuleType
from typing import Any, Final

from docs.tables import code, page, table

MACHINES: Final = ("payment", "reversal", "settlement", "printing")
"""Each is `terminal.<name>` with a table TRANSITIONS: state -> event type -> what follows."""


def machines() -> str:
    """Draw every machine: its theory, its picture, its table."""
    found = [name for name in MACHINES if importlib.util.find_spec(f"terminal.{name}")]
    return page(
        "Machines",
        "the TRANSITIONS of terminal/*.py",
        "A machine is a table. An event that has no place in the row of its state cannot happen; "
        "if it does, that is a bug, and it is called `IllegalEvent`. Crash points are explained "
        "with the [invariants](../explanation/invariants.md#where-the-power-may-fail).",
        *(part for name in found for part in _machine(importlib.import_module(f"terminal.{name}"))),
    )


def _machine(module: ModuleType) -> Iterator[str]:
    transitions: Mapping[Enum, Mapping[type, Any]] = module.TRANSITIONS
    name = module.__name__.rpartition(".")[2]
    yield f"## {name.capitalize()}"
    yield (inspect.getdoc(module) or "").partition("\n")[0]
    yield _diagram(transitions)
    yield table(
        ("state", "event", "next"),
        [
            (code(state.value), code(event.__name__), " or ".join(map(code, _names(after))))
            for state, row in transitions.items()
            for event, after in row.items()
        ],
    )
    for points in _points(module):
        yield table(("crash point", "where the power fails"), points)


def _diagram(transitions: Mapping[Enum, Mapping[type, Any]]) -> str:
    """Return a Mermaid diagram; events between the same two states share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for state, row in transitions.items():
        for event, after in row.items():
            for following in _names(after):
                arrows.setdefault((state.value, following), []).append(event.__name__)
    first = next(iter(transitions)).value
    lines = [f"    [*] --> {first}"]
    lines += [f"    {a} --> {b}: {', '.join(events)}" for (a, b), events in arrows.items()]
    lines += [f"    {state.value} --> [*]" for state, row in transitions.items() if not row]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def _names(after: Any) -> list[str]:
    """Return the states that may follow: one, or several where the event decides."""
    if isinstance(after, Enum):
        return [str(after.value)]
    return [name for one in after for name in _names(one)]


def _points(module: ModuleType) -> Iterator[list[tuple[str, str]]]:
    for value in vars(module).values():
        mine = inspect.isclass(value) and value.__module__ == module.__name__
        if mine and issubclass(value, Enum) and value.__name__.endswith("Point"):
            yield [(code(point.name), str(point.value).partition(": ")[2]) for point in value]
