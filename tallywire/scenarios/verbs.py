"""What a step of a scenario can do: one row for each verb, with the keys it needs and takes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

import msgspec

from terminal.results import (
    BalanceResult,
    CopyResult,
    InquiryResult,
    PaymentResult,
    SettlementResult,
    SignOffResult,
    SignOnResult,
    Status,
)


class Verb(Enum):
    """What a step does. The value is its name in a file."""

    SALE = "sale"
    VOID = "void"
    REFUND = "refund"
    PREAUTH = "preauth"
    PREAUTH_VOID = "preauth-void"
    COMPLETE = "complete"
    COMPLETION_VOID = "completion-void"
    OFFLINE_SALE = "offline-sale"
    ADJUST = "adjust"
    BALANCE = "balance"
    SIGN_ON = "sign-on"
    SIGN_OFF = "sign-off"
    ECHO = "echo"
    SETTLE = "settle"
    RECOVER = "recover"
    INQUIRE = "inquire"
    COMPARE = "compare"
    STATUS = "status"
    PRINT = "print"
    REPRINT = "reprint"
    CAME_OUT = "came-out"
    DID_NOT = "did-not"
    VOID_PAPER = "void-paper"
    FAULT = "fault"
    CALM = "calm"
    PRINTER = "printer"
    DISK = "disk"
    CLOCK = "clock"
    WAIT = "wait"
    KILL_TERMINAL = "kill-terminal"
    START_TERMINAL = "start-terminal"
    KILL_ACQUIRER = "kill-acquirer"
    START_ACQUIRER = "start-acquirer"


class PaperResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of papers: their states in order, the L-code of what is wrong or refused."""

    states: str = ""
    code: str = ""


class VerbFacts(msgspec.Struct, frozen=True):
    """What is to be known of a verb: a sentence, its keys, and what its `expect` is about."""

    sentence: str
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    result: type[msgspec.Struct] | None = None

    @property
    def is_terminal(self) -> bool:
        """True when the terminal does it, so that its power may fail meanwhile."""
        return self.result is not None


_CARD: Final = ("card",)
_ORIGINAL: Final = ("voucher", "batch", "rrn", "card")

VERBS: Final[Mapping[Verb, VerbFacts]] = {
    Verb.SALE: VerbFacts("sell", ("amount",), ("card", "partial", "tag"), PaymentResult),
    Verb.VOID: VerbFacts("take back a sale", ("voucher",), ("amount", "card"), PaymentResult),
    Verb.REFUND: VerbFacts("give money back", (), ("amount", *_ORIGINAL), PaymentResult),
    Verb.PREAUTH: VerbFacts("hold an amount", ("amount",), ("card", "partial"), PaymentResult),
    Verb.PREAUTH_VOID: VerbFacts("release a hold", ("voucher",), ("batch", "card"), PaymentResult),
    Verb.COMPLETE: VerbFacts(
        "complete a hold: ask, or tell with `advice`",
        ("voucher",),
        ("amount", "batch", "card", "advice"),
        PaymentResult,
    ),
    Verb.COMPLETION_VOID: VerbFacts(
        "take back a completion", ("voucher",), ("card",), PaymentResult
    ),
    Verb.OFFLINE_SALE: VerbFacts("sell without asking", ("amount",), _CARD, PaymentResult),
    Verb.ADJUST: VerbFacts("add a tip to a sale", ("voucher", "amount"), _CARD, PaymentResult),
    Verb.BALANCE: VerbFacts("ask what is left on a card", (), _CARD, BalanceResult),
    Verb.SIGN_ON: VerbFacts("sign on", (), (), SignOnResult),
    Verb.SIGN_OFF: VerbFacts("end the day", (), (), SignOffResult),
    Verb.ECHO: VerbFacts("ask whether the acquirer is there", (), (), SignOnResult),
    Verb.SETTLE: VerbFacts("close the batch, or go on closing it", (), (), SettlementResult),
    Verb.RECOVER: VerbFacts("finish with the host what is unfinished", (), ("manual",), Status),
    Verb.INQUIRE: VerbFacts("ask where a batch stands", (), ("batch",), InquiryResult),
    Verb.COMPARE: VerbFacts("compare a batch with the host's copy", (), ("batch",), CopyResult),
    Verb.STATUS: VerbFacts("look where the terminal stands", (), (), Status),
    Verb.PRINT: VerbFacts("print what waits", (), (), PaperResult),
    Verb.REPRINT: VerbFacts(
        "print a document again: the last receipt, a voucher's, or a settlement",
        (),
        ("what", "voucher", "batch", "copy", "original"),
        PaperResult,
    ),
    Verb.CAME_OUT: VerbFacts("say that a paper came out", ("job",), (), PaperResult),
    Verb.DID_NOT: VerbFacts("say that a paper did not come out", ("job",), (), PaperResult),
    Verb.VOID_PAPER: VerbFacts("declare a paper void", ("job",), (), PaperResult),
    Verb.FAULT: VerbFacts("let the acquirer misbehave", ("fault",)),
    Verb.CALM: VerbFacts("take all faults away; each must have struck as often as it should"),
    Verb.PRINTER: VerbFacts("do to the printer what a control line says", ("line",)),
    Verb.DISK: VerbFacts(
        "let `refuse` commits of the terminal fail, after `skip` that do not",
        ("refuse",),
        ("skip",),
    ),
    Verb.CLOCK: VerbFacts("put both sides' clocks forward, with no time passing", ("seconds",)),
    Verb.WAIT: VerbFacts("let time pass for everybody", ("seconds",)),
    Verb.KILL_TERMINAL: VerbFacts("cut the terminal's power between two operations"),
    Verb.START_TERMINAL: VerbFacts("switch the terminal on again; it sends nothing by itself"),
    Verb.KILL_ACQUIRER: VerbFacts("let the acquirer end: nobody listens"),
    Verb.START_ACQUIRER: VerbFacts("start the acquirer again on its ledger and its port"),
}
"""Every verb; the reference page is made from this table."""
