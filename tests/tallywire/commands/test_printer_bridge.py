"""Cloud printing as its users run it: broker, printer, acquirer and terminal as processes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tallywire.demo.children import Child
from tallywire.exits import Exit
from tests.brokers import mosquitto
from tests.tallywire.processes import TIMEOUT_S, crew, tallywire

CARD = "4111111111111111"
HERE = "mqtt://127.0.0.1:1/shop/till"


@pytest.mark.parametrize(
    ("arguments", "exit_code", "words"),
    [
        (["--mqtt", "mqtt://h/till", "--to", "tcp://h:1"], Exit.USAGE, "PREFIX/PRINTER"),
        (["--mqtt", HERE, "--to", "file:x"], Exit.USAGE, "tcp://HOST:PORT"),
        (["--mqtt", HERE, "--to", "tcp://h"], Exit.CONFIGURATION, "tcp://HOST:PORT"),
        (["--mqtt", HERE], Exit.USAGE, "--to"),
        (["--to", "tcp://h:1"], Exit.USAGE, "--mqtt"),
        (["--mqtt", HERE, "--to", "tcp://h:1", "--login", "gone"], Exit.CONFIGURATION, "gone"),
        (["--mqtt", HERE, "--to", "tcp://h:1", "--memory", "Makefile"], Exit.CONFIGURATION, "memo"),
    ],
)
def test_bad_option_is_named(arguments: list[str], exit_code: Exit, words: str) -> None:
    done = tallywire("printer", "bridge", *arguments)

    assert exit_code == done.returncode
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_login_in_a_url_is_refused_and_not_printed(tmp_path: Path) -> None:
    url = "mqtt://shop:s3cret@127.0.0.1:1/shop/till"

    bridge = tallywire("printer", "bridge", "--mqtt", url, "--to", "tcp://h:1")
    printer = tallywire("printer", "--mqtt", url)
    terminal = tallywire("terminal", "--data", str(tmp_path), "--printer", url, "status")

    assert [Exit.USAGE, Exit.USAGE, Exit.CONFIGURATION] == [
        one.returncode for one in (bridge, printer, terminal)
    ]
    for done in (bridge, printer, terminal):
        assert "never in the URL" in done.stderr
        assert "s3cret" not in done.stdout + done.stderr


def test_broker_that_is_away_has_a_code_and_a_next_step(tmp_path: Path) -> None:
    done = tallywire("terminal", "--data", str(tmp_path), "--printer", HERE, "printer", "status")

    assert Exit.PAPER == done.returncode
    assert "L80" in done.stdout
    assert "Check network" in done.stderr


def test_extra_that_is_missing_is_one_sentence(tmp_path: Path) -> None:
    """L82: what to install; and who prints elsewhere never notices."""
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['aiomqtt'] = None\n")
    without = {"PYTHONPATH": str(tmp_path)}
    data = ("terminal", "--data", str(tmp_path / "data"), "--printer")

    terminal = tallywire(*data, HERE, "status", **without)
    printer = tallywire("printer", "--mqtt", HERE, **without)
    plain = tallywire(*data, "none:", "status", **without)

    assert [Exit.CONFIGURATION, Exit.CONFIGURATION, Exit.OK] == [
        one.returncode for one in (terminal, printer, plain)
    ]
    for done in (terminal, printer):
        assert "L82" in done.stderr
        assert "pip install 'tallywire[mqtt]'" in done.stderr
        assert 1 == len(done.stderr.strip().splitlines())


def test_command_that_prints_on_a_cable_loads_nothing_of_mqtt(tmp_path: Path) -> None:
    """The embedded default stays lean."""
    program = (
        "import sys\n"
        "from tallywire.command import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(sorted({'aiomqtt', 'paho'} & set(sys.modules)))\n"
    )
    arguments = ("--data", str(tmp_path / "data"), "--printer", "console:", "status")

    done = subprocess.run(
        [sys.executable, "-c", program, "terminal", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert "[]" == done.stdout.splitlines()[-1]


async def all_out(printer: Child, terminal: Child) -> None:
    """Wait until two papers are printed, and the terminal owes none: it may hear of it later."""
    for _ in range(2):
        while (await printer.expect("report"))["progress"] != "printed":
            pass
    async with asyncio.timeout(TIMEOUT_S):
        while (await terminal.ask("status"))["result"]["paper_owed"]:
            pass


@pytest.mark.asyncio
async def test_shop_prints_through_a_broker(tmp_path: Path) -> None:
    """Paper ends and is loaded, the printer is killed and comes back: one receipt each."""
    out = tmp_path / "paper"
    async with mosquitto(tmp_path) as broker, crew(tmp_path) as hands:
        url = broker.url()
        await hands.acquirer()
        options = ("--out", str(out), "--mqtt", url, "--memory", str(tmp_path / "jobs"))
        printer = await hands.printer("--paper", "10", *options)
        await printer.expect("status")
        terminal = await hands.terminal(printer=url)
        await terminal.expect("ready")
        sold = await terminal.ask("sale", amount="8.00", card=CARD)
        (asked,) = (await terminal.ask("printers"))["result"]["printers"]
        assert "ready" in await printer.control("paper 500")
        await all_out(printer, terminal)
        await printer.kill()
        (gone,) = (await terminal.ask("printers"))["result"]["printers"]
        waits = await terminal.ask("sale", amount="9.00", card=CARD)
        printer = await hands.printer("--paper", "500", *options)
        await all_out(printer, terminal)
        await printer.stop()

    assert ("approved", "approved") == (
        sold["result"]["outcome"],
        waits["result"]["outcome"],
    )
    assert (False, "L32") == (asked["ready"], asked["cause"])
    assert (False, "L31") == (gone["ready"], gone["cause"])
    texts = [path.read_text("utf-8") for path in sorted(out.glob("*.txt"))]
    assert 5 == len(texts)  # a torn piece and its rest, one copy; then two copies
    assert "DUPLICATE" not in "".join(texts)
    assert 2 == "".join(texts).count("持卡人存根")
