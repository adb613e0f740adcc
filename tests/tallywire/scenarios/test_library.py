"""Scenarios are found by file, by folder and by word; a file that is none is explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from protocol.settings import SettingsError
from tallywire.scenarios.library import SHIPPED, find_scenarios
from tests.tallywire.scenarios.playing import HEAD, SALE


def test_scenarios_are_those_of_files_and_folders_in_order(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.toml").write_text(HEAD + SALE)
    (tmp_path / "notes.txt").write_text("no scenario")

    found = find_scenarios([tmp_path / "b.toml", tmp_path])

    assert ["b", "a", "b"] == [one.name for one in found]


@pytest.mark.parametrize(
    ("word", "name"),
    [("SC7", "cut-sc7"), ("cut-sc7", "cut-sc7"), ("Overtakes", "net-overtaken")],
)
def test_shipped_scenarios_are_found_by_name_title_and_what_they_cover(
    word: str, name: str
) -> None:
    assert name in [one.name for one in find_scenarios((), [word])]


def test_name_of_what_is_covered_is_no_part_of_another_one() -> None:
    """T1 is not T10."""
    found = find_scenarios((), ["T1"])

    assert found
    assert all("T1" in one.scenario.covers for one in found)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "No such file"),
        (b"\xff", "is no UTF-8 text"),
        (b"title = 3", "title: Expected `str`, got `int`; found 3"),
    ],
)
def test_file_that_is_no_scenario_is_explained(
    content: bytes | None, sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(SettingsError, match=sentence) as raised:
        find_scenarios([path])
    assert str(raised.value).startswith(str(path))


def test_empty_folder_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no scenario here"):
        find_scenarios([tmp_path])


def test_every_shipped_file_is_a_scenario_with_a_title_of_its_own() -> None:
    titles = [one.scenario.title for one in find_scenarios(())]

    assert len(titles) == len(set(titles)) == len(list(SHIPPED.glob("*.toml")))
