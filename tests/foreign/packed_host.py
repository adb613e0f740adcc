"""A stranger's host of the packed dialect: hands out keys, approves, balances, answers in F48."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Final

from tests.foreign.packed import Fields, hear, read_frame, say, wrap_keys

PIN_KEY: Final = bytes.fromhex("11111111111111112222222222222222")
MAC_KEY: Final = bytes.fromhex("33333333333333334444444444444444")
ECHOED: Final = (2, 3, 4, 11, 25, 41, 42, 49, 60, 61)
SIGNED: Final = ("0210", "0410", "0230")
DEBITS: Final = "02468"
TOTALS: Final = slice(0, 30)


class PackedHost:
    """Approves everything below 1000.00, declines the rest with 05, balances what it approved.

    The first `deaf` settlements are decided and not answered.
    """

    def __init__(self, deaf: int = 0) -> None:
        self.heard: list[tuple[str, Fields]] = []
        self.headers: list[str] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.sums: dict[str, tuple[str, int]] = {}
        self.closings: dict[str, str] = {}
        self._deaf = deaf
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> PackedHost:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # A listener that is only closed does not wake the thread that accepts on it.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with peer:
                self._talk(peer)

    def _talk(self, peer: socket.socket) -> None:
        while payload := read_frame(peer):
            header, mti, fields = hear(payload, MAC_KEY)
            self.headers.append(header)
            self.heard.append((mti, fields))
            answer, said = f"{int(mti) + 10:04d}", self._answer(mti, fields)
            if mti == "0500" and self._deaf:
                self._deaf -= 1
                continue
            back = header[:2] + header[6:10] + header[2:6] + header[10:]
            peer.sendall(say(answer, said, header=back, key=MAC_KEY if answer in SIGNED else None))

    def _answer(self, mti: str, asked: Fields) -> Fields:
        reply = {number: asked[number] for number in ECHOED if number in asked}
        reply |= {12: "112201", 13: "1120", 32: "00010000", 37: f"{len(self.heard):012d}", 39: "00"}
        match mti:
            case "0800":
                reply[62] = wrap_keys(PIN_KEY, MAC_KEY)
            case "0200" if int(asked[4]) >= 100_000:
                reply[39] = "05"
            case "0200":
                self.sums[asked[11]] = (asked[60][1], int(asked[4]))
                reply |= {15: "1120", 38: asked[11]}
            case "0400":
                self.sums.pop(asked[11], None)
            case "0500":
                del reply[39]
                reply |= {15: "1120", 48: self._close(asked[60][2:8], asked[48])}
        return reply

    def _close(self, batch: str, asked: str) -> str:
        """Return F48: our figures, 1 or 2 behind them, and nothing of foreign cards."""
        if batch not in self.closings:
            debits = [minor for side, minor in self.sums.values() if side in DEBITS]
            credits = [minor for side, minor in self.sums.values() if side not in DEBITS]
            ours = "".join(f"{sum(one):012d}{len(one):03d}" for one in (debits, credits))
            self.closings[batch] = ours + ("1" if asked[TOTALS] == ours else "2") + "0" * 30 + "1"
        return self.closings[batch]
