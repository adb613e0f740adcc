"""Pages about bytes: the dialects and the framings."""

from __future__ import annotations

from typing import Final

from docs.tables import code, page, table
from protocol.dialect import Dialect, builtin_dialect
from protocol.field import Field
from protocol.framing import Framing, LengthKind

_PREFIXES: Final = {0: "", 1: "LVAR", 2: "LLVAR", 3: "LLLVAR", 4: "LLLLVAR"}


def dialect_iso87() -> str:
    """Draw the field table of the dialect iso87."""
    dialect = builtin_dialect("iso87")
    return page(
        f"Dialect {dialect.name}: {dialect.title}",
        "protocol/dialects/iso87.toml",
        "How bytes look; which field carries which fact is the profile's business. "
        "Classes are those of ISO 8583:1987, 4.3.4. A secret field is never shown: F2 keeps its "
        "first six and last four digits, the others are stars.",
        _facts(dialect),
        table(
            ("F", "name", "class", "length", "form", "secret"),
            [_field_row(number, field) for number, field in sorted(dialect.field.items())],
        ),
    )


def _facts(dialect: Dialect) -> str:
    mti = dialect.mti
    return table(
        ("part", "how"),
        [
            ("length header", f"{code(dialect.framing.kind.value)}, see [framing](framing.md)"),
            (
                "MTI",
                f"four digits ({mti.data_enc}): version {code(mti.versions)}, class "
                f"{code(mti.classes)}, function {code(mti.functions)}, origin {code(mti.origins)}",
            ),
            ("bitmap", "eight raw bytes" if dialect.bitmap.data_enc == "b" else "16 hex digits"),
        ],
    )


def _field_row(number: int, field: Field) -> tuple[object, ...]:
    form = field.shape or _PREFIXES[field.len_type]
    length = f"..{field.max_len}" if field.len_type else field.max_len
    return (number, field.desc, field.value.value, length, form, "yes" if field.secret else "")


def framings() -> str:
    """Draw what each kind of length header looks like before one message."""
    payload = bytes(200)
    rows = [
        (
            code(kind.value),
            _bytes(Framing(kind=kind).wrap(payload), payload),
            _bytes(Framing(kind=kind, inclusive=True).wrap(payload), payload),
        )
        for kind in LengthKind
    ]
    return page(
        "Framing: the length header",
        "protocol/framing.py",
        "Where one message ends and the next begins. The header of a message of "
        "200 bytes, when the length counts the message alone and when it counts itself too:",
        table(("kind", "message alone", "`inclusive = true`"), rows),
        f"A frame is at most {code('frame_size_max')} bytes "
        f"({Framing().frame_size_max} unless the configuration says otherwise). "
        "A length that lies ends the connection: nothing after it can be trusted to begin "
        "where it says.",
    )


def _bytes(frame: bytes, payload: bytes) -> str:
    return code(frame.removesuffix(payload).hex(" "))
