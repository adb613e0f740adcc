"""The load generator: one process, raw sockets, as little work per message as there can be.

Every connection is a terminal of its own and keeps `depth` purchases in flight. A purchase is
one prebuilt frame in which only the STAN changes, so no two are alike. A reply is counted by
its size, which the first one (decoded, and approved) taught; the last one of every connection
is decoded again. Anything else than equal, approved replies is an error, not a result.

    python -m benchmarks.load --port 8583 --connections 32 --depth 4 --seconds 2
    python -m benchmarks.load --ceiling --connections 32 --depth 4 --seconds 2
"""

from __future__ import annotations

import argparse
import json
import selectors
import socket
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from protocol.amount import Amount
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.operations import Card, Origin, PaymentRequest, Stamp
from protocol.profiles import iso87
from protocol.secrets import Pan

STAN_PLACE: Final = "987654"
REPLY_WAIT_S: Final = 10.0
RECEIVE_SIZE: Final = 65536


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What to do: where, with how many connections, how many in flight on each, how long."""

    port: int
    connections: int = 32
    depth: int = 4
    seconds: float = 2.0
    host: str = "127.0.0.1"
    echoed: bool = False


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What happened; latencies in milliseconds, of groups of replies read together."""

    messages: int
    seconds: float
    per_second: float
    latency_p50_ms: float
    latency_p99_ms: float


class LoadError(Exception):
    """The peer did not do what a host does; the figures would mean nothing."""


class Terminal:
    """One connection with its frame and its counts."""

    def __init__(self, load: Load, number: int, codec: Codec) -> None:
        self.socket = socket.create_connection((load.host, load.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.frame = bytearray(_frame(codec, f"B{number:07d}"))
        self.stan_at = self.frame.index(STAN_PLACE.encode())
        self.stan = 0
        self.due = 0
        self.reply_size = 0
        self.rest = b""
        self.sent: deque[tuple[float, int]] = deque()

    def send(self, count: int, now: float) -> None:
        """Put `count` new purchases on the wire."""
        frame, at = self.frame, self.stan_at
        pieces = []
        for stan in range(self.stan + 1, self.stan + 1 + count):
            frame[at : at + 6] = b"%06d" % stan
            pieces.append(bytes(frame))
        self.stan += count
        self.due += count
        self.sent.append((now, count))
        self.socket.sendall(b"".join(pieces))

    def receive(self) -> int:
        """Read what is there; return how many replies it completed."""
        data = self.socket.recv(RECEIVE_SIZE)
        if not data:
            raise LoadError("the host closed a connection")
        self.rest = self.rest + data if self.rest else data
        if not self.reply_size:
            self.reply_size = 2 + int.from_bytes(self.rest[:2], "big")
        count, left = divmod(len(self.rest), self.reply_size)
        if count:
            self.last = self.rest[(count - 1) * self.reply_size : count * self.reply_size]
            self.rest = self.rest[len(self.rest) - left :] if left else b""
            self.due -= count
        return count

    def check(self, codec: Codec, *, echoed: bool) -> None:
        """Decode the last reply: an approval of the last purchase, or its echo."""
        reply = codec.decode(self.last[2:])
        right = reply.mti == "0200" if echoed else reply.get(39) == "00"
        if not right or reply.get(11) != f"{self.stan:06d}":
            raise LoadError(f"the last reply was {reply!r}, F39 {reply.get(39) or 'absent'}")


def run(load: Load) -> Outcome:
    """Put the load on and return what happened. Raises LoadError."""
    codec = Codec(builtin_dialect())
    with _opened(load, codec) as terminals:
        for terminal in terminals:
            _probe(terminal, codec, echoed=load.echoed)
        latencies: list[tuple[float, int]] = []
        began = time.perf_counter()
        _drive(terminals, load, latencies)
        seconds = time.perf_counter() - began
        for terminal in terminals:
            if terminal.due or terminal.rest:
                raise LoadError(f"{terminal.due} replies are missing")
            terminal.check(codec, echoed=load.echoed)
    messages = sum(count for _, count in latencies)
    return Outcome(
        messages=messages,
        seconds=round(seconds, 3),
        per_second=round(messages / seconds, 1),
        latency_p50_ms=_percentile(latencies, 0.50),
        latency_p99_ms=_percentile(latencies, 0.99),
    )


@contextmanager
def _opened(load: Load, codec: Codec) -> Iterator[list[Terminal]]:
    terminals: list[Terminal] = []
    try:
        for number in range(1, load.connections + 1):
            terminals.append(Terminal(load, number, codec))
        yield terminals
    finally:
        for terminal in terminals:
            terminal.socket.close()


def _probe(terminal: Terminal, codec: Codec, *, echoed: bool) -> None:
    terminal.socket.settimeout(REPLY_WAIT_S)
    terminal.send(1, 0.0)
    while terminal.due:
        terminal.receive()
    terminal.sent.clear()
    terminal.check(codec, echoed=echoed)


def _drive(terminals: list[Terminal], load: Load, latencies: list[tuple[float, int]]) -> None:
    """Keep every terminal's purchases in flight until the time is over, then wait for the rest."""
    with selectors.DefaultSelector() as selector:
        clock = time.perf_counter
        for terminal in terminals:
            selector.register(terminal.socket, selectors.EVENT_READ, terminal)
            terminal.send(load.depth, clock())
        end = clock() + load.seconds
        waiting = len(terminals)
        while waiting and (events := selector.select(REPLY_WAIT_S)):
            now = clock()
            for key, _ in events:
                terminal = key.data
                count = terminal.receive()
                if not count:
                    continue
                _note(terminal, count, now, latencies)
                if now < end:
                    terminal.send(count, now)
                elif not terminal.due:
                    waiting -= 1


def _note(terminal: Terminal, count: int, now: float, latencies: list[tuple[float, int]]) -> None:
    """Pair replies with the oldest purchases: right for every host that answers in order."""
    sent = terminal.sent
    while count:
        at, group = sent[0]
        if group <= count:
            sent.popleft()
            latencies.append((now - at, group))
            count -= group
        else:
            sent[0] = (at, group - count)
            latencies.append((now - at, count))
            return


def _percentile(latencies: list[tuple[float, int]], part: float) -> float:
    left = part * sum(count for _, count in latencies)
    for latency, count in sorted(latencies):
        left -= count
        if left <= 0:
            return round(latency * 1000, 3)
    return 0.0


def _frame(codec: Codec, terminal_id: str) -> bytes:
    purchase = PaymentRequest(
        origin=Origin(terminal_id, "BENCHMARK000001"),
        stan=STAN_PLACE,
        stamp=Stamp("1120113000", "193000", "1120"),
        batch="000001",
        amount=Amount(12345),
        card=Card(Pan("4111111111111111"), expiry="3012"),
    )
    return codec.dialect.framing.wrap(codec.encode(iso87.encode(purchase)))


def main() -> int:
    """Run one load and print its outcome as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--depth", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--echoed", action="store_true", help="the peer is an echo, not a host")
    parser.add_argument("--ceiling", action="store_true", help="start a bare echo and measure that")
    wanted = parser.parse_args()
    load = Load(
        host=wanted.host,
        port=wanted.port,
        connections=wanted.connections,
        depth=wanted.depth,
        seconds=wanted.seconds,
        echoed=wanted.echoed,
    )
    try:
        outcome = measure_ceiling(load) if wanted.ceiling else run(load)
    except (LoadError, OSError) as error:
        print(f"load: {error}", file=sys.stderr)
        return 1
    print(json.dumps(msgspec.to_builtins(outcome)))
    return 0


def measure_ceiling(load: Load) -> Outcome:
    """Return what this generator reaches against a bare asyncio echo in a process of its own."""
    from benchmarks.contestant import started

    with started("echo") as echo:
        return run(msgspec.structs.replace(load, port=echo.port, echoed=True))


if __name__ == "__main__":
    sys.exit(main())
