"""Wireshark reads our bytes: an outside reader that shares no code and no table with us."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from protocol.codec import Codec
from protocol.dialect import Dialect, builtin_dialect, load_dialect
from protocol.message import Message

TOOLS = ("tshark", "text2pcap")
PORT = 8583
HEX = "Bin data represented as Hex Ascii characters"
RAW = "Bin data not encoded"
"""What Wireshark calls the two ways to write a binary field."""
ASCII = "Digits represented as ASCII Characters"
PACKED = "Digits represented in nibbles"
"""What it calls the two ways to write digits."""

pytestmark = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in TOOLS), reason="tshark is not installed"
)

MESSAGES = [
    Message(
        "0200",
        {
            2: "4111111111111111",
            3: "000000",
            4: "000000012345",
            7: "1120113424",
            11: "000123",
            12: "113424",
            13: "1120",
            14: "2912",
            22: "021",
            25: "00",
            28: "C00000012",
            32: "970499",
            35: "4111111111111111=29121010000000000",
            37: "626514000123",
            41: "TERM0001",
            42: "MERCHANT0000001",
            49: "156",
            52: bytes.fromhex("0123456789ABCDEF"),
            55: bytes.fromhex("9F2608A1B2C3D4E5F607189F2701809F3602001C"),
            60: "000001",
            64: bytes.fromhex("5D0E33A17BC2904F"),
        },
    ),
    Message(
        "0401", {3: "000000", 11: "000123", 39: "98", 90: "0200000123" + "1120113424" + "0" * 22}
    ),
    Message(
        "0500",
        {
            11: "000200",
            60: "000001",
            74: "0000000000",
            76: "0000000200",
            97: "D0000000001234500",
            99: "970499",
            128: bytes(range(8)),
        },
    ),
    Message("0800", {11: "000001", 70: "301"}),
]


def read_by_tshark(
    messages: Sequence[Message],
    dialect: Dialect,
    directory: Path,
    *,
    binary: str = HEX,
    charset: str = ASCII,
) -> list[dict[str, Any]]:
    """Frame and encode messages, have tshark dissect them, return its fields of each."""
    codec = Codec(dialect)
    dump = directory / "frames.txt"
    capture = directory / "frames.pcap"
    frames = [dialect.framing.wrap(codec.encode(message)) for message in messages]
    dump.write_text("".join(f"000000 {frame.hex(' ')}\n" for frame in frames), encoding="ascii")
    run("text2pcap", "-q", "-T", f"40000,{PORT}", str(dump), str(capture))
    printed = run(
        "tshark", "-r", str(capture), "-T", "json", "-J", "iso8583",
        "-d", f"tcp.port=={PORT},iso8583",
        "-o", "iso8583.len_endian:Big endian",
        "-o", f"iso8583.binencode:{binary}",
        "-o", f"iso8583.charset:{charset}",
    )  # fmt: skip
    return [packet["_source"]["layers"]["iso8583"] for packet in json.loads(printed)]


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def as_tshark_shows(message: Message) -> dict[str, str]:
    shown = {"iso8583.mti": message.mti}
    for number, value in message.fields.items():
        text = value.hex().upper() if isinstance(value, bytes) else value
        shown[f"iso8583.bit{number}"] = text
    return shown


def fields_of(layer: dict[str, Any]) -> dict[str, str]:
    """Return MTI and fields; Wireshark prints a stray mark behind bytes at the end."""
    return {
        name: value.rstrip("`")
        for name, value in layer.items()
        if name == "iso8583.mti" or name.startswith("iso8583.bit")
    }


def without(*numbers: int) -> list[Message]:
    """Return MESSAGES without fields that Wireshark has in another form."""
    return [
        Message(one.mti, {n: value for n, value in one.fields.items() if n not in numbers})
        for one in MESSAGES
    ]


def test_tshark_reads_what_we_write(tmp_path: Path) -> None:
    """ASCII with hexadecimal bitmaps and binary fields, two-byte binary lengths.

    F86 to F89 are in no message: Wireshark cuts them at 15 digits where the standard has 16.
    """
    read = read_by_tshark(MESSAGES, builtin_dialect(), tmp_path)

    assert [fields_of(layer) for layer in read] == [as_tshark_shows(one) for one in MESSAGES]


def test_tshark_sees_the_length_and_the_bitmaps(tmp_path: Path) -> None:
    dialect = builtin_dialect()
    wire = Codec(dialect).encode(MESSAGES[2])

    layer = read_by_tshark(MESSAGES, dialect, tmp_path)[2]

    assert layer["iso8583.len"] == str(len(wire))
    assert layer["iso8583.map1"] + layer["iso8583.map2"] == wire[4:36].decode()


def test_tshark_reads_raw_bitmaps_and_binary_fields(tmp_path: Path) -> None:
    """Then Wireshark has tracks as bytes, and chip data as text."""
    dialect = load_dialect('base = "iso87"\nbinary = "raw"\n[bitmap]\ndata_enc = "b"', "raw")
    messages = without(35, 55)

    read = read_by_tshark(messages, dialect, tmp_path, binary=RAW)

    assert [fields_of(layer) for layer in read] == [as_tshark_shows(one) for one in messages]


def test_tshark_reads_packed_digits(tmp_path: Path) -> None:
    """Left out as above, and x+n, whose digits Wireshark packs and pyiso8583 cannot."""
    messages = without(28, 35, 55, 97)

    read = read_by_tshark(
        messages, builtin_dialect("iso87_bcd"), tmp_path, binary=RAW, charset=PACKED
    )

    assert [fields_of(layer) for layer in read] == [as_tshark_shows(one) for one in messages]
