"""From operation to message and back by two tables, which is all that a profile is made of.

A decoder takes a mandatory field by `fields[n]`: a missing one is a KeyError, a wrong structure a
StructureError. Both become a ProfileError here that names message and field, never a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from protocol.errors import LocalProtocolError, ProfileError, StructureError
from protocol.message import Message
from protocol.operations import Operation
from protocol.profiles.values import Fields

Encoders = Mapping[type[Operation], Callable[..., Message]]
"""How to say an operation, by its type; one that a field has no room for is a ValueError."""

Decoders = Mapping[str, Callable[[str, Fields], Operation]]
"""How to understand a message, by its MTI."""


def encode_by(encoders: Encoders, operation: Operation) -> Message:
    """Turn an operation into its message.

    Raises LocalProtocolError for an unknown type, and for figures that a field has no room for.
    """
    encoder = encoders.get(type(operation))
    if encoder is None:
        raise LocalProtocolError(f"no message for {type(operation).__name__}")
    problem = ""
    try:
        return encoder(operation)
    except ValueError as error:
        problem = str(error)
    raise LocalProtocolError(problem)


def decode_by(decoders: Decoders, message: Message) -> Operation:
    """Turn a message into its operation. Raises ProfileError naming MTI and field."""
    decoder = decoders.get(message.mti)
    if decoder is None:
        raise ProfileError(message.mti, "no such message in this profile")
    field: int | str = 0
    problem = "missing"
    try:
        return decoder(message.mti, message.fields)
    except KeyError as absent:
        field = absent.args[0]
    except StructureError as error:
        field, problem = error.field, f"at character {error.position}: {error.problem}"
    assert isinstance(field, int), "structures stand in numbered fields"
    raise ProfileError(message.mti, problem, field)
