"""A stranger's host: a thread with a blocking socket, which approves and keeps its own sums."""

from __future__ import annotations

import socket
import threading
from types import TracebackType

from tests.foreign.speech import Fields, hear, read_frame, say

ECHOED = (3, 4, 7, 11, 12, 13, 41, 42, 49, 60, 70)


class ForeignHost:
    """Approves everything below 1000.00, declines the rest with 05, balances what it approved."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Fields]] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.sums: dict[str, int] = {}
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> ForeignHost:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        try:
            peer, _ = self.listener.accept()
        except OSError:
            return
        with peer:
            while payload := read_frame(peer):
                mti, fields = hear(payload)
                self.heard.append((mti, fields))
                peer.sendall(say(*self._answer(mti, fields)))

    def _answer(self, mti: str, asked: Fields) -> tuple[str, Fields]:
        reply = {number: asked[number] for number in ECHOED if number in asked}
        reply[39] = "00"
        match mti:
            case "0200" if int(asked[4]) >= 100_000:
                reply[39] = "05"
            case "0200":
                self.sums[asked[11]] = int(asked[4])
                reply |= {15: asked[13], 37: f"{len(self.sums):012d}", 38: asked[11]}
            case "0400" | "0401":
                self.sums.pop(asked[11], None)
            case "0500" | "0501":
                count, amount = f"{len(self.sums):010d}", f"{sum(self.sums.values()):016d}"
                zeros = {74: "0" * 10, 75: "0" * 10, 77: "0" * 10}
                zeros |= {86: "0" * 16, 87: "0" * 16, 89: "0" * 16}
                reply |= zeros | {15: asked[15], 76: count, 88: amount, 97: asked[97]}
                reply[66] = "1" if (asked[76], asked[88]) == (count, amount) else "2"
        return f"{int(mti) // 10 * 10 + 10:04d}", reply
