"""A dialect: how bytes look, as data.

A TOML file with the field table (the keys of a pyiso8583 specification and a few of our own),
the encodings of MTI and bitmap, what stands before the MTI, and the framing. `base` names a
shipped dialect to start from: then the file holds only the differences.

    base = "iso87"
    name = "shop"
    binary = "raw"                # every binary field as bytes, not as hexadecimal digits
    [bitmap]
    data_enc = "b"
    [field]
    60 = { value = "n", len_type = 3, max_len = 6 }

Which fields carry which fact is a profile's business; a dialect only names its profile.
"""

from __future__ import annotations

import functools
import pkgutil
import tomllib
from itertools import product
from typing import Any, Final, Literal, TypeVar

import msgspec

from protocol.errors import DialectError
from protocol.field import Field, check_charset
from protocol.framing import Framing
from protocol.header import HeaderRule
from protocol.mac_rule import MacRule
from protocol.matching import MatchRule
from protocol.pin_rule import AS_USUAL, PinKeys, PinRule
from protocol.settings import explain

S = TypeVar("S", bound=msgspec.Struct)

BUILTIN: Final = ("iso87", "iso87_bcd", "cup", "iso93", "iso93_bcd")


class MtiRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which message types exist: allowed digits at each of the four places (ISO 8583, 4.2)."""

    data_enc: str = "ascii"
    versions: str = "0"
    classes: str = "12345678"
    functions: str = "0123"
    origins: str = "012345"

    def __post_init__(self) -> None:
        check_charset(self.data_enc)
        for digits in (self.versions, self.classes, self.functions, self.origins):
            if not digits or not (digits.isascii() and digits.isdigit()):
                raise ValueError("versions, classes, functions and origins are digits")

    def all(self) -> tuple[str, ...]:
        """Return every MTI there is."""
        places = product(self.versions, self.classes, self.functions, self.origins)
        return tuple("".join(place) for place in places)


class BitmapRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How both bitmaps are written: "b" is eight bytes each, a charset 16 hexadecimal digits."""

    data_enc: str = "ascii"

    def __post_init__(self) -> None:
        check_charset(self.data_enc)


class Dialect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the bytes of one network look.

    `profile` says which fields carry which fact, `match` by which fields a reply is known,
    `mac` which messages are signed and how, `pin` how PINs are enciphered.
    """

    name: str
    field: dict[int, Field]
    title: str = ""
    header: HeaderRule = HeaderRule()
    mti: MtiRule = MtiRule()
    bitmap: BitmapRule = BitmapRule()
    framing: Framing = Framing()
    profile: Literal["iso87", "cup", "iso93"] = "iso87"
    match: MatchRule = MatchRule()
    mac: MacRule = MacRule()
    pin: PinRule = AS_USUAL

    def __post_init__(self) -> None:
        wrong = [number for number in self.field if not 2 <= number <= 128 or number == 65]
        if wrong:
            raise ValueError(f"field {wrong[0]}: fields are 2 to 128, and 65 is a bitmap")
        if self.mac.algorithm is not None and 64 not in self.field:
            raise ValueError("mac: a dialect that signs has field 64")
        self._check_pin()

    def _check_pin(self) -> None:
        """A block that does not fit would be found when somebody has keyed in a PIN."""
        holder, rule = self.field.get(52), self.pin
        room = 0 if holder is None else holder.max_len
        if holder is not None and holder.data_enc != "b":
            room //= 2
        if rule != AS_USUAL and room != rule.format.block_size:
            size = rule.format.block_size
            raise ValueError(
                f"pin: a block of format {rule.format.value} has {size} bytes, field 52 takes"
                f" {room}: max_len = {size}, or {2 * size} in hexadecimal digits"
            )
        if rule.keys is PinKeys.DUKPT and rule.serial_field not in self.field:
            raise ValueError(f"pin: serial_field {rule.serial_field} is not in this dialect")

    @property
    def names(self) -> dict[int, str]:
        """Field names for `Message.describe`."""
        return {number: field.desc for number, field in self.field.items()}

    @property
    def hidden(self) -> frozenset[int]:
        """Fields never shown, for `Message.describe`; F2 is shown masked."""
        return frozenset(n for n, field in self.field.items() if field.secret and n != 2)


def load_dialect(text: str, source: str) -> Dialect:
    """Read a dialect from TOML `text`; `source` is the path that errors name.

    Raises DialectError.
    """
    return _dialect(_write_out(_read(text, source), source), source)


@functools.cache
def builtin_dialect(name: str = "iso87") -> Dialect:
    """Return a shipped dialect. Raises DialectError when there is none of that name."""
    return _dialect(_write_out(_builtin_table(name), name), name)


def _builtin_table(name: str) -> dict[str, Any]:
    if name not in BUILTIN:
        raise DialectError(f"{name!r} is no shipped dialect; there are {', '.join(BUILTIN)}")
    data = pkgutil.get_data("protocol", f"dialects/{name}.toml")
    assert data is not None, "a loader of modules loads what lies beside them"
    return _read(data.decode("utf-8"), name)


def _read(text: str, source: str) -> dict[str, Any]:
    """Return the table of a dialect with its base merged in."""
    problem = ""
    table: dict[str, Any] = {}
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = str(error)
    if problem:
        raise DialectError(f"{source}: {problem}")
    base: object = table.pop("base", None)
    if base is None:
        return table
    try:
        return _merge(_builtin_table(str(base)), table)
    except DialectError as error:
        problem = str(error)
    raise DialectError(f"{source}: base: {problem}")


def _write_out(table: dict[str, Any], source: str) -> dict[str, Any]:
    """Return the table with its shorthands, `defaults` and `binary`, written into every field."""
    fields, defaults, binary = table.get("field"), table.get("defaults", {}), table.get("binary")
    if not isinstance(fields, dict) or not isinstance(defaults, dict):
        raise DialectError(f"{source}: field: a dialect has tables [field] and [defaults]")
    if binary not in (None, "hex", "raw"):
        raise DialectError(f'{source}: binary: found {binary!r}, allowed are "hex" and "raw"')
    strange = [number for number in fields if not (number.isascii() and number.isdigit())]
    if strange:
        raise DialectError(f"{source}: field.{strange[0]}: a field is a number, 2 to 128")
    written = {
        number: _rewrite_binary({**defaults, **keys}, binary) if isinstance(keys, dict) else keys
        for number, keys in fields.items()
    }
    rest = {key: value for key, value in table.items() if key not in ("defaults", "binary")}
    return {**rest, "field": written}


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        known = merged.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            merged[key] = _merge(known, value)
        else:
            merged[key] = value
    return merged


def _rewrite_binary(keys: dict[str, Any], binary: str | None) -> dict[str, Any]:
    """Write a binary field as the shorthand says: hexadecimal digits take twice the room."""
    if binary is None or keys.get("value") != "b" or not isinstance(keys.get("max_len"), int):
        return keys
    raw = keys.get("data_enc") == "b"
    if binary == "raw" and not raw:
        return {**keys, "data_enc": "b", "max_len": keys["max_len"] // 2}
    if binary == "hex" and raw:
        return {**keys, "data_enc": "ascii", "max_len": keys["max_len"] * 2}
    return keys


def _dialect(table: dict[str, Any], source: str) -> Dialect:
    fields = {
        number: _convert(keys, Field, f"{source}: field.{number}")
        for number, keys in table["field"].items()
    }
    return _convert({**table, "field": fields}, Dialect, source)


def _convert(table: object, kind: type[S], source: str) -> S:
    problem = ""
    try:
        return msgspec.convert(table, kind, str_keys=True)
    except msgspec.ValidationError as error:
        problem = str(error)
    key, words = explain(problem, table, kind)
    raise DialectError(f"{source}: {key}: {words}" if key else f"{source}: {words}")
