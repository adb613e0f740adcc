"""Everything this package raises.

    ProtocolError
    ├── LocalProtocolError      our own code asked for something that cannot be: a bug
    ├── DialectError            a dialect or framing definition that contradicts itself
    │   └── NoSuchDialect       neither shipped nor a file
    └── RemoteProtocolError     the peer's bytes break a rule
        ├── FrameError          at the framing: a length header that lies
        ├── FieldError          at one field: its number, the byte position, the problem in words
        │   └── StructureError  inside one field: the position is a character of its value
        └── ProfileError        well-formed, but no operation this profile knows

No error ever carries bytes or values of a message: a log is no place for a card number.
Raise them outside `except` blocks that hold such values (`raise ... from None` keeps the
original in `__context__`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protocol.message import Message


class ProtocolError(Exception):
    """Base of all errors of the wire."""


class LocalProtocolError(ProtocolError):
    """Our side broke the rules: a bug in the caller, never the peer's fault."""


class DialectError(ProtocolError):
    """A dialect that cannot be compiled; the text names file, key, found and allowed."""


class NoSuchDialect(DialectError):
    """A word that is neither a shipped dialect nor a file; the text names those there are."""


class RemoteProtocolError(ProtocolError):
    """The peer broke the rules. `str()` is safe to log."""


class FrameError(RemoteProtocolError):
    """The byte stream cannot be cut into messages any more; the connection is lost."""


class FieldError(RemoteProtocolError):
    """One field of a message is wrong; the frame was whole, so the connection may live.

    `field` is the field's number, or "header", "MTI", "bitmap" or "end"; `position` the byte
    offset at which it begins, in the frame's payload; `partial` holds the fields that could be
    read all the same, when the MTI was readable, so that a format error can be answered.
    """

    def __init__(
        self, field: int | str, position: int, problem: str, partial: Message | None = None
    ) -> None:
        name = f"F{field}" if isinstance(field, int) else field
        super().__init__(f"{name} at byte {position}: {problem}")
        self.field = field
        self.position = position
        self.problem = problem
        self.partial = partial


class StructureError(FieldError):
    """A part inside one field is wrong; `position` counts characters (or bytes) of its value."""

    def __init__(self, field: int, position: int, problem: str) -> None:
        super().__init__(field, position, problem)
        self.args = (f"F{field} at character {position}: {problem}",)


class ProfileError(RemoteProtocolError):
    """A well-formed message that means nothing in this profile."""

    def __init__(self, mti: str, problem: str, field: int | None = None) -> None:
        where = f"{mti} F{field}" if field is not None else mti
        super().__init__(f"{where}: {problem}")
        self.mti = mti
        self.field = field
        self.problem = problem
