"""The rules of the house, and for each the sample that proves it can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import pytest

from tests.tidy import calls, graph, imports, layout, text
from tests.tidy.sources import ROOT, Source, all_sources

Rule = Callable[[Source], Iterator[str]]

BAD: Final[list[tuple[Rule, str, str]]] = [
    (imports.direction, "protocol/x.py", "import terminal.facts"),
    (imports.direction, "terminal/aio/x.py", "from acquirer_sim.decide import decide"),
    (imports.direction, "acquirer_sim/x.py", "def f():\n    import tallywire"),
    (imports.direction, "tallywire/x.py", "from tests.world import wire"),
    (imports.worldly_imports, "protocol/profiles/x.py", "import asyncio"),
    (imports.worldly_imports, "terminal/x.py", "from os.path import join"),
    (imports.worldly_imports, "acquirer_sim/x.py", "def f():\n    import random"),
    (imports.one_home, "protocol/codec.py", "import iso8583"),
    (imports.one_home, "tallywire/paper.py", "from escpos.printer import Dummy"),
    (calls.impure_calls, "terminal/x.py", "at = datetime.now(UTC)"),
    (calls.impure_calls, "protocol/x.py", "open('dialect.toml')"),
    (calls.wall_clocks, "terminal/aio/x.py", "at = datetime.now(UTC)"),
    (calls.wall_clocks, "tallywire/x.py", "at = time.monotonic()"),
    (calls.async_in_root, "acquirer_sim/x.py", "async def f(): ..."),
    (calls.inexact_numbers, "terminal/x.py", "amount = float(text)"),
    (calls.bare_tasks, "terminal/aio/x.py", "asyncio.create_task(f())"),
    (calls.bare_tasks, "benchmarks/x.py", "loop.create_task(f())"),
    (calls.bare_tasks, "tallywire/x.py", "asyncio.ensure_future(f())"),
    (calls.sleeping, "tallywire/x.py", "time.sleep(1)"),
    (calls.sleeping, "tests/x.py", "async def f(): await asyncio.sleep(0.1)"),
    (calls.swallowed_errors, "tallywire/x.py", "try: f()\nexcept Exception: pass"),
    (calls.swallowed_errors, "terminal/aio/x.py", "try: f()\nexcept:\n    ..."),
    (calls.swallowed_errors, "terminal/aio/x.py", "with suppress(Exception): f()"),
    (calls.mocks, "tests/x.py", "from unittest.mock import patch"),
    (calls.mocks, "tests/x.py", "client = AsyncMock()"),
    (calls.hidden_context, "protocol/x.py", "raise ValueError('no') from None"),
    (calls.long_files, "tests/x.py", "x = 1\n" * 401),
    (calls.long_functions, "tests/x.py", "def f():\n" + "    x = 1\n" * 60),
    (
        text.card_numbers,
        "docs/x.md",
        "pay with 4111 1111 1111 1111" + "\n or 400000000000" + "0127",
    ),
    (text.card_numbers, "tests/x.py", "PAN = '62000000000000" + "13'"),
    (text.registry_hosts, "requirements.lock", "--index-url https://py" + "pi.org/simple"),
    (text.machine_paths, "docs/x.md", "cd /wo" + "rk/main"),
    (text.left_undone, "protocol/x.py", "# TO" + "DO: the rest"),
    (text.silenced_checks, "protocol/x.py", "import x  # no" + "qa"),
    (text.silenced_checks, "protocol/x.py", "x = y()  # type: ig" + "nore[arg-type]"),
]

GOOD: Final[list[tuple[Rule, str, str]]] = [
    (imports.direction, "terminal/x.py", "from protocol.amount import Amount"),
    (imports.direction, "terminal/__main__.py", "from tallywire.command import main"),
    (imports.worldly_imports, "protocol/x.py", "from protocol.secrets import Pan"),
    (imports.worldly_imports, "terminal/aio/x.py", "import asyncio"),
    (calls.impure_calls, "terminal/aio/x.py", "open('key')"),
    (calls.bare_tasks, "terminal/aio/x.py", "self._group.create_task(f())"),
    (calls.sleeping, "tests/x.py", "async def f(): await asyncio.sleep(0)"),
    (calls.swallowed_errors, "tallywire/x.py", "try: f()\nexcept Exception as e: log(e)"),
    (text.card_numbers, "docs/x.md", "4111111111111111 and 20261120113000"),
    (
        text.silenced_checks,
        "protocol/x.py",
        "x = y()  # type: ig" + "nore[arg-type] # the stub is wrong",
    ),
    (text.silenced_checks, "protocol/x.py", "x()  # no" + "qa: S101 — an assert is meant here"),
]

EVERYWHERE: Final = frozenset(
    {text.card_numbers, text.registry_hosts, text.machine_paths, text.left_undone}
)
"""Rules for every text file; the others read Python."""

RULES: Final = list(dict.fromkeys(rule for rule, _, _ in BAD))

EXEMPT: Final[dict[tuple[str, str], str]] = {
    ("one_home", "tests/tallywire/virtual_printer/test_escpos.py"): "there it is a foreign client",
    ("wall_clocks", "acquirer_sim/aio/running.py"): "the entry point of an acquirer process",
    ("wall_clocks", "terminal/aio/opening.py"): "the entry point of a terminal process",
    ("wall_clocks", "tallywire/commands/scenario.py"): "the entry point of a run of scenarios",
    ("hidden_context", "tallywire/virtual_printer/"): "it reads options of a printer, no cards",
    ("inexact_numbers", "terminal/picture.py"): "it rounds pixels; no money comes near",
    ("sleeping", "tests/world/"): "time is virtual there: a sleep is a deadline, and takes none",
    ("bare_tasks", "terminal/aio/journal.py"): "a commit is shielded, and awaited to its end",
    ("bare_tasks", "terminal/aio/mqtt_connection.py"): "a thread's end, awaited by who began it",
    ("bare_tasks", "acquirer_sim/aio/postgres_committer.py"): "one task, awaited by wait_closed",
    ("bare_tasks", "acquirer_sim/aio/door.py"): "opens what it shut, and is awaited at the end",
    ("bare_tasks", "terminal/aio/paperwork.py"): "waits, all ended where they were begun",
}
"""(rule, path prefix) -> why the rule does not hold there."""


def name_rule(value: object) -> str | None:
    return getattr(value, "__name__", None)


def exempt(rule: Rule, path: str) -> bool:
    return any(name == rule.__name__ and path.startswith(place) for name, place in EXEMPT)


@pytest.mark.parametrize("rule", RULES, ids=name_rule)
def test_house_keeps_the_rule(rule: Rule) -> None:
    """STYLE: the few hard rules, over every file that git tracks."""
    sources = [one for one in all_sources() if one.is_python or rule in EVERYWHERE]

    found = [
        f"{source.path}: {finding}"
        for source in sources
        if not exempt(rule, source.path)
        for finding in rule(source)
    ]

    assert not found, "\n".join(found)


@pytest.mark.parametrize(("rule", "path", "sample"), BAD, ids=name_rule)
def test_rule_finds_when_broken(rule: Rule, path: str, sample: str) -> None:
    """A test that cannot fail is a defect: each rule finds its bad sample."""
    assert list(rule(Source(path, sample)))


@pytest.mark.parametrize(("rule", "path", "sample"), GOOD, ids=name_rule)
def test_rule_is_silent_when_kept(rule: Rule, path: str, sample: str) -> None:
    """A rule that cries at everything is soon switched off."""
    assert [] == list(rule(Source(path, sample)))


def test_tree_is_read_when_rules_run() -> None:
    """The rules look at real files: all packages are there."""
    packages = {source.package for source in all_sources()}

    assert {"protocol", "terminal", "acquirer_sim", "tallywire", "tests"} <= packages


def test_exemptions_are_used() -> None:
    """An exemption that nothing needs goes."""
    by_name = {rule.__name__: rule for rule in RULES}

    unused = [
        (name, place)
        for name, place in EXEMPT
        if not any(
            any(by_name[name](source))
            for source in all_sources()
            if source.is_python and source.path.startswith(place)
        )
    ]

    assert [] == unused


def test_imports_have_no_circle() -> None:
    assert [] == list(graph.circles(graph.build(all_sources())))


def test_circle_is_found_when_there_is_one() -> None:
    bad = [
        Source("protocol/a.py", "from protocol import b"),
        Source("protocol/b.py", "import protocol.c"),
        Source("protocol/c.py", "from protocol.a import x"),
    ]
    lazy = [bad[0], Source("protocol/b.py", "def f():\n    from protocol import a")]

    assert ["protocol.a -> protocol.b -> protocol.c -> protocol.a"] == list(
        graph.circles(graph.build(bad))
    )
    assert [] == list(graph.circles(graph.build(lazy)))


def test_command_starts_lean() -> None:
    """DESIGN, Speed: `tallywire --help` loads none of the heavy libraries."""
    assert [] == list(graph.heavy_starts(graph.build(all_sources())))


def test_heavy_start_is_found_when_there_is_one() -> None:
    bad = [
        Source("tallywire/command.py", "from tallywire import shop"),
        Source("tallywire/shop.py", "import rich.table"),
    ]

    assert ["tallywire.command -> tallywire.shop -> rich.table"] == list(
        graph.heavy_starts(graph.build(bad))
    )


def test_tests_mirror_modules() -> None:
    """STYLE 13: one test file per module, found where one looks for it."""
    assert [] == list(layout.unmirrored_tests([source.path for source in all_sources()]))


def test_unmirrored_test_is_found() -> None:
    tests = ("test_codec.py", "test_codec_speed.py", "test_codex.py")
    paths = ["protocol/codec.py", *(f"tests/protocol/{name}" for name in tests)]

    assert ["tests/protocol/test_codex.py: there is no protocol/codex.py"] == list(
        layout.unmirrored_tests(paths)
    )


def test_lock_covers_the_project() -> None:
    """Every declared dependency is pinned with a hash."""
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    assert [] == list(layout.unlocked(pyproject, lock))
    assert ["click is declared, but not in requirements.lock"] == list(
        layout.unlocked(pyproject, lock.replace("click==", "clack=="))
    )
