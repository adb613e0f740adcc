"""The page about configuration, read off the types that parse it."""

from __future__ import annotations

import ast
import enum
import inspect
import json
import textwrap
import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from docs.tables import code, table


def section(title: str, kind: type[msgspec.Struct], words: str = "") -> str:
    """Return the tables of one settings type and of every type inside it."""
    return "\n\n".join(_tables(title, kind, words))


def _tables(title: str, kind: type[msgspec.Struct], words: str) -> Iterator[str]:
    meanings = _meanings(kind)
    hints = get_type_hints(kind, include_extras=True)
    rows, inner = [], []
    for field in msgspec.structs.fields(kind):
        hint = hints[field.name]
        rows.append(
            (code(field.encode_name), _type(hint), _default(field), meanings.get(field.name, ""))
        )
        inner += [(field.encode_name, found, _is_list(hint)) for found in _structs(hint)]
    yield f"## {title}"
    yield words or inspect.cleandoc(kind.__doc__ or "")
    columns = 4 if meanings else 3
    header = ("key", "is", "default", "meaning")[:columns]
    yield table(header, [row[:columns] for row in rows])
    for name, found, many in inner:
        yield from _tables(f"[[{name}]]" if many else f"[{name}]", found, "")


def _meanings(kind: type) -> dict[str, str]:
    """Return the docstring below each attribute."""
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    assert isinstance(body, ast.ClassDef)
    found = {}
    for attribute, words in zip(body.body, body.body[1:], strict=False):
        if isinstance(attribute, ast.AnnAssign) and isinstance(words, ast.Expr):
            text = ast.literal_eval(words.value)
            found[ast.unparse(attribute.target)] = " ".join(text.split())
    return found


def _type(hint: Any) -> str:
    if get_origin(hint) is Annotated:
        return _limits(*get_args(hint))
    if get_origin(hint) is Literal:
        return " or ".join(code(choice) for choice in get_args(hint))
    if get_origin(hint) in (Union, types.UnionType):
        return " or ".join(_type(one) for one in get_args(hint) if one is not type(None))
    if get_origin(hint) in (tuple, list):
        return f"list of {_type(get_args(hint)[0])}"
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return " or ".join(code(one.value) for one in hint)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return "table"
    return {str: "text", int: "integer", float: "number", bool: "`true` or `false`"}.get(
        hint, str(hint)
    )


def _limits(hint: Any, *notes: Any) -> str:
    limits = []
    for note in notes:
        if isinstance(note, msgspec.Meta):
            bounds = [note.ge, note.gt, note.min_length], [note.le, note.lt, note.max_length]
            low, high = (next((one for one in ends if one is not None), None) for ends in bounds)
            if low is not None or high is not None:
                limits.append(f"{'' if low is None else low}..{'' if high is None else high}")
            if note.pattern:
                limits.append(code(note.pattern.strip("^$")))
    return ", ".join([_type(hint), *limits])


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    if isinstance(value, enum.Enum):
        value = value.value
    if value is None or isinstance(value, msgspec.Struct) or value in ((), [], {}, ""):
        return ""
    return code(json.dumps(msgspec.to_builtins(value), ensure_ascii=False))


def _structs(hint: Any) -> list[type[msgspec.Struct]]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return [hint]
    return [
        found
        for one in get_args(hint)
        if not isinstance(one, msgspec.Meta)
        for found in _structs(one)
    ]


def _is_list(hint: Any) -> bool:
    return get_origin(hint) in (tuple, list)
