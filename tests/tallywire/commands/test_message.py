"""`tallywire message` as its user runs it."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from protocol.codec import Codec
from protocol.dialect import BUILTIN, builtin_dialect
from protocol.message import Message
from protocol.secrets import luhn_valid
from tallywire.command import main
from tallywire.exits import Exit
from tests.tallywire.processes import ROOT, tallywire

CARD = "4111111111111111"
STEM = "499999000000000"
FOREIGN = next(STEM + digit for digit in "0123456789" if luhn_valid(STEM + digit))
"""Passes the check digit; nobody has published it as a test card."""


def sale(card: str = CARD, version: str = "0") -> Message:
    return Message(
        f"{version}200",
        {
            2: card,
            3: "000000",
            4: "000000001850",
            11: "000002",
            35: f"{card}=2812",
            41: "TERM0001",
            49: "156",
            52: bytes.fromhex(card),
            55: bytes.fromhex("5A08" + card),
        },
    )


def wire(name: str = "iso87", card: str = CARD) -> bytes:
    dialect = builtin_dialect(name)
    return dialect.framing.wrap(Codec(dialect).encode(sale(card, dialect.mti.versions[0])))


def run(*arguments: str, put: bytes | str = b"") -> Result:
    return CliRunner().invoke(main, ["message", *arguments], input=put)


def cards_in(text: str) -> list[str]:
    """Return every run of digits that could be a card: what must never be printed."""
    runs = [run for run in re.findall(r"\d{13,}", text) if set(run) != {"0"}]
    return [
        run[at : at + size]
        for run in runs
        for size in range(13, 20)
        for at in range(len(run) - size + 1)
        if run[at] in "3456" and luhn_valid(run[at : at + size])
    ]


def test_describe_reads_digits_from_a_pipe() -> None:
    """Issue 3: hex, file or stdin in; a readable masked account out."""
    done = subprocess.run(
        [sys.executable, "-m", "tallywire", "message", "describe"],
        input=wire().hex(" "),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=60,
    )

    assert Exit.OK == done.returncode
    assert "MTI 0200  1987 financial request" in done.stdout
    assert "411111******1111" in done.stdout
    assert [] == cards_in(done.stdout + done.stderr)


def test_wrong_input_is_one_sentence() -> None:
    done = tallywire("message", "describe", "no-such-file")

    assert Exit.NOT_FOUND == done.returncode
    assert 1 == len(done.stderr.strip().splitlines())
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", BUILTIN)
def test_json_comes_out_and_goes_in_again(name: str) -> None:
    dialect = builtin_dialect(name)
    mti = f"{dialect.mti.versions[0]}200"
    fields = {number: value for number, value in sale().fields.items() if number != 52}
    digits = Codec(dialect).encode(Message(mti, fields)).hex()

    told = run("decode", "--dialect", name, "--reveal", put=digits).stdout

    assert CARD == json.loads(told)["fields"]["2"]
    assert f"{digits}\n" == run("encode", "--dialect", name, put=told).stdout


def test_several_messages_are_a_line_each() -> None:
    lines = run("decode", put=(wire() * 2)).stdout.splitlines()

    assert ["0200", "0200"] == [json.loads(line)["mti"] for line in lines]
    record = '{"mti": "0800", "fields": {"11": "000001"}}'
    digits = run("encode", "--framing", "bcd2", put=f"{record}\n\n{record}\n").stdout.splitlines()
    assert 2 == len(digits)
    assert digits[0] == digits[1]
    assert "0026" == digits[0][:4]


def test_json_of_several_lines_is_one_message() -> None:
    record = '{\n  "mti": "0800",\n  "fields": {"11": "000001"}\n}\n'

    assert Exit.OK == run("encode", put=record).exit_code


def test_card_of_anybody_is_not_revealed() -> None:
    result = run("decode", "--reveal", put=wire(card=FOREIGN))

    assert Exit.REFUSED == result.exit_code
    assert "" == result.stdout
    assert "F2 holds card data that is no published test card's" in result.stderr
    assert Exit.OK == run("decode", put=wire(card=FOREIGN)).exit_code


@pytest.mark.parametrize(
    ("arguments", "put", "exit_code", "words"),
    [
        (["describe"], wire()[:-1], Exit.REFUSED, "F55 at byte"),
        (["describe"], b"", Exit.REFUSED, "nothing in it"),
        (["describe", "--framing", "ascii4"], wire(), Exit.REFUSED, "Length header ascii4"),
        (["describe", "--dialect", "iso99"], wire(), Exit.NOT_FOUND, "no shipped dialect"),
        (["describe", "--framing", "x"], wire(), Exit.USAGE, "--framing"),
        (["decode"], b"0800 0", Exit.REFUSED, "5 hexadecimal digits"),
        (["encode"], b"{", Exit.REFUSED, "JSON"),
        (["encode"], b'{"mti": "0800", "fields": {"11": "1"}}', Exit.REFUSED, "F11: has 1 bytes"),
        (["encode"], b'{"mti": "x", "fields": {}}', Exit.REFUSED, "MTI"),
        (["doctor"], b"\x00", Exit.NOT_FOUND, "No way of reading"),
        (["doctor", "--raw"], b"", Exit.REFUSED, "there are 0 bytes"),
    ],
)
def test_what_cannot_be_done_is_told_in_words(
    arguments: list[str], put: bytes, exit_code: Exit, words: str
) -> None:
    result = run(*arguments, put=put)

    assert exit_code == result.exit_code
    assert words in result.stderr
    assert [] == cards_in(result.output)


@pytest.mark.parametrize("name", BUILTIN)
def test_doctor_finds_shipped_dialects(name: str) -> None:
    result = run("doctor", put=wire(name).hex())

    assert Exit.OK == result.exit_code
    assert f"; {name}\n" in result.stdout
    told = json.loads(run("doctor", "--json", put=wire(name)).stdout)
    assert name in [one["dialect"] for one in told["fits"]]


@pytest.mark.parametrize("name", BUILTIN)
@pytest.mark.parametrize("arguments", [["describe"], ["decode"], ["doctor"], ["doctor", "--json"]])
def test_nothing_printed_could_be_a_card(name: str, arguments: list[str]) -> None:
    """REQ 000-11: whole or broken anywhere, whatever the dialect, no card number comes out."""
    data = wire(name, FOREIGN)
    dialect = ["--dialect", name]
    printed = [
        run(*arguments, *dialect, put=data[:at] + spoilt + data[at:])
        for at in range(0, len(data), 12)
        for spoilt in (b"", b"\x00", b"9")
    ]

    assert [] == cards_in("\n".join(result.output for result in printed))
    assert not any("Traceback" in result.output for result in printed)
    assert {0, int(Exit.REFUSED), int(Exit.NOT_FOUND)} >= {one.exit_code for one in printed}
