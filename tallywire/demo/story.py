"""The day, chapter by chapter. Every sentence is told after the thing it tells was seen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from protocol.amount import format_minor
from tallywire.day import Day, DayCard
from tallywire.demo.books import Books, compare
from tallywire.demo.children import Child, Line
from tallywire.demo.screen import Screen
from tallywire.demo.stage import LOST_REPLY_MINOR, Stage
from tallywire.exits import Ending, Exit

DO_NOT_CHARGE_AGAIN: Final = "L58"

PAPER_LEFT_LINES: Final = 16
"""Enough for the head of a receipt, not for its amount."""


@dataclass(slots=True)
class Story:
    """One performance: who plays, and what has been seen so far."""

    day: Day
    stage: Stage
    screen: Screen
    acquirer: Child = field(init=False)
    printer: Child = field(init=False)
    terminal: Child = field(init=False)
    _seen: dict[str, Line] = field(default_factory=dict)

    async def tell(self) -> Books:
        """Live through the day; return what the books say at its end."""
        await self.open_the_shop()
        await self.sell_all_day()
        await self.lose_an_answer()
        await self.run_out_of_paper()
        await self.pull_the_plug()
        await self.ask_the_archive()
        return self.close_the_books()

    async def open_the_shop(self) -> None:
        """Chapter 1."""
        self.screen.chapter(
            1,
            "The shop opens",
            "A payment terminal, a receipt printer and the bank's host start, each on its own. "
            "The terminal signs on.",
        )
        self.acquirer = await self.stage.start_acquirer()
        self.printer = await self.stage.start_printer()
        self.terminal = await self.stage.start_terminal(self._watch)
        ready = await self.terminal.expect("ready")
        signed = await self._do("sign-on")
        self.screen.fact("acquirer", "is listening, its ledger is empty")
        self.screen.fact("printer", "has a full roll of paper")
        sentence = f"{ready['terminal_id']} signed on, batch {signed['batch']} is open"
        self.screen.fact("terminal", sentence, good=True)

    async def sell_all_day(self) -> None:
        """Chapter 2."""
        self.screen.chapter(
            2,
            "A day at the counter",
            f"{self.day.shop.name}: every customer of the day pays by card, and gets a receipt.",
        )
        outcomes: Counter[str] = Counter()
        takings = 0
        for payment in self.screen.progress("customers", self.day.payments):
            paid = await self._sell(payment.amount, self.day.cards[payment.card])
            outcomes[paid["outcome"]] += 1
            takings += paid["amount_minor"] if paid["outcome"] == "approved" else 0
        self.screen.fact(
            "terminal",
            f"{outcomes['approved']} approved for {format_minor(takings)}, "
            f"{outcomes['declined']} declined",
            good=True,
        )
        unexpected = set(outcomes) - {"approved", "declined"}
        if unexpected:
            raise _broken(f"payments ended as {', '.join(sorted(unexpected))}")

    async def lose_an_answer(self) -> None:
        """Chapter 3."""
        self.screen.chapter(
            3,
            "An answer is lost",
            "The bank takes the money, but its answer never arrives. The terminal does not guess: "
            "it takes the payment back, and asks again when that answer is lost too.",
        )
        card = self.day.cards["visa"]
        amount = _major(LOST_REPLY_MINOR)
        lost = await self._sell(amount, card)
        for _ in range(2):
            event = await self.acquirer.expect("fault")
            self.screen.fact("acquirer", f"did as asked; lost: {_named(event)}", good=False)
        _check(lost["outcome"] != "approved", "the lost payment was shown as approved")
        self.screen.fact("terminal", f"{amount} with {lost['card']}: {lost['en']}", good=True)
        again = await self._sell(amount, card)
        _check(again["outcome"] == "approved", "the customer could not pay again")
        self.screen.fact("terminal", f"the customer pays {amount} again: approved, once", good=True)

    async def run_out_of_paper(self) -> None:
        """Chapter 4."""
        self.screen.chapter(
            4,
            "The paper runs out in the middle of a receipt",
            "The money has moved, and only half of the paper says so. Paper never moves money: "
            "the payment stands, and the customer must not pay twice.",
        )
        await self.printer.control(f"paper {PAPER_LEFT_LINES}")
        paid = await self._sell("36.00", self.day.cards["unionpay"])
        _check(paid["outcome"] == "approved", "the payment did not stand")
        self.screen.fact("printer", await self.printer.control("status"), good=False)
        notice = self._seen.get(DO_NOT_CHARGE_AGAIN)
        _check(notice is not None, "nobody told the customer not to pay again")
        assert notice is not None
        self.screen.fact("terminal", f"{notice['zh']} / {notice['en']}", good=True)
        await self.printer.control("paper")
        self.screen.fact("printer", "a new roll is in")
        await self._do("reprint", what="last")
        self._show_newest_paper("重打印")

    async def pull_the_plug(self) -> None:
        """Chapter 5."""
        self.screen.chapter(
            5,
            "The plug is pulled at the worst moment",
            "Closing time. The terminal asks the bank to close the batch. The bank does, the "
            "answer is lost, the terminal is killed, and the printer is empty.",
        )
        await self.printer.control("paper 0")
        await self.terminal.tell("settle")
        event = await self.acquirer.expect("fault")
        self.screen.fact("acquirer", f"has closed the batch; lost: {_named(event)}", good=False)
        await self.terminal.kill()
        self.screen.fact("terminal", f"process {self.terminal.pid} killed (SIGKILL)", good=False)
        self.terminal = await self.stage.start_terminal(self._watch)
        ready = await self.terminal.expect("ready")
        self.screen.fact("terminal", "started again, found an unanswered settlement, asked again")
        listed = await self._do("batches")
        closed = next(batch for batch in listed["batches"] if batch["phase"].startswith("closed"))
        sentence = f"answered from its record: batch {closed['batch']} closed once"
        self.screen.fact("acquirer", f"{sentence}, after {closed['requests']} requests", good=True)
        owed = ready["paper_owed"]
        _check(owed == 1, f"{owed} papers are owed instead of one slip")
        self.screen.fact("printer", await self.printer.control("status"), good=False)
        await self.printer.control("paper")
        await self._wait_for_paper()
        self.screen.fact("printer", "a new roll is in, and the waiting slip came out", good=True)
        self._show_newest_paper("结算")

    async def ask_the_archive(self) -> None:
        """Chapter 6."""
        self.screen.chapter(
            6,
            "The slip is asked for again",
            "Any settlement can be printed again, long after it was closed: the same paper, "
            "with a mark that says it is not the first.",
        )
        [job] = (await self._do("reprint", what="settlement"))["jobs"]
        _check(job["printed"], f"the reprint ended as {job['state']}")
        self.screen.fact("terminal", f"duplicate no. {job['duplicate']} came out", good=True)
        self._show_newest_paper("结算", lines_max=5)

    def close_the_books(self) -> Books:
        """Chapter 7."""
        self.screen.chapter(
            7,
            "The books are compared",
            "Read straight from the two database files, payment by payment.",
        )
        books = compare(self.stage.data / "terminal.db", self.stage.ledger, "000001")
        self.screen.books(books)
        return books

    def _watch(self, line: Line) -> None:
        """Remember the newest notice of each code."""
        if line.get("event") == "notice":
            self._seen[line["code"]] = line

    async def _sell(self, amount: str, card: DayCard) -> dict[str, Any]:
        return await self._do("sale", amount=amount, card=card.pan, expiry=card.expiry)

    async def _do(self, do: str, **arguments: object) -> dict[str, Any]:
        line = await self.terminal.ask(do, **arguments)
        if "error" in line:
            error = line["error"]
            raise _broken(f"the terminal refused {do}: {error['code']} {error['sentence']}")
        result: dict[str, Any] = line["result"]
        return result

    async def _wait_for_paper(self) -> None:
        while (await self._do("status"))["paper_owed"]:
            await self.terminal.expect("job")

    def _show_newest_paper(self, word: str, lines_max: int = 99) -> None:
        papers = sorted(self.stage.paper.glob("*.txt"), reverse=True)
        for paper in papers:
            text = paper.read_text("utf-8")
            if word in text:
                self.screen.paper(text.rstrip().splitlines()[:lines_max])
                return


def _major(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _named(event: Line) -> str:
    return str(event["fault"]["name"])


def _check(holds: object, problem: str) -> None:
    if not holds:
        raise _broken(problem)


def _broken(problem: str) -> Ending:
    return Ending(Exit.BOOKS_DIFFER, f"The day went wrong: {problem}.", "See the logs.")
