"""A whole acquirer from what a command line says: ledger URL, address, configuration, faults."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from acquirer_sim.aio.committer import Committer, Deliver, ReflexCommitter, ThreadCommitter
from acquirer_sim.aio.files import make_room
from acquirer_sim.aio.host import LIMITS, TLS, TRACE, Host, HostEvent, log_event
from acquirer_sim.aio.ledger_url import MEMORY, NONE, check_driver, is_postgres
from acquirer_sim.aio.opening import OpenedLedger, open_ledger, reopen
from acquirer_sim.configuration import Configuration, TlsSettings, default_configuration
from acquirer_sim.errors import AcquirerError, ListenError, TraceError
from acquirer_sim.faults import FaultPlan
from acquirer_sim.policy import Policy
from acquirer_sim.tokens import KEY_BYTES
from protocol.aio.errors import CannotListen
from protocol.codec import Codec
from protocol.dialect import Dialect, builtin_dialect
from protocol.header import ProcessingRequest
from protocol.limits import ServerSettings
from protocol.message import MessageCodec
from protocol.operations import Stamp
from protocol.pin_rule import PinKeys
from protocol.profiles.choice import profile_of
from protocol.secrets import Key

if TYPE_CHECKING:
    from ssl import SSLContext

    from acquirer_sim.envelopes import Envelopes
    from acquirer_sim.keyring import Keyring
    from acquirer_sim.pins import Pins
    from acquirer_sim.rulebook import Rulebook


def utc_now() -> datetime:
    """Return the wall clock, aware and UTC."""
    return datetime.now(UTC)


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """How to start: everything has a default. `dialect` is a shipped one's name, or your own.

    `trace` is a file of JSON lines, `pcap` one of packets; `watched` keeps the last of the trace in
    memory for whoever asks.

    `ledger_key` is the file with the key of card tokens, for a ledger on PostgreSQL. A `shared`
    port has other processes listening on it, which must say the same.
    """

    host: str = "127.0.0.1"
    port: int = 8583
    ledger: str = MEMORY
    ledger_key: str = ""
    configuration: Configuration | None = None
    faults: FaultPlan | None = None
    dialect: str | Dialect = "iso87"
    trace: str = ""
    pcap: str = ""
    watched: bool = False
    shared: bool = False

    @property
    def spoken(self) -> Dialect:
        """Return the dialect."""
        return builtin_dialect(self.dialect) if isinstance(self.dialect, str) else self.dialect

    limits: ServerSettings | None = None


async def start_host(
    start: Start,
    *,
    codec: MessageCodec | None = None,
    restart: Callable[[], None] | None = None,
    on_event: Callable[[HostEvent], None] = log_event,
    now: Callable[[], datetime] = utc_now,
) -> Host:
    """Return a host that listens.

    Raises LedgerError, KeyFileError, ListenError, TraceError, SettingsError.
    """
    dialect, configuration = start.spoken, start.configuration or default_configuration()

    def refuse(words: str) -> None:
        host.tell(HostEvent(TLS, f"a peer was not let in: {words}"))

    tls = _tls(configuration.tls, refuse) if configuration.tls is not None else None
    codec = codec or Codec(dialect)
    envelopes = envelopes_for(dialect, codec, configuration, now)
    rules = rulebook_of(configuration)
    keyring = envelopes.keyring if envelopes is not None else None
    pins = pins_for(dialect, configuration, keyring)
    host = Host(
        await committer_opener(start, configuration, now, pins),
        profile=profile_of(dialect),
        envelopes=envelopes,
        codec=codec,
        framing=dialect.framing,
        settings=start.limits or configuration.limits,
        faults=start.faults,
        rules=rules,
        called=[rule.fault for rule in configuration.rule if rule.fault is not None],
        now=now,
        restart=restart,
        on_event=on_event,
    )
    problem: AcquirerError | None = None
    try:
        if start.trace or start.pcap or start.watched:
            _record(host, start, now, on_event)
        await host.listen(start.host, start.port, shared=start.shared, tls=tls)
    except CannotListen as error:
        problem = ListenError(
            f"{str(error).capitalize()}.", "Choose another address with --listen."
        )
    except TraceError as error:
        problem = error
    if problem:
        await host.stop()
        raise problem
    return host


def _tls(settings: TlsSettings, refuse: Callable[[str], None]) -> SSLContext:
    """Return what the host shows to its terminals. Raises SettingsError."""
    from protocol.aio.tls import server_context

    return server_context(
        certificate=settings.certificate,
        key=settings.key,
        client_ca=settings.client_ca,
        source="acquirer",
        on_failure=refuse,
    )


def _record(
    host: Host,
    start: Start,
    now: Callable[[], datetime],
    on_event: Callable[[HostEvent], None],
) -> None:
    """Begin the trace of a host. Raises TraceError."""
    # Imported here: most hosts are not traced.
    from acquirer_sim.aio.recording import Recording

    def fail(text: str) -> None:
        on_event(HostEvent(TRACE, f"the trace has ended: {text}"))

    recording = Recording(start.spoken, now, jsonl=start.trace, pcap=start.pcap, on_failure=fail)
    host.record(recording)


async def run_acquirer(
    start: Start,
    *,
    on_ready: Callable[[Host], None],
    on_event: Callable[[HostEvent], None] = log_event,
    restart: Callable[[], None] | None = None,
    codec: MessageCodec | None = None,
    beside: Callable[[Host], AbstractAsyncContextManager[object]] | None = None,
) -> None:
    """Run until cancelled or told to stop by SIGTERM or SIGINT; then drain. Raises as above.

    `beside` is entered when the host listens, and left before it drains.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    _make_room(start, on_event)
    host = await start_host(start, codec=codec, on_event=on_event, restart=restart)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        async with beside(host) if beside is not None else nullcontext():
            on_ready(host)
            await stop.wait()
    finally:
        await host.stop()


def _make_room(start: Start, on_event: Callable[[HostEvent], None]) -> None:
    """Let the process have a file for every connection it may have, and say when it cannot."""
    configuration = start.configuration or default_configuration()
    wanted = (start.limits or configuration.limits).connections_max
    room = make_room(wanted)
    if room < wanted:
        on_event(
            HostEvent(
                LIMITS, f"the system allows {room} connections, {wanted} are wanted: ulimit -n"
            )
        )


def rulebook_of(configuration: Configuration) -> Rulebook | None:
    """Return the rules of a configuration at work; None where there are none."""
    if not configuration.rule:
        return None
    from zoneinfo import ZoneInfo

    from acquirer_sim.rulebook import Rulebook

    return Rulebook(configuration.rule, ZoneInfo(configuration.time_zone))


def envelopes_for(
    dialect: Dialect, codec: MessageCodec, configuration: Configuration, now: Callable[[], datetime]
) -> Envelopes | None:
    """Return what closes the replies of a dialect that wants it. Raises KeyFileError."""
    if dialect.mac.algorithm is None and dialect.profile != "cup":
        return None
    from zoneinfo import ZoneInfo

    from acquirer_sim.aio.masters import open_keyring
    from acquirer_sim.envelopes import Envelopes

    zone = ZoneInfo(configuration.time_zone)

    def stamp() -> Stamp:
        moment = now()
        return Stamp.of(moment, moment.astimezone(zone))

    return Envelopes(
        dialect,
        codec,
        stamp=stamp,
        institution=configuration.institution,
        keyring=open_keyring(dialect, configuration),
        wishes={one.id: ProcessingRequest(one.wants) for one in configuration.terminal},
    )


def pins_for(
    dialect: Dialect, configuration: Configuration, keyring: Keyring | None
) -> Pins | None:
    """Return what opens PINs, None where nothing has keys. Raises KeyFileError."""
    if keyring is None and dialect.pin.keys is not PinKeys.DUKPT:
        return None
    from acquirer_sim.aio.masters import open_pins

    return open_pins(dialect, configuration, keyring)


async def committer_opener(
    start: Start,
    configuration: Configuration,
    now: Callable[[], datetime],
    pins: Pins | None = None,
) -> Callable[[Deliver], Committer]:
    """Return what opens the ledger of a start and sets a committer over it.

    `pins` opens PIN blocks. Raises LedgerError and KeyFileError, now or when it is called.
    """
    url = start.ledger
    if is_postgres(url):
        return await _postgres_opener(start, configuration, now, pins)
    opened: OpenedLedger | None = None

    def open_committer(deliver: Deliver) -> Committer:
        nonlocal opened
        if url == NONE:
            policy = Policy(configuration, Key(bytes(KEY_BYTES)), pins)
            return ReflexCommitter(policy, deliver)
        opened = reopen(opened) if opened is not None and url == MEMORY else open_ledger(url)
        policy = Policy(configuration, opened.key, pins)
        return ThreadCommitter(opened.ledger, policy, now, deliver)

    return open_committer


async def _postgres_opener(
    start: Start, configuration: Configuration, now: Callable[[], datetime], pins: Pins | None
) -> Callable[[Deliver], Committer]:
    """Open the database once, and hand its first connection to the first committer."""
    # Imported here: the driver is an extra, and nobody else pays for it.
    check_driver()
    from acquirer_sim.aio.postgres_committer import PostgresCommitter
    from acquirer_sim.aio.postgres_ledger import PostgresLedger
    from acquirer_sim.aio.postgres_opening import open_postgres

    opened = await open_postgres(start.ledger, start.ledger_key)
    policy = Policy(configuration, opened.key, pins)
    first = [opened.connection]

    def open_committer(deliver: Deliver) -> Committer:
        ledger = PostgresLedger(opened.connect, first.pop() if first else None)
        return PostgresCommitter(ledger, policy, now, deliver)

    return open_committer
