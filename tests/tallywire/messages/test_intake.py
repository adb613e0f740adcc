"""What comes in: digits or bytes, framed or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.errors import FieldError
from protocol.framing import Framing, LengthKind
from protocol.message import Message
from tallywire.exits import Ending, Exit
from tallywire.messages.intake import (
    FRAMINGS,
    INPUT_SIZE_MAX,
    frames,
    read_input,
    read_messages,
)

DIALECT = builtin_dialect()
ECHO = Message("0800", {11: "000001", 70: "301"})
WIRE = Codec(DIALECT).encode(ECHO)
FRAME = DIALECT.framing.wrap(WIRE)


@pytest.mark.parametrize(
    "content", [WIRE, WIRE + b"\r\n", WIRE.hex().encode(), FRAME, FRAME.hex(" ").encode() + b"\n"]
)
def test_message_is_read_from_any_input(content: bytes, tmp_path: Path) -> None:
    """The wire of iso87 may be all digits: read as hexadecimal they are no message."""
    file = tmp_path / "message"
    file.write_bytes(content)

    read = read_messages(str(file), form="auto", framing="auto", dialect=DIALECT)

    assert [ECHO] == read


def test_frames_of_one_input_are_read_one_by_one(tmp_path: Path) -> None:
    file = tmp_path / "frames"
    file.write_bytes(FRAME + DIALECT.framing.wrap(b"0800") + FRAME)

    found = read_messages(str(file), form="raw", framing="auto", dialect=DIALECT)

    assert [ECHO, ECHO] == [found[0], found[2]]
    assert isinstance(found[1], FieldError)


@pytest.mark.parametrize("name", FRAMINGS)
def test_every_framing_has_a_name(name: str) -> None:
    framings = {kind.value: Framing(kind=kind) for kind in LengthKind}
    framings |= {f"{k.value}-inclusive": Framing(kind=k, inclusive=True) for k in LengthKind}
    data = framings[name].wrap(WIRE) if name in framings else WIRE

    assert (WIRE,) == frames(data, name, DIALECT)


def test_framing_that_does_not_fit_is_told() -> None:
    with pytest.raises(Ending) as caught:
        frames(WIRE, "bcd2", DIALECT)

    assert Exit.REFUSED is caught.value.exit_code
    assert "Length header bcd2: announces 3038 bytes" in caught.value.sentence


@pytest.mark.parametrize(
    ("data", "form", "words"),
    [
        (b"3038 3030 3830 3230 3030 303g", "auto", "character 29"),
        (b"3038303038303230303030303g", "auto", "character 26"),
        (b"303830303830323030303030303", "auto", "27 hexadecimal digits"),
        (b"TERM0001", "hex", "character 1 is no"),
        (b"\xff\x00", "hex", "it is no text"),
        (b"080", "auto", "3 hexadecimal digits"),
        (b" ", "auto", "nothing in it"),
    ],
)
def test_digits_with_a_slip_are_not_taken_for_bytes(
    data: bytes, form: str, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "message"
    file.write_bytes(data)

    with pytest.raises(Ending) as caught:
        read_messages(str(file), form=form, framing="auto", dialect=DIALECT)

    assert words in caught.value.sentence
    assert "--raw" in caught.value.next_step


def test_frame_cut_short_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    file = tmp_path / "message"
    file.write_bytes(FRAME[:-1])

    (found,) = read_messages(str(file), form="raw", framing="auto", dialect=DIALECT)

    assert isinstance(found, FieldError)
    assert 70 == found.field


def test_missing_file_and_too_large_a_file_are_told(tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(bytes(INPUT_SIZE_MAX + 1))

    with pytest.raises(Ending) as missing:
        read_input(str(tmp_path / "none"))
    with pytest.raises(Ending) as too_much:
        read_input(str(large))

    assert Exit.NOT_FOUND is missing.value.exit_code
    assert Exit.REFUSED is too_much.value.exit_code
