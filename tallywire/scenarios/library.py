"""Where scenarios come from: the shipped ones, a file, a folder of files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from protocol.settings import SettingsError
from tallywire.scenarios.names import KNOWN
from tallywire.scenarios.script import Scenario, load_scenario

SHIPPED: Final = Path(__file__).resolve().parent / "shipped"


@dataclass(frozen=True, slots=True)
class Found:
    """One scenario and its file; the name is the file's, without its ending."""

    path: Path
    scenario: Scenario

    @property
    def name(self) -> str:
        """Return what it is called."""
        return self.path.stem

    def has(self, word: str) -> bool:
        """True when it covers what has this name; of other words, when its name or title has it."""
        if word in KNOWN:
            return word in self.scenario.covers
        return word.lower() in f"{self.name} {self.scenario.title}".lower()


def find_scenarios(paths: Sequence[Path], words: Sequence[str] = ()) -> list[Found]:
    """Return the scenarios of files and folders, of the shipped folder without any, that have
    one of `words`, when there are some.

    Raises SettingsError for the first file that is none.
    """
    found = [
        Found(path, load_scenario(_text(path), str(path)))
        for given in paths or (SHIPPED,)
        for path in _files(given)
    ]
    return [one for one in found if not words or any(map(one.has, words))]


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    files = sorted(path.glob("*.toml"))
    if not files:
        raise SettingsError(str(path), "", "there is no scenario here; one ends with .toml")
    yield from files


def _text(path: Path) -> str:
    problem = ""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        problem = error.strerror or "cannot be read"
    except UnicodeDecodeError:
        problem = "is no UTF-8 text"
    raise SettingsError(str(path), "", problem)
