"""How a command ends: one exit code per kind of ending, and one type that carries it.

A person gets one sentence and the next step, a program gets the number. No traceback ever
reaches a user for a broken world (a port in use, a full disk, a wrong file).
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of `tallywire`. 2 is click's own for wrong usage."""

    OK = 0
    BUG = 1
    USAGE = 2
    CONFIGURATION = 3
    UNREACHABLE = 4
    DECLINED = 5
    UNKNOWN_OUTCOME = 6
    REFUSED = 7
    PAPER = 8
    NOT_FOUND = 9
    BOOKS_DIFFER = 10
    STORAGE = 11
    NO_SETTLEMENT = 12
    AMBIGUOUS = 13
    SCENARIO_FAILED = 14


class Ending(Exception):
    """The command ends here: an exit code, one sentence, and what to do next."""

    def __init__(self, exit_code: Exit, sentence: str, next_step: str = "", code: str = "") -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
        self.sentence = sentence
        self.next_step = next_step
        self.code = code
