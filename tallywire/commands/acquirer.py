"""`tallywire acquirer`: the host side, in a process of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click
import msgspec

from acquirer_sim.aio.ledger_url import shown
from acquirer_sim.configuration import load_configuration
from acquirer_sim.errors import AcquirerError, ListenError
from acquirer_sim.faults import check_called, load_faults
from protocol.dialect import BUILTIN
from tallywire import starting
from tallywire.address import ADDRESS
from tallywire.commands.books import Books, audit, batches, report
from tallywire.commands.explain import explain
from tallywire.exits import Ending, Exit
from tallywire.running import read_settings, run, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from acquirer_sim.aio.host import Host, HostEvent
    from acquirer_sim.aio.running import Start
    from protocol.dialect import Dialect
    from protocol.message import MessageCodec

FILE = click.Path(dir_okay=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.option("--listen", type=ADDRESS, default="127.0.0.1:8583", show_default=True)
@click.option(
    "--ledger",
    default="sqlite:acquirer.db",
    show_default=True,
    help="sqlite:PATH keeps the books in a file, postgresql://USER@HOST:PORT/DATABASE in a"
    " database that many acquirers share, memory: forgets them, none: keeps none.",
)
@click.option(
    "--ledger-key",
    type=FILE,
    default="",
    help="The key of card tokens on PostgreSQL; else DATABASE.key in this folder.",
)
@click.option("--config", type=FILE, help="Cards, merchants, terminals and rules, as TOML.")
@click.option("--faults", type=FILE, help="What is to go wrong, as TOML.")
@click.option(
    "--dialect",
    default="iso87",
    show_default=True,
    help="A shipped dialect's name, or a file of your own.",
)
@click.option(
    "--codec",
    type=click.Choice(["compiled", "reference"]),
    default="compiled",
    show_default=True,
    help="reference is pyiso8583: slower, and by other hands.",
)
@click.option("--trace", type=FILE, help="Write every message to this file, masked, as JSON lines.")
@click.option("--pcap", type=FILE, help="Write every message to this file as packets, blanked.")
@click.option("--json", "as_json", is_flag=True, help="Tell events as JSON lines.")
@click.pass_context
def command(
    context: click.Context,
    *,
    listen: tuple[str, int],
    ledger: str,
    ledger_key: str,
    config: str | None,
    faults: str | None,
    dialect: str,
    codec: str,
    trace: str | None,
    pcap: str | None,
    as_json: bool,
) -> None:
    """Run an acquirer host with a real ledger, until SIGTERM or Ctrl-C.

    Without files it takes any terminal, approves published test cards and refuses all others;
    amounts from 1000.01 to 1000.99 ask for the response code in their cents.
    """
    context.obj = Books(ledger, as_json)
    if context.invoked_subcommand is None:
        starting.begin()
        traces = (trace or "", pcap or "")
        start = partial(_start, listen, (ledger, ledger_key), config, faults, dialect, traces)
        run(_serve(start, codec, as_json=as_json), as_json=as_json)


command.add_command(batches)
command.add_command(report)
command.add_command(audit)
command.add_command(explain)


def _start(
    listen: tuple[str, int],
    ledger: tuple[str, str],
    config: str | None,
    faults: str | None,
    dialect: str,
    traces: tuple[str, str],
) -> Start:
    from acquirer_sim.aio.running import Start

    configuration = read_settings(config, load_configuration)
    plan = read_settings(faults, load_faults)
    if configuration is not None:
        check_called([rule.fault for rule in configuration.rule], plan, str(config))
    return Start(
        host=listen[0],
        port=listen[1],
        ledger=ledger[0],
        ledger_key=ledger[1],
        configuration=configuration,
        faults=plan,
        dialect=dialect if dialect in BUILTIN else _own(dialect),
        trace=traces[0],
        pcap=traces[1],
    )


def _own(name: str) -> Dialect:
    from protocol.aio.dialect_file import find_dialect

    return find_dialect(name)


async def _serve(read: Callable[[], Start], codec: str, *, as_json: bool) -> None:
    from acquirer_sim.aio.running import run_acquirer

    start = read()
    voice = Voice(start, as_json=as_json)
    ending: Ending | None = None
    try:
        await run_acquirer(
            start, on_ready=voice.ready, on_event=voice.event, codec=_codec(codec, start.spoken)
        )
    except AcquirerError as error:
        code = Exit.UNREACHABLE if isinstance(error, ListenError) else Exit.STORAGE
        ending = Ending(code, error.sentence, error.next_step, error.code)
    if ending is not None:
        raise ending


def _codec(name: str, dialect: Dialect) -> MessageCodec | None:
    """None is the compiled one; the other's library is imported only when asked for."""
    if name == "compiled":
        return None
    from protocol.reference import ReferenceCodec

    return ReferenceCodec(dialect)


class Voice:
    """What the running host says, to a person or to a program."""

    def __init__(self, start: Start, *, as_json: bool) -> None:
        self._start = start
        self._as_json = as_json

    def ready(self, host: Host) -> None:
        """The address is open."""
        starting.end()
        address, port = host.server.addresses[0]
        if self._as_json:
            tell(event="listening", host=address, port=port, ledger=shown(self._start.ledger))
        else:
            ledger = shown(self._start.ledger)
            click.echo(f"Acquirer on {address}:{port}, ledger {ledger}. Ctrl-C stops it.")

    def event(self, event: HostEvent) -> None:
        """Something happened that a person may want to know."""
        if self._as_json:
            # Nested: "id" at the top of a line is a command's.
            told = {} if event.fault is None else {"fault": msgspec.to_builtins(event.fault)}
            tell(event=event.kind, text=event.text, **told)
        else:
            click.echo(f"{event.kind}: {event.text}")
