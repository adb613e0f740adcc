"""`tallywire terminal serve`: a terminal that stays, commanded in JSON lines.

    in    {"id": 7, "do": "sale", "amount": "12.50", "card": "4111111111111111"}
    in    {"id": 7, "do": "sale", "amount": "12.50", "card": {"track2": ..., "pin": ...}}
    out   {"id": 7, "result": {...}}           or {"id": 7, "error": {"code": ..., ...}}
    out   {"event": "notice", ...}             whenever there is something to tell
    out   {"event": "job", ...}                when something that waited was tried again, and
                                               when a paper is confirmed late
    out   {"event": "ready", ...}              once, when what was left behind is finished
    out   {"event": "tear", ...}               between two copies, where the shop wants a pause
    in    {"id": 8, "do": "cancel-payment"}    at any time: "cancelling", "too_late" or "nothing"
    out   {"event": "question", ...}           in the middle of a sale with "partial": "ask"

Commands are carried out one after the other. The answers to a tear and to a question alone do not
wait for their turn, since the command that prints or sells waits for them; nor does cancel-payment.

While it stays, it finishes by itself what is unfinished, with growing pauses, prints what waits
as soon as a printer has news, and asks the host for an echo when the line was idle for long.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, TypeVar

import msgspec

from tallywire.paper_orders import BadOrder
from tallywire.payments import VERBS, BadWish, Wanted
from tallywire.running import tell
from tallywire.serving_command import Command
from tallywire.serving_paper import PAPER_COMMANDS, plain_outcome
from tallywire.serving_people import PEOPLE_COMMANDS, permit
from tallywire.serving_questions import NoQuestion, Questions
from tallywire.tearing import ANSWERS, Tearing
from terminal.aio.cancelling import Answer as Taken
from terminal.aio.driver import Terminal
from terminal.configuration import Settings
from terminal.errors import TerminalError
from terminal.inquiry import batch_problem
from terminal.print_outcome import PrintOutcome
from terminal.results import PaymentResult, SettlementResult, Status
from terminal.texts import text_of

PAUSES_S: Final = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
"""Between attempts to finish what is unfinished; the last one is repeated."""

IDLE_S: Final = 120.0
COMMANDS_MAX: Final = 1000
"""Lines that are read before their turn; the next one is read when there is room."""

Answer = dict[str, Any]
T = TypeVar("T")


class BadCommand(Exception):
    """A line that cannot be carried out: `str()` is the sentence."""


class Service:
    """One terminal, its commands, and what it does by itself."""

    def __init__(self, terminal: Terminal, settings: Settings) -> None:
        self._terminal = terminal
        self._settings = settings
        self._unfinished = asyncio.Event()
        self._used = asyncio.Event()
        self._tearing = Tearing(settings.paper.pause_max_s)
        if settings.paper.pause_between_copies:
            terminal.paperwork.pause_with(self._tearing)
        terminal.paperwork.hear_late(_tell_job)
        self._questions = Questions(settings.timing.question_timeout_s)
        terminal.ask_with(self._questions.ask)

    async def run(self, lines: AsyncIterator[str]) -> None:
        """Serve until the lines end or it is cancelled."""
        async with asyncio.TaskGroup() as group:
            await self._finish_once()
            tell(event="ready", **await self.status())
            helpers = (
                group.create_task(self._terminal.paperwork.watch(_tell_job), name="paper"),
                group.create_task(self._keep_finishing(), name="unfinished business"),
                group.create_task(self._keep_alive(), name="echo test"),
            )
            waiting: asyncio.Queue[str] = asyncio.Queue(COMMANDS_MAX)
            worker = group.create_task(self._work(waiting), name="commands")
            async for line in lines:
                if line.strip() and not self._answered(line):
                    await waiting.put(line)
            self._tearing.leave()
            self._questions.end()
            await waiting.put("")
            await worker
            for helper in helpers:
                helper.cancel()

    async def status(self) -> Answer:
        """Where the terminal stands, and how many papers it owes."""
        answer: Answer = msgspec.to_builtins(await self._terminal.status())
        answer["paper_owed"] = len(await self._terminal.paperwork.owed())
        return answer

    async def _work(self, waiting: asyncio.Queue[str]) -> None:
        while line := await waiting.get():
            await self._take(line)

    def _answered(self, line: str) -> bool:
        """Give an answer at once to what waits for it; return whether the line was one."""
        try:
            command = msgspec.json.decode(line, type=Command)
        except msgspec.DecodeError:
            return False
        if command.do in ANSWERS:
            tell(id=command.id, result={"waited": self._tearing.answer(command.do)})
        elif command.do == ANSWER:
            self._answer(command)
        elif command.do == CANCEL:
            self._cancel(command)
        return command.do in (*ANSWERS, ANSWER, CANCEL)

    def _cancel(self, command: Command) -> None:
        """Take back the payment under way; those that wait for their turn are not meant."""
        said = self._terminal.cancel()
        tell(id=command.id, result={"cancel": said.value, "code": CANCEL_CODES[said]})

    def _answer(self, command: Command) -> None:
        problem = ""
        try:
            self._questions.answer(command.question, command.answer)
        except NoQuestion as error:
            problem = str(error)
        if problem:
            tell(id=command.id, error={"code": "", "sentence": problem, "next": ""})
        else:
            tell(id=command.id, result={"question": command.question, "answer": command.answer})

    async def _take(self, line: str) -> None:
        number, error = None, None
        try:
            command = msgspec.json.decode(line, type=Command)
            number = command.id
            tell(id=number, result=await self.perform(command))
        except (BadCommand, BadOrder, BadWish, msgspec.DecodeError) as problem:
            error = {"code": "", "sentence": f"{problem}", "next": ""}
        except TerminalError as problem:
            text = text_of(problem.code)
            error = {"code": problem.code, "sentence": problem.sentence, "next": text.next_en}
            error |= {"zh": text.zh, "next_zh": text.next_zh}
        if error is not None:
            tell(id=number, error=error)
        self._used.set()

    async def perform(self, command: Command) -> Answer:
        """Carry out one command. Raises BadCommand or TerminalError."""
        paper, perform = ASIDE_COMMANDS.get(command.do), COMMANDS.get(command.do)
        if perform is None and paper is None and command.do not in VERBS:
            names = ", ".join([*COMMANDS, *VERBS, *ASIDE_COMMANDS, *ANSWERS, ANSWER, CANCEL])
            raise BadCommand(f"no command {command.do!r}; there are {names}")
        await permit(self._terminal.people, command)
        if paper is not None:
            return await paper(self._terminal, self._settings, command)
        if perform is None:
            return await self._pay(command)
        return await self._watched(perform(self, command))

    async def _pay(self, command: Command) -> Answer:
        given = {name: getattr(command, name) for name in SAID}
        wanted = Wanted(**given, currency=self._settings.currency)
        return _plain(await self._watched(VERBS[command.do](self._terminal, wanted)))

    async def _watched(self, work: Awaitable[T]) -> T:
        answer = await work
        if await self._is_unfinished():
            self._unfinished.set()
        return answer

    async def sign_on(self, command: Command) -> Answer:
        """Sign on."""
        return _plain(await self._terminal.sign_on())

    async def echo(self, command: Command) -> Answer:
        """Ask whether the host is there."""
        return _plain(await self._terminal.echo())

    async def settle(self, command: Command) -> Answer:
        """Close the batch."""
        return _plain(await self._terminal.settle())

    async def inquire(self, command: Command) -> Answer:
        """Ask where `batch`, or the open one, stands at the host."""
        problem = batch_problem(command.batch) if command.batch else ""
        if problem:
            raise BadCommand(problem)
        return _plain(await self._terminal.inquire(command.batch or ""))

    async def recover(self, command: Command) -> Answer:
        """Finish what is unfinished, now."""
        return _plain(await self._terminal.recover(retry_manual=command.retry_manual))

    async def read_status(self, command: Command) -> Answer:
        """Where the terminal stands."""
        return await self.status()

    async def payments(self, command: Command) -> Answer:
        """List payments, newest first, of one `batch` or of all, at most `limit`."""
        lines = await self._terminal.payments(batch=command.batch, limit=command.limit)
        return {"payments": msgspec.to_builtins(lines)}

    async def batches(self, command: Command) -> Answer:
        """List batches, newest first."""
        return {"batches": msgspec.to_builtins(await self._terminal.batches(limit=command.limit))}

    async def _finish_once(self) -> Status:
        status = await self._terminal.recover()
        await self._terminal.paperwork.print_waiting()
        return status

    async def _is_unfinished(self) -> bool:
        status = await self._terminal.status()
        unfinished = ("REVERSAL_PENDING", "SETTLEMENT_UNCERTAIN", "UPLOADING")
        return status.mode in unfinished or status.advices_waiting > 0

    async def _keep_finishing(self) -> None:
        """Try again with growing pauses while something is unfinished; else wait for news."""
        tries = 0
        while True:
            if not await self._is_unfinished():
                tries = 0
                self._unfinished.clear()
                await self._unfinished.wait()
            await asyncio.sleep(PAUSES_S[min(tries, len(PAUSES_S) - 1)])
            tries += 1
            await self._terminal.recover()

    async def _keep_alive(self) -> None:
        while True:
            self._used.clear()
            try:
                async with asyncio.timeout(IDLE_S):
                    await self._used.wait()
            except TimeoutError:
                await self._terminal.echo()


def _tell_job(outcome: PrintOutcome) -> None:
    tell(event="job", **plain_outcome(outcome))


def _plain(result: PaymentResult | SettlementResult | Status | msgspec.Struct) -> Answer:
    answer: Answer = msgspec.to_builtins(result)
    return answer


ANSWER: Final = "answer"
CANCEL: Final = "cancel-payment"
CANCEL_CODES: Final = {Taken.CANCELLING: "L87", Taken.TOO_LATE: "L88", Taken.NOTHING: "L08"}

ASIDE_COMMANDS: Final = {**PAPER_COMMANDS, **PEOPLE_COMMANDS}
"""What leaves nothing behind that would have to be finished with the host."""

SAID: Final = tuple(name for name in Wanted.__struct_fields__ if name in Command.__struct_fields__)
"""What a line may say of a payment."""

COMMANDS: Final[dict[str, Callable[[Service, Command], Awaitable[Answer]]]] = {
    "sign-on": Service.sign_on,
    "echo": Service.echo,
    "settle": Service.settle,
    "inquire": Service.inquire,
    "recover": Service.recover,
    "status": Service.read_status,
    "list": Service.payments,
    "batches": Service.batches,
}
