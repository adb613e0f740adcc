"""Specifications that people already have, read into a dialect.

Three forms: a pyiso8583 specification (a Python dictionary, never executed, or JSON), a jPOS
GenericPackager file (XML), a moov-io/iso8583 specification (JSON). What one of them says and a
dialect cannot is left out and named, field by field: a field left out is refused when it comes,
which is better than read wrongly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from protocol.errors import DialectError
from protocol.imports import jpos, moov, pyspec
from protocol.imports.draft import Draft, Imported

SPECIFICATION_SIZE_MAX: Final = 1 << 20

READERS: Final[Mapping[str, Callable[[str, Draft], None]]] = {
    "pyiso8583": pyspec.read,
    "jpos": jpos.read,
    "moov": moov.read,
}
"""Name of a form -> what reads its text into a draft, raising DialectError."""


def recognise(text: str) -> str:
    """Return the form that a text looks like."""
    begin = text.lstrip("\ufeff \t\r\n")
    if begin.startswith("<"):
        return "jpos"
    if begin.startswith("{") and '"fields"' in text:
        return "moov"
    return "pyiso8583"


def read_specification(text: str, *, source: str, name: str, form: str = "") -> Imported:
    """Return the dialect that a specification describes, called `name`.

    `source` is the file's name for errors and comments; `form` one of READERS, "" to recognise
    it. Raises DialectError when nothing can be read.
    """
    if len(text) > SPECIFICATION_SIZE_MAX:
        raise DialectError(
            f"{source}: has {len(text)} characters, at most {SPECIFICATION_SIZE_MAX} are read"
        )
    form = form or recognise(text)
    if form not in READERS:
        raise DialectError(f"{form!r} is no form that is read; there are {', '.join(READERS)}")
    draft = Draft(source=source, name=name, form=form)
    READERS[form](text.removeprefix("\ufeff"), draft)
    return draft.finish()
