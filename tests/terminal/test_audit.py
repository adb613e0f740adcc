from __future__ import annotations

import pytest
from msgspec.structs import replace

from terminal.audit import AuditLine, chain_problem, digest_of, next_line


def some(count: int) -> list[AuditLine]:
    lines: list[AuditLine] = []
    for number in range(count):
        head = lines[-1] if lines else None
        at = f"2026-01-02T03:04:{number:02}+00:00"
        lines.append(next_line(head, at=at, operator="01", act="sell", subject=f"{number}.00"))
    return lines


def test_chain_holds_from_the_beginning_and_from_any_line() -> None:
    lines = some(5)

    assert chain_problem(None, lines) == ""
    assert chain_problem(lines[2], lines[3:]) == ""


@pytest.mark.parametrize(
    "field", [name for name in AuditLine.__struct_fields__ if name not in ("number", "previous")]
)
def test_changed_word_shows(field: str) -> None:
    lines = some(3)
    lines[1] = replace(lines[1], **{field: "other"})

    assert chain_problem(None, lines) == "line 2 was changed"


def test_line_that_was_changed_with_its_digest_shows_in_the_next() -> None:
    lines = some(3)
    forged = replace(lines[1], subject="0.01")
    lines[1] = replace(forged, digest=digest_of(forged))

    assert chain_problem(None, lines) == "line 3 does not follow the one before it"


def test_line_taken_out_shows() -> None:
    lines = some(3)

    assert chain_problem(None, [lines[0], lines[2]]) == "line 2 is missing"
