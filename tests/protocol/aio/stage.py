"""A client on virtual time, whose connection is worked by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from protocol.aio.client import Client, ClientSettings
from protocol.aio.errors import NotConnected, NotSent, Unanswered
from protocol.events import Event
from protocol.message import Message
from tests.protocol.pair import CODEC, FRAMING, request
from tests.world.clock import VirtualLoop, run_virtual
from tests.world.hand import HandOpener, HandTransport, pass_time

Story = Callable[["Stage"], Awaitable[None]]


class Stage:
    """A client on virtual time, with a transport worked by hand."""

    def __init__(self, loop: VirtualLoop, opener: HandOpener, settings: ClientSettings) -> None:
        self.loop = loop
        self.opener = opener
        self.told: list[Event] = []
        self.client = Client(opener, CODEC, FRAMING, settings, on_event=self.told.append)

    @property
    def wire(self) -> HandTransport:
        return self.opener.last

    def told_kinds(self) -> list[type[Event]]:
        return [type(event) for event in self.told]


def play(
    story: Story,
    *plan: OSError | None,
    settings: ClientSettings | None = None,
    sticky: bool = False,
    connect: bool = True,
) -> Stage:
    """Tell one story from its first second to its last, and close the client."""

    async def start(loop: VirtualLoop) -> Stage:
        opener = HandOpener(*plan, sticky=sticky)
        stage = Stage(loop, opener, settings or ClientSettings())
        if connect:
            await stage.client.connect()
        await story(stage)
        await stage.client.close()
        assert [] == loop.complaints
        return stage

    return run_virtual(start)


async def ask(stage: Stage, group: asyncio.TaskGroup, stan: int = 1) -> asyncio.Task[Message]:
    """Send a request from a task of its own and let it reach the transport."""
    task = group.create_task(stage.client.request(request(stan), 30.0))
    await pass_time()
    return task


async def failure_of(waiting: Awaitable[object]) -> Exception | None:
    """Return how a call to the client failed, None when it did not."""
    try:
        await waiting
    except (NotConnected, NotSent, Unanswered) as error:
        return error
    return None
