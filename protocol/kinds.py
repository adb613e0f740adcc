"""The kinds of payment, and what follows from each: one table, read by both sides.

| column | meaning |
|---|---|
| mti | request; the reply is ten more |
| processing, condition | F3 and F25 |
| message_type | F60.1 of the packed dialect: first digit 2, 3 or 5 counts in the totals |
| side | which side of the totals it adds to |
| wants | what must be known of an earlier payment |
| after_silence | a request is undone (0400), an advice is repeated until it is answered |

Source: ISO 8583:1987 table A.2 for F3 (02 is "adjustment, debit"), domain practice for the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

import msgspec


class PaymentKind(Enum):
    """What a customer and a shop do with a card."""

    SALE = "sale"
    VOID = "void"
    REFUND = "refund"
    PREAUTHORISATION = "preauthorisation"
    PREAUTHORISATION_VOID = "preauthorisation_void"
    COMPLETION = "completion"
    COMPLETION_VOID = "completion_void"
    COMPLETION_ADVICE = "completion_advice"
    OFFLINE_SALE = "offline_sale"
    ADJUSTMENT = "adjustment"
    BALANCE = "balance"

    # A member is one object: its identity is hash enough, and Enum's own is Python code that
    # every look into the tables below would run.
    __hash__ = object.__hash__


class Side(Enum):
    """The side of the settlement totals: F76 and F88, F74 and F86, or neither."""

    DEBIT = "debit"
    CREDIT = "credit"
    NEITHER = "neither"


class AfterSilence(Enum):
    """What an unanswered message of this kind asks for."""

    UNDO = "reversal"
    REPEAT = "repeat"
    NOTHING = "nothing"


class KindFacts(msgspec.Struct, frozen=True):
    """One row of the table above; `wants` names the kinds that may be its original."""

    mti: str
    processing: str
    condition: str
    message_type: str
    side: Side
    after_silence: AfterSilence
    wants: tuple[PaymentKind, ...] = ()

    @property
    def is_advice(self) -> bool:
        """True when the terminal tells what has happened instead of asking."""
        return self.after_silence is AfterSilence.REPEAT


_K = PaymentKind
_UNDO, _REPEAT, _NOTHING = AfterSilence.UNDO, AfterSilence.REPEAT, AfterSilence.NOTHING
_DEBIT, _CREDIT, _NEITHER = Side.DEBIT, Side.CREDIT, Side.NEITHER

KINDS: Final[Mapping[PaymentKind, KindFacts]] = {
    _K.SALE: KindFacts("0200", "000000", "00", "22", _DEBIT, _UNDO),
    _K.VOID: KindFacts("0200", "200000", "00", "23", _CREDIT, _UNDO, (_K.SALE,)),
    _K.REFUND: KindFacts(
        "0220",
        "200000",
        "00",
        "25",
        _CREDIT,
        _REPEAT,
        (_K.SALE, _K.COMPLETION, _K.COMPLETION_ADVICE, _K.OFFLINE_SALE),
    ),
    _K.PREAUTHORISATION: KindFacts("0100", "030000", "06", "10", _NEITHER, _UNDO),
    _K.PREAUTHORISATION_VOID: KindFacts(
        "0100", "200000", "06", "11", _NEITHER, _UNDO, (_K.PREAUTHORISATION,)
    ),
    _K.COMPLETION: KindFacts("0200", "000000", "06", "20", _DEBIT, _UNDO, (_K.PREAUTHORISATION,)),
    _K.COMPLETION_VOID: KindFacts("0200", "200000", "06", "21", _CREDIT, _UNDO, (_K.COMPLETION,)),
    _K.COMPLETION_ADVICE: KindFacts(
        "0220", "000000", "06", "24", _DEBIT, _REPEAT, (_K.PREAUTHORISATION,)
    ),
    _K.OFFLINE_SALE: KindFacts("0220", "000000", "00", "30", _DEBIT, _REPEAT),
    _K.ADJUSTMENT: KindFacts(
        "0220", "020000", "00", "32", _DEBIT, _REPEAT, (_K.SALE, _K.OFFLINE_SALE)
    ),
    _K.BALANCE: KindFacts("0200", "310000", "00", "01", _NEITHER, _NOTHING),
}
"""An adjustment adds its amount (a tip) to an earlier sale, as a payment of its own."""
