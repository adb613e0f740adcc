"""The acquirer in the world: the product's host on a platter, started again when its power went."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable

from acquirer_sim.aio import opening
from acquirer_sim.aio.committer import Committer, Deliver, InlineCommitter
from acquirer_sim.aio.host import Host, HostEvent
from acquirer_sim.aio.opening import prepare
from acquirer_sim.fault_state import FaultInjected
from acquirer_sim.faults import FaultKind, FaultPlan
from acquirer_sim.policy import Policy
from acquirer_sim.tokens import KEY_BYTES
from protocol.secrets import Key
from tests.world.choices import Weather
from tests.world.clock import VirtualLoop
from tests.world.dialect import configuration
from tests.world.disk import Platter, cut_power_around
from tests.world.power import Process
from tests.world.wire import Wire

KEY = Key(bytes(range(KEY_BYTES)))
FULL = "PRAGMA synchronous = FULL"
REBOOT_S = 3.0


@functools.cache
def empty_ledger() -> bytes:
    """Return a ledger at its head version, made once: migrations take a third of a second."""
    platter = Platter("host")
    prepare(platter.connection, KEY)
    image = platter.image()
    platter.close()
    return image


class HostStation:
    """Keeps an acquirer running: when its power goes it starts again a little later."""

    def __init__(
        self,
        loop: VirtualLoop,
        wire: Wire,
        weather: Weather,
        *,
        image: bytes,
        faults: FaultPlan | None = None,
    ) -> None:
        self.platter = Platter("host", image)
        self._faults = faults
        self.starts = 0
        self.struck: list[FaultInjected] = []
        """Every fault of the plan that struck, in order."""
        self._loop = loop
        self._wire = wire
        self._weather = weather
        self.process: Process

    def start(self) -> None:
        """Start a host process on the platter."""
        self.starts += 1
        self.process = Process("host", self._loop)
        self.process.on_death(self._start_later)
        self.process.context.run(self._boot, self.process)

    def _start_later(self) -> None:
        self._loop.call_later(REBOOT_S, self.start)

    def _boot(self, process: Process) -> None:
        tongue = self._wire.tongue
        host = Host(
            self._open_committer,
            profile=tongue.profile,
            envelopes=tongue.envelopes(self._loop),
            codec=tongue.codec,
            framing=tongue.dialect.framing,
            faults=self._plan(),
            # A restart is a power cut here: what was not committed is gone, and it takes a while.
            restart=lambda: self._die_soon(process),
            on_event=self._hear,
            on_incident=lambda incident: None,
        )
        self._wire.listen(host.server.accept, process)

    def _plan(self) -> FaultPlan | None:
        """Return the plan of this start; a fault that restarts the host strikes the first one."""
        plan = self._faults
        if plan is None or self.starts == 1:
            return plan
        kept = tuple(fault for fault in plan.fault if fault.kind is not FaultKind.RESTART)
        return FaultPlan(kept, plan.seed)

    def _hear(self, event: HostEvent) -> None:
        if event.fault is not None:
            self.struck.append(event.fault)

    def _die_soon(self, process: Process) -> None:
        self._loop.call_soon(process.kill)

    def _open_committer(self, deliver: Deliver) -> Committer:
        self.platter.open(full=FULL in opening.PRAGMAS)
        opened = prepare(self.platter.connection, KEY, around_commit=self._around_commit)
        policy = Policy(configuration(), opened.key)
        return InlineCommitter(opened.ledger, policy, self._loop.now, deliver)

    def _around_commit(self, commit: Callable[[], None]) -> None:
        fate = cut_power_around(
            commit, platter=self.platter, weather=self._weather, label="commit host"
        )
        if fate == "full":
            problem = sqlite3.OperationalError("database or disk is full")
            problem.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise problem
