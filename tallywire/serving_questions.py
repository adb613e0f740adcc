"""Questions of `serve`: the terminal wants to know something in the middle of a payment.

    out   {"event": "question", "question": 1, "about": "partial", "wanted_minor": 100010, ...}
    in    {"id": 8, "do": "answer", "question": 1, "answer": "accept"}
    out   {"event": "answered", "question": 1, "answer": "accept", "by": "client"}

One stands at a time, because one payment does. Silence until the deadline, and the end of the
input, are the answer that is safe: what was approved in part is undone. The reversal has been on
the disk since before the request left, so the same holds when the power fails meanwhile.
"""

from __future__ import annotations

import asyncio
from typing import Final

from protocol.amount import Amount
from tallywire.running import tell
from terminal.intent import Partial

ANSWERS: Final = (Partial.ACCEPT.value, Partial.UNDO.value)
SAFE: Final = Partial.UNDO.value


class NoQuestion(Exception):
    """Nobody asked that, or not any more; `str()` is the sentence."""


class Questions:
    """Asks the client, and takes its answer. `timeout_s` is how long one waits."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._number = 0
        self._waiting: asyncio.Future[str] | None = None
        self._over = False

    async def ask(self, wanted: Amount, approved: Amount) -> bool:
        """Ask whether a part may stand for the whole. True only when the client says so."""
        assert self._waiting is None, "one payment at a time"
        self._number += 1
        self._waiting = asyncio.get_running_loop().create_future()
        by, answer = "client", SAFE
        try:
            if not self._over:
                self._tell(wanted, approved)
                async with asyncio.timeout(self._timeout_s):
                    answer = await self._waiting
            by = "end of input" if self._over else by
        except TimeoutError:
            by = "deadline"
        finally:
            self._waiting = None
        tell(event="answered", question=self._number, answer=answer, by=by)
        return answer == Partial.ACCEPT.value

    def answer(self, question: int, answer: str) -> None:
        """Take the client's answer. Raises NoQuestion."""
        if answer not in ANSWERS:
            raise NoQuestion(f"an answer is {' or '.join(ANSWERS)}")
        waiting = self._waiting
        if waiting is None or waiting.done() or question != self._number:
            raise NoQuestion(f"no question {question} waits for an answer")
        waiting.set_result(answer)

    def end(self) -> None:
        """Nobody is there any more: what is asked, and what will be, has the safe answer."""
        self._over = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(SAFE)

    def _tell(self, wanted: Amount, approved: Amount) -> None:
        tell(
            event="question",
            question=self._number,
            about="partial",
            zh=f"部分批准 {approved}，应收 {wanted}，是否接受",
            en=f"Approved for {approved} of {wanted}. Take it?",
            wanted_minor=wanted.minor,
            approved_minor=approved.minor,
            currency=wanted.currency,
            answers=ANSWERS,
            default=SAFE,
            deadline_s=self._timeout_s,
        )
