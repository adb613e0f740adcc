"""`tallywire scenario` as its user runs it."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

from click.testing import CliRunner, Result

from tallywire.command import main
from tallywire.exits import Exit
from tallywire.scenarios.library import SHIPPED
from tests.tallywire.scenarios.playing import HEAD, SALE

GOOD = HEAD + SALE + 'expect = { outcome = "approved" }\n'
BAD = HEAD + SALE + 'expect = { outcome = "declined" }\n'


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["scenario", *map(str, arguments)])


def written(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def test_run_tells_a_line_for_each_and_ends_well(tmp_path: Path) -> None:
    done = run("run", written(tmp_path, one=GOOD, two=GOOD))

    lines = done.stdout.splitlines()
    assert (Exit.OK, 3) == (done.exit_code, len(lines))
    assert [line.split()[:2] for line in lines[:2]] == [["ok", "one"], ["ok", "two"]]
    assert lines[2].startswith("2 of 2 scenarios passed in ")


def test_run_ends_with_a_code_of_its_own_when_one_fails(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    done = run("run", written(tmp_path, bad=BAD, good=GOOD), "--junit", report)

    assert done.exit_code == Exit.SCENARIO_FAILED
    assert "       expected  outcome 'declined'\n       came      'approved'\n" in done.stdout
    assert done.stderr == "1 of 2 scenarios failed. Add --story to see all that came.\n"
    suite = ElementTree.parse(report).getroot()[0]
    assert ("2", "1") == (suite.get("tests"), suite.get("failures"))


def test_run_tells_json_line_by_line(tmp_path: Path) -> None:
    done = run("run", written(tmp_path, good=GOOD), "--json")

    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [("scenario", True), ("summary", None)] == [
        (one["event"], one.get("passed")) for one in told
    ]
    assert told[0]["papers"] == ["merchant", "cardholder"]


def test_story_tells_the_wire_the_books_and_the_paper(tmp_path: Path) -> None:
    done = run("run", written(tmp_path, good=GOOD), "--story")

    for piece in ("0200 F2=411111******1111", "ledger, payment  1/2 sale approved", "MERCHANT"):
        assert piece in done.stdout
    assert "4111111111111111" not in done.stdout


def test_filter_that_fits_nothing_is_no_success() -> None:
    done = run("run", "--filter", "no such thing")

    assert (Exit.NOT_FOUND, "") == (done.exit_code, done.stdout)
    assert "No scenario fits." in done.stderr


def test_list_names_the_shipped_ones_by_what_they_cover() -> None:
    done = run("list", "--filter", "SC7")

    assert done.exit_code == Exit.OK
    assert done.stdout.startswith("cut-sc7 ")
    assert "flag-after-reply" in done.stdout
    everything = run("list", "--json").stdout.splitlines()
    assert len(everything) == len(list(SHIPPED.glob("*.toml")))


def test_check_says_where_a_file_is_wrong(tmp_path: Path) -> None:
    written(tmp_path, good=GOOD, wrong=HEAD + SALE + 'cut = "T0"')

    assert run("check", tmp_path / "good.toml").stdout.endswith("a scenario of 1 steps\n")
    done = run("check", tmp_path / "wrong.toml")
    assert done.exit_code == Exit.CONFIGURATION
    assert done.stderr.startswith(f"{tmp_path / 'wrong.toml'}: step[0]: the power cannot fail at")


def test_broken_file_ends_a_run_before_it_begins(tmp_path: Path) -> None:
    done = run("run", written(tmp_path, a=GOOD, b="title = 1"))

    assert (Exit.CONFIGURATION, "") == (done.exit_code, done.stdout)
