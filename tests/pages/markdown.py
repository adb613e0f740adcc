"""A page of Markdown as its fenced blocks, links and steps.

Some kinds of block are examples, and are run:

    ```python               together, in order, in one module
    ```console              each line after `$ ` in a shell; the lines below it are what comes out
    ```console stays=1      the same, but the command goes on running in the shell called 1
    ```console exit=5       the same, and the command ends with 5

    ```toml file=own.toml   written to the reader's folder, under that name

`...` on a line of its own stands for any lines, `…` within a line for any text. What the reader
does by hand stands in a comment: `<!-- by hand: stop 1 -->` or `<!-- by hand: kill 1 -->`.
Blocks of any other kind are pictures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_FENCE: Final = re.compile(r"^```(\w*)[ \t]*([^\n`]*)\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_BY_HAND: Final = re.compile(r"^<!-- by hand: (stop|kill) (\w+) -->$", re.MULTILINE)
_LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its language, its `name=value` options, its text and line."""

    language: str
    text: str
    line: int
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ByHand:
    """The reader ends what runs in a shell: `stop` is Ctrl-C, `kill` is SIGKILL."""

    action: str
    shell: str
    line: int


@dataclass(frozen=True, slots=True)
class Page:
    """One file of Markdown."""

    path: Path
    text: str

    @property
    def steps(self) -> list[Block | ByHand]:
        """Return everything that happens on this page, from top to bottom."""
        return sorted([*self.blocks, *self._by_hand()], key=lambda step: step.line)

    @property
    def blocks(self) -> list[Block]:
        """Return the fenced blocks."""
        return [
            Block(found[1], found[3], self._line(found), _options(found[2]))
            for found in _FENCE.finditer(self.text)
        ]

    def write_files(self, folder: Path) -> None:
        """Write what the page tells its reader to write."""
        for block in self.blocks:
            if "file" in block.options:
                (folder / block.options["file"]).write_text(block.text, encoding="utf-8")

    @property
    def links(self) -> list[str]:
        """Return the targets of the links that stay in the repository."""
        prose = _FENCE.sub("", self.text)
        targets = [found[1] for found in _LINK.finditer(prose)]
        return [target for target in targets if not re.match(r"\w+:", target)]

    def _by_hand(self) -> list[ByHand]:
        found = _BY_HAND.finditer(self.text)
        return [ByHand(one[1], one[2], self._line(one)) for one in found]

    def _line(self, found: re.Match[str]) -> int:
        return self.text.count("\n", 0, found.start()) + 1


def _options(text: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in text.split() if "=" in word)


def anchors(text: str) -> set[str]:
    """Return the names under which the headings of a page can be linked to."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def fits(expected: list[str], actual: list[str]) -> bool:
    """True when the lines that came are the lines on the page, `...` and `…` standing for any."""
    if not expected:
        return not actual
    line, *rest = expected
    if line.strip() == "...":
        return any(fits(rest, actual[count:]) for count in range(len(actual) + 1))
    return bool(actual) and _line_fits(line, actual[0]) and fits(rest, actual[1:])


def _line_fits(expected: str, actual: str) -> bool:
    pattern = ".*".join(re.escape(piece) for piece in expected.rstrip().split("…"))
    return re.fullmatch(pattern, actual.rstrip()) is not None
