"""The host without a ledger, between a bare echo and itself on pyiso8583.

Servers and load generator are processes of their own. In each round every server gets the same
short load in turn; CPU is the server's own, asked of it before and after. A ratio is the median of
its rounds': what disturbs a round disturbs all servers in it. Terminals wait for
their answer before they send the next request (depth 1), as terminals do; depth 4 shows what a
concentrator's connection costs, where one system call carries four messages.
"""

from __future__ import annotations

import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

import msgspec

from benchmarks.contestant import Contestant, started
from benchmarks.load import Load, Outcome
from benchmarks.result import Claim, Report, Row, times

KINDS: Final = {"echo": "bare echo", "compiled": "host", "reference": "host on pyiso8583"}
CONNECTIONS: Final = (32, 256)
DEPTHS: Final = (1, 4)
SECONDS: Final = 0.7
ROUNDS: Final = 7
IDLE_ROUNDS: Final = 5
IDLE_CONNECTIONS: Final = 2000
IDLE_KIB_MAX: Final = 6.0
CROWD: Final = 9_900
"""Connections that say nothing while others are served; with those, 10,000 at most."""

Figures = dict[tuple[str, int, int, str], list[float]]
"""By kind, connections, depth and unit: one value per round."""


def run() -> Report:
    """Race the servers and return what it showed."""
    figures: Figures = {}
    with ExitStack() as stack:
        contestants = {kind: stack.enter_context(started(kind)) for kind in KINDS}
        for _ in range(ROUNDS):
            for depth in DEPTHS:
                for connections in CONNECTIONS:
                    for kind, contestant in contestants.items():
                        _race(figures, kind, contestant, connections, depth)
    rows = {key: _row(key, values) for key, values in figures.items()}
    idle = {kind: idle_memory(kind, IDLE_ROUNDS) for kind in ("echo", "compiled")}
    alone, crowded = among_idle(IDLE_ROUNDS)
    return Report(
        "Host without a ledger",
        (*rows.values(), *idle.values(), alone, crowded),
        (
            *_claims(rows),
            Claim("KiB per idle connection", idle["compiled"].median, IDLE_KIB_MAX, at_least=False),
            Claim(f"its rate among {CROWD:,} idle connections", times(crowded, alone), 0.7),
        ),
        tuple(_notes(rows)),
    )


def _race(
    figures: Figures, kind: str, contestant: Contestant, connections: int, depth: int
) -> None:
    before = contestant.usage()
    outcome = put_load(contestant.port, connections, depth, echoed=kind == "echo")
    cpu_s = contestant.usage().cpu_s - before.cpu_s
    cost = cpu_s / outcome.messages * 1e6
    figures.setdefault((kind, connections, depth, "µs CPU"), []).append(cost)
    figures.setdefault((kind, connections, depth, "/s"), []).append(outcome.per_second)


def put_load(port: int, connections: int, depth: int, *, echoed: bool) -> Outcome:
    """Run the load generator as its own process. Raises CalledProcessError when it fails."""
    load = Load(port=port, connections=connections, depth=depth, seconds=SECONDS, echoed=echoed)
    command = [sys.executable, "-m", "benchmarks.load"]
    for name, value in msgspec.to_builtins(load).items():
        if name != "echoed":
            command += [f"--{name}", str(value)]
    if load.echoed:
        command.append("--echoed")
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return msgspec.json.decode(told.stdout, type=Outcome)


def idle_memory(kind: str, rounds: int) -> Row:
    """Return KiB of resident memory per connection that says nothing, in fresh processes."""
    values = []
    for _ in range(rounds):
        with started(kind) as contestant, _connected(contestant.port, 50):
            before = contestant.usage().resident
            with _connected(contestant.port, IDLE_CONNECTIONS):
                values.append((contestant.usage().resident - before) / IDLE_CONNECTIONS / 1024)
    return Row(f"{KINDS[kind]}, memory per idle connection", "KiB", tuple(values))


def among_idle(rounds: int) -> tuple[Row, Row]:
    """Return the host's rate on its own, and while thousands of others say nothing."""
    alone, crowded = [], []
    with started("compiled") as contestant:
        for _ in range(rounds):
            alone.append(put_load(contestant.port, 32, 1, echoed=False).per_second)
            with _connected(contestant.port, CROWD):
                crowded.append(put_load(contestant.port, 32, 1, echoed=False).per_second)
    name = "host, 32 connections"
    return (
        Row(f"{name}, alone", "/s", tuple(alone)),
        Row(f"{name}, among {CROWD:,} idle", "/s", tuple(crowded)),
    )


@contextmanager
def _connected(port: int, connections: int) -> Iterator[None]:
    """Hold connections open, all of them accepted."""
    _allow_files(connections + 512)
    with ExitStack() as stack:
        for _ in range(connections):
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        yield


def _allow_files(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))


def _row(key: tuple[str, int, int, str], values: list[float]) -> Row:
    kind, connections, depth, unit = key
    return Row(f"{KINDS[kind]}, {connections} connections, depth {depth}", unit, tuple(values))


def _ratio(
    rows: dict[tuple[str, int, int, str], Row],
    over: str,
    under: str,
    *,
    connections: int,
    depth: int,
    unit: str,
) -> float:
    above, below = (rows[kind, connections, depth, unit] for kind in (over, under))
    return times(above, below)


def _claims(rows: dict[tuple[str, int, int, str], Row]) -> Iterator[Claim]:
    for connections in CONNECTIONS:
        faster = _ratio(rows, "compiled", "reference", connections=connections, depth=1, unit="/s")
        yield Claim(f"host as fast as on pyiso8583, {connections}", faster, 4.0)
        dearer = _ratio(rows, "compiled", "echo", connections=connections, depth=1, unit="µs CPU")
        yield Claim(f"host's CPU over the echo's, {connections}", dearer, 2.5, at_least=False)


def _notes(rows: dict[tuple[str, int, int, str], Row]) -> Iterator[str]:
    for connections in CONNECTIONS:
        faster = _ratio(rows, "compiled", "reference", connections=connections, depth=4, unit="/s")
        dearer = _ratio(rows, "compiled", "echo", connections=connections, depth=4, unit="µs CPU")
        yield (
            f"{connections} connections, depth 4: {faster:.1f} times pyiso8583's rate,"
            f" {dearer:.1f} times the echo's CPU"
        )
    ceiling = max(rows["echo", connections, 4, "/s"].median for connections in CONNECTIONS)
    yield f"the load generator's own ceiling is above {ceiling:,.0f} messages a second"
