"""Unknown bytes, looked at in every way there is: which framing, header and dialect fits, and why
the others do not.

A way fits when every byte is accounted for. Ways that do not fit are ordered by how far they
read; where ours refuses a value that pyiso8583 takes, the way nearly fits: the layout is right.
What is found names fields, positions and reasons, never a value.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from protocol.codec import Codec
from protocol.dialect import BUILTIN, Dialect, builtin_dialect, load_dialect
from protocol.element import PACKED
from protocol.errors import FieldError, FrameError
from protocol.framing import Deframer, Framing, LengthKind
from protocol.header import HeaderRule
from protocol.message import Message
from protocol.reference import ReferenceCodec

DATA_SIZE_MAX: Final = 1 << 16
FRAMES_MAX: Final = 64
NO_FRAMING: Final = "none"
EBCDIC: Final = "cp500"
AGREES: Final = "pyiso8583 agrees"

HEADERS: Final = {
    "none": HeaderRule(),
    "TPDU": HeaderRule(tpdu="6000000000"),
    "TPDU and terminal header": HeaderRule(tpdu="6000000000", terminal="603100311001"),
}

RAW: Final = 'binary = "raw"\n[bitmap]\ndata_enc = "b"\n'


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """A dialect to try: what to call it, and the TOML that makes it, "" for a shipped one."""

    name: str
    dialect: Dialect
    toml: str = ""


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """What one framing makes of the bytes: messages, or the reason why it cannot be."""

    name: str
    payloads: tuple[bytes, ...] = ()
    problem: str = ""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What one way of reading made of the first message.

    `field` and `position` say where reading ended, `read` how many fields came before; `opinion`
    is what pyiso8583 has to say. `usual` tells that the dialect has just this header.
    """

    framing: str
    header: str
    dialect: str
    toml: str = ""
    mti: str = ""
    fields: tuple[int, ...] = ()
    frames: int = 1
    field: int | str = ""
    position: int = 0
    problem: str = ""
    opinion: str = ""
    usual: bool = False

    @property
    def header_toml(self) -> str:
        """The keys of the dialect's table [header] that make this header."""
        rule = HEADERS[self.header]
        return f'tpdu = "{rule.tpdu}"\nterminal = "{rule.terminal}"\n'

    @property
    def fits(self) -> bool:
        """True when nothing was wrong."""
        return not self.problem

    @property
    def nearly(self) -> bool:
        """True when only our strictness about values stands against it."""
        return not self.fits and bool(self.opinion)

    @property
    def reason(self) -> str:
        """Where and why it does not fit."""
        where = f"F{self.field}" if isinstance(self.field, int) else self.field
        return f"{where} at byte {self.position}: {self.problem}" if self.problem else ""


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """Everything found, the best first, and the framings that cannot be."""

    size: int
    findings: tuple[Finding, ...]
    framings: tuple[Cut, ...]

    @property
    def fitting(self) -> tuple[Finding, ...]:
        """The ways that account for every byte."""
        return tuple(one for one in self.findings if one.fits)


def examine(data: bytes, ways: Iterable[Way] = ()) -> Diagnosis:
    """Try every framing, header and dialect on `data`; `ways` come before the shipped ones.

    Raises ValueError when there is too much of it, or nothing.
    """
    if not 0 < len(data) <= DATA_SIZE_MAX:
        raise ValueError(f"there are {len(data)} bytes; 1 to {DATA_SIZE_MAX} are looked at")
    cuts = list(_cuts(data))
    attempts = (*_attempts(ways), *_shipped_attempts())
    tried = [_try(piece, attempt) for piece in cuts if piece.payloads for attempt in attempts]
    return Diagnosis(
        size=len(data),
        findings=tuple(sorted(tried, key=_order)),
        framings=tuple(piece for piece in cuts if piece.problem),
    )


def _order(finding: Finding) -> tuple[bool | int, ...]:
    """Sort what fits first, with pyiso8583 agreeing, then what nearly does, then by how far."""
    far = -len(finding.fields), -finding.position if finding.mti else 0
    unframed = finding.framing == NO_FRAMING
    doubted = finding.fits and finding.opinion != AGREES
    return not finding.fits, doubted, not finding.nearly, *far, not finding.usual, unframed


def _cuts(data: bytes) -> Iterator[Cut]:
    yield Cut(name=NO_FRAMING, payloads=(data,))
    for kind in LengthKind:
        for inclusive in (False, True):
            name = f"{kind.value}, inclusive" if inclusive else kind.value
            yield cut(name, Framing(kind=kind, inclusive=inclusive), data)


def cut(name: str, framing: Framing, data: bytes) -> Cut:
    """Cut the bytes into frames; a rest, or more frames than anyone pastes, is no framing."""
    size = framing.header_size
    if len(data) <= size:
        return Cut(name=name, problem=f"needs {size} bytes and a message, there are {len(data)}")
    problem = ""
    try:
        announced = framing.payload_size(data[:size])
        if announced > len(data) - size:
            problem = f"announces {announced} bytes, {len(data) - size} follow"
        else:
            deframer = Deframer(framing)
            payloads = tuple(deframer.receive_data(data))
            if deframer.failure is None and not deframer.unfinished_size:
                if len(payloads) <= FRAMES_MAX:
                    return Cut(name=name, payloads=payloads)
                problem = f"would be {len(payloads)} messages"
            else:
                problem = (
                    f"announces {announced} bytes, then comes no other length that can be true"
                )
    except FrameError as error:
        problem = str(error)
    return Cut(name=name, problem=problem)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A dialect behind one kind of header, and both codecs for it."""

    header: str
    way: Way
    codec: Codec
    reference: ReferenceCodec


def _attempts(ways: Iterable[Way]) -> tuple[Attempt, ...]:
    made: list[Attempt] = []
    for way in ways:
        for header, rule in HEADERS.items():
            dialect = msgspec.structs.replace(way.dialect, header=rule)
            made.append(Attempt(header, way, Codec(dialect), ReferenceCodec(dialect)))
    return tuple(made)


@functools.cache
def _shipped_attempts() -> tuple[Attempt, ...]:
    return _attempts(shipped_ways())


def _try(piece: Cut, attempt: Attempt) -> Finding:
    payload = piece.payloads[0]
    found = Finding(
        framing=piece.name,
        header=attempt.header,
        dialect=attempt.way.name,
        toml=attempt.way.toml,
        frames=len(piece.payloads),
        usual=attempt.way.dialect.header.size == HEADERS[attempt.header].size,
    )
    try:
        message = attempt.codec.decode(payload)
    except FieldError as error:
        return _failed(found, error, attempt.reference, payload)
    return msgspec.structs.replace(
        found,
        mti=message.mti,
        fields=tuple(message.fields),
        opinion=_second_opinion(attempt.reference, payload, message),
    )


def _failed(
    found: Finding, error: FieldError, reference: ReferenceCodec, payload: bytes
) -> Finding:
    return msgspec.structs.replace(
        found,
        mti=error.partial.mti if error.partial else "",
        fields=_before(error),
        field=error.field,
        position=error.position,
        problem=error.problem,
        opinion=_excuse(reference, payload, error),
    )


def _before(error: FieldError) -> tuple[int, ...]:
    """Return what was read before the mistake: behind it, chance reads on as well."""
    numbers = tuple(error.partial.fields) if error.partial else ()
    return tuple(n for n in numbers if isinstance(error.field, str) or n < error.field)


def _second_opinion(reference: ReferenceCodec, payload: bytes, message: Message) -> str:
    try:
        other = reference.decode(payload)
    except FieldError as error:
        where = f"F{error.field}" if isinstance(error.field, int) else error.field
        return f"pyiso8583 stops at {where}"
    if (other.mti, other.fields) == (message.mti, message.fields):
        return AGREES
    return "pyiso8583 reads other values"


def _excuse(reference: ReferenceCodec, payload: bytes, error: FieldError) -> str:
    """Return why a refusal may be mere strictness: the MTI is one, and pyiso8583 reads it all."""
    if error.partial is None or error.field == "bitmap":
        return ""
    try:
        reference.decode(payload)
    except FieldError:
        return ""
    return "pyiso8583 reads all of it: the layout fits, one value is not of its class"


@functools.cache
def shipped_ways() -> tuple[Way, ...]:
    """Return the shipped dialects, each also in EBCDIC and, where it is text, with raw bytes."""
    return tuple(way for name in BUILTIN for way in _variants(name))


def _variants(name: str) -> Iterator[Way]:
    dialect = builtin_dialect(name)
    yield Way(name=name, dialect=dialect)
    text_bitmap = dialect.bitmap.data_enc != PACKED
    if text_bitmap:
        yield _variant(name, "raw bitmap", '[bitmap]\ndata_enc = "b"\n')
        yield _variant(name, "raw bitmap and binary fields", RAW)
    yield _variant(name, "EBCDIC", _ebcdic(dialect, bitmap=text_bitmap))
    if text_bitmap:
        raw = f'binary = "raw"\n{_ebcdic(dialect, bitmap=False)}[bitmap]\ndata_enc = "b"\n'
        yield _variant(name, "EBCDIC, raw bitmap and binary fields", raw)


def _variant(base: str, words: str, changes: str) -> Way:
    toml = f'base = "{base}"\nname = "own"\n{changes}'
    return Way(name=f"{base}, {words}", dialect=load_dialect(toml, "variant"), toml=toml)


def _ebcdic(dialect: Dialect, *, bitmap: bool) -> str:
    """Return the changes that write a dialect's text in EBCDIC."""
    lengths = {field.len_enc for field in dialect.field.values() if field.len_type}
    parts = [
        f'[mti]\ndata_enc = "{EBCDIC}"\n' if dialect.mti.data_enc != PACKED else "",
        f'[bitmap]\ndata_enc = "{EBCDIC}"\n' if bitmap else "",
        f'[defaults]\ndata_enc = "{EBCDIC}"\n',
        f'len_enc = "{EBCDIC}"\n' if "ascii" in lengths else "",
    ]
    return "".join(parts)
