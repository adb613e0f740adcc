"""Verbs and words become payments, against the terminal's test host and the real acquirer."""

from __future__ import annotations

from typing import Any

import pytest

from acquirer_sim.faults import Fault, FaultKind, FaultPlan
from tallywire.bench import IMPATIENT, Bench
from tallywire.payments import VERBS, BadWish, Wanted, partial_of
from terminal.configuration import ReversalForm, Settings
from terminal.intent import Partial
from tests.terminal.till import VISA, Till, agree, open_till, visa, yuan


async def done(till: Till, verb: str, **words: Any) -> Any:
    return await VERBS[verb](till.terminal, Wanted(**words))


@pytest.mark.asyncio
async def test_every_verb_reaches_the_host_and_the_batch_balances() -> None:
    """Every flow of the trade works from its word to both sides' books."""
    till = await open_till()
    sold = [await till.terminal.sale(yuan("10.00"), visa()) for _ in range(3)]
    held = [await done(till, "preauth", amount="50", card=VISA) for _ in range(3)]
    first, third = sold[0].stan, sold[2].stan
    completed = await done(till, "complete", stan=held[0].stan, amount="45.00")

    results = [
        completed,
        await done(till, "void", stan=first.lstrip("0"), batch="1"),
        await done(till, "refund", rrn=sold[1].rrn, amount="2.50"),
        await done(till, "adjust", stan=third, amount="1"),
        await done(till, "completion-void", stan=completed.stan),
        await done(till, "preauth-void", stan=held[1].stan),
        await done(till, "complete", stan=held[2].stan, advice=True),
        await done(till, "balance", card=VISA),
    ]
    offline = await done(till, "offline-sale", amount="3.00", card=VISA)
    closed = await till.terminal.settle()
    off = await done(till, "sign-off")

    assert [result.outcome for result in results] == ["approved"] * 8
    assert (offline.outcome, closed.outcome, off.signed_off) == ("waiting", "closed_balanced", True)
    assert closed.amount_minor == 3000 - 1000 - 250 + 100 + 5000 + 300
    await agree_signed_off(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_real_acquirer_and_terminal_agree_on_every_kind() -> None:
    """Totals of both sides: voids and what they void count both, holds count nowhere."""
    async with Bench() as bench:

        async def do(verb: str, **words: Any) -> Any:
            return await VERBS[verb](bench.terminal, Wanted(**words))

        sold = [await bench.sale("10.00"), await bench.sale("20.00")]
        held = [await do("preauth", amount="50", card=VISA) for _ in range(2)]
        completed = await do("complete", stan=held[0].stan, amount="45")
        results = [
            completed,
            await do("void", stan=sold[0].stan),
            await do("refund", stan=sold[1].stan, amount="5"),
            await do("completion-void", stan=completed.stan),
            await do("complete", stan=held[0].stan, advice=True),
            await do("preauth-void", stan=held[1].stan),
            await do("adjust", stan=sold[1].stan, amount="1"),
            await do("balance", card=VISA),
        ]
        await do("offline-sale", amount="3", card=VISA)
        closed = await bench.settle()
        late = await do("refund", rrn=sold[1].rrn)
        after = await bench.settle()

    assert [result.outcome for result in results] == ["approved"] * 8
    assert (closed.outcome, closed.count, closed.amount_minor) == ("closed_balanced", 9, 6900)
    assert (late.outcome, late.amount_minor) == ("approved", 1600)
    assert (after.outcome, after.amount_minor) == ("closed_balanced", -1600)


@pytest.mark.parametrize("verb", ["void", "refund"])
@pytest.mark.asyncio
async def test_real_acquirer_and_terminal_agree_after_a_lost_reply(verb: str) -> None:
    """A void is undone, a refund is told again; either way the batch balances."""
    async with Bench() as bench:
        sold = await bench.sale("10.00")
        bench.lose_reply("0200" if verb == "void" else "0220")
        lost = await VERBS[verb](bench.terminal, Wanted(stan=sold.stan))
        closed = await bench.settle()

    outcome, minor = {"void": ("reversed", 1000), "refund": ("waiting", 0)}[verb]
    assert getattr(lost, "outcome", "") == outcome
    assert (closed.outcome, closed.amount_minor) == ("closed_balanced", minor)


@pytest.mark.asyncio
async def test_reversal_is_told_as_an_advice_where_the_host_wants_it() -> None:
    """Messages page, section 6: 0420 and, when its answer is lost, 0421; undone all the same."""
    told = Settings(reversal_form=ReversalForm.ADVICE, timing=IMPATIENT)
    async with Bench(settings=told) as bench:
        faults = [Fault(kind=FaultKind.DROP_REPLY, mti=mti, times=1) for mti in ("0200", "0420")]
        bench.host.inject(FaultPlan(tuple(faults)))
        lost = await bench.sale("10.00")
        await bench.terminal.recover()
        lines = await bench.terminal.payments()
        await bench.sale("1.00")
        closed = await bench.settle()

    assert (lost.outcome, lines[0].outcome) == ("reversal_required", "reversed")
    assert (closed.outcome, closed.amount_minor) == ("closed_balanced", 100)


async def agree_signed_off(till: Till) -> None:
    await till.terminal.sign_on()
    await agree(till)


@pytest.mark.parametrize(
    ("verb", "words", "sentence"),
    [
        ("void", {}, "which payment"),
        ("refund", {"amount": "1"}, "which payment"),
        ("preauth", {"amount": "1,50", "card": VISA}, "looks like"),
        ("preauth", {"amount": "1", "card": "12"}, "12 to 19 digits"),
        ("balance", {}, "12 to 19 digits"),
        ("adjust", {"stan": "1"}, "looks like"),
    ],
)
@pytest.mark.asyncio
async def test_words_that_are_no_payment_are_refused_in_words(
    verb: str, words: dict[str, str], sentence: str
) -> None:
    till = await open_till()

    with pytest.raises(BadWish, match=sentence):
        await done(till, verb, **words)
    assert till.host.heard == []
    await till.terminal.close()


def test_partial_is_undone_unless_it_is_said() -> None:
    assert [partial_of(word) for word in ("", "undo", "accept")] == [
        Partial.UNDO,
        Partial.UNDO,
        Partial.ACCEPT,
    ]
    with pytest.raises(BadWish):
        partial_of("maybe")
