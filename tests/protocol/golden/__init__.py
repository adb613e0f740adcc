"""Messages published by others, read from the files beside this one."""

from __future__ import annotations

import tomllib
from pathlib import Path

from protocol.dialect import Dialect
from protocol.field import ValueClass
from protocol.message import FieldValue, Message

HERE = Path(__file__).parent


def golden(name: str, dialect: Dialect) -> list[tuple[str, bytes, Message]]:
    """Return (name, wire, message) of every message in one file."""
    table = tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
    found = []
    for entry in table["message"]:
        fields = {
            int(number): _value(dialect, int(number), text)
            for number, text in entry["fields"].items()
        }
        wire = bytes.fromhex(entry["hex"]) if "hex" in entry else entry["wire"].encode("ascii")
        found.append((entry["name"], wire, Message(entry["mti"], fields)))
    return found


def _value(dialect: Dialect, number: int, text: str) -> FieldValue:
    binary = dialect.field[number].value is ValueClass.B
    return bytes.fromhex(text) if binary else text
