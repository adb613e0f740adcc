"""`tallywire acquirer --workers N`: what the parent does, says, and passes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import click

from acquirer_sim.aio.ledger_url import is_postgres, shown
from tallywire.exits import Ending, Exit
from tallywire.running import tell
from tallywire.workers import WORKER, Line, Workers, check_shareable, hold_port

PASSED_ON: Final = ("ledger_key", "config", "faults", "legacy", "dialect", "codec", "trace", "pcap")
"""Options that each worker is given as they are."""
LEDGER: Final = "TALLYWIRE_LEDGER"
"""How workers are told of the ledger: a list of processes shows arguments, and so a password."""


async def serve_together(given: Mapping[str, Any]) -> None:
    """Run workers until told to stop."""
    ledger: str = given["ledger"]
    check_shareable(ledger)
    if given["api"]:
        raise Ending(
            Exit.CONFIGURATION,
            "An API speaks for one process, and workers are many.",
            "Run one acquirer more on the same ledger, with --api and without --workers.",
        )
    if is_postgres(ledger):
        await _prepare(ledger, given["ledger_key"])
    with hold_port(*given["listen"]) as held:
        host, port = held.getsockname()[:2]
        arguments = ["--listen", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
        for name in PASSED_ON:
            if given[name]:
                arguments += [f"--{name.replace('_', '-')}", given[name]]
        voice = ParentsVoice(given, host=host, port=port)
        await Workers(
            arguments,
            {LEDGER: ledger},
            given["workers"],
            on_ready=voice.ready,
            on_line=voice.line,
        ).run()


async def _prepare(ledger: str, key_file: str) -> None:
    """Make the tables and the key, once, before many would; say at once what is wrong."""
    from acquirer_sim.aio.ledger_url import check_driver
    from acquirer_sim.errors import AcquirerError

    ending: Ending | None = None
    try:
        check_driver()
        from acquirer_sim.aio.postgres_opening import open_postgres

        opened = await open_postgres(ledger, key_file)
        await opened.connection.close()
    except AcquirerError as error:
        ending = Ending(Exit.STORAGE, error.sentence, error.next_step, error.code)
    if ending is not None:
        raise ending


class ParentsVoice:
    """What all of them say, to a person or to a program."""

    def __init__(self, given: Mapping[str, Any], *, host: str, port: int) -> None:
        self._as_json = given["as_json"]
        self._ledger = shown(given["ledger"])
        self._count = given["workers"]
        self._host = host
        self._port = port

    def ready(self) -> None:
        """Every worker listens."""
        address = {"host": self._host, "port": self._port}
        if self._as_json:
            tell(event="listening", **address, ledger=self._ledger, workers=self._count)
        else:
            click.echo(
                f"Acquirer on {self._host}:{self._port}, {self._count} workers, "
                f"ledger {self._ledger}. Ctrl-C stops them."
            )

    def line(self, number: int, line: Line) -> None:
        """A worker has told something, or something was to be told of it."""
        if self._as_json:
            tell(**line, worker=number)
        else:
            said = line.get("text") or line.get("sentence", "")
            event = "" if line["event"] == WORKER else f": {line['event']}:"
            click.echo(f"worker {number}{event} {said}")
