"""The files of the repository, read and parsed once."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PURE: Final = ("protocol", "terminal", "acquirer_sim")
PRODUCT: Final = (*PURE, "tallywire")
TEXT_SUFFIXES: Final = frozenset(
    ".py .md .toml .sql .txt .lock .css .html .js .svg .json .csv .mako .ini .typed".split()
)
TEXT_NAMES: Final = frozenset({"Makefile", "LICENSE", "run", ".gitignore"})


@dataclass(frozen=True)
class Source:
    """One file: its path from the root, with slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.path.split("/"))

    @property
    def package(self) -> str:
        return self.parts[0]

    @property
    def is_python(self) -> bool:
        return self.path.endswith(".py")

    @property
    def is_pure(self) -> bool:
        """True in a root: no `aio` in the path, and no program (`__main__.py`)."""
        return (
            self.is_python
            and self.package in PURE
            and "aio" not in self.parts
            and self.parts[-1] != "__main__.py"
        )

    @property
    def module(self) -> str:
        name = self.path.removesuffix(".py").replace("/", ".")
        return name.removesuffix(".__init__")

    @property
    def type_only(self) -> frozenset[ast.AST]:
        """The nodes under `if TYPE_CHECKING:`, which never run."""
        blocks = (
            node
            for node in self.nodes
            if isinstance(node, ast.If) and name_of(node.test).endswith("TYPE_CHECKING")
        )
        return frozenset(inner for block in blocks for inner in ast.walk(block))


def name_of(node: ast.AST) -> str:
    """Return `a.b.c` for a name or attribute, with "?" where something else begins it."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return "?"


@lru_cache(maxsize=1)
def all_sources() -> tuple[Source, ...]:
    """Return every text file that git tracks or would track."""
    return tuple(_read())


def _read() -> Iterator[Source]:
    for path in sorted(_paths()):
        if path.suffix in TEXT_SUFFIXES or path.name in TEXT_NAMES:
            yield Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))


def _paths() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:  # an unpacked archive has no git
        found = [*ROOT.rglob("*"), ROOT / ".ci" / "run"]
        found = [path for path in found if not {".venv", "out", "dist"} & set(path.parts)]
    return [path for path in found if path.is_file()]
