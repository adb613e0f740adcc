"""What happened, as data: the facts that the journal keeps for ever.

An `entry` of the journal is (sequence, at, fact's name, JSON body); the entries are the truth,
the query tables are drawn from them (`terminal.projections`). A fact says what *was decided or
seen*, never what to do, and once released neither its name nor the meaning of a field changes:
old entries must stay readable. New fields have defaults.

No fact holds a track, a PIN or a clear card number; a card is `SealedCard`.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec


class Fact(msgspec.Struct, frozen=True, kw_only=True, tag_field="fact", tag=True):
    """Base of all facts. The class's name is stored beside the body and picks it again."""


class SealedCard(msgspec.Struct, frozen=True, kw_only=True):
    """A card number as it may be stored: sealed, keyed hash for lookup, first six, last four."""

    sealed: bytes
    lookup: str
    masked: str


F = TypeVar("F", bound=Fact)


def name_of(fact: Fact) -> str:
    """Return the name under which the journal keeps a fact; no field of it can be in the way."""
    return type(fact).__name__


def encode(fact: Fact) -> str:
    """Return the JSON body of a fact."""
    return msgspec.json.encode(fact).decode()


def decode(body: str, kind: type[F]) -> F:
    """Return the fact again. Raises msgspec.DecodeError when the body is not one of `kind`."""
    return msgspec.json.decode(body, type=kind)
