"""The pause between two copies, for who commands in lines: an event asks, a command answers.

    out   {"event": "tear", "copy": "R000001-000002/merchant"}     请撕单
    in    {"id": 8, "do": "torn"}            the next copy may come
    in    {"id": 8, "do": "no-more"}         it is taken back, and those after it

The payment stands either way. Nobody is waited for for ever: a person who has walked off leaves
paper behind, and the next copy is owed to somebody all the same.
"""

from __future__ import annotations

import asyncio
from typing import Final

from tallywire.running import tell

ANSWERS: Final = {"torn": True, "no-more": False}
"""What may be answered, and whether the next copy is printed then."""


class Tearing:
    """One terminal's pause: at most one copy is waited for at once. A `Tear` of paperwork."""

    def __init__(self, patience_s: float) -> None:
        assert patience_s > 0, "nobody answers at once"
        self._patience_s = patience_s
        self._answer: asyncio.Future[bool] | None = None
        self._left = False

    async def __call__(self, copy_id: str) -> bool:
        """Ask for the tear of a copy; return whether the next one is printed."""
        if self._left:
            return True
        tell(event="tear", copy=copy_id)
        self._answer = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._patience_s):
                return await self._answer
        except TimeoutError:
            return True
        finally:
            self._answer = None

    def answer(self, word: str) -> bool:
        """Take one of `ANSWERS`; return whether anybody was waiting for it."""
        waiting = self._answer
        if waiting is None or waiting.done():
            return False
        waiting.set_result(ANSWERS[word])
        return True

    def leave(self) -> None:
        """Say that nobody is there to answer any more."""
        self._left = True
        self.answer("torn")
