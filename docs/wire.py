"""Pages about bytes: the dialects and the framings."""

from __future__ import annotations

from docs.tables import code, page, table
from protocol.dialect import Dialect, builtin_dialect
from protocol.field import Field, ValueClass
from protocol.framing import Framing, LengthKind
from protocol.header import HeaderRule
from protocol.mac_rule import MacRule
from protocol.pin_rule import PinKeys, PinRule


def dialect(name: str) -> str:
    """Draw the field table of a shipped dialect."""
    dialect = builtin_dialect(name)
    return page(
        f"Dialect {dialect.name}: {dialect.title}",
        f"protocol/dialects/{name}.toml",
        "How bytes look; which field carries which fact is the profile's business. "
        "Classes are those of ISO 8583:1987, 4.3.4. A secret field is never shown: F2 keeps its "
        "first six and last four digits, the others are stars.",
        _facts(dialect),
        table(
            ("F", "name", "class", "length", "form", "written", "secret"),
            [_field_row(number, field) for number, field in sorted(dialect.field.items())],
        ),
    )


def _facts(dialect: Dialect) -> str:
    mti = dialect.mti
    return table(
        ("part", "how"),
        [
            ("length header", f"{code(dialect.framing.kind.value)}, see [framing](framing.md)"),
            ("header", _header(dialect.header)),
            (
                "MTI",
                f"four digits ({mti.data_enc}): version {code(mti.versions)}, class "
                f"{code(mti.classes)}, function {code(mti.functions)}, origin {code(mti.origins)}",
            ),
            ("bitmap", "eight raw bytes" if dialect.bitmap.data_enc == "b" else "16 hex digits"),
            ("profile", code(dialect.profile)),
            ("a reply is known by", ", ".join(f"F{number}" for number in dialect.match.fields)),
            ("MAC", _mac(dialect.mac)),
            ("PIN", _pin(dialect.pin)),
        ],
    )


def _pin(rule: PinRule) -> str:
    keys = f"the {rule.keys.value} key" if rule.keys is PinKeys.SIGN_ON else "a DUKPT key"
    return f"ISO 9564-1 format {code(str(rule.format.value))} under {keys}"


def _mac(rule: MacRule) -> str:
    if rule.algorithm is None:
        return "none"
    classes = ", ".join(f"{code(f'0{digit}xx')}" for digit in rule.classes)
    return f"{code(rule.algorithm.value)} in F64, of {classes}"


def _header(rule: HeaderRule) -> str:
    parts = [
        f"{name} {code(digits)}"
        for name, digits in (("TPDU", rule.tpdu), ("terminal header", rule.terminal))
        if digits
    ]
    return f"{rule.size} bytes, packed; by default {', '.join(parts)}" if parts else "none"


def _field_row(number: int, field: Field) -> tuple[object, ...]:
    digits = field.data_enc == "b" and field.len_count == "bytes" and field.value is ValueClass.N
    most = field.max_len * 2 if digits else field.max_len
    length = f"..{most}" if field.len_type else most
    places = len(str(most)) if field.len_enc in ("b", "bcd") else field.len_type
    form = "L" * places + "VAR" if field.len_type else field.shape
    written = "packed" if field.data_enc == "b" else field.data_enc
    if field.value is ValueClass.B and field.data_enc == "b":
        written = "bytes"
    row = (number, field.desc, field.value.value, length, form, written)
    return (*row, "yes" if field.secret else "")


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
