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
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from acquirer_sim.aio.committer import Committer, Deliver, Job, Outcome
from acquirer_sim.decide import Decision
from acquirer_sim.errors import AcquirerError
from acquirer_sim.faults import Arrival, Fault, FaultKind, FaultPlan, FaultState, Placement
from acquirer_sim.reflex import answer_echo
from protocol.aio.connection import Connection, Received, ServerSettings
from protocol.aio.incidents import Incident, log_incident
from protocol.aio.server import Server
from protocol.errors import LocalProtocolError, ProfileError
from protocol.framing import Framing
from protocol.header import reply_header
from protocol.message import Message, MessageCodec
from protocol.operations import Echo, ReconciliationResult, Reply, Request
from protocol.profiles.choice import Profile
from protocol.refusal import refusal

if TYPE_CHECKING:
    from acquirer_sim.envelopes import Envelopes

log = logging.getLogger(__name__)


class HostEvent(msgspec.Struct, frozen=True):
    """Something worth telling: `kind` is one of the words below, `text` safe to log."""

    kind: str
    text: str


MAC_WRONG: Final = "A0"
FAULT: Final = "fault"
REFUSED: Final = "refused"
FAILED: Final = "failed"
LEDGER: Final = "ledger"
RESTARTED: Final = "restarted"


class Errand(msgspec.Struct, frozen=True, gc=False):
    """The context of a request whose reply needs more than its connection.

    `asked` is the request's message, `faults` what the reply meets after the commit.
    """

    connection: Connection
    faults: tuple[Fault, ...] = ()
    asked: Message | None = None


def log_event(event: HostEvent) -> None:
    """Tell the log; the default listener."""
    log.warning("%s: %s", event.kind, event.text)


class Host:
    """An acquirer on any transport; made inside a running loop.

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
        restart: Callable[[], None] | None = None,
        on_event: Callable[[HostEvent], None] = log_event,
        on_incident: Callable[[Incident], None] = log_incident,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._decode = profile.decode
        self._encode = profile.encode
        self._encode_message = codec.encode
        self._envelopes = envelopes
        self._faults = FaultState(faults) if faults is not None and faults.fault else None
        self._restart = restart or self.restart
        self._on_event = on_event
        self._stopping = False
        self._open_committer = open_committer
        self._committer = open_committer(self._deliver)
        self.server = Server(self.receive, codec, framing, settings, on_incident=on_incident)

    async def listen(self, host: str, port: int) -> None:
        """Accept on a TCP address. Raises CannotListen."""
        await self.server.listen(host, port)

    async def stop(self) -> None:
        """Finish what was received, send its replies, then end every connection.

        What arrives from now on is not read: its terminals get silence, and reverse.
        """
        if self._stopping:
            return
        self._stopping = True
        self._committer.close()
        await asyncio.sleep(0)
        await self.server.close()

    def inject(self, plan: FaultPlan) -> None:
        """Begin a fault plan; the counts of the one before it are forgotten."""
        self._faults = FaultState(plan) if plan.fault else None

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
        for frame, message in received:
            if self._envelopes is not None and not self._envelopes.authentic(frame, message):
                self._refuse(connection, message, f"{message.mti} has no good MAC", MAC_WRONG)
                continue
            try:
                operation = self._decode(message)
            except ProfileError as error:
                self._refuse(connection, message, str(error))
                continue
            if not isinstance(operation, Request):
                self._on_event(HostEvent(REFUSED, f"{message.mti} is no request to a host"))
                connection.withhold()
            elif self._faults is not None:
                self._receive_faulty(connection, message, operation, jobs)
            elif type(operation) is Echo:
                self._send(connection, Decision(operation, answer_echo(operation)), message)
            else:
                jobs.append(Job(operation, self._context(connection, message)))
        if jobs:
            self._committer.submit(jobs)

    def _receive_faulty(
        self, connection: Connection, message: Message, request: Request, jobs: list[Job]
    ) -> None:
        assert self._faults is not None, "called with a plan only"
        struck = self._faults.strike(arrival_of(message, request))
        for fault in struck:
            self._on_event(HostEvent(FAULT, f"{fault.kind.value} {fault.name}".rstrip()))
        if any(fault.placement is Placement.BEFORE_DECISION for fault in struck):
            connection.abort()
            return
        forced = any(fault.kind is FaultKind.OUT_OF_BALANCE for fault in struck)
        after = tuple(fault for fault in struck if fault.placement is Placement.AFTER_COMMIT)
        verdict = ReconciliationResult.OUT_OF_BALANCE if forced else None
        jobs.append(Job(request, self._context(connection, message, after), verdict))

    def _context(
        self, connection: Connection, message: Message, faults: tuple[Fault, ...] = ()
    ) -> Connection | Errand:
        """Return what a reply needs; nearly always that is its connection alone."""
        if not faults and message.header is None and self._envelopes is None:
            return connection
        return Errand(connection, faults, message)

    def _seal(self, reply: Reply, request: Request, asked: Message) -> bytes:
        """Return the bytes of a reply that takes something over from its request."""
        if self._envelopes is not None:
            return self._envelopes.seal(reply, request, asked)
        message = self._encode(reply)
        header = reply_header(asked.header)
        return self._encode_message(Message(message.mti, message.fields, header))

    def _deliver(self, outcome: Outcome) -> None:
        """Send the replies of a group that is over."""
        if outcome.failure is not None:
            self._fall_silent(outcome.jobs, outcome.failure)
            return
        for job, decision in zip(outcome.jobs, outcome.decisions, strict=True):
            if type(job.context) is Errand:
                self._send_faulty(job.context, decision)
            else:
                self._send(job.context, decision)

    def _send(
        self, connection: Connection, decision: Decision, asked: Message | None = None
    ) -> None:
        reply = decision.reply
        problem = decision.problem
        if reply is not None:
            try:
                connection.reply_bytes(
                    self._encode_message(self._encode(reply))
                    if asked is None
                    else self._seal(reply, decision.request, asked)
                )
                return
            except LocalProtocolError as error:
                problem = str(error)
        connection.withhold()
        self._on_event(HostEvent(FAILED, problem))

    def _send_faulty(self, errand: Errand, decision: Decision) -> None:
        connection = errand.connection
        kinds = {fault.kind: fault for fault in errand.faults}
        if FaultKind.RESTART in kinds:
            self._restart()
        elif FaultKind.DROP_REPLY in kinds:
            connection.withhold()
            if kinds[FaultKind.DROP_REPLY].hang_up:
                connection.abort()
        elif FaultKind.DELAY_REPLY in kinds:
            delay_s = kinds[FaultKind.DELAY_REPLY].delay_s
            self._loop.call_later(delay_s, self._send, connection, decision, errand.asked)
        else:
            self._send(connection, decision, errand.asked)
        if FaultKind.DUPLICATE_REPLY in kinds:
            self._send(connection, decision, errand.asked)

    def _fall_silent(self, jobs: Sequence[Job], failure: AcquirerError) -> None:
        self._on_event(HostEvent(LEDGER, str(failure)))
        for job in jobs:
            context = job.context
            (context.connection if type(context) is Errand else context).withhold()

    def _refuse(
        self, connection: Connection, message: Message, problem: str, code: str | None = None
    ) -> None:
        self._on_event(HostEvent(REFUSED, problem))
        reply = refusal(message, code)
        if reply is None:
            connection.withhold()
        else:
            connection.reply(reply)


def arrival_of(message: Message, request: Request) -> Arrival:
    """Return what a fault's trigger may look at."""
    minor = message.get(4)
    return Arrival(
        message.mti,
        request.origin.terminal_id.rstrip(),
        getattr(request, "batch", ""),
        request.stan,
        int(minor) if minor.isdigit() else None,
    )
