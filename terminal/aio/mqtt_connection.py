"""One connection to an MQTT 5 broker, on aiomqtt: made once, used, lost, never made again.

The only file that knows aiomqtt and paho. What arrives is given to `on_letter` at once, in the
loop; nothing waits in a queue of the library. A connection that was lost is thrown away with its
client, because paho would send again on the next one what was not acknowledged on this one: here
nobody but the caller decides what is sent twice.

aiomqtt drops the reason that a broker gives with its acknowledgement, and that reason is the whole
difference between "nobody heard it" and "somebody may have". So `_Client` listens itself.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from terminal.aio.broker import (
    LETTER_SIZE_MAX,
    BrokerPlan,
    Delivery,
    Letter,
    NoBroker,
    Problem,
)

KEEP_ALIVE_S = 15
NO_SUBSCRIBERS = 0x10
FAILURE = 0x80
LOGIN_REASONS = frozenset({0x84, 0x85, 0x86, 0x87, 0x8A, 0x8C, 4, 5})
"""Bad user name or password, not authorised, banned: what waiting does not mend."""


class _Client(aiomqtt.Client):
    """aiomqtt's client, with what it keeps to itself: each letter, and each reason."""

    def __init__(self, plan: BrokerPlan, will: aiomqtt.Will | None) -> None:
        login = plan.access.login
        super().__init__(
            plan.host,
            plan.port,
            username=login.user if login else None,
            password=login.password.reveal() if login else None,
            identifier=plan.client_id,
            protocol=aiomqtt.ProtocolVersion.V5,
            will=will,
            clean_start=True,
            keepalive=KEEP_ALIVE_S,
            timeout=plan.connect_s,
            properties=_connect_properties(),
            tls_context=plan.access.tls,
        )
        self._plan = plan
        self._acknowledgements: dict[int, asyncio.Future[Delivery]] = {}
        self._client.connect_timeout = plan.connect_s
        self.lost = self._disconnected
        self.lost.add_done_callback(self._give_up)

    def send(self, letter: Letter) -> asyncio.Future[Delivery]:
        """Hand a letter over at QoS 1; the future is what became of it."""
        delivery: asyncio.Future[Delivery] = asyncio.get_running_loop().create_future()
        if self.lost.done() or len(letter.payload) > LETTER_SIZE_MAX:
            delivery.set_result(Delivery.NOT_SENT)
            return delivery
        info = self._client.publish(
            letter.topic, letter.payload, 1, letter.retain, _publish_properties(letter)
        )
        if info.rc != 0:
            delivery.set_result(Delivery.NOT_SENT)
        else:
            self._acknowledgements[info.mid] = delivery
        return delivery

    def drop(self) -> None:
        """End an attempt that came to nothing, as far as there is something to end."""
        self._client.disconnect()

    def _on_publish(
        self,
        client: Any,
        userdata: Any,
        mid: int,
        reason_code: ReasonCode,
        properties: Properties,
    ) -> None:
        delivery = self._acknowledgements.pop(mid, None)
        if delivery is not None and not delivery.done():
            delivery.set_result(_delivery(reason_code.value))

    def _on_message(self, client: Any, userdata: Any, message: Any) -> None:
        self._plan.on_letter(_letter(message))

    def _give_up(self, lost: asyncio.Future[None]) -> None:
        if not lost.cancelled():
            lost.exception()  # it is the loss that counts, and it has been told
        for delivery in self._acknowledgements.values():
            if not delivery.done():
                delivery.set_result(Delivery.UNKNOWN)
        self._acknowledgements.clear()
        self._plan.on_lost()


class MqttConnection:
    """A connection that is up. `open` makes it."""

    def __init__(self, client: _Client) -> None:
        self._client = client

    @classmethod
    async def open(cls, plan: BrokerPlan) -> MqttConnection:
        """Connect and subscribe. Raises NoBroker.

        The library connects on a thread, which cannot be stopped: who is cancelled meanwhile
        waits for its end (`plan.connect_s` at most), so that nothing is left behind.
        """
        client = _Client(plan, _will(plan.will))
        opening = asyncio.ensure_future(client.__aenter__())
        problem: Problem | None = None
        try:
            await asyncio.shield(opening)
            for topic in plan.topics:
                granted = await client.subscribe(topic, qos=1)
                if any(getattr(one, "value", one) >= FAILURE for one in granted):
                    problem = Problem.REFUSED
        except asyncio.CancelledError:
            with contextlib.suppress(aiomqtt.MqttError):
                await opening
                await cls(client).close()
            raise
        except aiomqtt.MqttError as error:
            problem = _problem(error)
        if problem is None:
            return cls(client)
        client.drop()
        raise NoBroker(problem)

    @property
    def up(self) -> bool:
        """Whether it is still there, as far as anybody has noticed."""
        return not self._client.lost.done()

    async def publish(self, letter: Letter, timeout_s: float) -> Delivery:
        """Send a letter and wait for what the broker says of it."""
        try:
            async with asyncio.timeout(timeout_s):
                return await self._client.send(letter)
        except TimeoutError:
            return Delivery.UNKNOWN

    async def close(self) -> None:
        """Say goodbye, so that the broker keeps the last will to itself."""
        with contextlib.suppress(aiomqtt.MqttError):
            await self._client.__aexit__(None, None, None)


def _problem(error: aiomqtt.MqttError) -> Problem:
    reason = getattr(error, "rc", None)
    value = getattr(reason, "value", reason)
    return Problem.REFUSED if value in LOGIN_REASONS else Problem.UNREACHABLE


def _delivery(reason: int) -> Delivery:
    if reason >= FAILURE:
        return Delivery.REFUSED
    return Delivery.NOBODY if reason == NO_SUBSCRIBERS else Delivery.DELIVERED


def _will(letter: Letter | None) -> aiomqtt.Will | None:
    if letter is None:
        return None
    return aiomqtt.Will(letter.topic, letter.payload, 1, letter.retain)


def _properties(packet: int) -> Properties:
    return Properties(packet)  # type: ignore[no-untyped-call]  # paho has no types there


def _connect_properties() -> Properties:
    properties = _properties(PacketTypes.CONNECT)
    properties.MaximumPacketSize = LETTER_SIZE_MAX + 1024
    return properties


def _publish_properties(letter: Letter) -> Properties:
    properties = _properties(PacketTypes.PUBLISH)
    if letter.expiry_s:
        properties.MessageExpiryInterval = letter.expiry_s
    if letter.content_type:
        properties.ContentType = letter.content_type
    if letter.response_topic:
        properties.ResponseTopic = letter.response_topic
    if letter.correlation:
        properties.CorrelationData = letter.correlation
    return properties


def _letter(message: Any) -> Letter:
    properties = getattr(message, "properties", None)
    return Letter(
        message.topic,
        bytes(message.payload),
        retain=bool(message.retain),
        correlation=bytes(getattr(properties, "CorrelationData", b"")),
        response_topic=str(getattr(properties, "ResponseTopic", "")),
        content_type=str(getattr(properties, "ContentType", "")),
        expiry_s=int(getattr(properties, "MessageExpiryInterval", 0)),
    )
