"""What a person is told about money, made from the two tables of words."""

from __future__ import annotations

from terminal.effects import Notice
from terminal.responses import RESPONSES, response
from terminal.texts import notice


def told(code: str, subject: str, key: str, state: str) -> Notice:
    """Return the notice for a code: one of the host's (F39) or an L-code of the terminal's."""
    if code.startswith("L"):
        return notice(code, subject=subject, key=key, state=state)
    words = response(code)
    return Notice(code=code, subject=subject, key=key, state=state, zh=words.zh, en=words.en)


assert not any(code.startswith("L") for code in RESPONSES), "the two tables never overlap"
