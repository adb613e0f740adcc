"""The answer to a message that could not be read: format error, F39 = 30."""

from __future__ import annotations

from protocol.message import Message


def refusal(partial: Message | None) -> Message | None:
    """Return the reply that refuses a broken request, None when it cannot be answered.

    `partial` is `FieldError.partial`.
    """
    raise NotImplementedError
