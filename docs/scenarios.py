"""The page about scenarios, read off the types that parse them and the tables they use."""

from __future__ import annotations

import msgspec

from docs.settings import section
from docs.tables import code, page, table
from tallywire.scenarios.library import find_scenarios
from tallywire.scenarios.names import HOST_RULES, MISTAKES, NOBODY_PROVOKES
from tallywire.scenarios.power import CUTS
from tallywire.scenarios.script import CARDS, Expected, Scenario, Step
from tallywire.scenarios.verbs import VERBS

TOP = (
    ("title", "one line", "required"),
    ("covers", "names of what it is about, from the tables below", ""),
    ("dialect", "a shipped dialect, or a file of your own", "iso87"),
    ("terminal", "a table as in a terminal's [configuration](configuration.md)", ""),
    ("acquirer", "a table as in an acquirer's [configuration](configuration.md)", ""),
    ("begin", "the time on the wall when it begins, with its zone", "2026-03-14T10:15:00+08:00"),
    ("limit_s", "seconds after which it has failed", "86400"),
    ("paper_lines", "lines on the roll in the printer", "2000"),
    ("seed", "of every fault with a `chance`", "0"),
    ("step", "what is done, in order", "required"),
    ("expect", "what must be true in the end", ""),
)


def scenarios() -> str:
    """Draw the keys of a file, the verbs of its steps, and what is shipped."""
    names = {field.name for field in msgspec.structs.fields(Scenario)}
    assert names == {key for key, _, _ in TOP}, "every key is told of"
    return page(
        "Scenarios",
        "tallywire/scenarios/script.py and tallywire/scenarios/shipped",
        "What `tallywire scenario` reads. How to write one is told "
        "[here](../howto/write-a-scenario.md).",
        "## The file",
        table(("key", "is", "default"), [(code(key), is_, code(much)) for key, is_, much in TOP]),
        "Time passes only when nobody has anything to do: bytes, threads and disks are real, "
        "thirty seconds of waiting take none. Every scenario is also asked whether each fault has "
        "struck, whether both books prove right by themselves and have the same payments, and "
        "whether a card number stands in clear in any file.",
        "## Verbs",
        table(
            ("verb", "does", "needs", "takes", "`expect` names members of"),
            [
                (
                    code(verb.value),
                    facts.sentence,
                    ", ".join(map(code, facts.needs)),
                    ", ".join(map(code, facts.takes)),
                    code(facts.result.__name__) if facts.result else "",
                )
                for verb, facts in VERBS.items()
            ],
        ),
        "A step of the terminal, one with a result, also takes `expect`, `cut`, `nth` and "
        "`times`. The keys of `fault` are those of a [fault file](faults.md).",
        _fields("[[step]]", Step),
        section("[expect]", Expected),
        "## Cards",
        table(("name", "number"), [(code(name), code(pan)) for name, pan in CARDS.items()]),
        "## Where the power may fail",
        ", ".join(map(code, sorted(CUTS, key=_by_number))) + ": see [machines](machines.md).",
        "## What can be covered",
        "Crash points by their names, faults by the codes of their [catalogue](faults.md), and:",
        table(("name", "mistake of the field, or rule of the host"), _named()),
        "Nobody can provoke " + "; ".join(f"{name} ({why})" for name, why in _unprovoked()) + ".",
        "## What is shipped",
        table(
            ("name", "what it is about", "covers"),
            [
                (code(one.name), one.scenario.title, ", ".join(one.scenario.covers))
                for one in find_scenarios(())
            ],
        ),
    )


def _fields(title: str, kind: type[msgspec.Struct]) -> str:
    """Return the table of one type, without those of the types inside it."""
    return section(title, kind).split("\n\n## ")[0]


def _named() -> list[tuple[str, str]]:
    return [(code(name), what) for name, what in {**MISTAKES, **HOST_RULES}.items()]


def _unprovoked() -> list[tuple[str, str]]:
    return [(code(name), why) for name, why in NOBODY_PROVOKES.items()]


def _by_number(name: str) -> tuple[str, int]:
    letters = name.rstrip("0123456789")
    return letters, int(name[len(letters) :])
