"""The host: requests of all connections into the committer, its decisions back out.

    bytes ─▶ server ─▶ receive ─▶ committer (read, decide, commit) ─▶ deliver ─▶ bytes
                          │                                              │
                      faults before                                 faults after

Nothing is answered before it is committed. When a commit fails, the whole group gets silence:
terminals reverse, and the reversals find whatever is true then. An echo asks only whether
somebody is there, so it is answered at once, also while the disk hangs.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec

from acquirer_sim.aio.committer import Committer, Deliver, Job, Outcome
from acquirer_sim.errors import AcquirerError
from acquirer_sim.faults import Fault, FaultPlan
from protocol.aio.connection import Connection, Received
from protocol.aio.incidents import Incident, log_incident
from protocol.aio.server import Server
from protocol.errors import LocalProtocolError, ProfileError
from protocol.framing import Framing
from protocol.header import reply_header
from protocol.limits import ServerSettings
from protocol.message import Message, MessageCodec
from protocol.operations import Reply, Request
from protocol.profiles.choice import Profile
from protocol.refusal import refusal
from protocol.trace import Told

if TYPE_CHECKING:
    from ssl import SSLContext

    from acquirer_sim.aio.meter import Meter
    from acquirer_sim.aio.mischief import Mischief
    from acquirer_sim.aio.recording import Recording
    from acquirer_sim.envelopes import Amend, Envelopes
    from acquirer_sim.fault_state import FaultInjected, Standing
    from acquirer_sim.rulebook import Rulebook

log = logging.getLogger(__name__)


class HostEvent(msgspec.Struct, frozen=True):
    """Something worth telling: `kind` is one of the words below, `text` safe to log.

    `fault` is what has struck, when the kind is "fault".
    """

    kind: str
    text: str
    fault: FaultInjected | None = None


MAC_WRONG: Final = "A0"
FAULT: Final = "fault"
REFUSED: Final = "refused"
FAILED: Final = "failed"
UNMET: Final = "unmet"
LEDGER: Final = "ledger"
RESTARTED: Final = "restarted"
TRACE: Final = "trace"
TLS: Final = "tls"
LIMITS: Final = "limits"


class Errand(msgspec.Struct, frozen=True, gc=False):
    """The context of a request whose reply takes something over from it: `asked`."""

    connection: Connection
    asked: Message


NO_FAULTS: Final = FaultPlan()
EPOCH: Final = datetime.fromtimestamp(0, UTC)


def _no_clock() -> datetime:
    """Stands for the clock of a host without rules, which needs none."""
    return EPOCH


def log_event(event: HostEvent) -> None:
    """Tell the log; the default listener."""
    log.warning("%s: %s", event.kind, event.text)


class Host:
    """An acquirer on any transport; made inside a running loop.

    Faults may be added, removed and looked at while it runs; every one that strikes is an event.
    Without rules and faults a request is asked about nothing (`aio/mischief.py`).

    `open_committer` is called once now and again at every restart (H13); it may raise
    AcquirerError. `restart` replaces what a restart does: a process of its own may exit.
    """

    def __init__(
        self,
        open_committer: Callable[[Deliver], Committer],
        *,
        profile: Profile,
        envelopes: Envelopes | None = None,
        codec: MessageCodec,
        framing: Framing,
        settings: ServerSettings | None = None,
        faults: FaultPlan | None = None,
        rules: Rulebook | None = None,
        called: Collection[str] = (),
        now: Callable[[], datetime] = _no_clock,
        restart: Callable[[], None] | None = None,
        on_event: Callable[[HostEvent], None] = log_event,
        on_incident: Callable[[Incident], None] = log_incident,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._decode = profile.decode
        self._encode = profile.encode
        self._encode_message = codec.encode
        self._envelopes = envelopes
        self.codec = codec
        self.framing = framing
        self._rules = rules
        self._called = called
        self._now = now
        self._restart = restart or self.restart
        self._on_event = on_event
        self._stopping = False
        self.recording: Recording | None = None
        self._failure: AcquirerError | None = None
        self.meter: Meter | None = None
        self._open_committer = open_committer
        self._committer = open_committer(self._deliver)
        self.server = Server(self.receive, codec, framing, settings, on_incident=on_incident)
        self._mischief: Mischief | None = None
        if rules is not None or (faults is not None and faults.fault):
            self._misbehave(faults or NO_FAULTS)

    async def listen(
        self, host: str, port: int, *, shared: bool = False, tls: SSLContext | None = None
    ) -> None:
        """Accept on a TCP address, `shared` with other processes. Raises CannotListen."""
        await self.server.listen(host, port, shared=shared, tls=tls)
        if self._mischief is not None:
            self._mischief.begin()

    async def stop(self) -> None:
        """Finish what was received, send its replies, then end every connection.

        What arrives from now on is not read: its terminals get silence, and reverse.
        """
        if self._stopping:
            return
        self._stopping = True
        self._committer.close()
        await self._committer.wait_closed()
        await asyncio.sleep(0)
        if self._mischief is not None:
            await self._mischief.close()
        await self.server.close()
        for one in self.faults():
            if not one.met:
                self._on_event(HostEvent(UNMET, f"{one.fault.kind.value} {_tally(one)}"))
        if self.recording is not None:
            self.recording.close()

    def record(self, recording: Recording) -> None:
        """Note from now on what is on the wire, which faults strike, and what is told."""
        self.recording = recording
        self.server.trace(recording.tracer)

        def tell(event: HostEvent) -> None:
            details = {} if event.fault is None else msgspec.to_builtins(event.fault)
            recording.tracer.tell(Told(event.kind, event.text, details))

        self.tell_also(tell)

    def tell(self, event: HostEvent) -> None:
        """Tell an event to all who listen."""
        self._on_event(event)

    def tell_also(self, listener: Callable[[HostEvent], None]) -> None:
        """Tell events to one more listener, before those it was told to already."""
        others = self._on_event

        def tell_both(event: HostEvent) -> None:
            listener(event)
            others(event)

        self._on_event = tell_both

    @property
    def ready(self) -> bool:
        """True while a terminal that comes is let in and answered."""
        return not self._stopping and self.server.listening

    @property
    def rules(self) -> Rulebook | None:
        """The rules at work."""
        return self._rules

    @property
    def committer(self) -> Committer:
        """What commits now; another after every restart."""
        return self._committer

    def inject(self, plan: FaultPlan) -> None:
        """Begin a fault plan; the counts of the one before it are forgotten."""
        if plan.fault or self._mischief is not None:
            self._misbehave(plan).begin()

    @property
    def misbehaves(self) -> bool:
        """True when requests are asked about rules and faults."""
        return self._mischief is not None

    def add_fault(self, fault: Fault) -> int:
        """Put a fault into the running plan and return its id. Raises ValueError when full."""
        mischief = self._mischief or self._misbehave(NO_FAULTS)
        number = mischief.faults.add(fault)
        mischief.begin()
        return number

    def remove_fault(self, number: int) -> bool:
        """Take a fault out of the running plan; False when there is none of that id."""
        return self._mischief is not None and self._mischief.faults.remove(number)

    def faults(self) -> list[Standing]:
        """Return how every fault of the running plan stands."""
        return self._mischief.faults.standing() if self._mischief is not None else []

    def _misbehave(self, plan: FaultPlan) -> Mischief:
        """Begin to ask of every request what it meets."""
        # Imported here: a host that behaves needs none of it.
        from acquirer_sim.aio.mischief import Mischief
        from acquirer_sim.fault_state import FaultState

        state = FaultState(plan, self._called)
        if self._mischief is None:
            self._mischief = Mischief(self, state, self._rules, self._now)
        else:
            self._mischief.faults = state
        return self._mischief

    def restart(self) -> None:
        """Forget everything that is not on disk: connections end, the ledger is opened again."""
        for connection in self.server.connections:
            connection.abort()
        self._committer.close()
        self._committer = self._open_committer(self._deliver)
        self._on_event(HostEvent(RESTARTED, "the ledger was opened again"))

    def receive(self, connection: Connection, received: list[Received]) -> None:
        """Take the messages of one read; the server's service."""
        if self._stopping:
            return
        jobs: list[Job] = []
        envelopes = self._envelopes
        for frame, message in received:
            if envelopes is not None and not envelopes.authentic(frame, message):
                self._refuse(connection, message, f"{message.mti} has no good MAC", MAC_WRONG)
                continue
            try:
                operation = self._decode(message)
            except ProfileError as error:
                self._refuse(connection, message, str(error))
                continue
            if self.meter is not None and isinstance(operation, Request):
                self.meter.asked(operation, message.mti)
            if not isinstance(operation, Request):
                self._on_event(HostEvent(REFUSED, f"{message.mti} is no request to a host"))
                connection.withhold()
            elif self._mischief is not None:
                self._mischief.receive(connection, message, operation, jobs)
            else:
                plain = envelopes is None and message.header is None
                reply = self._committer.at_once(operation)
                if reply is not None:
                    if self.meter is not None:
                        self.meter.answered(operation, reply)
                    self._send(connection, reply, operation, None if plain else message)
                else:
                    context = connection if plain else Errand(connection, message)
                    jobs.append(Job(operation, context))
        if jobs:
            self._committer.submit(jobs)

    def submit(self, jobs: list[Job]) -> None:
        """Give requests to the committer."""
        if not self._stopping:
            self._committer.submit(jobs)

    def seal(
        self, reply: Reply, request: Request, asked: Message, amend: Amend | None = None
    ) -> bytes:
        """Return the bytes of a reply that takes something over from its request.

        Raises LocalProtocolError.
        """
        if self._envelopes is not None:
            return self._envelopes.seal(reply, request, asked, amend)
        message = self._encode(reply)
        message = Message(message.mti, message.fields, reply_header(asked.header))
        return self._encode_message(message if amend is None else amend(message))

    def renew_keys(self, terminal: str) -> None:
        """Change a terminal's working keys without telling it (H16)."""
        if self._envelopes is not None:
            self._envelopes.renew_keys(terminal)

    def start_again(self) -> None:
        """Do what a restart does here (H13)."""
        self._restart()

    def tell_fault(self, event: FaultInjected) -> None:
        """Tell that a fault has struck."""
        self._on_event(HostEvent(FAULT, str(event), event))

    def _deliver(self, outcome: Outcome) -> None:
        """Send the replies of a group that is over."""
        if self.meter is not None:
            self.meter.decided(outcome)
        if outcome.failure is not None:
            self._fall_silent(outcome.jobs, outcome.failure)
            return
        if self._failure is not None:
            self._failure = None
            self._on_event(HostEvent(LEDGER, "The ledger answers again."))
        for job, decision in zip(outcome.jobs, outcome.decisions, strict=True):
            context, reply = job.context, decision.reply
            if type(context) is not Connection and type(context) is not Errand:
                assert self._mischief is not None, "only mischief has deeds"
                self._mischief.deliver(context, decision)
            elif reply is None:
                self.fail(asking(job), decision.problem)
            elif type(context) is Errand:
                self._send(context.connection, reply, decision.request, context.asked)
            else:
                self._send(job.context, reply, decision.request)
        if len(outcome.jobs) == 1:
            # Alone, a reply has no others of its turn to wait for.
            asking(outcome.jobs[0]).flush()

    def _send(
        self, connection: Connection, reply: Reply, request: Request, asked: Message | None = None
    ) -> None:
        try:
            connection.reply_bytes(
                self._encode_message(self._encode(reply))
                if asked is None
                else self.seal(reply, request, asked)
            )
            return
        except LocalProtocolError as error:
            problem = str(error)
        self.fail(connection, problem)

    def fail(self, connection: Connection, problem: str) -> None:
        """Tell that there is no reply to a request, and why."""
        connection.withhold()
        self._on_event(HostEvent(FAILED, problem))

    def _fall_silent(self, jobs: Sequence[Job], failure: AcquirerError) -> None:
        if failure is not self._failure:
            # Told once, however many groups the one failure costs.
            self._on_event(HostEvent(LEDGER, str(failure)))
            self._failure = failure
        for job in jobs:
            asking(job).withhold()

    def _refuse(
        self, connection: Connection, message: Message, problem: str, code: str | None = None
    ) -> None:
        self._on_event(HostEvent(REFUSED, problem))
        reply = refusal(message, code)
        if reply is None:
            connection.withhold()
        else:
            connection.reply(reply)


def _tally(one: Standing) -> str:
    struck, expected = one.struck, one.fault.expect
    return f"{one.fault.name} struck {struck} times of {expected} expected".lstrip()


def asking(job: Job) -> Connection:
    """Return the connection that a job came from."""
    context = job.context
    connection: Connection = context if type(context) is Connection else context.connection
    return connection
