from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.tlv import Element, build
from terminal.chip_marks import ChipMarks, chip_marks

PAN = "4111111111111111"
WHOLE = {
    "4F": "A000000333010101",
    "50": b"PBOC DEBIT".hex(),
    "9F26": "A1B2C3D4E5F60718",
    "9F27": "80",
    "95": "0080048000",
    "9B": "E800",
    "9F36": "001C",
    "5A": PAN,
    "57": f"{PAN}D30120",
    "5F20": b"TONI".hex(),
}


def chip(**changes: str) -> bytes:
    """Return F55 of a chip payment; a tag of "" is left out."""
    tags = WHOLE | {tag.removeprefix("T"): value for tag, value in changes.items()}
    return build(tuple(Element(tag, bytes.fromhex(value)) for tag, value in tags.items() if value))


def test_marks_are_those_of_the_paper_page_in_its_order() -> None:
    """Paper page, 1: ARQC/TC, AID, TVR, TSI, ATC, and the application's name."""
    marks = chip_marks(chip())

    assert marks is not None
    assert (
        ("AID", "A000000333010101"),
        ("APP", "PBOC DEBIT"),
        ("ARQC", "A1B2C3D4E5F60718"),
        ("TVR", "0080048000"),
        ("TSI", "E800"),
        ("ATC", "001C"),
    ) == marks.lines


@pytest.mark.parametrize(
    ("information", "kind"), [("80", "ARQC"), ("40", "TC"), ("00", "AAC"), ("", "ARQC")]
)
def test_cryptogram_is_called_what_the_chip_called_it(information: str, kind: str) -> None:
    """EMV Book 3, 6.5.5.4: the first two bits of 9F27."""
    marks = chip_marks(chip(T9F27=information))

    assert marks is not None
    assert kind == marks.kind


LEFT_OUT = {
    "a label that is a card number": ({"T50": PAN.encode().hex()}, "label"),
    "a label of no letters": ({"T50": "202020"}, "label"),
    "an AID that is a card number": ({"T4F": PAN}, "aid"),
    "an AID that is too short": ({"T4F": "A0000003"}, "aid"),
    "a cryptogram of two cards": ({"T9F26": PAN * 2}, "cryptogram"),
    "a TVR of four bytes": ({"T95": "00800480"}, "tvr"),
    "a TSI that is not there": ({"T9B": ""}, "tsi"),
    "an ATC of three bytes": ({"T9F36": "00001C"}, "atc"),
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_value_that_is_not_what_it_should_be_is_left_out(name: str) -> None:
    """REQ 000-11: a chip may say anything; a paper says it only if it is what it is called."""
    changes, field = LEFT_OUT[name]
    marks = chip_marks(chip(**changes))

    assert marks is not None
    assert "" == getattr(marks, field)
    assert ("", 5) == (marks.kind, len(marks.lines)) or field != "cryptogram"


def test_label_in_another_alphabet_keeps_its_letters() -> None:
    marks = chip_marks(chip(T50="C4FAB4BF204445424954"))

    assert marks is not None
    assert "DEBIT" == marks.label


@pytest.mark.parametrize("data", [b"", bytes.fromhex("9F2602AABB9F1005AA"), chip() + b"\x9f"])
def test_nothing_is_said_of_what_cannot_be_read(data: bytes) -> None:
    assert chip_marks(data) is None


def test_track_number_and_name_are_never_shown() -> None:
    """PCI DSS v4 3.3.1: tags 57, 5A and 5F20 are on no list of what is shown."""
    said = str(chip_marks(chip()))

    assert (False, False) == (PAN in said, "TONI" in said)


@given(st.binary(max_size=255))
def test_any_bytes_become_marks_or_none(data: bytes) -> None:
    """Whatever a card file says: marks that hold their own rules, or none."""
    assert isinstance(chip_marks(data), ChipMarks | None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"aid": PAN},
        {"label": PAN},
        {"cryptogram": "A1", "kind": "TC"},
        {"cryptogram": "A1B2C3D4E5F60718"},
        {"kind": "TC"},
        {"tvr": PAN},
    ],
)
def test_wrong_marks_cannot_be_made(wrong: dict[str, Any]) -> None:
    """A snapshot with a card number in a chip's place is not read."""
    with pytest.raises(ValueError):  # noqa: PT011 - each field has a sentence of its own
        ChipMarks(**wrong)
