"""The page about the terminal's machines, drawn from their transition tables."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator, Mapping
from enum import Enum
from types import ModuleType
from typing import Any, Final

from docs.tables import code, page, table

MACHINES: Final = ("payment", "advice", "reversal", "settlement", "printing")
"""Each is `terminal.<name>` with a table TRANSITIONS of states, event types and states."""

Arrow = tuple[str, str, str]


def machines() -> str:
    """Draw every machine: its theory, its picture, its table."""
    modules = [importlib.import_module(f"terminal.{name}") for name in MACHINES]
    return page(
        "Machines",
        "the TRANSITIONS of terminal/*.py",
        "A machine is a table. An event that has no place in the row of its state cannot happen; "
        "if it does, that is a bug, and it is called `IllegalEvent`. Crash points are explained "
        "with the [invariants](../explanation/invariants.md#where-the-power-may-fail).",
        *(part for module in modules for part in _machine(module)),
    )


def _machine(module: ModuleType) -> Iterator[str]:
    name = module.__name__.rpartition(".")[2]
    arrows = list(_arrows(module.TRANSITIONS))
    yield f"## {name.capitalize()}"
    yield (inspect.getdoc(module) or "").partition("\n")[0]
    yield _diagram(arrows)
    yield table(("state", "event", "next"), [tuple(map(code, arrow)) for arrow in arrows])
    for points in _points(module):
        yield table(("crash point", "where the power fails"), points)


def _arrows(transitions: Mapping[Any, Any]) -> Iterator[Arrow]:
    """Yield (state, event, next) of a table by (state, event), or by state and then by event."""
    for key, value in transitions.items():
        if isinstance(key, Enum):
            for event, after in value.items():
                yield _word(key), event.__name__, _word(after)
        else:
            state, event = key
            yield _word(state), event.__name__, _word(value.to)


def _word(state: Enum) -> str:
    return state.name


def _diagram(arrows: list[Arrow]) -> str:
    """Return a Mermaid diagram; events between the same two states share an arrow."""
    events: dict[tuple[str, str], list[str]] = {}
    for state, event, after in arrows:
        events.setdefault((state, after), []).append(event)
    begins = dict.fromkeys(state for state, _, _ in arrows)
    live = {state for state, event, _ in arrows if event != "CommitFailed"}
    ends = dict.fromkeys(after for _, _, after in arrows if after not in live)
    lines = [f"    [*] --> {next(iter(begins))}"]
    lines += [f"    {a} --> {b}: {', '.join(names)}" for (a, b), names in events.items()]
    lines += [f"    {state} --> [*]" for state in ends]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def _points(module: ModuleType) -> Iterator[list[tuple[str, str]]]:
    for value in vars(module).values():
        mine = inspect.isclass(value) and value.__module__ == module.__name__
        if mine and issubclass(value, Enum) and value.__name__.endswith("Point"):
            yield [(code(point.name), str(point.value).partition(": ")[2]) for point in value]
