"""A till for tests: a terminal on an in-process database, and a host that answers as told."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import structs

from protocol.aio.errors import NotConnected, Unanswered
from protocol.amount import Amount
from protocol.kinds import KINDS, PaymentKind, Side
from protocol.operations import (
    Card,
    Echo,
    EchoReply,
    Operation,
    PaymentReply,
    PaymentRequest,
    ReconciliationResult,
    Request,
    Reversal,
    ReversalReply,
    Settlement,
    SettlementInquiry,
    SettlementReply,
    SettlementState,
    SettlementStatus,
    SignOff,
    SignOffReply,
    SignOn,
    SignOnReply,
    Totals,
    UploadEnd,
    UploadItem,
    UploadReply,
)
from protocol.secrets import Key, Pan
from terminal.aio.cashier import Ask
from terminal.aio.database import Database, open_sqlite
from terminal.aio.driver import Terminal
from terminal.aio.equipment import Equipment
from terminal.aio.printers import open_printer
from terminal.aio.storehouse import FreeBytes, nobody_can_tell
from terminal.configuration import Settings, Timing
from terminal.effects import Commit, CrashPoint, Effects, Notice
from terminal.facts import Fact
from terminal.pin_pad import PinPad
from terminal.responses import response
from terminal.standing import LateReply

VISA = "4111111111111111"
QUICK = Settings(
    timing=Timing(reversal_backoff_s=0.0, settlement_backoff_s=(0.0,)),
)
KEY = Key(bytes(range(32)))


def visa() -> Card:
    return Card(Pan(VISA), "3012")


def yuan(text: str = "12.34") -> Amount:
    return Amount.parse(text)


Fault = Exception | Callable[[Operation], Operation] | None


@dataclass
class Host:
    """Answers every request truly from its own books, unless `faults` says otherwise.

    A fault is an exception to raise instead of the reply (the request still arrives), or a
    function from the true reply to another. `deaf` faults mean that it never arrives.
    """

    batch: str = "000001"
    approved: dict[tuple[str, str], int] = field(default_factory=dict)
    kinds: dict[tuple[str, str], PaymentKind] = field(default_factory=dict)
    settled: dict[str, SettlementReply] = field(default_factory=dict)
    heard: list[Request] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unreachable: int = 0
    code: str = "00"
    vocabulary: frozenset[type[Request]] = frozenset()
    refuses: dict[PaymentKind, str] = field(default_factory=dict)
    late: list[LateReply] = field(default_factory=list)

    async def connect(self) -> None:
        if self.unreachable:
            self.unreachable -= 1
            raise NotConnected("refused")

    async def request(self, operation: Request, timeout_s: float) -> Operation:
        self.heard.append(operation)
        fault = self.faults.pop(0) if self.faults else None
        reply = self._answer(operation)
        if isinstance(fault, Exception):
            raise fault
        return fault(reply) if fault else reply

    def says(self, kind: type[Request]) -> bool:
        return kind in self.vocabulary

    def take_news(self) -> tuple[Fact, ...]:
        late, self.late = tuple(self.late), []
        return late

    async def close(self) -> None:
        return

    def mtis(self) -> list[str]:
        """Return what was heard, in short."""
        return [_short(operation) for operation in self.heard]

    def totals(self, batch: str) -> Totals:
        sides = {side: [0, 0] for side in Side}
        for key, minor in self.approved.items():
            if key[0] == batch:
                figures = sides[KINDS[self.kinds.get(key, PaymentKind.SALE)].side]
                figures[0] += 1
                figures[1] += minor
        debit, credit = sides[Side.DEBIT], sides[Side.CREDIT]
        return Totals(
            debit_count=debit[0],
            debit_amount=debit[1],
            credit_count=credit[0],
            credit_amount=credit[1],
        )

    def _answer(self, asked: Request) -> Operation:
        base: dict[str, Any] = {"origin": asked.origin, "stan": asked.stan, "stamp": asked.stamp}
        match asked:
            case SignOn():
                return SignOnReply(**base, code="00", batch=self.batch)
            case Echo():
                return EchoReply(**base, code="00")
            case SignOff():
                return SignOffReply(**base, code="00")
            case PaymentRequest(kind=PaymentKind.BALANCE):
                return PaymentReply(**base, code=self.code, kind=asked.kind, balance=Amount(123456))
            case PaymentRequest():
                code, amount = self.refuses.get(asked.kind, self.code), asked.amount
                if code == "10":
                    amount = Amount(amount.minor // 2, amount.currency)
                if code == "10" or response(code).success:
                    self.approved[asked.batch, asked.stan] = amount.minor
                    self.kinds[asked.batch, asked.stan] = asked.kind
                return PaymentReply(
                    **base,
                    code=code,
                    kind=asked.kind,
                    batch=asked.batch,
                    amount=amount,
                    rrn=f"{asked.batch}{asked.stan}",
                    authorisation=asked.stan,
                )
            case Reversal():
                known = self.approved.pop((asked.batch, asked.stan), None)
                code = "25" if known is None else "00"
                return ReversalReply(**base, code=code, batch=asked.batch, amount=asked.amount)
            case Settlement():
                return self._settle(asked, base)
            case SettlementInquiry():
                return self._status(asked, base)
            case UploadItem():
                self.approved[asked.batch, asked.original.stan] = asked.amount.minor
                self.kinds[asked.batch, asked.original.stan] = asked.kind
                return UploadReply(**base, code="00", batch=asked.batch)
            case UploadEnd():
                self.batch = f"{int(asked.batch) + 1:06d}"
                return UploadReply(**base, code="00", batch=asked.batch)
        raise AssertionError(type(asked))

    def _settle(self, asked: Settlement, base: dict[str, Any]) -> SettlementReply:
        if asked.batch not in self.settled:
            ours = self.totals(asked.batch)
            equal = ours == asked.totals
            if equal:
                self.batch = f"{int(asked.batch) + 1:06d}"
            self.settled[asked.batch] = SettlementReply(
                **base,
                code="00" if equal else "95",
                result=ReconciliationResult.IN_BALANCE
                if equal
                else ReconciliationResult.OUT_OF_BALANCE,
                batch=asked.batch,
                totals=ours,
            )
        return structs.replace(self.settled[asked.batch], stan=asked.stan)

    def _status(self, asked: SettlementInquiry, base: dict[str, Any]) -> SettlementStatus:
        stored = self.settled.get(asked.batch)
        state = SettlementState.OPEN
        if stored is not None:
            state = SettlementState.CLOSED if stored.approved else SettlementState.AWAITING_UPLOAD
        result = stored.result if stored is not None else None
        return SettlementStatus(**base, code="00", batch=asked.batch, state=state, result=result)


def _short(operation: Request) -> str:
    repeat = getattr(operation, "repeat", False)
    return type(operation).__name__ + ("*" if repeat else "")


class Clock:
    """Each look at it is a second later."""

    def __init__(self) -> None:
        self._ticks = itertools.count()

    def __call__(self) -> datetime:
        return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC) + timedelta(seconds=next(self._ticks))


def chance() -> Callable[[int], bytes]:
    """Return random bytes that can be repeated."""
    counter = itertools.count(1)
    return lambda size: next(counter).to_bytes(size, "big")


class PowerCut(BaseException):
    """The power is gone: nothing more happens in this process."""


@dataclass
class Till:
    """A terminal, its host, and what it told people."""

    terminal: Terminal
    host: Host
    database: Database
    notices: list[Notice]

    async def pull_plug(self) -> None:
        """End the process without a word; what was committed stays."""
        await self.database.close()

    def told(self) -> list[tuple[str, str]]:
        return [(notice.code, notice.state) for notice in self.notices]


async def open_till(
    host: Host | None = None,
    *,
    settings: Settings = QUICK,
    path: str = ":memory:",
    key: Key = KEY,
    wrap: Callable[[Database], Database] = lambda database: database,
    cut_at: CrashPoint | None = None,
    ask: Ask | None = None,
    pin_pad: PinPad | None = None,
    free_bytes: FreeBytes = nobody_can_tell,
    now: Callable[[], datetime] | None = None,
) -> Till:
    host = host or Host()
    notices: list[Notice] = []
    database = await open_sqlite(path)

    def reached(point: CrashPoint) -> None:
        if point is cut_at:
            raise PowerCut

    equipment = Equipment(
        database=wrap(database),
        scratch=open_sqlite,
        line=host,
        key=key,
        printers=[open_printer("none:")],
        now=now or Clock(),
        random_bytes=chance(),
        tell=notices.append,
        reached=reached,
        pin_pad=pin_pad,
        free_bytes=free_bytes,
    )
    if ask is not None:
        equipment = replace(equipment, ask=ask)
    try:
        terminal = await Terminal.open(settings, equipment)
    except BaseException:
        await database.close()
        raise
    return Till(terminal, host, database, notices)


LOST = Unanswered()


async def agree(till: Till) -> None:
    """Assert that both sides hold the same, that nothing is open, and that the books are sound."""
    status = await till.terminal.status()
    lines = await till.terminal.payments(limit=1000)
    ours = {(p.batch, p.stan): p.amount_minor for p in lines if p.outcome == "approved"}
    assert ours == till.host.approved
    assert (status.mode, status.batch) == ("READY", till.host.batch)
    assert await till.terminal.verify() == ()


async def unbalanced(till: Till, count: int = 3) -> None:
    """Sell some, and let the host lose one."""
    for _ in range(count):
        await till.terminal.sale(yuan("1.00"), visa())
    till.host.approved.popitem()


def everything_in(directory: Path) -> bytes:
    """Return all bytes of all files in a directory."""
    return b"".join(path.read_bytes() for path in directory.iterdir())


def facts_of(effects: Effects) -> tuple[Fact, ...]:
    """Return every fact that the effects commit, in order."""
    commits = (effect for effect in effects if isinstance(effect, Commit))
    return tuple(fact for commit in commits for fact in commit.facts)
