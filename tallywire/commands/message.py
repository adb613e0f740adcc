"""`tallywire message`: read, write and find out about single messages. Nothing secret is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import click

from tallywire.exits import Ending, Exit
from tallywire.messages.intake import AUTO, FRAMINGS, HEX, NONE, RAW
from tallywire.running import perform, tell

if TYPE_CHECKING:
    from protocol.codec import Codec
    from protocol.dialect import Dialect
    from protocol.errors import FieldError
    from protocol.message import Message

Command = Callable[..., Any]

SOURCE: Final = click.argument("file", metavar="[FILE|-]", default="-")
DIALECT: Final = click.option(
    "--dialect",
    "dialect_name",
    metavar="NAME|FILE",
    default="iso87",
    show_default=True,
    help="A shipped dialect, or a file of your own.",
)


def _form(command: Command) -> Command:
    for form, words in ((RAW, "The input is the message itself."), (HEX, "It is hexadecimal.")):
        option = click.option(f"--{form}", "form", flag_value=form, help=words)
        command = option(command)
    return command


def _framing(default: str) -> Callable[[Command], Command]:
    return click.option(
        "--framing",
        type=click.Choice(FRAMINGS),
        default=default,
        show_default=True,
        help="The length header; auto is the dialect's, when it fits.",
    )


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Look into single messages.

    The input is FILE or standard input: hexadecimal digits as they stand in a log, a dump or a
    program, or the bytes themselves. Card numbers, tracks, PINs and keys are never shown.
    """


@command.command()
@SOURCE
@DIALECT
@_framing(AUTO)
@_form
def describe(*, file: str, dialect_name: str, framing: str, form: str | None) -> None:
    """Tell what a message says, field by field."""
    from tallywire.messages.account import account, account_of_error

    def each(number: int, found: Message | FieldError, dialect: Dialect) -> None:
        if number > 1:
            click.echo("")
        told = account_of_error if isinstance(found, Exception) else account
        for line in told(found, dialect):  # type: ignore[arg-type] # the branch above fits them
            click.echo(line)

    _read(file, dialect_name, framing, form, each)


@command.command()
@SOURCE
@DIALECT
@_framing(AUTO)
@_form
@click.option("--reveal", is_flag=True, help="Unmasked, when all its cards are test cards.")
def decode(*, file: str, dialect_name: str, framing: str, form: str | None, reveal: bool) -> None:
    """Write a message as JSON, one line for each."""
    from protocol.record import RevealRefusedError, as_builtins, masked, revealed

    def each(number: int, found: Message | FieldError, dialect: Dialect) -> None:
        if isinstance(found, Exception):
            return
        problem = ""
        try:
            record = (revealed if reveal else masked)(found, dialect)
            tell(**as_builtins(record))
        except RevealRefusedError as error:
            problem = str(error)
        if problem:
            raise Ending(Exit.REFUSED, f"Not revealed: {problem}.", "Leave out --reveal.")

    _read(file, dialect_name, framing, form, each)


def _read(
    file: str,
    dialect_name: str,
    framing: str,
    form: str | None,
    each: Callable[[int, Message | FieldError, Dialect], None],
) -> None:
    """Hand each message to `each`; end with what is wrong with the first that is none."""

    def act() -> None:
        from protocol.aio.dialect_file import find_dialect
        from tallywire.messages.intake import read_messages

        dialect = find_dialect(dialect_name)
        wrong = ""
        read = read_messages(file, form=form or AUTO, framing=framing, dialect=dialect)
        for number, found in enumerate(read, start=1):
            each(number, found, dialect)
            if isinstance(found, Exception) and not wrong:
                wrong = f"Message {number} is none of {dialect.name}: {found}."
        if wrong:
            raise Ending(Exit.REFUSED, wrong, "tallywire message doctor tries all there is.")

    perform(act)


@command.command()
@SOURCE
@DIALECT
@_framing(NONE)
def encode(*, file: str, dialect_name: str, framing: str) -> None:
    """Write messages given as JSON in hexadecimal digits, one line for each.

    The JSON is what `decode --reveal` writes: {"mti": "0800", "fields": {"11": "000001"}}.
    """

    def act() -> None:
        from protocol.aio.dialect_file import find_dialect
        from protocol.codec import Codec
        from tallywire.messages.intake import framing_of, read_input

        dialect = find_dialect(dialect_name)
        codec = Codec(dialect)
        around = framing_of(framing, dialect)
        lines = [line for line in read_input(file).splitlines() if line.strip()]
        joined = lines if len(lines) > 1 and all(map(_is_whole, lines)) else [b"\n".join(lines)]
        for number, line in enumerate(joined, start=1):
            payload = _encode(line, codec, f"Message {number}")
            click.echo((around.wrap(payload) if around else payload).hex())

    perform(act)


def _is_whole(line: bytes) -> bool:
    return line.strip().startswith(b"{") and line.strip().endswith(b"}")


def _encode(line: bytes, codec: Codec, what: str) -> bytes:
    from protocol.errors import LocalProtocolError
    from protocol.record import message_of, read_record

    problem = ""
    try:
        return codec.encode(message_of(read_record(line), codec.dialect))
    except LocalProtocolError as error:
        problem = str(error)
    raise Ending(Exit.REFUSED, f"{what} cannot be written in {codec.dialect.name}: {problem}.")


@command.command()
@SOURCE
@click.option(
    "--dialect", "names", multiple=True, metavar="NAME|FILE", help="Try this one first; repeat it."
)
@_form
@click.option("--json", "as_json", is_flag=True, help="Tell it as JSON.")
def doctor(*, file: str, names: tuple[str, ...], form: str | None, as_json: bool) -> None:
    """Find out what unknown bytes are.

    Every framing, header and shipped dialect is tried, EBCDIC too, and pyiso8583 is asked for a
    second opinion. Told are what fits and, by field and position, why the others do not.
    """

    def act() -> None:
        from protocol.aio.dialect_file import find_dialect
        from protocol.doctor import Way, examine
        from tallywire.messages.intake import candidates, read_input
        from tallywire.messages.told import diagnosis_lines, diagnosis_record

        ways = [Way(name=name, dialect=find_dialect(name)) for name in names]
        read = candidates(read_input(file), form or AUTO)
        problem = ""
        try:
            found = [examine(data, ways) for data in read.readings]
        except ValueError as error:
            problem = str(error)
        if problem:
            raise Ending(Exit.REFUSED, f"Nothing to examine: {problem}.", "Give one message.")
        best = next((one for one in found if one.fitting), found[0])
        if not best.fitting and read.complaint:
            raise read.complaint
        if as_json:
            tell(**diagnosis_record(best))
        else:
            for line in diagnosis_lines(best, file):
                click.echo(line)
        if not best.fitting:
            raise Ending(
                Exit.NOT_FOUND,
                "No way of reading accounts for every byte.",
                "See how far each came; tallywire dialect import takes what you have.",
            )

    perform(act, as_json=as_json)
