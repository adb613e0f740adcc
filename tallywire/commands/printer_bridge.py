"""`tallywire printer bridge`: a printer on the network, put behind a broker."""

from __future__ import annotations

from pathlib import Path

import click

from tallywire.bridging import BridgeWish, bridge_options, keep_bridge, open_bridge
from tallywire.running import run
from terminal.printer_profile import Confirmation


@click.command()
@bridge_options(required=True)
@click.option("--to", required=True, metavar="URL", help="The printer: tcp://HOST:PORT.")
@click.option(
    "--confirmation",
    type=click.Choice([one.value for one in Confirmation]),
    default=Confirmation.PROCESS_ID.value,
    show_default=True,
    help="What the printer can say about a job being done.",
)
@click.option("--json", "as_json", is_flag=True, help="Tell events as JSON lines.")
def bridge(
    *,
    mqtt: str,
    login: str,
    ca: str,
    memory: Path | None,
    to: str,
    confirmation: str,
    as_json: bool,
) -> None:
    """Put an ESC/POS printer behind an MQTT broker, until SIGTERM or Ctrl-C.

    Terminals then print on it with --printer mqtt://... of the same address. A job is printed
    once, however often the broker brings it.
    """

    async def serve() -> None:
        wish = BridgeWish(mqtt, login, ca, memory, as_json)
        await keep_bridge(open_bridge(wish, Confirmation(confirmation))(to))

    run(serve(), as_json=as_json)
