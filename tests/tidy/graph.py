"""The import graph at module level: no circle, and a start that stays lean."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tests.tidy.sources import PRODUCT, Source

HEAVY: Final = frozenset(
    "rich sqlalchemy alembic asyncpg escpos PIL cryptography starlette uvicorn aiomqtt paho "
    "prometheus_client iso8583 asyncio aiosqlite".split()
)
"""What `tallywire --help` must not load: each is imported by the command that uses it."""

Graph = Mapping[str, frozenset[str]]


def build(sources: Sequence[Source]) -> Graph:
    """Return module -> what it imports when it is first loaded, ours and foreign."""
    product = [source for source in sources if source.is_python and source.package in PRODUCT]
    known = {source.module for source in product}
    return {source.module: frozenset(_loads(source, known)) for source in product}


def _loads(source: Source, known: set[str]) -> Iterator[str]:
    for node in _at_module_level(source.tree, source.type_only):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in known else node.module


def _at_module_level(tree: ast.AST, skipped: frozenset[ast.AST]) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or node in skipped:
            continue
        yield node
        yield from _at_module_level(node, skipped)


def circles(graph: Graph) -> Iterator[str]:
    """Yield each module from which imports lead back to it, with the way."""
    for start in sorted(graph):
        way = _way(graph, start, start)
        if way and start == min(way):
            yield " -> ".join(way)


def _way(graph: Graph, start: str, goal: str) -> list[str]:
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for following in sorted(graph.get(way[-1], frozenset())):
            if following == goal:
                return [*way, goal]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []


def heavy_starts(graph: Graph, start: str = "tallywire.command") -> Iterator[str]:
    """Yield what the command loads before it knows what it is asked for."""
    for module, names in sorted(graph.items()):
        heavy = {name for name in names if name.partition(".")[0] in HEAVY}
        if heavy and (module == start or _way(graph, start, module)):
            yield f"{start} -> {module} -> {', '.join(sorted(heavy))}"
