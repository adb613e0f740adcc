"""Everything the terminal raises.

    TerminalError               carries an L-code, a sentence; `terminal.texts` has the next step
    ├── IllegalEvent            an event that its state does not know: a bug
    ├── NotPermitted            who asks may not, or has not said who it is; nothing was done
    └── StoreError              the terminal's data cannot be used
        ├── JournalError        a commit or query failed: L40 full, L41 locked, L42 damaged
        ├── InUse               another process works on the same data directory
        └── WrongKey            the key file does not open this database

A decline, a timeout, an unbalanced batch are no errors but events. No `sqlite3.Error` and no
`OSError` crosses the ports of `terminal.aio`.
"""

from __future__ import annotations


class TerminalError(Exception):
    """Base: `code` is an L-code (docs/reference/local-codes.md), `str()` a sentence to show."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code} {sentence}")
        self.code = code
        self.sentence = sentence


class IllegalEvent(TerminalError):
    """The state has no row for this event: our own bug, nothing was done."""

    def __init__(self, machine: str, state: str, event: str) -> None:
        super().__init__("L42", f"{machine} in {state} does not know {event}")


class NotPermitted(TerminalError):
    """Who asks may not do that, or has not said who it is: nothing was done."""


class StoreError(TerminalError):
    """The terminal's data on disk cannot be used."""


class JournalError(StoreError):
    """The disk refused: L40 full, L41 locked by another, L42 damaged or inconsistent."""


class InUse(StoreError):
    """Another process holds the lock of this data directory."""

    def __init__(self, where: str) -> None:
        super().__init__("L41", f"another terminal process is using {where}")


class WrongKey(StoreError):
    """The key file is missing or is not the one this database was sealed with."""

    def __init__(self, problem: str) -> None:
        super().__init__("L42", problem)
