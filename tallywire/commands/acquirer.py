"""`tallywire acquirer`: the host side, in a process of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import click
import msgspec

from acquirer_sim.aio.ledger_url import shown
from acquirer_sim.configuration import default_configuration, load_configuration
from acquirer_sim.errors import AcquirerError, ListenError, TokenError
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
    from tallywire.commands.acquirer_api import Beside

EXITS: Final = {ListenError: Exit.UNREACHABLE, TokenError: Exit.CONFIGURATION}
"""How the command ends for an error; with the storage's code for all others."""

FILE = click.Path(dir_okay=False)


class Watch(msgspec.Struct, frozen=True):
    """How a host is watched: files of its trace, and the API."""

    trace: str
    pcap: str
    api: tuple[str, int] | None
    token_file: str | None


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.option("--listen", type=ADDRESS, default="127.0.0.1:8583", show_default=True)
@click.option(
    "--ledger",
    default="sqlite:acquirer.db",
    show_default=True,
    envvar="TALLYWIRE_LEDGER",
    help="sqlite:PATH keeps the books in a file, postgresql://USER@HOST:PORT/DATABASE in a"
    " database that many acquirers share, memory: forgets them, none: keeps none.",
)
@click.option(
    "--ledger-key",
    type=FILE,
    default="",
    help="The key of card tokens on PostgreSQL; else DATABASE.key in this folder.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="So many processes on one port and one ledger, which must be on PostgreSQL.",
)
@click.option("--worker", type=int, default=0, hidden=True)
@click.option("--config", type=FILE, help="Cards, merchants, terminals and rules, as TOML.")
@click.option("--faults", type=FILE, help="What is to go wrong, as TOML.")
@click.option(
    "--legacy",
    type=click.Choice(["error", "zero"]),
    is_flag=False,
    flag_value="error",
    help="Keep no replies and no closed batches, as old hosts do; what is asked of a closed batch"
    " gets an error, or with zero is compared with nothing.",
)
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
@click.option("--api", type=ADDRESS, help="Serve the HTTP API here; off loopback with a token.")
@click.option("--api-token-file", type=FILE, help="The token's file; else TALLYWIRE_API_TOKEN.")
@click.option("--json", "as_json", is_flag=True, help="Tell events as JSON lines.")
@click.pass_context
def command(
    context: click.Context,
    *,
    listen: tuple[str, int],
    ledger: str,
    ledger_key: str,
    workers: int | None,
    worker: int,
    config: str | None,
    faults: str | None,
    legacy: str | None,
    dialect: str,
    codec: str,
    trace: str | None,
    pcap: str | None,
    api: tuple[str, int] | None,
    api_token_file: str | None,
    as_json: bool,
) -> None:
    """Run an acquirer host with a real ledger, until SIGTERM or Ctrl-C.

    Without files it takes any terminal, approves published test cards and refuses all others;
    amounts from 1000.01 to 1000.99 ask for the response code in their cents.
    """
    context.obj = Books(ledger, as_json)
    if context.invoked_subcommand is None and workers is not None:
        from tallywire.commands.acquirer_workers import serve_together

        run(serve_together(context.params), as_json=as_json)
    elif context.invoked_subcommand is None:
        starting.begin()
        watch = Watch(_of_worker(trace, worker), _of_worker(pcap, worker), api, api_token_file)
        start = partial(
            _start, listen, (ledger, ledger_key), (config, legacy), faults, dialect, watch
        )
        run(_serve(start, codec, watch, worker=worker, as_json=as_json), as_json=as_json)


command.add_command(batches)
command.add_command(report)
command.add_command(audit)
command.add_command(explain)


def _of_worker(path: str | None, worker: int) -> str:
    """Return a file's name; workers have one each."""
    return f"{path}.{worker}" if path and worker else path or ""


def _start(
    listen: tuple[str, int],
    ledger: tuple[str, str],
    config: tuple[str | None, str | None],
    faults: str | None,
    dialect: str,
    watch: Watch,
) -> Start:
    from acquirer_sim.aio.running import Start

    path, legacy = config
    configuration = read_settings(path, load_configuration)
    plan = read_settings(faults, load_faults)
    if configuration is not None:
        check_called([rule.fault for rule in configuration.rule], plan, str(path))
    if legacy is not None:
        configuration = msgspec.structs.replace(
            configuration or default_configuration(), legacy=legacy
        )
    return Start(
        host=listen[0],
        port=listen[1],
        ledger=ledger[0],
        ledger_key=ledger[1],
        configuration=configuration,
        faults=plan,
        dialect=dialect if dialect in BUILTIN else _own(dialect),
        trace=watch.trace,
        pcap=watch.pcap,
        watched=watch.api is not None,
    )


def _own(name: str) -> Dialect:
    from protocol.aio.dialect_file import find_dialect

    return find_dialect(name)


async def _serve(
    read: Callable[[], Start], codec: str, watch: Watch, *, worker: int, as_json: bool
) -> None:
    from acquirer_sim.aio.running import run_acquirer

    start = read()
    if worker:
        from tallywire.workers import end_with_parent

        start = msgspec.structs.replace(start, shared=True)
        end_with_parent()
    voice = Voice(start, as_json=as_json)
    ending: Ending | None = None
    try:
        await run_acquirer(
            start,
            on_ready=voice.ready,
            on_event=voice.event,
            codec=_codec(codec, start.spoken),
            beside=_beside(watch, start, voice),
        )
    except AcquirerError as error:
        code = EXITS.get(type(error), Exit.STORAGE)
        ending = Ending(code, error.sentence, error.next_step, error.code)
    if ending is not None:
        raise ending


def _beside(watch: Watch, start: Start, voice: Voice) -> Beside | None:
    """Return what runs beside the host, None without an API."""
    if watch.api is None:
        return None
    from tallywire.commands.acquirer_api import beside

    return beside(watch.api, watch.token_file, ledger=start.ledger, on_ready=voice.api_ready)


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

    def api_ready(self, address: tuple[str, int]) -> None:
        """The API is open too; told before the host is."""
        host, port = address
        if self._as_json:
            tell(event="api", host=host, port=port)
        else:
            name = f"[{host}]" if ":" in host else host
            click.echo(f"API on http://{name}:{port}/openapi.json")

    def event(self, event: HostEvent) -> None:
        """Something happened that a person may want to know."""
        if self._as_json:
            # Nested: "id" at the top of a line is a command's.
            told = {} if event.fault is None else {"fault": msgspec.to_builtins(event.fault)}
            tell(event=event.kind, text=event.text, **told)
        else:
            click.echo(f"{event.kind}: {event.text}")
