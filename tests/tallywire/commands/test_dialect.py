"""`tallywire dialect` as its user runs it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from protocol.dialect import BUILTIN, builtin_dialect, load_dialect
from tallywire.command import main
from tallywire.exits import Exit
from tests.tallywire.processes import tallywire

SPECIFICATION = """
import iso8583

def fixed(length):
    raise SystemExit("never run")

spec = {
    "h": {"data_enc": "b", "len_enc": "ascii", "len_type": 0, "max_len": 5, "desc": "TPDU"},
    "t": {"data_enc": "b", "len_enc": "ascii", "len_type": 0, "max_len": 2, "desc": "MTI"},
    "p": {"data_enc": "b", "len_enc": "ascii", "len_type": 0, "max_len": 8, "desc": "Bitmap"},
    "1": {"data_enc": "b", "len_enc": "ascii", "len_type": 0, "max_len": 8, "desc": "Bitmap"},
    "11": {"data_enc": "b", "len_enc": "ascii", "len_type": 0, "max_len": 3, "desc": "STAN"},
}
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["dialect", *arguments])


def test_list_names_every_shipped_dialect() -> None:
    told = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]

    assert list(BUILTIN) == [line["name"] for line in told]
    assert all(line["title"] and line["encodings"] for line in told)
    assert all(name in run("list").stdout for name in BUILTIN)


def test_show_tells_the_field_table() -> None:
    record = json.loads(run("show", "iso87_bcd", "--json").stdout)

    assert len(builtin_dialect().field) == len(record["field"])
    assert {"value": "n", "data_enc": "b"}.items() <= record["field"]["3"].items()
    assert "primary account number" in run("show", "iso87").stdout


def test_check_of_a_good_file_judges_it(tmp_path: Path) -> None:
    """Issue 3, own dialects, with a process of its own."""
    file = tmp_path / "own.toml"
    file.write_text('base = "iso87_bcd"\nname = "own"\n', "utf-8")

    done = tallywire("dialect", "check", str(file), "--messages", "80")

    assert Exit.OK == done.returncode
    assert "own loads: 126 fields" in done.stdout
    assert "they agree" in done.stdout


def test_check_of_a_wrong_file_explains_in_words(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('base = "iso87"\n[field]\n60 = { value = "q" }\n', "utf-8")

    done = tallywire("dialect", "check", str(file))

    assert Exit.CONFIGURATION == done.returncode
    assert "own.toml: field.60: value: Invalid enum value 'q'; found 'q'; allowed:" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_tells_numbers_as_json() -> None:
    told = json.loads(run("check", "iso87", "--messages", "8", "--seed", "5", "--json").stdout)

    assert {
        "name": "iso87",
        "seed": 5,
        "messages": 260,
        "disagreements": [],
    }.items() <= told.items()


@pytest.mark.parametrize("arguments", [("show", "iso99"), ("check", "iso99", "--json")])
def test_unknown_dialect_is_not_found(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)

    assert Exit.NOT_FOUND == result.exit_code
    assert "iso99" in result.output


def test_import_writes_a_dialect_that_loads(tmp_path: Path) -> None:
    """Notes stand in the file and on standard error; standard output is TOML and nothing else."""
    file = tmp_path / "my spec.py"
    file.write_text(SPECIFICATION, "utf-8")

    done = tallywire("dialect", "import", str(file))

    assert Exit.OK == done.returncode
    dialect = load_dialect(done.stdout, "imported")
    assert ("my_spec", [11]) == (dialect.name, list(dialect.field))
    assert "header h of 5 bytes" in done.stderr
    assert "# The header h of 5 bytes" in done.stdout
    assert "# Imported from my spec.py (pyiso8583)." in done.stdout


def test_import_takes_name_and_form_from_its_options(tmp_path: Path) -> None:
    file = tmp_path / "spec.txt"
    fields = {"3": {"type": "Numeric", "length": 6, "enc": "ASCII", "prefix": "ASCII.Fixed"}}
    file.write_text(json.dumps({"name": "Shop", "fields": fields}), "utf-8")

    table = tomllib.loads(run("import", str(file), "--name", "shop", "--from", "moov").stdout)

    assert ("shop", "Shop") == (table["name"], table["title"])


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("from somewhere import spec", [], "write the one you use as JSON"),
        ("<isopackager/>", [], "there is no field"),
        ("<isopackager/>", ["--from", "moov"], "is no JSON"),
        (None, [], "No such file"),
    ],
)
def test_import_of_what_is_none_is_one_sentence(
    text: str | None, options: list[str], words: str, tmp_path: Path
) -> None:
    file = tmp_path / "spec"
    if text is not None:
        file.write_text(text, "utf-8")

    result = run("import", str(file), *options)

    assert Exit.CONFIGURATION == result.exit_code
    assert words in result.stderr
    assert "" == result.stdout
