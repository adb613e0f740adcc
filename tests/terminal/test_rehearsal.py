"""A dialect is asked for everything that terminal and host may say to each other."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from protocol import inquiries, operations
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.kinds import KINDS, AfterSilence, PaymentKind
from protocol.operations import Operation, Reply, Request
from terminal.configuration import ReversalForm, Settings
from terminal.rehearsal import REHEARSED, SCRIPT, Stage, unspeakable

EVERYTHING = Settings(settlement_inquiry=True, payment_inquiry=True)
BASE = builtin_dialect("iso87")


OPERATIONS = [
    one
    for one in {**vars(operations), **vars(inquiries)}.values()
    if isinstance(one, type)
    and issubclass(one, Operation)
    and one not in (Operation, Request, Reply)
]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.__name__)
def test_every_operation_is_rehearsed(operation: type[Operation]) -> None:
    """A new operation without a row would be found missing in the middle of a payment."""
    lines = list(SCRIPT[operation](Stage(EVERYTHING, keyed=True)))

    assert lines
    assert {operation} == {type(line) for line in lines}


@pytest.mark.parametrize(
    ("operation", "kinds"),
    [
        (operations.PaymentRequest, set(PaymentKind)),
        (operations.PaymentReply, set(PaymentKind)),
        (
            operations.Reversal,
            {kind for kind in PaymentKind if KINDS[kind].after_silence is AfterSilence.UNDO},
        ),
    ],
)
def test_every_kind_is_rehearsed(operation: type[Operation], kinds: set[PaymentKind]) -> None:
    lines = SCRIPT[operation](Stage(EVERYTHING, keyed=True))

    assert kinds == {getattr(line, "kind", None) for line in lines}


@pytest.mark.parametrize("form", ReversalForm)
@pytest.mark.parametrize("name", REHEARSED)
def test_shipped_dialect_says_everything(name: str, form: ReversalForm) -> None:
    settings = replace(EVERYTHING, reversal_form=form)
    dialect = builtin_dialect(name)

    assert "" == unspeakable(dialect, Codec(dialect), settings)


@pytest.mark.parametrize(
    ("lacks", "words"),
    [
        (70, "SignOn cannot be written: F70"),
        (90, "PaymentRequest of kind void cannot be written: F90"),
        (35, "PaymentRequest of kind sale cannot be written: F35"),
        (55, "PaymentRequest of kind sale cannot be written: F55"),
        (54, "PaymentReply of kind sale cannot be written: F54"),
        (66, "SettlementReply cannot be written: F66"),
        (48, "SettlementStatus cannot be written: F48"),
        (71, "UploadItem of kind sale cannot be written: F71"),
    ],
)
def test_dialect_that_lacks_a_field_is_told_what_for(lacks: int, words: str) -> None:
    fields = {number: rule for number, rule in BASE.field.items() if number != lacks}
    dialect = replace(BASE, field=fields)

    assert words in unspeakable(dialect, Codec(dialect), EVERYTHING)


def test_what_is_off_need_not_be_said() -> None:
    """No inquiry without its setting; no PIN and no keys in a dialect that has none."""
    fields = {number: rule for number, rule in BASE.field.items() if number not in (48, 52, 62)}
    dialect = replace(BASE, field=fields)

    assert "" == unspeakable(dialect, Codec(dialect), Settings())
