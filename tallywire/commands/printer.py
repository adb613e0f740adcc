"""`tallywire printer`: a virtual ESC/POS printer, and the bridge that puts one behind a broker."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from tallywire.address import ADDRESS
from tallywire.bridging import BridgeWish, bridge_options, keep_bridge, open_bridge
from tallywire.commands.printer_bridge import bridge
from tallywire.exits import Ending, Exit
from tallywire.lines import stdin_lines
from tallywire.running import run, tell
from tallywire.virtual_printer import (
    OPTIONS,
    PrinterFaults,
    PrinterStartError,
    VirtualPrinter,
    control_line,
    parse_fault,
    run_printer,
)


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Faults: " + ", ".join(OPTIONS) + ".",
)
@click.option("--listen", type=ADDRESS, default="127.0.0.1:9100", show_default=True)
@click.option("--paper", type=click.IntRange(0, 999_999), help="Lines left on the roll.")
@click.option("--columns", type=click.Choice(["32", "48"]), default="32", show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Draw every slip into this folder, as PNG and text.",
)
@click.option("--fault", "faults", multiple=True, metavar="NAME[=VALUE]", help="May be repeated.")
@click.option("--control", is_flag=True, help='Take lines like "paper 50" on standard input.')
@click.option("--json", "as_json", is_flag=True, help="Tell events as JSON lines.")
@bridge_options(required=False)
@click.pass_context
def command(
    context: click.Context,
    *,
    listen: tuple[str, int],
    paper: int | None,
    columns: str,
    out: Path | None,
    faults: tuple[str, ...],
    control: bool,
    as_json: bool,
    mqtt: str | None,
    login: str,
    ca: str,
    memory: Path | None,
) -> None:
    """Run a virtual receipt printer, until SIGTERM or Ctrl-C.

    It answers status questions like a real one (DLE EOT, ASB, GS r, GS ( H), runs out of paper
    and prints on when SIGUSR1, or "paper" with --control, puts a new roll in. With --mqtt it is
    behind a broker as well, through a bridge that holds its port.
    """
    if context.invoked_subcommand is not None:
        return
    wish = BridgeWish(mqtt, login, ca, memory, as_json) if mqtt else None
    serving = _serve(
        listen, paper, out, faults, wish, columns=int(columns), control=control, as_json=as_json
    )
    run(serving, as_json=as_json)


command.add_command(bridge)


async def _serve(
    listen: tuple[str, int],
    paper: int | None,
    out: Path | None,
    fault_words: tuple[str, ...],
    wish: BridgeWish | None,
    *,
    columns: int,
    control: bool,
    as_json: bool,
) -> None:
    faults = _faults(fault_words)
    opened = open_bridge(wish) if wish else None
    problem = ""
    async with asyncio.TaskGroup() as group:

        def ready(printer: VirtualPrinter) -> None:
            if out:
                _warn_without_typeface()
            if as_json:
                tell(event="listening", host=printer.host, port=printer.port)
            else:
                slips = f", slips in {out}" if out else ""
                click.echo(f"Printer on {printer.host}:{printer.port}{slips}. Ctrl-C stops it.")
            if opened:
                made = opened(f"tcp://{printer.host}:{printer.port}")
                group.create_task(keep_bridge(made), name="bridge")
            if control:
                group.create_task(_take_lines(printer, as_json=as_json), name="control")

        try:
            await run_printer(listen, paper, out, ready, columns=columns, faults=faults)
        except PrinterStartError as error:
            problem = str(error)
    if problem:
        raise Ending(
            Exit.UNREACHABLE,
            f"{problem[0].upper()}{problem[1:]}.",
            "Choose with --listen and --out.",
        )


def _warn_without_typeface() -> None:
    """Say that Chinese will be missing in the pictures; the texts beside them have it."""
    from terminal.aio.fonts import find_font
    from terminal.texts import text_of

    if find_font() is None:
        text = text_of("L57")
        click.echo(f"L57 {text.zh} / {text.en}. {text.next_zh} / {text.next_en}", err=True)


def _faults(words: tuple[str, ...]) -> PrinterFaults:
    faults = PrinterFaults()
    problem = ""
    for word in words:
        try:
            faults = parse_fault(word, faults)
        except ValueError as error:
            problem = str(error)
    if problem:
        raise Ending(Exit.USAGE, f"{problem}.", "See tallywire printer --help.")
    return faults


async def _take_lines(printer: VirtualPrinter, *, as_json: bool) -> None:
    async for line in stdin_lines():
        answer = await control_line(printer, line)
        if as_json:
            tell(event="control", text=answer)
        else:
            click.echo(answer)
