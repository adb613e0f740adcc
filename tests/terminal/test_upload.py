"""The upload: item by item, round by round, an error never counted as success."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from protocol.operations import (
    UploadEnd,
    UploadItem,
    UploadReply,
)
from protocol.uploads import UploadDetails
from terminal.attempt import Attempt, ItemFailed, ItemTaken, SettlementPhase, as_request
from terminal.effects import Send
from terminal.machine import Connected, Event, Mismatched, TimedOut
from terminal.settlement import step
from terminal.upload import judge
from tests.terminal.test_payment import ORIGIN, STAMP
from tests.terminal.test_settlement import ATTEMPT, END, WORK, item
from tests.terminal.till import facts_of

UPLOADING = replace(
    ATTEMPT, phase=SettlementPhase.UPLOADING, upload=replace(WORK, cursor=0, rounds_max=2)
)


def sent_after(attempt: Attempt, event: Event) -> tuple[Attempt, UploadItem | UploadEnd | None]:
    """Feed an event; return the attempt and what is sent."""
    after, effects = step(attempt, event)
    requests = [effect.request for effect in effects if isinstance(effect, Send)]
    assert all(isinstance(request, UploadItem | UploadEnd) for request in requests)
    return after, requests[0] if requests else None  # type: ignore[return-value] — asserted above


def test_items_go_up_in_order_and_the_trailer_last() -> None:
    """SC9, SC10."""
    attempt, sent = UPLOADING, []

    for _ in range(3):
        attempt, request = sent_after(attempt, Connected())
        sent.append(request)
        if isinstance(request, UploadItem):
            attempt, _ = step(attempt, ItemTaken("00"))

    assert sent == [item(1), item(2), END]
    assert attempt.phase is SettlementPhase.ENDING


@pytest.mark.parametrize("event", [TimedOut(), Mismatched("x"), ItemFailed("96")])
def test_a_failed_item_comes_again_until_the_rounds_are_over(event: Event) -> None:
    """H12: an item that nobody took is never skipped for good."""
    attempt, numbers = UPLOADING, []

    while attempt.phase is SettlementPhase.UPLOADING:
        attempt, request = sent_after(attempt, Connected())
        if isinstance(request, UploadItem):
            numbers.append(request.number)
            answer = ItemTaken("94") if request.number == 1 else event
            attempt, _ = step(attempt, answer)

    assert numbers == [1, 2, 2]
    assert attempt.phase is SettlementPhase.UPLOAD_WAITING


@pytest.mark.parametrize(
    ("phase", "stan", "batch", "code", "event"),
    [
        (SettlementPhase.UPLOADING, "000021", "000001", "00", ItemTaken),
        (SettlementPhase.UPLOADING, "000021", "000001", "94", ItemTaken),
        (SettlementPhase.UPLOADING, "000021", "000001", "96", ItemFailed),
        (SettlementPhase.UPLOADING, "000021", None, "30", ItemFailed),
        (SettlementPhase.UPLOADING, "000022", "000001", "00", Mismatched),
        (SettlementPhase.UPLOADING, "000021", "000002", "00", Mismatched),
        (SettlementPhase.ENDING, "000030", "000001", "94", ItemTaken),
        (SettlementPhase.ENDING, "000021", "000001", "00", Mismatched),
    ],
)
def test_judge_takes_only_the_acknowledgement_of_what_was_sent(
    phase: SettlementPhase, stan: str, batch: str | None, code: str, event: type[Event]
) -> None:
    """SC9: an acknowledgement of another item acknowledges nothing."""
    attempt = replace(ATTEMPT, phase=phase, upload=WORK)
    reply = UploadReply(origin=ORIGIN, stan=stan, stamp=STAMP, code=code, batch=batch)

    assert type(judge(attempt, reply)) is event


def test_items_of_one_number_travel_taken_and_failed_together() -> None:
    """SC9: what one message holds is one acknowledgement, on disk for all of it at once."""
    pair = tuple(structs.replace(item(number), stan="000021") for number in (1, 2))
    work = replace(WORK, items=(*pair, item(3)), cursor=0)
    attempt = replace(UPLOADING, upload=work)

    attempt, effects = step(attempt, Connected())
    sent = [effect.request for effect in effects if isinstance(effect, Send)]
    failed, effects = step(attempt, ItemFailed("96"))
    noted = facts_of(effects)
    attempt, effects = step(attempt, ItemTaken("94"))

    assert sent == [as_request(pair)]
    assert isinstance(sent[0], UploadDetails)
    assert ["000001", "000002"] == [line.stan for line in sent[0].lines]
    assert [1, 2] == [getattr(fact, "number", 0) for fact in noted]
    assert failed.upload is not None
    assert (item(3),) == failed.upload.next_group
    assert [1, 2] == [getattr(fact, "number", 0) for fact in facts_of(effects)]
    assert attempt.upload is not None
    assert ({1, 2}, (item(3),)) == (set(attempt.upload.taken), attempt.upload.next_group)
