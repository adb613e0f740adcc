"""A dialect written as the TOML that `load_dialect` reads: every key that is not the default."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from protocol.dialect import Dialect


def dialect_text(dialect: Dialect, comments: Iterable[str] = ()) -> str:
    """Return the TOML of a dialect, with comments before it."""
    table = {"name": dialect.name, **_said(dialect)}
    fields = {number: _said(field) for number, field in sorted(dialect.field.items())}
    parts = [
        *(f"# {line}".rstrip() for comment in comments for line in comment.splitlines()),
        "",
        *(f"{key} = {_value(value)}" for key, value in table.items() if not _is_table(value)),
    ]
    for key, value in table.items():
        if _is_table(value) and key != "field":
            parts.extend(_table(key, value))
    parts.extend(["", "[field]"])
    parts.extend(f"{number} = {_inline(keys)}" for number, keys in fields.items())
    return "\n".join(parts).lstrip("\n") + "\n"


def _said(struct: msgspec.Struct) -> dict[str, Any]:
    """Return the keys of a struct that differ from their defaults, as plain values."""
    return {
        field.encode_name: msgspec.to_builtins(value, str_keys=False)
        if not isinstance(value, msgspec.Struct)
        else _said(value)
        for field in msgspec.structs.fields(struct)
        if (value := getattr(struct, field.name)) != field.default
    }


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _table(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", f"[{name}]")
    yield from (f"{key} = {_value(value)}" for key, value in table.items())


def _inline(table: Mapping[str, Any]) -> str:
    return f"{{ {', '.join(f'{key} = {_value(value)}' for key, value in table.items())} }}"


def _value(value: Any) -> str:
    if _is_table(value):
        return _inline(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    # A JSON string, number or truth is a TOML one, but for the character DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
