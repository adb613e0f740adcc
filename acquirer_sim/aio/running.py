"""A whole acquirer from what a command line says: ledger URL, address, configuration, faults."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from acquirer_sim.aio.committer import Committer, Deliver, ReflexCommitter, ThreadCommitter
from acquirer_sim.aio.host import Host, HostEvent, log_event
from acquirer_sim.aio.opening import MEMORY, NONE, OpenedLedger, open_ledger, reopen
from acquirer_sim.configuration import Configuration, default_configuration
from acquirer_sim.errors import ListenError
from acquirer_sim.faults import FaultPlan
from acquirer_sim.policy import Policy
from acquirer_sim.tokens import KEY_BYTES
from protocol.aio.errors import CannotListen
from protocol.aio.server import ServerSettings
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.message import MessageCodec
from protocol.profiles import iso87
from protocol.secrets import Key


def utc_now() -> datetime:
    """Return the wall clock, aware and UTC."""
    return datetime.now(UTC)


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """How to start: everything has a default."""

    host: str = "127.0.0.1"
    port: int = 8583
    ledger: str = MEMORY
    configuration: Configuration | None = None
    faults: FaultPlan | None = None
    dialect: str = "iso87"
    limits: ServerSettings | None = None


async def start_host(
    start: Start,
    *,
    codec: MessageCodec | None = None,
    restart: Callable[[], None] | None = None,
    on_event: Callable[[HostEvent], None] = log_event,
    now: Callable[[], datetime] = utc_now,
) -> Host:
    """Return a host that listens. Raises LedgerError, KeyFileError, ListenError."""
    dialect = builtin_dialect(start.dialect)
    host = Host(
        committer_opener(start.ledger, start.configuration or default_configuration(), now),
        profile=iso87,
        codec=codec or Codec(dialect),
        framing=dialect.framing,
        settings=start.limits,
        faults=start.faults,
        restart=restart,
        on_event=on_event,
    )
    problem = None
    try:
        await host.listen(start.host, start.port)
    except CannotListen as error:
        problem = ListenError(
            f"{str(error).capitalize()}.", "Choose another address with --listen."
        )
    if problem:
        await host.stop()
        raise problem
    return host


async def run_acquirer(
    start: Start,
    *,
    on_ready: Callable[[Host], None],
    on_event: Callable[[HostEvent], None] = log_event,
    restart: Callable[[], None] | None = None,
    codec: MessageCodec | None = None,
) -> None:
    """Run until cancelled or told to stop by SIGTERM or SIGINT; then drain. Raises as above."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    host = await start_host(start, codec=codec, on_event=on_event, restart=restart)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        on_ready(host)
        await stop.wait()
    finally:
        await host.stop()


def committer_opener(
    url: str, configuration: Configuration, now: Callable[[], datetime]
) -> Callable[[Deliver], Committer]:
    """Return what opens the ledger of a URL and sets a committer over it."""
    opened: OpenedLedger | None = None

    def open_committer(deliver: Deliver) -> Committer:
        nonlocal opened
        if url == NONE:
            return ReflexCommitter(Policy(configuration, Key(bytes(KEY_BYTES))), deliver)
        opened = reopen(opened) if opened is not None and url == MEMORY else open_ledger(url)
        return ThreadCommitter(opened.ledger, Policy(configuration, opened.key), now, deliver)

    return open_committer
