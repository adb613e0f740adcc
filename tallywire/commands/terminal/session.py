"""One run of `tallywire terminal`: its options, the terminal opened for it, what it says."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from protocol.errors import NoSuchDialect
from protocol.settings import SettingsError
from tallywire.address import ADDRESS
from tallywire.commands.terminal.attending import NOBODY, Attendance
from tallywire.commands.terminal.endings import terminal_ending
from tallywire.exits import Ending, Exit
from tallywire.permits import subject_of
from tallywire.running import MEND, read_settings, run, tell

if TYPE_CHECKING:
    from protocol.aio.client import Opener
    from protocol.amount import Amount
    from terminal.aio.driver import Terminal
    from terminal.aio.printers import Printer
    from terminal.configuration import Settings
    from terminal.effects import Notice

Act = Callable[["Terminal", "Settings"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Options:
    """What stands before the subcommand."""

    folder: Path | None
    acquirer: tuple[str, int] | None
    printers: tuple[str, ...]
    config: Path | None
    as_json: bool
    attendance: Attendance = NOBODY

    @property
    def operator(self) -> str | None:
        """Who is at the counter, as far as the command line says."""
        return self.attendance.operator

    @property
    def data(self) -> Path:
        """The terminal's folder. Asked for late, so that each command can show its help."""
        if self.folder is None:
            raise click.UsageError("Missing option '--data'.")
        return self.folder

    @property
    def settings_path(self) -> Path | None:
        """The file of the settings: the one that is named, else that of the data folder."""
        usual = usual_path(self.data)
        return self.config or (usual if usual.exists() else None)

    @property
    def asks_person(self) -> bool:
        """Whether somebody sits there who can confirm."""
        return not self.as_json and self.attendance.asks


def usual_path(data: Path) -> Path:
    """Return where the settings of a data folder are when no file is named."""
    return data / "settings.toml"


def perform(options: Options, act: Act, *, afterwards: Act | None = None) -> None:
    """Open the terminal, act, close it, and exit with the code of the ending.

    Where people are on the operator logs in and the command is permitted first; `serve` has a
    login of its own. `afterwards` is done with a terminal that is opened anew.
    """
    context = click.get_current_context()
    verb = _verb(context)
    subject = subject_of(verb, context.params)

    async def permitted(terminal: Terminal, settings: Settings) -> None:
        if verb != "serve":
            await options.attendance.log_in(terminal.people)
            await options.attendance.permit(terminal.people, verb, subject)
        await act(terminal, settings)

    async def both() -> None:
        await _opened_and_done(options, permitted)
        if afterwards is not None:
            await _opened_and_done(options, afterwards)

    run(both(), as_json=options.as_json)


def _verb(context: click.Context) -> str:
    """Return the words of a command below `terminal`: "sale", "jobs list"."""
    words: list[str] = []
    while context.parent is not None and isinstance(context.parent.obj, Options):
        words.insert(0, context.info_name or "")
        context = context.parent
    return " ".join(words)


async def _opened_and_done(options: Options, act: Act) -> None:
    from terminal.errors import TerminalError

    ending: Ending | None = None
    said: set[str] = set()
    try:
        async with _opened(options, said) as (terminal, settings):
            await act(terminal, settings)
    except TerminalError as error:
        ending = terminal_ending(error)
    except NoSuchDialect as error:
        # The command has no option for it: only the file can have named it.
        ending = Ending(Exit.CONFIGURATION, f"{options.config}: dialect: {error}.", MEND)
    except Ending as error:
        ending = error
    if ending is not None and ending.code in said:
        # A person has just read it as a notice; once is enough.
        ending = Ending(ending.exit_code, "")
    if ending is not None:
        raise ending


@asynccontextmanager
async def _opened(options: Options, said: set[str]) -> AsyncIterator[tuple[Terminal, Settings]]:
    from terminal.aio.opening import open_terminal
    from terminal.aio.printers import lacks_typeface
    from terminal.configuration import Settings, load_settings
    from terminal.texts import notice

    settings = read_settings(options.settings_path, load_settings)
    urls = options.printers or (settings.printers if settings else _usual_printers(options))
    settings = settings or Settings()
    printers = _printers(options, settings, urls)
    if options.acquirer:
        host, port = options.acquirer
        settings = msgspec.structs.replace(settings, acquirer=f"{host}:{port}")
    if options.operator:
        settings = msgspec.structs.replace(settings, operator=options.operator)
    voice = voice_of(options, said)
    if lacks_typeface(urls, settings.printer):
        voice(notice("L57", subject="printing", key="", state="english"))
    line = _opener(settings, voice)
    tear = _ask_to_tear if options.asks_person else None
    async with open_terminal(
        options.data, settings, line, printers, tell=voice, tear=tear
    ) as terminal:
        if options.asks_person:
            terminal.ask_with(_ask_to_take)
        yield terminal, settings


def _printers(options: Options, settings: Settings, urls: tuple[str, ...]) -> list[Printer]:
    from terminal.aio.printers import open_printer

    paper = sys.stderr if options.as_json else sys.stdout
    problem = ""
    try:
        return [
            open_printer(
                url, settings.printer, settings.patience, stream=paper, broker=settings.broker
            )
            for url in urls
        ]
    except SettingsError as error:
        problem = f"{error.key}: {error.problem}" if error.source == "printer" else ""
        if not problem or options.printers:
            raise
    raise SettingsError(f"{options.config}: printers", "", problem)


async def _ask_to_take(wanted: Amount, approved: Amount) -> bool:
    """In the middle of a sale: may the part stand for the whole? Else it is undone."""
    words = f"部分批准 / Approved for {approved} of {wanted}. Take it?"
    return click.confirm(words, default=False)


async def _ask_to_tear(copy_id: str) -> bool:
    """Between two copies: torn off, or no more of them. The payment stands either way."""
    return click.confirm(f"请撕单 {copy_id} / Tear it off. Print the next copy?", default=True)


def _opener(settings: Settings, voice: Callable[[Notice], None]) -> Opener:
    from protocol.aio.client import tcp_opener

    host, port = ADDRESS.convert(settings.acquirer, None, None)
    wait_s = settings.timing.connect_timeout_s
    if settings.tls is None:
        return tcp_opener(host, port, connect_timeout_s=wait_s)
    from tallywire.secure_line import secure_opener

    return secure_opener(host, port, settings.tls, connect_timeout_s=wait_s, tell=voice)


def _usual_printers(options: Options) -> tuple[str, ...]:
    return ("none:",) if options.as_json else ("console:",)


def voice_of(options: Options, said: set[str] | None = None) -> Callable[[Notice], None]:
    """Return what tells notices; what a person has read is noted in `said`."""
    read = set[str]() if said is None else said

    def say(notice: Notice) -> None:
        if options.as_json:
            tell(event="notice", **msgspec.to_builtins(notice))
            return
        read.add(notice.code)
        steps = " / ".join(step for step in (notice.next_zh, notice.next_en) if step)
        sentence = f"{notice.code} {notice.zh} / {notice.en}"
        click.echo(f"{sentence}. {steps}" if steps else sentence, err=True)

    return say


def say(options: Options, result: Any, sentence: str) -> None:
    """Tell a result: to a program as JSON, to a person as a sentence, if there is one."""
    if options.as_json:
        tell(event="result", **msgspec.to_builtins(result))
    elif sentence:
        click.echo(sentence)
