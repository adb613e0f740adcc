"""Recovery: what is found on disk when the power comes back, and the event it becomes.

    found on disk  ->  PowerOn  ->  the same `step` as ever

There is no second way of thinking after a crash: each machine knows PowerOn in every phase that
the disk can hold, and this table says which crash points end there. The same look is taken
before every operation, so a cancelled operation is finished like a crashed one.

Boot order: integrity of the file, print jobs, settlement, payments and their reversals,
advices, ready.
Opening the terminal does all that needs no network; `recover` goes on from there to the host.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from terminal.advice import AdvicePhase
from terminal.attempt import SettlementPhase
from terminal.effects import CrashPoint
from terminal.payment import PaymentPhase
from terminal.reversal import ReversalPhase


class Stage(Enum):
    """The order in which a start puts things right."""

    INTEGRITY = 1
    PAPER = 2
    SETTLEMENT = 3
    PAYMENTS = 4
    REVERSALS = 5
    ADVICES = 6
    READY = 7


@dataclass(frozen=True, slots=True)
class Found:
    """A phase that a crash can leave on disk, and where PowerOn leads from it."""

    stage: Stage
    phase: Enum
    becomes: Enum
    crash_points: tuple[CrashPoint, ...]
    next_step: str


_C = CrashPoint

RECOVERY: Final = (
    Found(
        Stage.SETTLEMENT,
        SettlementPhase.PREPARED,
        SettlementPhase.OPEN,
        (_C.SC3, _C.SC4),
        "certainly not sent: the batch is open again",
    ),
    Found(
        Stage.SETTLEMENT,
        SettlementPhase.SENDING,
        SettlementPhase.UNCERTAIN,
        (_C.SC5, _C.SC6, _C.SC7),
        "repeat the identical request",
    ),
    Found(
        Stage.SETTLEMENT,
        SettlementPhase.REPEATING,
        SettlementPhase.UNCERTAIN,
        (_C.SC5, _C.SC6, _C.SC7),
        "repeat the identical request",
    ),
    Found(
        Stage.SETTLEMENT,
        SettlementPhase.UNCERTAIN,
        SettlementPhase.UNCERTAIN,
        (_C.SC6,),
        "repeat the identical request",
    ),
    Found(
        Stage.SETTLEMENT,
        SettlementPhase.UPLOADING,
        SettlementPhase.UPLOAD_WAITING,
        (_C.SC8, _C.SC9, _C.SC10),
        "go on with the first item that is not acknowledged, then the trailer",
    ),
    Found(
        Stage.SETTLEMENT,
        SettlementPhase.DISPUTED,
        SettlementPhase.DISPUTED,
        (),
        "wait for a supervisor",
    ),
    Found(
        Stage.PAYMENTS,
        PaymentPhase.PREPARED,
        PaymentPhase.NOT_SENT,
        (_C.T2, _C.T3),
        "certainly not sent; the STAN is used up",
    ),
    Found(
        Stage.PAYMENTS,
        PaymentPhase.SENDING,
        PaymentPhase.REVERSAL_REQUIRED,
        (_C.T4, _C.T5, _C.T6, _C.T7, _C.T10),
        "reverse; never send the purchase again",
    ),
    Found(
        Stage.ADVICES,
        AdvicePhase.WAITING,
        AdvicePhase.WAITING,
        (_C.A1,),
        "tell",
    ),
    Found(
        Stage.ADVICES,
        AdvicePhase.TELLING,
        AdvicePhase.WAITING,
        (_C.A2, _C.A3),
        "tell again, identical",
    ),
    Found(
        Stage.REVERSALS,
        ReversalPhase.PENDING,
        ReversalPhase.PENDING,
        (_C.R1,),
        "send",
    ),
    Found(
        Stage.REVERSALS,
        ReversalPhase.IN_FLIGHT,
        ReversalPhase.PENDING,
        (_C.R2, _C.R3),
        "send again, identical",
    ),
    Found(
        Stage.REVERSALS,
        ReversalPhase.MANUAL,
        ReversalPhase.MANUAL,
        (),
        "wait for a person",
    ),
)
"""Every unfinished phase that the tables can hold. T1, T8, T9, T11, R4, A4, SC1, SC2, SC11 to SC14
leave nothing of money to finish: either nothing was written, or all of it in one commit."""
