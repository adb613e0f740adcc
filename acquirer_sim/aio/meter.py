"""What a host counts and measures for Prometheus. A host without a meter measures nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from acquirer_sim.aio.committer import Outcome
from acquirer_sim.aio.host import Host, HostEvent
from protocol.operations import Reply, Request, SettlementReply

if TYPE_CHECKING:
    from protocol.aio.incidents import Counters

WAITING_MAX: Final = 100_000
"""Requests whose answer is waited for; what faults have swallowed goes when there are more."""

LATENCIES_S: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
NO_ANSWER: Final = "none"


class Meter:
    """The figures of one host."""

    def __init__(self, host: Host, time: Callable[[], float]) -> None:
        self._time = time
        self._waiting: dict[int, tuple[Request, float, str]] = {}
        self.registry = registry = CollectorRegistry()
        self._requests = Counter(
            "tallywire_requests",
            "Requests that were decided, by MTI and response code (none: no answer).",
            ("mti", "code"),
            registry=registry,
        )
        self._latency = Histogram(
            "tallywire_request_seconds",
            "From the arrival of a request to its committed answer.",
            ("mti",),
            registry=registry,
            buckets=LATENCIES_S,
        )
        self._groups = Histogram(
            "tallywire_group_size", "Requests of a group.", registry=registry, buckets=SIZES
        )
        self._commits = Histogram(
            "tallywire_commit_seconds",
            "What the disk took for a group.",
            registry=registry,
            buckets=LATENCIES_S,
        )
        self._faults = Counter(
            "tallywire_faults_injected", "Faults that struck.", ("kind",), registry=registry
        )
        self._settlements = Counter(
            "tallywire_settlements",
            "Reconciliation results told to terminals.",
            ("result",),
            registry=registry,
        )
        self._count_connections(host.server.counters)
        host.meter = self
        host.tell_also(self._heard)

    def _count_connections(self, counters: Counters) -> None:
        """Let the server's own counters be read when somebody asks."""
        told: tuple[tuple[str, str, Callable[[], float]], ...] = (
            ("tallywire_connections", "Open connections.", lambda: counters.connections),
            ("tallywire_connections_accepted", "Accepted so far.", lambda: counters.accepted),
            ("tallywire_messages_received", "Received so far.", lambda: counters.messages),
        )
        for name, sentence, read in told:
            Gauge(name, sentence, registry=self.registry).set_function(read)
        incidents = Gauge(
            "tallywire_incidents",
            "What went wrong on connections so far.",
            ("kind",),
            registry=self.registry,
        )
        for kind in counters.incidents:
            incidents.labels(kind.name.lower()).set_function(
                lambda kind=kind: counters.incidents[kind]  # type: ignore[misc] # mypy sees no default
            )

    def asked(self, request: Request, mti: str) -> None:
        """A request has arrived."""
        if len(self._waiting) >= WAITING_MAX:
            del self._waiting[next(iter(self._waiting))]
        # The request is kept, so that no other can be at its place in memory.
        self._waiting[id(request)] = (request, self._time(), mti)

    def answered(self, request: Request, reply: Reply | None) -> None:
        """A request is decided and committed, or has no answer."""
        waited = self._waiting.pop(id(request), None)
        if waited is None:
            return  # counted before: a fault has put it twice
        _, asked_at, mti = waited
        self._requests.labels(mti, NO_ANSWER if reply is None else reply.code).inc()
        self._latency.labels(mti).observe(self._time() - asked_at)
        if isinstance(reply, SettlementReply):
            self._settlements.labels(reply.result.name.lower()).inc()

    def decided(self, outcome: Outcome) -> None:
        """A group is over."""
        self._groups.observe(len(outcome.jobs))
        if outcome.commit_s:
            self._commits.observe(outcome.commit_s)
        if outcome.failure is not None:
            for job in outcome.jobs:
                self.answered(job.request, None)
            return
        for job, decision in zip(outcome.jobs, outcome.decisions, strict=True):
            self.answered(job.request, decision.reply)

    def exposition(self) -> bytes:
        """Return everything in the text format of Prometheus."""
        return generate_latest(self.registry)

    def _heard(self, event: HostEvent) -> None:
        if event.fault is not None:
            self._faults.labels(event.fault.kind).inc()
