"""A broker: letters out and in, through a connection that may be remade. Knows nobody's topics.

There are two ways out, and they promise different things:

    publish     now or never; the answer says what became of the letter (`Delivery`)
    post        as soon as there is a connection, at least once; a bounded queue, in order, where
                a retained letter takes the place of an older one of its topic

`connect` makes one attempt; `keep` goes on connecting, with back-off, and empties the queue: a
task for the TaskGroup of a service. Who only needs a broker now and then does without `keep`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, Protocol

from protocol.aio.client import Backoff
from terminal.aio.broker_access import NO_ACCESS, BrokerAccess
from terminal.aio.printer_line import Pulse

LETTER_SIZE_MAX: Final = 1024 * 1024
QUEUE_MAX: Final = 1000
ACKNOWLEDGE_S: Final = 10.0
IDLE_S: Final = 3600.0
BACKOFF: Final = Backoff(first_s=0.2, max_s=30.0)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message: to or from a topic. `expiry_s` 0 never expires; "" and b"" are not there."""

    topic: str
    payload: bytes = b""
    retain: bool = False
    correlation: bytes = b""
    response_topic: str = ""
    content_type: str = ""
    expiry_s: int = 0


class Delivery(Enum):
    """What is known about a letter that was published, the certain ones first."""

    NOT_SENT = "not sent"
    """There was no connection: not one byte left."""
    REFUSED = "refused"
    """The broker acknowledged it with a failure: it went to nobody."""
    NOBODY = "nobody"
    """The broker took it and knows of no subscriber: it went to nobody."""
    DELIVERED = "delivered"
    """The broker has it; a subscriber may."""
    UNKNOWN = "unknown"
    """It was handed over and never acknowledged: the broker, and a subscriber, may have it."""


class Problem(Enum):
    """Why there is no connection."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    """It answers, and does not let us in: user, password, rights."""


class NoBroker(Exception):
    """No connection could be made: `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"the broker is {problem.value}")
        self.problem = problem


class Connection(Protocol):
    """One connection: made once, used, lost. No call raises."""

    @property
    def up(self) -> bool:
        """Whether it is still there, as far as anybody has noticed."""
        ...

    async def publish(self, letter: Letter, timeout_s: float) -> Delivery:
        """Send a letter once, and return what the broker says of it."""
        ...

    async def close(self) -> None:
        """Say goodbye: the last will stays unsaid."""
        ...


async def open_mqtt(plan: BrokerPlan) -> Connection:
    """Connect by MQTT. Raises NoBroker."""
    # aiomqtt and paho are loaded by who connects, never before.
    from terminal.aio.mqtt_connection import MqttConnection

    return await MqttConnection.open(plan)


@dataclass(frozen=True, slots=True)
class BrokerPlan:
    """What every connection is made with."""

    host: str
    port: int
    access: BrokerAccess = NO_ACCESS
    client_id: str = ""
    topics: tuple[str, ...] = ()
    will: Letter | None = None
    connect_s: float = 5.0
    on_letter: Callable[[Letter], None] = lambda _: None
    on_lost: Callable[[], None] = lambda: None
    opener: Callable[[BrokerPlan], Awaitable[Connection]] = open_mqtt


class Broker:
    """One broker. `pulse` rings when a connection comes or goes; no call raises."""

    def __init__(
        self, plan: BrokerPlan, *, backoff: Backoff = BACKOFF, queue_max: int = QUEUE_MAX
    ) -> None:
        self.pulse = Pulse()
        self.problem: Problem | None = None
        self.dropped = 0
        self._plan = replace(plan, on_lost=self._lost(plan.on_lost))
        self._backoff = backoff
        self._queue_max = queue_max
        self._queue: deque[Letter] = deque()
        self._connection: Connection | None = None
        self._failures = 0
        self._attempt: asyncio.Event | None = None

    @property
    def connected(self) -> bool:
        """Whether there is a connection, as far as anybody has noticed."""
        return self._connection is not None and self._connection.up

    @property
    def pause_s(self) -> float:
        """How long to wait before the next attempt, in seconds."""
        return self._backoff.delay_s(self._failures)

    async def connect(self) -> bool:
        """Make sure there is a connection: one attempt at most, shared by all who ask meanwhile."""
        if self._attempt is not None:
            await self._attempt.wait()
        elif not self.connected:
            self._attempt = asyncio.Event()
            try:
                await self._open()
            finally:
                self._attempt.set()
                self._attempt = None
        return self.connected

    async def publish(self, letter: Letter, timeout_s: float = ACKNOWLEDGE_S) -> Delivery:
        """Send a letter now, or not at all. It is sent once, whatever comes back."""
        connection = self._connection
        if connection is None or not connection.up:
            return Delivery.NOT_SENT
        delivery = await connection.publish(letter, timeout_s)
        if delivery is Delivery.UNKNOWN and connection.up:
            # A broker that does not acknowledge is no broker: make a new connection.
            await self.close()
        return delivery

    def post(self, letter: Letter) -> None:
        """Queue a letter for `keep`; when the queue is full, the oldest is dropped and counted."""
        if letter.retain:
            self._queue = deque(one for one in self._queue if one.topic != letter.topic)
        if len(self._queue) >= self._queue_max:
            self._queue.popleft()
            self.dropped += 1
        self._queue.append(letter)
        self.pulse.ring()

    async def keep(self, on_connected: Callable[[], None] = lambda: None) -> None:
        """Stay connected and send what is posted, until cancelled; for a TaskGroup.

        `on_connected` is called after every connection, and may post.
        """
        loop = asyncio.get_running_loop()
        while True:
            if await self.connect():
                on_connected()
                await self._send_posted()
            else:
                await self.pulse.wait(loop.time() + self.pause_s)

    async def flush(self, within_s: float) -> bool:
        """Send what is posted as far as it goes in the time; True when nothing is left."""
        loop = asyncio.get_running_loop()
        until = loop.time() + within_s
        while self._queue and self.connected and loop.time() < until:
            await self._send_one(until - loop.time())
        return not self._queue

    async def close(self) -> None:
        """Let go of the connection. Safe to call twice, and to connect again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _open(self) -> None:
        await self.close()
        try:
            self._connection = await self._plan.opener(self._plan)
        except NoBroker as error:
            self._failures += 1
            self.problem = error.problem
        else:
            self._failures = 0
            self.problem = None
        self.pulse.ring()

    async def _send_posted(self) -> None:
        """Send until the connection is lost; wait when nothing is queued."""
        while self.connected:
            if self._queue:
                await self._send_one(ACKNOWLEDGE_S)
            else:
                await self.pulse.wait(asyncio.get_running_loop().time() + IDLE_S)
        # A broker that lets us in and hangs up at once is as absent as one that refuses.
        self._failures = max(1, self._failures)

    async def _send_one(self, timeout_s: float) -> None:
        """Send the oldest; it leaves the queue when the broker has it, or will never take it."""
        letter = self._queue[0]
        delivery = await self.publish(letter, timeout_s)
        settled = (Delivery.DELIVERED, Delivery.NOBODY, Delivery.REFUSED)
        if delivery in settled and self._queue and self._queue[0] is letter:
            self._queue.popleft()

    def _lost(self, told: Callable[[], None]) -> Callable[[], None]:
        def lost() -> None:
            told()
            self.pulse.ring()

        return lost
