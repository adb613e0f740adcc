"""How a command of the terminal ends: L-codes and outcomes to exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tallywire.exits import Ending, Exit

if TYPE_CHECKING:
    from terminal.errors import TerminalError
    from terminal.results import Result
    from terminal.text import Text

EXITS: Final = {
    "L07": Exit.REFUSED,
    "L08": Exit.NOT_FOUND,
    "L09": Exit.AMBIGUOUS,
    "L47": Exit.REFUSED,
    "L83": Exit.NOT_FOUND,
    "L84": Exit.REFUSED,
    "L50": Exit.NO_SETTLEMENT,
    "L51": Exit.NOT_FOUND,
    "L52": Exit.NOT_FOUND,
    "L53": Exit.USAGE,
    "L54": Exit.CONFIGURATION,
    "L55": Exit.REFUSED,
    "L56": Exit.REFUSED,
    "L59": Exit.NOT_FOUND,
    "L75": Exit.REFUSED,
    "L76": Exit.REFUSED,
    "L77": Exit.REFUSED,
    "L78": Exit.REFUSED,
    "L79": Exit.REFUSED,
    "L82": Exit.CONFIGURATION,
    "L85": Exit.REFUSED,
    "L86": Exit.REFUSED,
}
"""What a person may be told about paper and about people; everything else is a broken store."""


def ending(result: Result, exit_code: Exit) -> Ending:
    """Return the ending that a result of money means."""
    return Ending(exit_code, f"{result.zh} / {result.en}.", advice(result), result.code)


def paper_ending(cause: str) -> Ending:
    """Return the ending of paper that is not certainly out, by its L-code."""
    from terminal.texts import text_of

    text = text_of(cause or "L38")
    return Ending(Exit.PAPER, f"{text.zh} / {text.en}.", advice(text), cause or "L38")


def terminal_ending(error: TerminalError) -> Ending:
    """Return the ending that an error of the terminal means."""
    from terminal.errors import InUse, WrongKey
    from terminal.texts import text_of

    exits: dict[type, Exit] = {InUse: Exit.REFUSED, WrongKey: Exit.REFUSED}
    usual = EXITS.get(error.code, Exit.STORAGE)
    text = text_of(error.code)
    sentence = f"{text.zh} / {error.sentence}."
    return Ending(exits.get(type(error), usual), sentence, advice(text), error.code)


def advice(text: Text | Result) -> str:
    """Return what to do, in both languages; a response code of the host may know nothing."""
    return " / ".join(filter(None, (text.next_zh, text.next_en)))
