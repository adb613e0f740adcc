"""README.md, docs/ and examples/ as a reader uses them: links lead somewhere, examples run."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

import pytest

from docs import generate
from tests.brokers import MOSQUITTO
from tests.databases import Postgres
from tests.pages.markdown import Block, Page, anchors, fits
from tests.pages.shell import PageError, Shells, spelled_out
from tests.tidy.sources import ROOT, all_sources

PAGES: Final = [
    Page(ROOT / source.path, source.text) for source in all_sources() if source.path.endswith(".md")
]
SHELL_PAGES: Final = [
    page for page in PAGES if any(block.language == "console" for block in page.blocks)
]
PYTHON_PAGES: Final = [
    page for page in PAGES if any(block.language == "python" for block in page.blocks)
]
SETTINGS: Final = sorted((ROOT / "examples").glob("*.toml"))


def name_path(value: object) -> str:
    path = value.path if isinstance(value, Page) else value
    return Path(str(path)).relative_to(ROOT).as_posix()


def test_reference_pages_say_what_the_data_says() -> None:
    """STYLE, habits: reference tables are generated; `make docs` writes them anew."""
    assert not generate.stale()


@pytest.mark.parametrize("page", PAGES, ids=name_path)
def test_links_lead_somewhere(page: Page) -> None:
    broken = [target for target in page.links if not leads_somewhere(page, target)]

    assert not broken


def leads_somewhere(page: Page, target: str) -> bool:
    name, _, anchor = target.partition("#")
    path = page.path.parent / name if name else page.path
    if not path.exists():
        return False
    return not anchor or anchor in anchors(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", SHELL_PAGES, ids=name_path)
def test_shell_examples_do_what_the_page_says(
    page: Page, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Every `$ command` of the page, in order, in the shells that the page tells of."""
    ports = {}
    if "$ tallywire acquirer --workers" in page.text:
        server: Postgres = request.getfixturevalue("postgres")
        server.execute("CREATE DATABASE shop")
        ports["5432"] = str(server.port)
    if "$ mosquitto" in page.text and MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    for tool in ("tshark", "curl", "openssl"):
        if f"$ {tool}" in page.text and shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    page.write_files(tmp_path)

    with Shells(tmp_path, name_path(page), _ports=ports) as shells:
        for step in page.steps:
            if not isinstance(step, Block) or step.language == "console":
                shells.perform(step)


@pytest.mark.parametrize("page", PYTHON_PAGES, ids=name_path)
def test_python_examples_run(page: Page, tmp_path: Path) -> None:
    """All Python of a page is one program, as its reader would write it down."""
    page.write_files(tmp_path)
    program = "".join(block.text for block in page.blocks if block.language == "python")

    assert "" == run_python(program, tmp_path)


def test_example_programs_run(tmp_path: Path) -> None:
    """Every program in examples/, as it stands."""
    programs = sorted((ROOT / "examples").glob("*.py"))

    wrong = [run_python(program.read_text(encoding="utf-8"), tmp_path) for program in programs]

    assert [""] * len(programs) == wrong


def run_python(program: str, folder: Path) -> str:
    """Return what went wrong, or "" when nothing did."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stderr if done.returncode else ""


@pytest.mark.parametrize("page", PAGES, ids=name_path)
def test_toml_on_a_page_is_toml(page: Page) -> None:
    assert all(tomllib.loads(block.text) for block in page.blocks if block.language == "toml")


@pytest.mark.parametrize("settings", SETTINGS, ids=name_path)
def test_example_settings_are_toml(settings: Path) -> None:
    assert tomllib.loads(settings.read_text(encoding="utf-8"))


def test_shell_example_is_refused_when_the_page_lies(tmp_path: Path) -> None:
    """A test that cannot fail is a defect: a wrong line, and a wrong exit code, are found."""
    with Shells(tmp_path, "sample.md") as shells:
        shells.perform(Block("console", "$ echo one\none\n", 1))
        with pytest.raises(PageError, match="printed something else"):
            shells.perform(Block("console", "$ echo one\ntwo\n", 1))
        with pytest.raises(PageError, match="ended with 3"):
            shells.perform(Block("console", "$ exit 3\n", 1))
        shells.perform(Block("console", "$ exit 3\n", 1, {"exit": "3"}))
        with pytest.raises(PageError, match="never said"):
            shells.perform(Block("console", "$ echo one\ntwo\n", 1, {"stays": "1"}))


@pytest.mark.parametrize(
    ("written", "run"),
    [
        ("tallywire acquirer", "tallywire acquirer --listen 127.0.0.1:8583"),
        ("tallywire terminal --data t list", "tallywire terminal --acquirer 127.0.0.1:8583"),
        ("tallywire printer --out x", "tallywire printer --listen 127.0.0.1:9100"),
        ("tallywire acquirer --listen 127.0.0.1:1", "tallywire acquirer --listen 127.0.0.1:1"),
        ("tallywire demo", "tallywire demo"),
    ],
)
def test_a_command_without_an_address_gets_the_usual_one(written: str, run: str) -> None:
    """So that it can be given a free port: somebody may have an acquirer on 8583."""
    assert spelled_out(written).startswith(run)
    assert spelled_out(written).count("127.0.0.1") == run.count("127.0.0.1")


def test_every_address_of_a_page_stands_for_a_free_port(tmp_path: Path) -> None:
    """The command has another port than the page, and its output is told as the page has it."""
    with Shells(tmp_path, "sample.md") as shells:
        shells.perform(Block("console", "$ echo 127.0.0.1:8583\n127.0.0.1:8583\n", 1))
        shells.perform(
            Block("console", "$ echo 127.0.0.1:8583 | cut -d: -f2 | grep -qvx 8583\n", 1)
        )


def test_broken_link_is_found() -> None:
    page = Page(ROOT / "README.md", "[a](nowhere.md) [b](LICENSE) [c](#no-such-heading)")

    assert [False, True, False] == [leads_somewhere(page, target) for target in page.links]


def test_expected_lines_fit_when_dots_stand_for_any() -> None:
    assert fits(["one", "...", "four"], ["one", "two", "three", "four"])
    assert fits(["listening on …"], ["listening on 127.0.0.1:8583"])
    assert not fits(["one", "two"], ["one", "two", "three"])
    assert fits(["one", "..."], ["one"])
    assert not fits(["on (…)"], ["on "])
