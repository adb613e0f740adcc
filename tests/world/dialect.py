"""The one dialect of every world, and its codec: building one takes longer than a whole run."""

from __future__ import annotations

import functools

from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.reference import ReferenceCodec


@functools.cache
def codec() -> Codec:
    """Return the product's codec."""
    return Codec(builtin_dialect("iso87"))


@functools.cache
def reference() -> ReferenceCodec:
    """Return the other codec, with which the auditor reads the wire."""
    return ReferenceCodec(builtin_dialect("iso87"))
