"""A dialect as tables for a person, with rich, and as JSON for a program."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from rich.console import Console
from rich.table import Table

from protocol.dialect import Dialect
from protocol.field import Field, ValueClass
from tallywire.dialects.draw import lengths
from tallywire.dialects.judge import Disagreement

PACKED: Final = "b"


def _console() -> Console:
    # A title or description is anyone's text: what looks like markup is none.
    return Console(highlight=False, markup=False, emoji=False)


def encodings(dialect: Dialect) -> str:
    """Return in a few words how MTI, bitmap, digits and text are written."""
    text = {field.data_enc for field in dialect.field.values() if field.data_enc != PACKED}
    packed = any(
        field.data_enc == PACKED and field.value.value in "nz" for field in dialect.field.values()
    )
    parts = {
        **({"header": f"{dialect.header.size} bytes"} if dialect.header.size else {}),
        "MTI": "packed" if dialect.mti.data_enc == PACKED else dialect.mti.data_enc,
        "bitmap": "raw" if dialect.bitmap.data_enc == PACKED else dialect.bitmap.data_enc,
        "digits": "packed" if packed else "as text",
        "text": ", ".join(sorted(text)) or "none",
    }
    return "; ".join(f"{part} {how}" for part, how in parts.items())


def show_list(dialects: Iterable[Dialect]) -> None:
    """Show one line for each dialect."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for header in ("name", "title", "encodings"):
        table.add_column(header, no_wrap=header == "name")
    for dialect in dialects:
        table.add_row(dialect.name, dialect.title, encodings(dialect))
    _console().print(table)


def show_dialect(dialect: Dialect) -> None:
    """Show the whole field table."""
    console = _console()
    console.print(f"{dialect.name}: {dialect.title}" if dialect.title else dialect.name)
    console.print(f"{encodings(dialect)}; length header {dialect.framing.kind.value}")
    if dialect.header.size:
        console.print(f"before the MTI: {dialect.header.default}")
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("F", justify="right")
    for header in ("name", "class", "length", "written", "shown"):
        table.add_column(header)
    for number, field in sorted(dialect.field.items()):
        shown = "" if not field.secret else "masked" if number == 2 else "never"
        table.add_row(
            str(number), field.desc, field.value.value, _length(field), written(field), shown
        )
    console.print(table)


def _length(field: Field) -> str:
    """Return how long a value may be: characters, or bytes of a binary one."""
    most = lengths(field)[1]
    unit = " bytes" if field.value is ValueClass.B else ""
    return f"{'..' if field.len_type else ''}{most}{unit}"


def written(field: Field) -> str:
    """Return in a few words how a field is written: content, length prefix, filler, shape."""
    digits = field.value.value in "nz"
    content = field.data_enc
    if content == PACKED:
        content = "packed" if digits else "raw"
    parts = [content]
    if field.len_type:
        how = {"b": "binary", "bcd": "BCD"}.get(field.len_enc, field.len_enc)
        unit = "byte" if field.len_type == 1 else "bytes"
        parts.append(f"length of {field.len_type} {unit} {how}")
    if field.left_pad or field.right_pad:
        side = "before" if field.left_pad else "behind"
        parts.append(f"filled up with {field.left_pad or field.right_pad} {side}")
    if field.shape:
        parts.append(field.shape)
    return ", ".join(parts)


def show_disagreements(found: Iterable[Disagreement]) -> None:
    """Show on which field the codecs differ, why and how often."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("field")
    table.add_column("messages", justify="right")
    table.add_column("what")
    for one in found:
        table.add_row(one.field, str(one.count), one.reason)
    _console().print(table)


def dialect_record(dialect: Dialect) -> dict[str, Any]:
    """Return all of a dialect as JSON can hold it."""
    record = msgspec.to_builtins(dialect, str_keys=True)
    assert isinstance(record, dict)
    return {**record, "encodings": encodings(dialect)}
