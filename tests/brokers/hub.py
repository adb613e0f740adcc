"""A broker in this thread, on whatever clock the test has: an opener for `BrokerPlan`.

It does to letters what a real one may do: lose them before or after they were passed on, pass them
on twice, refuse them, forget what it retained, and die.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from enum import Enum

from terminal.aio.broker import BrokerPlan, Delivery, Letter, NoBroker, Problem


class Fate(Enum):
    """What becomes of one letter."""

    PASSED = "passed on"
    TWICE = "passed on twice"
    REFUSED = "refused"
    DIES_BEFORE = "the broker dies with it"
    DIES_AFTER = "passed on, then the broker dies before it acknowledges"


class Link:
    """One client's connection."""

    def __init__(self, hub: Hub, plan: BrokerPlan) -> None:
        self.plan = plan
        self.up = True
        self._hub = hub

    async def publish(self, letter: Letter, timeout_s: float) -> Delivery:
        await asyncio.sleep(0)
        if not self.up:
            return Delivery.NOT_SENT
        return self._hub.publish(letter)

    async def close(self) -> None:
        self.up = False
        self._hub.forget(self)

    def give(self, letter: Letter) -> None:
        asyncio.get_running_loop().call_soon(self._give, letter)

    def _give(self, letter: Letter) -> None:
        if self.up:
            self.plan.on_letter(letter)

    def lose(self) -> None:
        if self.up:
            self.up = False
            asyncio.get_running_loop().call_soon(self.plan.on_lost)


class Hub:
    """The broker. `fate` decides about each letter; `seen` keeps them all."""

    def __init__(self, *, keeps: bool = False) -> None:
        self.there = True
        self.refusing = False
        self.retained: dict[str, Letter] = {}
        self.links: list[Link] = []
        self.seen: list[Letter] = []
        self.fate: Callable[[Letter], Fate] = lambda _: Fate.PASSED
        self.says_nobody = True
        self._keeps = keeps

    async def __call__(self, plan: BrokerPlan) -> Link:
        await asyncio.sleep(0)
        if not self.there or self.refusing:
            raise NoBroker(Problem.REFUSED if self.there else Problem.UNREACHABLE)
        for link in [one for one in self.links if one.plan.client_id == plan.client_id]:
            self.cut(link)
        link = Link(self, plan)
        self.links.append(link)
        for letter in self.retained.values():
            if _wants(link, letter):
                link.give(letter)  # marked as retained, as nothing is that is passed on
        return link

    def publish(self, letter: Letter) -> Delivery:
        self.seen.append(letter)
        fate = self.fate(letter)
        if fate is Fate.REFUSED:
            return Delivery.REFUSED
        if fate is Fate.DIES_BEFORE:
            self.die()
            return Delivery.UNKNOWN
        heard = self._spread(letter)
        if fate is Fate.TWICE:
            self._spread(letter)
        if fate is Fate.DIES_AFTER:
            asyncio.get_running_loop().call_soon(self.die)
            return Delivery.UNKNOWN
        return Delivery.DELIVERED if heard or not self.says_nobody else Delivery.NOBODY

    def cut(self, link: Link) -> None:
        """Break one client's connection; its last will is said."""
        self.forget(link)
        link.lose()
        if link.plan.will is not None:
            self._spread(link.plan.will)

    def cut_client(self, start: str) -> None:
        """Break the connection of the client whose name starts so."""
        (link,) = [one for one in self.links if one.plan.client_id.startswith(start)]
        self.cut(link)

    def die(self) -> None:
        """Be gone at once: no last will, and nothing retained unless it keeps it on disk."""
        self.there = False
        for link in self.links:
            link.lose()
        self.links.clear()
        if not self._keeps:
            self.retained.clear()

    def come_back(self) -> None:
        self.there = True

    def forget(self, link: Link) -> None:
        if link in self.links:
            self.links.remove(link)

    def _spread(self, letter: Letter) -> bool:
        if letter.retain:
            self.retained[letter.topic] = letter
        heard = [link for link in self.links if _wants(link, letter)]
        for link in heard:
            link.give(replace(letter, retain=False))
        return bool(heard)


def _wants(link: Link, letter: Letter) -> bool:
    place = letter.topic.rpartition("/")[0]
    return any(topic in (letter.topic, f"{place}/+") for topic in link.plan.topics)
