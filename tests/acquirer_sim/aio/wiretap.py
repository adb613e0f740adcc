"""A terminal that believes nothing: it says what it was told to and writes down what comes.

One word for each frame and each end, so that a fault reads as a line of words:

    0210 00        a reply, its MTI and F39
    bad frame      a length that cannot be true, and whatever is behind it
    garbage        a frame that is no message
    half           bytes that are less than a frame, and then no more
    end, reset     the connection is over, politely or not
    refused        nobody listens
    hangs          nothing more comes though it was asked for
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from protocol.codec import Codec
from protocol.dialect import Dialect
from protocol.errors import FieldError
from protocol.framing import FRAME_SIZE_MAX
from protocol.message import Message
from protocol.operations import Echo, Request
from protocol.profiles.choice import profile_of
from tests.acquirer_sim.asking import ORIGIN, STAMP

HANGS_S: Final = 0.15
ANSWER_S: Final = 5.0
FENCE: Final = Echo(origin=ORIGIN, stan="000777", stamp=STAMP)
"""Asked after each request: when its answer comes, all that was to come before has come."""


class Wiretap:
    """Speaks to one port, over a new connection after each end."""

    def __init__(self, port: int, dialect: Dialect, codec: Codec) -> None:
        self.heard: list[Message] = []
        self.words: list[str] = []
        self._port = port
        self._dialect = dialect
        self._codec = codec
        self._profile = profile_of(dialect)
        self.patience_s = ANSWER_S
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, *requests: Request) -> None:
        """Send requests in one piece and write down what comes, up to the fence's answer.

        Without a request one more frame is waited for.
        """
        if not requests:
            self.words.append(await self._next_word())
            return
        messages = [self._profile.encode(one) for one in (*requests, FENCE)]
        frames = [self._dialect.framing.wrap(self._codec.encode(one)) for one in messages]
        if self._streams is None and not await self._connect():
            return
        assert self._streams is not None
        with suppress(ConnectionError):
            self._streams[1].write(b"".join(frames))
        for _ in range(32):
            word = await self._next_word()
            if word:
                self.words.append(word)
            if not word or word in ("end", "reset", "bad frame", "hangs"):
                break

    async def _connect(self) -> bool:
        try:
            async with asyncio.timeout(HANGS_S):
                self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        except TimeoutError:
            self.words.append("connect hangs")
        except OSError:
            self.words.append("refused")
        return self._streams is not None

    async def _next_word(self) -> str:
        assert self._streams is not None
        reader, _ = self._streams
        try:
            async with asyncio.timeout(self.patience_s):
                size = int.from_bytes(await reader.readexactly(2), "big")
                if not 0 < size <= FRAME_SIZE_MAX:
                    await self.close()
                    return "bad frame"
                frame = await reader.readexactly(size)
        except TimeoutError:
            return "hangs"
        except asyncio.IncompleteReadError as cut:
            await self.close()
            return "half, end" if cut.partial else "end"
        except ConnectionError:
            await self.close()
            return "reset"
        return self._word(frame)

    def _word(self, frame: bytes) -> str:
        try:
            message = self._codec.decode(frame)
        except FieldError:
            return "garbage"
        if (message.mti, message.get(11)) == ("0810", FENCE.stan):
            return ""
        self.heard.append(message)
        return f"{message.mti} {message.get(39)}".rstrip()

    async def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            writer = self._streams[1]
            self._streams = None
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
