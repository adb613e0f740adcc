"""Rules and faults at work on a host: what is done to requests before, to replies after the commit.

A host without rules and faults has no Mischief. With one, every request is asked about once, when
it arrives; what its reply meets is kept with it as a Deed. Every fault that strikes is told at one
place, `_tell`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

import msgspec

from acquirer_sim.aio.committer import Job
from acquirer_sim.aio.door import Door
from acquirer_sim.amendments import amend_message, amend_reply, another, damage
from acquirer_sim.arrival import Arrival, arrival_of
from acquirer_sim.decide import Decision
from acquirer_sim.fault_state import FaultInjected, FaultState, Standing, injected
from acquirer_sim.faults import CODES, DOORS, Fault, FaultKind, LengthLie
from acquirer_sim.orders import Order
from acquirer_sim.rulebook import Rulebook, order_of
from acquirer_sim.rules import RuleSettings
from protocol.aio.connection import Connection
from protocol.aio.server import Server
from protocol.errors import LocalProtocolError
from protocol.framing import Framing
from protocol.message import Message, MessageCodec
from protocol.operations import APPROVED, EchoReply, ReconciliationResult, Reply, Request


class Deed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the reply to one request meets after the commit."""

    connection: Connection
    asked: Message
    faults: tuple[Fault, ...] = ()
    rule: RuleSettings | None = None


class Stage(Protocol):
    """What a host lets be done to it."""

    server: Server
    codec: MessageCodec
    framing: Framing

    def submit(self, jobs: list[Job]) -> None:
        """Give requests to the committer."""

    def seal(
        self,
        reply: Reply,
        request: Request,
        asked: Message,
        amend: Callable[[Message], Message] | None = None,
    ) -> bytes:
        """Return the bytes of a reply. Raises LocalProtocolError."""

    def fail(self, connection: Connection, problem: str) -> None:
        """Tell that there is no reply to a request, and why."""

    def start_again(self) -> None:
        """Do what a restart does here (H13)."""

    def renew_keys(self, terminal: str) -> None:
        """Change a terminal's working keys without telling it (H16)."""

    def tell_fault(self, event: FaultInjected) -> None:
        """Tell that a fault has struck."""


class Mischief:
    """The rules and the running fault plan of one host."""

    def __init__(
        self,
        stage: Stage,
        faults: FaultState,
        rules: Rulebook | None,
        now: Callable[[], datetime],
    ) -> None:
        self.faults = faults
        self._stage = stage
        self._rules = rules
        self._now = now
        self._loop = asyncio.get_running_loop()
        self._door = Door(stage.server)
        self._mute: set[int] = set()
        self._dripping: dict[int, deque[bytes]] = {}
        self._held: dict[int, bytes] = {}

    def begin(self) -> None:
        """Do what needs no message; call it when the host listens."""
        for one in self.faults.begin():
            self._tell(one, None)
            self._door.shut(one.fault.kind, one.fault.delay_s)

    async def close(self) -> None:
        """Stop misbehaving."""
        await self._door.close()

    # Before the commit

    def receive(
        self, connection: Connection, message: Message, request: Request, jobs: list[Job]
    ) -> None:
        """Take one request: put its job, or two, or none, to the others of its read."""
        if connection.number in self._mute:
            connection.withhold()
            return
        rule, faults = self._meet(arrival_of(message, request))
        before = {fault.kind: fault for fault in faults if fault.struck_before}
        if self._strikes_unread(connection, before):
            return
        if FaultKind.CHANGE_KEYS in before:
            self._stage.renew_keys(request.origin.terminal_id)
        deed = Deed(connection=connection, asked=message, faults=faults, rule=rule)
        job = Job(request, deed, _order(before.values(), rule))
        again = [job, job] if FaultKind.REPEAT_REQUEST in before else [job]
        held = before.get(FaultKind.HOLD_REQUEST)
        if held is not None:
            self._loop.call_later(held.delay_s, self._stage.submit, again)
        else:
            jobs += again

    def _meet(self, arrival: Arrival) -> tuple[RuleSettings | None, tuple[Fault, ...]]:
        rule = self._rules.match(arrival, self._now()) if self._rules is not None else None
        named = (rule.fault or "") if rule is not None else ""
        struck = self.faults.strike(arrival, named)
        for one in struck:
            self._tell(one, arrival, rule.name if rule and named == one.fault.name else "")
        return rule, tuple(one.fault for one in struck)

    def _tell(self, one: Standing, arrival: Arrival | None, rule: str = "") -> None:
        self._stage.tell_fault(injected(one, arrival, rule))

    def _strikes_unread(self, connection: Connection, faults: dict[FaultKind, Fault]) -> bool:
        """Do what leaves the request unread; tell whether anything did."""
        if FaultKind.RESTART in faults:
            self._stage.start_again()
        elif not DOORS.isdisjoint(faults):
            connection.abort()
            self._shut(faults)
        elif FaultKind.RESET_REQUEST in faults:
            connection.reset()
        elif FaultKind.DROP_REQUEST in faults:
            connection.abort()
        elif FaultKind.HALF_OPEN in faults:
            self._silence(connection)
        else:
            return False
        return True

    def _shut(self, faults: dict[FaultKind, Fault]) -> None:
        for kind in DOORS & faults.keys():
            self._door.shut(kind, faults[kind].delay_s)

    def _silence(self, connection: Connection) -> None:
        """Let a connection be half open: nothing is read from it or written to it, nor ended."""
        self._mute &= {one.number for one in self._stage.server.connections}
        self._mute.add(connection.number)
        connection.withhold()

    # After the commit

    def deliver(self, deed: Deed, decision: Decision) -> None:
        """Do to a reply what its deed says."""
        connection, request = deed.connection, decision.request
        after = {fault.kind: fault for fault in deed.faults if not fault.struck_before}
        if connection.number in self._mute:
            connection.withhold()
        elif FaultKind.RESTART in after:
            self._stage.start_again()
        elif not DOORS.isdisjoint(after):
            connection.abort()
            self._shut(after)
        elif FaultKind.HALF_OPEN in after:
            self._silence(connection)
        elif FaultKind.DROP_REPLY in after:
            connection.withhold()
            if after[FaultKind.DROP_REPLY].hang_up:
                connection.abort()
        else:
            delay_s = deed.rule.delay_s if deed.rule is not None else 0.0
            if FaultKind.DELAY_REPLY in after:
                delay_s += after[FaultKind.DELAY_REPLY].delay_s
            if delay_s:
                self._loop.call_later(delay_s, self._leave, deed, decision, after)
            else:
                self._leave(deed, decision, after)
        if FaultKind.CHANGE_KEYS in after:
            self._stage.renew_keys(request.origin.terminal_id)

    def _leave(self, deed: Deed, decision: Decision, after: dict[FaultKind, Fault]) -> None:
        """Write the frames that leave instead of one reply."""
        connection, reply = deed.connection, decision.reply
        problem = decision.problem
        frames: list[bytes] = []
        if reply is not None:
            try:
                frames = self._frames(deed, decision.request, reply, after)
            except LocalProtocolError as error:
                problem = str(error)
        if not frames:
            self._stage.fail(connection, problem)
            return
        connection.withhold()
        self._write(connection, b"".join(frames), after)

    def _frames(
        self, deed: Deed, request: Request, reply: Reply, after: dict[FaultKind, Fault]
    ) -> list[bytes]:
        """Return what leaves, frame by frame. Raises LocalProtocolError."""
        stage, asked = self._stage, deed.asked

        def amend(message: Message) -> Message:
            return amend_message(message, deed.faults, deed.rule)

        said = amend_reply(reply, deed.faults, deed.rule)
        payload = damage(stage.seal(said, request, asked, amend), after, stage.codec)
        frame = stage.framing.wrap(payload)
        if FaultKind.WRONG_LENGTH in after:
            frame = _lying(frame, after[FaultKind.WRONG_LENGTH].length, stage.framing)
        frames = [frame, frame] if FaultKind.DUPLICATE_REPLY in after else [frame]
        if FaultKind.STRAY_REPLY in after:
            strays = [stage.seal(stray, request, asked) for stray in _strays(reply)]
            frames = [*map(stage.framing.wrap, strays), *frames]
        return frames

    def _write(self, connection: Connection, data: bytes, after: dict[FaultKind, Fault]) -> None:
        """Put bytes on a connection: whole, in drops, in half, or with the next ones."""
        number = connection.number
        data = self._held.pop(number, b"") + data
        if number in self._dripping:
            self._dripping[number].append(data)
        elif FaultKind.RESET_REPLY in after:
            connection.reply_raw(data[: len(data) // 2])
            connection.flush()
            connection.reset()
        elif FaultKind.HOLD_REPLY in after:
            self._held = {one.number: self._held[one.number] for one in self._living(self._held)}
            self._held[number] = data
        elif FaultKind.SLOW_REPLY in after:
            self._drip(connection, data, after[FaultKind.SLOW_REPLY].delay_s / len(data))
        elif FaultKind.SPLIT_REPLY in after:
            self._drip(connection, data, 0.0)
        else:
            connection.reply_raw(data)

    def _living(self, numbers: Iterable[int]) -> list[Connection]:
        wanted = set(numbers)
        return [one for one in self._stage.server.connections if one.number in wanted]

    def _drip(self, connection: Connection, data: bytes, every_s: float) -> None:
        self._dripping[connection.number] = deque()
        self._drop(connection, data, every_s)

    def _drop(self, connection: Connection, rest: bytes, every_s: float) -> None:
        """Write one byte, and the others later; what came to be said meanwhile follows."""
        waiting = self._dripping[connection.number]
        if not connection.alive:
            del self._dripping[connection.number]
            return
        connection.reply_raw(rest[:1])
        connection.flush()
        if len(rest) > 1:
            self._loop.call_later(every_s, self._drop, connection, rest[1:], every_s)
            return
        del self._dripping[connection.number]
        for data in waiting:
            connection.reply_raw(data)


def _order(faults: Iterable[Fault], rule: RuleSettings | None) -> Order | None:
    """Return what rule and faults want to be decided; a fault's word is before a rule's."""
    order = order_of(rule) if rule is not None else None
    for fault in faults:
        change = _orders(fault)
        if change:
            order = msgspec.structs.replace(order or Order(), **change)
    return order


def _orders(fault: Fault) -> dict[str, object]:
    match fault.kind:
        case FaultKind.DECLINE | FaultKind.DUPLICATE | FaultKind.CUTOVER | FaultKind.BATCH_MISMATCH:
            return {"code": CODES.get(fault.kind, fault.code)}
        case FaultKind.APPROVE_PART:
            return {"code": CODES[fault.kind], "part_percent": fault.part_percent}
        case FaultKind.OUT_OF_BALANCE:
            return {"verdict": ReconciliationResult.OUT_OF_BALANCE, "side": fault.side}
        case FaultKind.SETTLEMENT_ERROR:
            return {"verdict": ReconciliationResult.ERROR}
        case FaultKind.TOTALS_OFF:
            return {"off": fault.totals, "off_minor": fault.off_minor}
        case FaultKind.LOSE_COMMIT:
            return {"loses": True}
        case FaultKind.CLOSE_BATCH:
            return {"closes": True}
        case FaultKind.FORGET_REPLIES:
            return {"forgets": True}
        case _:
            return {}


def _strays(reply: Reply) -> tuple[Reply, Reply]:
    """Return replies that nobody asked for: another STAN, and another MTI."""
    return (
        msgspec.structs.replace(reply, stan=another(reply.stan)),
        EchoReply(origin=reply.origin, stan=reply.stan, stamp=reply.stamp, code=APPROVED),
    )


def _lying(frame: bytes, lie: LengthLie, framing: Framing) -> bytes:
    """Return a frame whose length header does not say how long it is."""
    size = framing.header_size
    match lie:
        case LengthLie.ZERO:
            header = framing.header_of(0)
        case LengthLie.HUGE:
            header = framing.header_of(framing.length_max)
        case LengthLie.SHORT:
            header = framing.header_of(len(frame) - size - 1 + framing.counted)
    return header + frame[size:]
