"""A dialect written down reads as itself."""

from __future__ import annotations

import pytest

from protocol.dialect import BUILTIN, Dialect, builtin_dialect, load_dialect
from protocol.field import Field, ValueClass
from protocol.framing import Framing, LengthKind
from protocol.imports.written import dialect_text

ODD = Dialect(
    name='quoted "twice" \\ \x7f',
    title="中文 \n and more",
    field={2: Field(value=ValueClass.N, max_len=3, desc="a\tb = { }")},
    framing=Framing(kind=LengthKind.ASCII4, inclusive=True, frame_size_max=99),
)


@pytest.mark.parametrize(
    "dialect", [*map(builtin_dialect, BUILTIN), ODD], ids=lambda dialect: dialect.name[:6]
)
def test_dialect_reads_as_itself_when_written_down(dialect: Dialect) -> None:
    assert dialect == load_dialect(dialect_text(dialect, ["a comment\nof two lines"]), "written")
