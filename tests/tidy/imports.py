"""Who may import whom: the house of docs/explanation/architecture.md, and what a root may know."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from tests.tidy.sources import PRODUCT, Source

ALLOWED: Final = {
    "protocol": {"protocol"},
    "terminal": {"terminal", "protocol"},
    "acquirer_sim": {"acquirer_sim", "protocol"},
    "tallywire": set(PRODUCT),
    "benchmarks": {*PRODUCT, "benchmarks"},
    "docs": {*PRODUCT, "docs"},
    "examples": {*PRODUCT, "examples"},
    "tests": {*PRODUCT, "tests", "docs", "benchmarks", "examples"},
}
OURS: Final = frozenset(ALLOWED)

WORLDLY: Final = frozenset(
    (
        "asyncio socket ssl select selectors time os sys pathlib tempfile shutil random secrets "
        "uuid sqlite3 aiosqlite sqlalchemy alembic asyncpg subprocess threading multiprocessing "
        "concurrent signal logging locale getpass urllib http"
    ).split()
)
"""What no root may import: everything that tells or changes something about the world."""

ONE_HOME: Final = {
    "iso8583": "protocol/reference.py",
    "escpos": "terminal/escpos.py",
    "aiomqtt": "terminal/aio/mqtt_connection.py",
    "paho": "terminal/aio/mqtt_connection.py",
    "uvicorn": "acquirer_sim/aio/api/serving.py",
    "starlette": "acquirer_sim/aio/api/app.py",
    "prometheus_client": "acquirer_sim/aio/meter.py",
}
"""Libraries that one file stands in front of."""


def imported(source: Source) -> Iterator[tuple[ast.stmt, str]]:
    """Yield each imported module with the node that does it."""
    for node in source.nodes:
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node, node.module


def direction(source: Source) -> Iterator[str]:
    """protocol <- terminal, acquirer_sim <- tallywire; the two in the middle never meet."""
    if source.parts[-1] == "__main__.py":
        return  # a program that nobody imports: `python -m terminal` is the command's terminal
    for node, name in imported(source):
        top = name.partition(".")[0]
        if top in OURS - ALLOWED.get(source.package, OURS):
            yield f"line {node.lineno}: {source.package} may not import {name}"


def worldly_imports(source: Source) -> Iterator[str]:
    """A root has no socket, clock, disk, chance or environment."""
    if not source.is_pure:
        return
    for node, name in imported(source):
        if name.partition(".")[0] in WORLDLY:
            yield f"line {node.lineno}: a root may not import {name}"


def one_home(source: Source) -> Iterator[str]:
    """A wrapped library is imported by its one wrapper only."""
    for node, name in imported(source):
        home = ONE_HOME.get(name.partition(".")[0])
        if home and source.path != home:
            yield f"line {node.lineno}: {name} is imported by {home} only"
