"""`tallywire acquirer batches|report|audit`: what the ledger says, also while it is served."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click
import msgspec

from tallywire.exits import Ending, Exit
from tallywire.running import run, tell

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from acquirer_sim.reconciliation_words import Language


class Books(msgspec.Struct, frozen=True):
    """Which ledger is asked, and how the answer is told."""

    ledger: str
    as_json: bool

    def ask(self, question: Callable[[Connection], None]) -> None:
        """Open the ledger for reading, ask, and exit with the code of the ending."""
        run(self._ask(question), as_json=self.as_json)

    async def _ask(self, question: Callable[[Connection], None]) -> None:
        from acquirer_sim.aio.queries import ask
        from acquirer_sim.errors import AcquirerError

        ending: Ending | None = None
        try:
            await ask(self.ledger, question)
        except AcquirerError as error:
            ending = Ending(Exit.STORAGE, error.sentence, error.next_step, error.code)
        if ending is not None:
            raise ending


@click.command()
@click.option("--terminal", help="Only this terminal (F41).")
@click.pass_obj
def batches(books: Books, terminal: str | None) -> None:
    """List batches, the newest of each terminal first."""

    def question(connection: Connection) -> None:
        from acquirer_sim.aio.queries import batches as batches_of
        from tallywire.views import show_batches

        found = batches_of(connection, terminal=terminal)
        if books.as_json:
            for view in found:
                tell(event="batch", **msgspec.to_builtins(view))
        else:
            show_batches(found)

    books.ask(question)


@click.command()
@click.argument("batch", required=False)
@click.option("--terminal", help="Only this terminal (F41).")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.pass_obj
def report(books: Books, batch: str | None, terminal: str | None, language: Language) -> None:
    """Say why a batch did not balance: every payment that differs, and its likely cause."""

    def question(connection: Connection) -> None:
        from acquirer_sim.aio.queries import reports
        from acquirer_sim.reconciliation_words import render, view

        found = [
            one for one in reports(connection, terminal=terminal) if batch in (None, one.batch)
        ]
        for one in found:
            if books.as_json:
                tell(event="report", **msgspec.to_builtins(view(one)))
            else:
                click.echo(render(one, language))
        if not found:
            sentence = "No batch was uploaded." if batch is None else f"Batch {batch}: no upload."
            raise Ending(Exit.NOT_FOUND, sentence, "A batch in balance has no report.")

    books.ask(question)


@click.command()
@click.pass_obj
def audit(books: Books) -> None:
    """Prove the books: postings, batches, payments. Ends with 0 only if all is right."""

    def question(connection: Connection) -> None:
        from acquirer_sim.aio.audit import audit as audit_of

        problems = audit_of(connection)
        for problem in problems:
            if books.as_json:
                tell(event="problem", text=problem)
            else:
                click.echo(problem)
        if problems:
            sentence = f"{len(problems)} things are wrong with the ledger."
            raise Ending(Exit.BOOKS_DIFFER, sentence, "Keep the file as it is.")
        if not books.as_json:
            click.echo("The books are right.")

    books.ask(question)
