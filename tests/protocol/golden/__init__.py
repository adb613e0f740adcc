"""Messages published by others, read from the files beside this one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from protocol.dialect import Dialect, load_dialect
from protocol.field import ValueClass
from protocol.header import Header, HeaderRule
from protocol.message import FieldValue, Message

HERE = Path(__file__).parent


def golden(name: str) -> list[tuple[str, Dialect, bytes, Message]]:
    """Return (what it is, dialect, wire, message) of every message in one file."""
    table = tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
    return [(entry["name"], *_read(name, entry)) for entry in table["message"]]


def _read(base: str, entry: dict[str, Any]) -> tuple[Dialect, bytes, Message]:
    dialect = load_dialect(f'base = "{base}"\n{entry.get("dialect", "")}', entry["name"])
    fields = {
        int(number): _value(dialect, int(number), text) for number, text in entry["fields"].items()
    }
    wire = bytes.fromhex(entry["hex"]) if "hex" in entry else entry["wire"].encode("ascii")
    return dialect, wire, Message(entry["mti"], fields, _header(entry.get("header")))


def _header(digits: list[str] | None) -> Header | None:
    if digits is None:
        return None
    rule = HeaderRule(tpdu=digits[0], terminal=digits[1])
    return rule.default


def _value(dialect: Dialect, number: int, text: str) -> FieldValue:
    binary = dialect.field[number].value is ValueClass.B
    return bytes.fromhex(text) if binary else text
