"""Where files stand: tests mirror modules, and the lock covers what the project declares."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from itertools import chain
from typing import Final

WITHOUT_A_MODULE: Final = {
    "tests/test_tidy.py": "the rules of the house, in tests/tidy",
    "tests/tallywire/virtual_printer/test_escpos.py": "python-escpos prints on the virtual printer",
    "tests/world/test_auditor.py": "the three auditors together: of the wire, the books, the paper",
    "tests/protocol/test_tshark.py": "what we send, as an independent reader reads it",
    "tests/test_docs.py": "README.md, docs/ and examples/ as a reader runs them",
}
"""Tests of something that is no module, each with what it is."""


def unmirrored_tests(paths: Collection[str]) -> Iterator[str]:
    """Yield each test file whose subject cannot be found.

    tests/a/test_b.py is about a/b.py, and so is tests/a/test_b_side.py, about one side of it.
    """
    modules = {path.removesuffix(".py") for path in paths if path.endswith(".py")}
    modules |= {path.rpartition("/")[0] for path in paths}
    for path in sorted(paths):
        found = re.fullmatch(r"tests/(.*/)?test_(\w+)\.py", path)
        if not found or path in WITHOUT_A_MODULE:
            continue
        place, words = found[1] or "", found[2].split("_")
        names = ["_".join(words[:count]) for count in range(1, len(words) + 1)]
        if not any(f"{root}{place}{name}" in modules for root in ("", "tests/") for name in names):
            yield f"{path}: there is no {place}{found[2]}.py"


def unlocked(pyproject: str, lock: str) -> Iterator[str]:
    """Yield what pyproject.toml declares and requirements.lock does not pin with a hash."""
    project = tomllib.loads(pyproject)["project"]
    extras = project["optional-dependencies"].values()
    declared = [*project["dependencies"], *chain.from_iterable(extras)]
    pinned = dict(re.findall(r"^([\w.-]+)==\S+ \\\n    --hash=(\S+)", lock, re.MULTILINE))
    for requirement in declared:
        name = re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")
        if name not in pinned:
            yield f"{name} is declared, but not in requirements.lock"
