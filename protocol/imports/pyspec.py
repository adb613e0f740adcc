"""A pyiso8583 specification: a dictionary of fields, as Python or as JSON.

    spec = {"t": {"data_enc": "ascii", "len_enc": "ascii", "len_type": 0, "max_len": 4}, ...}

The Python file is parsed and never run: the dictionary must stand there in full. Later lines
like `spec["2"]["max_len"] = 21` are taken too, as long as the value stands there.
"""

from __future__ import annotations

import ast
from typing import Any, Final

import msgspec

from protocol.imports.draft import Draft, Wire

KEYS: Final = (
    "data_enc len_enc len_type max_len len_count left_pad right_pad desc".split()  # all there are
)

PRINT_IT: Final = (
    "there is no dictionary with the keys t, p and field numbers; write the one you use as JSON: "
    'python -c "import json, my_spec; print(json.dumps(my_spec.specification))"'
)

Table = dict[str, Any]


def read(text: str, draft: Draft) -> None:
    """Read a specification into `draft`. Raises DialectError."""
    table = _json(text) or _python(text, draft)
    if not _is_specification(table):
        raise draft.refuse(PRINT_IT)
    draft.title = "imported from pyiso8583"
    draft.mti_enc = _fixed(table, "t", draft, widths=(4, 2))
    draft.bitmap_enc = _fixed(table, "p", draft, widths=(16, 8))
    _look_at_header(table, draft)
    for key, row in table.items():
        if key.isdecimal() and key != "1":
            _add(int(key), row, draft)


def _json(text: str) -> Table:
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _python(text: str, draft: Draft) -> Table:
    problem = ""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        problem = f"is neither JSON nor Python (line {error.lineno})"
    except (ValueError, RecursionError, MemoryError):
        problem = "is neither JSON nor Python"
    if problem:
        raise draft.refuse(problem)
    name = ""
    table: Table = {}
    for statement in tree.body:
        target, value = _assignment(statement)
        literal = _literal(value)
        if not table and _is_specification(literal):
            name, table = _name(target), literal
        elif table and isinstance(target, ast.Subscript) and _name(target) == name:
            _change(table, target, literal, draft)
        elif table and _name(target) == name and name:
            draft.note(f"Line {statement.lineno} assigns {name} again, which is not followed.")
    return table


def _assignment(statement: ast.stmt) -> tuple[ast.expr | None, ast.expr | None]:
    match statement:
        case ast.Assign(targets=[target], value=value):
            return target, value
        case ast.AnnAssign(target=target, value=value):
            return target, value
        case ast.Expr(value=value):
            return None, value
        case _:
            return None, None


def _literal(value: ast.expr | None) -> Any:
    if value is None:
        return None
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return None


def _name(target: ast.expr | None) -> str:
    while isinstance(target, ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else ""


def _change(table: Table, target: ast.Subscript, value: Any, draft: Draft) -> None:
    """Take over `spec["2"] = {...}` and `spec["2"]["max_len"] = 21`."""
    outer = target.value
    steps = [_literal(target.slice)]
    if isinstance(outer, ast.Subscript):
        steps.insert(0, _literal(outer.slice))
    match steps:
        case [str(key)] if isinstance(value, dict):
            table[key] = value
        case [str(key), str(inner)] if value is not None and isinstance(table.get(key), dict):
            table[key][inner] = value
        case _:
            draft.note(f"Line {target.lineno} changes the dictionary in a way not followed.")


def _is_specification(found: Any) -> bool:
    return (
        isinstance(found, dict)
        and {"t", "p"} <= found.keys()
        and all(isinstance(key, str) and isinstance(row, dict) for key, row in found.items())
    )


def _fixed(table: Table, key: str, draft: Draft, *, widths: tuple[int, int]) -> str:
    """Return the encoding of MTI or bitmap, whose lengths are given as text and packed."""
    row = table[key]
    encoding = str(row.get("data_enc", "ascii"))
    width = widths[1] if encoding == "b" else widths[0]
    if row.get("max_len") != width or row.get("len_type", 0) != 0:
        raise draft.refuse(f"{key}: found max_len {row.get('max_len')!r}, allowed is {width}")
    return encoding


def _look_at_header(table: Table, draft: Draft) -> None:
    size = table.get("h", {}).get("max_len", 0)
    if size:
        draft.note(
            f"The header h of {size!r} bytes is not carried over; a TPDU goes into [header]."
        )


def _add(number: int, row: Table, draft: Draft) -> None:
    unknown = [key for key in row if key not in KEYS]
    if unknown:
        draft.note(f"F{number}: pyiso8583 has no key {unknown[0]!r}; it is not carried over.")
    keys = {key: row[key] for key in KEYS if key in row and key != "desc"}
    if keys.get("len_count", "bytes") != "nibbles" or keys.get("data_enc") != "b":
        # pyiso8583 looks at pads of packed nibbles only.
        keys = {key: value for key, value in keys.items() if not key.endswith("_pad")}
    elif keys.get("left_pad"):
        keys.pop("right_pad", None)  # the left one takes precedence
    keys = {key: value[:1] if key.endswith("_pad") else value for key, value in keys.items()}
    if not keys.get("len_type"):
        keys.pop("len_enc", None)
    problem = ""
    try:
        wire = msgspec.convert(keys, Wire)
    except msgspec.ValidationError as error:
        problem = str(error).replace(" - at `$.", " (").replace("`", ")" * (" - at" in str(error)))
    if problem:
        draft.leave_out(number, problem)
    else:
        draft.add(number, wire, row.get("desc", ""))
