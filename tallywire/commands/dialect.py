"""`tallywire dialect`: how bytes look, as data one can list, show, check and import."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from protocol.errors import DialectError
from tallywire.exits import Ending, Exit
from tallywire.running import perform, tell

if TYPE_CHECKING:
    from protocol.dialect import Dialect
    from protocol.imports.draft import Imported

FORMS: Final = ("pyiso8583", "jpos", "moov")
AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Tell it as JSON.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Look at dialects, shipped ones and your own.

    A dialect says how the bytes of one network look. NAME is a shipped one, FILE is TOML.
    """


@command.command("list")
@AS_JSON
def list_dialects(*, as_json: bool) -> None:
    """List the dialects that are shipped."""
    from protocol.dialect import BUILTIN, builtin_dialect
    from tallywire.dialects.table import encodings, show_list

    dialects = [builtin_dialect(name) for name in BUILTIN]
    if not as_json:
        show_list(dialects)
        return
    for dialect in dialects:
        tell(name=dialect.name, title=dialect.title, encodings=encodings(dialect))


@command.command()
@click.argument("dialect", metavar="NAME|FILE")
@AS_JSON
def show(*, dialect: str, as_json: bool) -> None:
    """Show every field of a dialect."""
    from protocol.aio.dialect_file import find_dialect
    from tallywire.dialects.table import dialect_record, show_dialect

    def act() -> None:
        chosen = find_dialect(dialect)
        if as_json:
            tell(**dialect_record(chosen))
        else:
            show_dialect(chosen)

    perform(act, as_json=as_json)


@command.command()
@click.argument("dialect", metavar="FILE|NAME")
@click.option("--seed", default=0, show_default=True, help="Another seed draws other messages.")
@click.option(
    "--messages",
    type=click.IntRange(0, 100_000),
    default=800,
    show_default=True,
    help="How many, besides two for each field.",
)
@AS_JSON
def check(*, dialect: str, seed: int, messages: int, as_json: bool) -> None:
    """Say what is wrong with a dialect; when nothing is, try it against pyiso8583.

    Messages drawn by chance go through our codec and through pyiso8583, both ways. What the two
    do not agree on is told by field and reason, never by value.
    """
    from protocol.aio.dialect_file import find_dialect

    perform(
        lambda: _judge(find_dialect(dialect), seed=seed, messages=messages, as_json=as_json),
        as_json=as_json,
    )


def _judge(dialect: Dialect, *, seed: int, messages: int, as_json: bool) -> None:
    from tallywire.dialects.judge import judge
    from tallywire.dialects.table import encodings, show_disagreements

    verdict = judge(dialect, seed=seed, count=messages)
    agree = not verdict.disagreements
    if as_json:
        tell(
            name=dialect.name,
            fields=len(dialect.field),
            messages=verdict.messages,
            seed=seed,
            disagreements=[
                {"field": one.field, "reason": one.reason, "messages": one.count}
                for one in verdict.disagreements
            ],
        )
    else:
        click.echo(f"{dialect.name} loads: {len(dialect.field)} fields; {encodings(dialect)}.")
        click.echo(
            f"{verdict.messages} messages (seed {seed}) through our codec and pyiso8583, both"
            f" ways: {'they agree.' if agree else 'they do not agree.'}"
        )
        if not agree:
            show_disagreements(verdict.disagreements)
    if not agree:
        raise Ending(
            Exit.REFUSED,
            "A peer on another codec would not understand this dialect as we do.",
            "Look at the fields named above.",
        )


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--from", "form", type=click.Choice(FORMS), help="What FILE is; recognised when not given."
)
@click.option("--name", help="The dialect's name; the file's when not given.")
def import_file(*, file: Path, form: str | None, name: str | None) -> None:
    """Write the dialect that FILE describes, as TOML, to standard output.

    FILE is a pyiso8583 specification (Python with the dictionary written out, never executed, or
    JSON), a jPOS GenericPackager (XML), or a moov-io/iso8583 specification (JSON). What cannot be
    carried over is named in comments and on standard error.
    """

    def act() -> None:
        from protocol.aio.dialect_file import read_text
        from protocol.imports import recognise

        text = read_text(str(file))
        read_as = form or recognise(text)
        imported = _import(text, file.name, read_as, name or _name_of(file))
        _write(imported, f"Imported from {file.name} ({read_as}).")

    perform(act)


def _name_of(file: Path) -> str:
    return re.sub(r"\W+", "_", file.stem) or "imported"


def _import(text: str, source: str, form: str, name: str) -> Imported:
    from protocol.imports import read_specification

    problem = ""
    try:
        return read_specification(text, source=source, name=name, form=form)
    except DialectError as error:
        problem = str(error)
    raise Ending(Exit.CONFIGURATION, f"{problem}.", "Say with --from what the file is.")


ASSUMED: Final = (
    "The file says nothing of these, look at them: the length header ([framing]), the message",
    "types ([mti]), the class of values and what is secret (both as in iso87, by field number).",
)


def _write(imported: Imported, origin: str) -> None:
    from protocol.imports.written import dialect_text

    click.echo(dialect_text(imported.dialect, [origin, *ASSUMED, *imported.notes]), nl=False)
    for note in imported.notes:
        click.echo(note, err=True)
