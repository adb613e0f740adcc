"""`tallywire demo`: the shipped day, told to its end; books that differ; somebody else's folder."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tallywire.demo.books import compare
from tallywire.exits import Exit
from tests.tallywire.processes import ROOT, tallywire

CUSTOMERS = 6


def short_day(folder: Path) -> Path:
    """The shipped day, cut after its first customers."""
    lines = (ROOT / "examples" / "day.toml").read_text("utf-8").splitlines()
    customers = [line for line in lines if line.startswith("  { at =")]
    gone = set(customers[CUSTOMERS:])
    path = folder / "short.toml"
    path.write_text("\n".join(line for line in lines if line not in gone), "utf-8")
    return path


def test_day_ends_with_equal_books(tmp_path: Path) -> None:
    """All seven chapters with real processes; exit 0 only if both databases agree."""
    out = tmp_path / "out"

    done = tallywire("demo", "--out", str(out))

    assert 0 == done.returncode, done.stdout + done.stderr
    assert "The books agree." in done.stdout
    assert "请勿重复刷卡" in done.stdout
    assert compare(out / "terminal" / "terminal.db", out / "acquirer.db", "000001").agree
    pictures = {path.stem for path in (out / "paper").glob("*.png")}
    texts = {path.stem for path in (out / "paper").glob("*.txt")}
    assert pictures == texts != set()


def test_books_that_differ_are_seen(tmp_path: Path) -> None:
    """The comparison can fail: the acquirer's payments are a cent larger than they were."""
    out = tmp_path / "out"
    tallywire("demo", "--out", str(out), "--day", str(short_day(tmp_path)))
    ledger = sqlite3.connect(out / "acquirer.db")
    ledger.execute("UPDATE payment SET minor = minor + 1")
    ledger.commit()
    ledger.close()

    books = compare(out / "terminal" / "terminal.db", out / "acquirer.db", "000001")

    assert not books.agree
    assert books.differences


def test_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", "utf-8")

    done = tallywire("demo", "--out", str(tmp_path))

    assert Exit.REFUSED == done.returncode
    assert "mine" == (tmp_path / "thesis.txt").read_text("utf-8")
