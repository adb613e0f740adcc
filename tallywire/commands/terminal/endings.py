"""How a command of the terminal ends: L-codes and outcomes to exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tallywire.exits import Ending, Exit

if TYPE_CHECKING:
    from terminal.errors import TerminalError
    from terminal.text import Text

EXITS: Final = {
    "L07": Exit.REFUSED,
    "L08": Exit.NOT_FOUND,
    "L09": Exit.AMBIGUOUS,
    "L50": Exit.NO_SETTLEMENT,
    "L51": Exit.NOT_FOUND,
    "L52": Exit.NOT_FOUND,
    "L53": Exit.USAGE,
    "L54": Exit.CONFIGURATION,
    "L55": Exit.REFUSED,
    "L56": Exit.REFUSED,
    "L59": Exit.NOT_FOUND,
    "L82": Exit.CONFIGURATION,
}
"""What a person may be told about paper; everything else is a broken store."""


def ending(result: Any, exit_code: Exit) -> Ending:
    """Return the ending that a result of money means."""
    return Ending(exit_code, f"{result.zh} / {result.en}", result.next_en, result.code)


def paper_ending(cause: str) -> Ending:
    """Return the ending of paper that is not certainly out, by its L-code."""
    from terminal.texts import text_of

    text = text_of(cause or "L38")
    return Ending(Exit.PAPER, f"{text.zh} / {text.en}.", next_step(text), cause or "L38")


def terminal_ending(error: TerminalError) -> Ending:
    """Return the ending that an error of the terminal means."""
    from terminal.errors import InUse, WrongKey
    from terminal.texts import text_of

    exits: dict[type, Exit] = {InUse: Exit.REFUSED, WrongKey: Exit.REFUSED}
    usual = EXITS.get(error.code, Exit.STORAGE)
    text = text_of(error.code)
    sentence = f"{text.zh} / {error.sentence}."
    return Ending(exits.get(type(error), usual), sentence, next_step(text), error.code)


def next_step(text: Text) -> str:
    """Return what to do, in both languages."""
    return f"{text.next_zh} / {text.next_en}"
