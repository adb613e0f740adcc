"""The upload half of the settlement machine: a batch that did not balance goes up item by item.

One message at a time, in order, with one item or, where the dialect can, several. Its
acknowledgement (00, or 94 when the host had it already) is committed before the next one leaves,
for all its items at once, so that after a power cut the upload goes on with the first item that
is not acknowledged; what travels together was decided by the plan and stays so. An item that
failed comes again in the next round; the trailer is sent when every item is taken, and closes the
batch on 00 or 94. An error is never counted as success.

A batch in balance goes this way too when the host wants the chips' certificates: those are its
only items, and the trailer says that all was well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from protocol.operations import Request, UploadReply
from terminal.attempt import (
    AllTaken,
    Attempt,
    BalancedEndTaken,
    BatchClosed,
    EndTaken,
    Item,
    ItemFailed,
    ItemTaken,
    Resume,
    RoundsOver,
    SettlementPhase,
    Upload,
    UploadItemFailed,
    UploadItemTaken,
    as_request,
)
from terminal.effects import Commit, Connect, CrashPoint, Effects, Print, Send, Tell
from terminal.machine import (
    CommitFailed,
    Connected,
    ConnectFailed,
    Event,
    Mismatched,
    NotSent,
    PowerOn,
    TimedOut,
    Transition,
    stay_silent,
)
from terminal.notices import told
from terminal.responses import UPLOAD_TAKEN


def judge(attempt: Attempt, reply: UploadReply) -> Event:
    """Return the event that a 0330 is: taken only when it names what was sent."""
    work = _work(attempt)
    asked: Request = work.end
    if attempt.phase is SettlementPhase.UPLOADING:
        asked = work.tried[0]
    if reply.code not in UPLOAD_TAKEN:
        return ItemFailed(reply.code)
    if (reply.stan, reply.origin, reply.batch) != (asked.stan, asked.origin, attempt.batch):
        return Mismatched("the reply names another item")
    return ItemTaken(reply.code)


def guard(attempt: Attempt, event: Event) -> tuple[Attempt, Event]:
    """Turn `Connected` into what comes next, and every bad answer into `ItemFailed`."""
    match event:
        case TimedOut():
            return attempt, ItemFailed("L21")
        case Mismatched():
            return attempt, ItemFailed("L23")
        case Connected():
            return _next(attempt)
        case _:
            return attempt, event


def _next(attempt: Attempt) -> tuple[Attempt, Event]:
    work = _work(attempt)
    if work.all_taken:
        return attempt, AllTaken()
    if not work.next_group:
        work = replace(work, cursor=0, round=work.round + 1)
        if work.round > work.rounds_max:
            return attempt, RoundsOver()
    return replace(attempt, upload=work), Connected()


def _numbers(group: Sequence[Item]) -> tuple[int, ...]:
    return tuple(item.number for item in group)


def _work(attempt: Attempt) -> Upload:
    assert attempt.upload is not None, "an upload has its plan"
    return attempt.upload


def _send_item(attempt: Attempt, event: Connected) -> tuple[Attempt, Effects]:
    work = _work(attempt)
    group = work.next_group
    assert group, "the guard found some"
    assert work.taken.isdisjoint(_numbers(group)), "a taken item is never sent again"
    trying = replace(attempt, upload=replace(work, cursor=group[-1].number))
    request = as_request(group)
    return trying, (Send(request, attempt.timeout_s, CrashPoint.SC9, CrashPoint.SC9),)


def _take_item(attempt: Attempt, event: ItemTaken) -> tuple[Attempt, Effects]:
    work = _work(attempt)
    numbers = _numbers(work.tried)
    facts = tuple(
        UploadItemTaken(batch=attempt.batch, number=number, code=event.code) for number in numbers
    )
    taken = replace(attempt, upload=replace(work, taken=work.taken | set(numbers)))
    return taken, (Commit(facts, CrashPoint.SC9), Connect())


def _note_failure(attempt: Attempt, event: ItemFailed) -> tuple[Attempt, Effects]:
    facts = tuple(
        UploadItemFailed(batch=attempt.batch, number=number, cause=event.cause)
        for number in _numbers(_work(attempt).tried)
    )
    return attempt, (Commit(facts), Connect())


def _send_end(attempt: Attempt, event: AllTaken) -> tuple[Attempt, Effects]:
    work = _work(attempt)
    assert work.all_taken, "the trailer says that all items were sent"
    return attempt, (Send(work.end, attempt.timeout_s, CrashPoint.SC10, CrashPoint.SC10),)


def _close(attempt: Attempt, event: EndTaken) -> tuple[Attempt, Effects]:
    return _closed(attempt, event, SettlementPhase.CLOSED_UNBALANCED, "95")


def _close_balanced(attempt: Attempt, event: BalancedEndTaken) -> tuple[Attempt, Effects]:
    return _closed(attempt, event, SettlementPhase.CLOSED_BALANCED, "L19")


def _closed(
    attempt: Attempt, event: EndTaken, phase: SettlementPhase, code: str
) -> tuple[Attempt, Effects]:
    assert event.code in UPLOAD_TAKEN, "only 00 and 94 end an upload"
    balanced = phase is SettlementPhase.CLOSED_BALANCED
    assert _work(attempt).end.balanced is balanced, "the trailer said how the batch ended"
    closed = BatchClosed(batch=attempt.batch, outcome=phase.value, next_batch=attempt.next_batch)
    notice = Tell(told(code, "settlement", attempt.batch, phase.value))
    return attempt, (
        Commit((closed, *event.papers), CrashPoint.SC11),
        notice,
        Print(attempt.batch, CrashPoint.SC12),
    )


def _wait(attempt: Attempt, event: Event) -> tuple[Attempt, Effects]:
    return attempt, (Tell(told("L04", "settlement", attempt.batch, "upload_waiting")),)


def _go_on(attempt: Attempt, event: Resume) -> tuple[Attempt, Effects]:
    work = replace(_work(attempt), cursor=0, round=1)
    return replace(attempt, upload=work), (Connect(),)


_P = SettlementPhase

TRANSITIONS: Final[Mapping[tuple[SettlementPhase, type[Event]], Transition[Attempt]]] = {
    (_P.UPLOADING, Connected): Transition(_P.UPLOADING, _send_item),
    (_P.UPLOADING, AllTaken): Transition(_P.ENDING, _send_end),
    (_P.UPLOADING, RoundsOver): Transition(_P.UPLOAD_WAITING, _wait),
    (_P.UPLOADING, ItemTaken): Transition(_P.UPLOADING, _take_item),
    (_P.UPLOADING, ItemFailed): Transition(_P.UPLOADING, _note_failure),
    (_P.UPLOADING, ConnectFailed): Transition(_P.UPLOAD_WAITING, _wait),
    (_P.UPLOADING, NotSent): Transition(_P.UPLOAD_WAITING, _wait),
    (_P.UPLOADING, CommitFailed): Transition(_P.UPLOAD_WAITING, _wait),
    (_P.UPLOADING, PowerOn): Transition(_P.UPLOAD_WAITING, _wait),
    (_P.UPLOAD_WAITING, Resume): Transition(_P.UPLOADING, _go_on),
    (_P.UPLOAD_WAITING, PowerOn): Transition(_P.UPLOAD_WAITING, stay_silent),
    (_P.ENDING, EndTaken): Transition(_P.CLOSED_UNBALANCED, _close),
    (_P.ENDING, BalancedEndTaken): Transition(_P.CLOSED_BALANCED, _close_balanced),
    (_P.ENDING, ItemFailed): Transition(_P.UPLOAD_WAITING, _wait),
    (_P.ENDING, NotSent): Transition(_P.UPLOAD_WAITING, _wait),
    (_P.CLOSED_UNBALANCED, CommitFailed): Transition(_P.UPLOAD_WAITING, _wait),
}
"""Every legal (phase, event) of the upload. ENDING on disk is UPLOADING with all items taken."""
