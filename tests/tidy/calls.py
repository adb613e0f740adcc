"""What code may not do, and where."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from tests.tidy.imports import imported
from tests.tidy.sources import PRODUCT, Source, name_of

FILE_LINES_MAX: Final = 400
FUNCTION_LINES_MAX: Final = 60

IMPURE_CALLS: Final = frozenset(
    "datetime.now datetime.utcnow datetime.today date.today datetime.datetime.now "
    "datetime.datetime.utcnow datetime.date.today open input print breakpoint".split()
)
CLOCK_CALLS: Final = frozenset(
    "datetime.now datetime.datetime.now datetime.utcnow "
    "time.time time.time_ns time.monotonic".split()
)
INEXACT_CALLS: Final = frozenset({"float", "round"})
MOCKS: Final = frozenset("Mock MagicMock AsyncMock NonCallableMock PropertyMock".split())


def calls(source: Source) -> Iterator[tuple[ast.Call, str]]:
    """Yield each call with the dotted name that is called."""
    for node in source.nodes:
        if isinstance(node, ast.Call):
            yield node, name_of(node.func)


def impure_calls(source: Source) -> Iterator[str]:
    """In a root facts go in and facts come out; time is an argument called `now`."""
    if not source.is_pure:
        return
    for node, name in calls(source):
        if name in IMPURE_CALLS:
            yield f"line {node.lineno}: a root may not call {name}()"


def wall_clocks(source: Source) -> Iterator[str]:
    """A clock is read at an entry point and handed on: the world has a clock of its own."""
    if source.package not in PRODUCT:
        return
    for node, name in calls(source):
        if name in CLOCK_CALLS:
            yield f"line {node.lineno}: {name}() is the entry point's; take `now` instead"


def async_in_root(source: Source) -> Iterator[str]:
    """What may wait lives in `aio`."""
    if not source.is_pure:
        return
    waiting = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    for node in source.nodes:
        if isinstance(node, waiting):
            yield f"line {node.lineno}: a root may not wait"


def inexact_numbers(source: Source) -> Iterator[str]:
    """Money is integer minor units: no root makes a float or rounds one."""
    if not source.is_pure:
        return
    for node, name in calls(source):
        if name in INEXACT_CALLS:
            yield f"line {node.lineno}: no {name}() near money"


def bare_tasks(source: Source) -> Iterator[str]:
    """A task belongs to a TaskGroup, held in something called `...group`.

    Not in tests: there the loop ends with the test, and its tasks with it.
    """
    if source.package == "tests":
        return
    for node, name in calls(source):
        owner, _, method = name.rpartition(".")
        loose = method == "ensure_future" or (
            method == "create_task" and not owner.rpartition(".")[2].endswith("group")
        )
        if loose:
            yield f"line {node.lineno}: {name}() outside a TaskGroup"


def sleeping(source: Source) -> Iterator[str]:
    """Nothing sleeps the thread; tests do not sleep at all, but for a turn of the loop."""
    for node, name in calls(source):
        if name == "time.sleep":
            yield f"line {node.lineno}: time.sleep()"
        elif name.endswith("asyncio.sleep") and source.package == "tests" and not _is_zero(node):
            yield f"line {node.lineno}: a test waits for events, not for time"


def _is_zero(call: ast.Call) -> bool:
    return (
        len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0
    )


def swallowed_errors(source: Source) -> Iterator[str]:
    """No handler takes everything and says nothing."""
    for node in source.nodes:
        if isinstance(node, ast.ExceptHandler) and _catches_all(node.type) and _is_silent(node):
            yield f"line {node.lineno}: an error is swallowed"
    for node, name in calls(source):
        if name.endswith("suppress") and any(_catches_all(argument) for argument in node.args):
            yield f"line {node.lineno}: an error is suppressed"


def _catches_all(kind: ast.expr | None) -> bool:
    return kind is None or name_of(kind) in {"Exception", "BaseException"}


def _is_silent(handler: ast.ExceptHandler) -> bool:
    return all(
        isinstance(node, ast.Pass | ast.Continue | ast.Break)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in handler.body
    )


def mocks(source: Source) -> Iterator[str]:
    """Fakes are named things with behaviour of their own."""
    for node, name in imported(source):
        if name.startswith(("unittest.mock", "pytest_mock")):
            yield f"line {node.lineno}: {name} is imported"
    for node, name in calls(source):
        if name.rpartition(".")[2] in MOCKS or name == "monkeypatch.setattr":
            yield f"line {node.lineno}: {name}() is a mock"


def hidden_context(source: Source) -> Iterator[str]:
    """`raise ... from None` keeps the original, with its card number, in `__context__`."""
    if source.package not in PRODUCT:
        return
    for node in source.nodes:
        if isinstance(node, ast.Raise) and isinstance(node.cause, ast.Constant):
            yield f"line {node.lineno}: raise it outside the `except` block instead"


def long_files(source: Source) -> Iterator[str]:
    """A file is a noun, and fits in a head."""
    lines = source.text.count("\n")
    if source.is_python and lines > FILE_LINES_MAX:
        yield f"{lines} lines, at most {FILE_LINES_MAX}"


def long_functions(source: Source) -> Iterator[str]:
    """A function fits on a screen."""
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield f"line {node.lineno}: {node.name} has {lines}, at most {FUNCTION_LINES_MAX}"
