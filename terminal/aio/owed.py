"""A note between the books and the printers: something waits."""

from __future__ import annotations


class PaperOwed:
    """A note that something waits for a printer."""

    def __init__(self) -> None:
        self._owed = False

    def note(self) -> None:
        """Remember it."""
        self._owed = True

    def take(self) -> bool:
        """Return whether something waits, and forget it: the journal does not."""
        owed, self._owed = self._owed, False
        return owed
