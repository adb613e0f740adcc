"""What stands inside a field: cut right, and never more than may be shown."""

from __future__ import annotations

import pytest

from protocol.parts import OPEN_TAGS, TAGS, mti_words, part_lines, tag_lines
from protocol.tlv import FORBIDDEN


@pytest.mark.parametrize(
    ("mti", "words"),
    [
        ("0200", "1987 financial request"),
        ("0401", "1987 reversal request repeat"),
        ("1230", "1993 financial reply to an advice"),
        ("0810", "1987 network management reply"),
        ("9999", ""),
    ],
)
def test_mti_has_words(mti: str, words: str) -> None:
    assert words == mti_words(mti)


@pytest.mark.parametrize(
    ("number", "shown", "lines"),
    [
        (3, "001000", ["transaction 00, from account 10, to account 00"]),
        (22, "051", ["card read 05, PIN entry 1"]),
        (22, "510101511344", []),
        (11, "000001", []),
        (3, "", []),
        (
            54,
            "0001156C000000001000" * 2,
            ["account 00, kind 01, currency 156, sign C, amount 000000001000"] * 2,
        ),
        (
            90,
            "0200" + "000002" + "0314043000" + "0" * 22,
            [f"MTI 0200, trace 000002, sent 0314043000, acquirer {'0' * 11}, forwarder {'0' * 11}"],
        ),
    ],
)
def test_field_is_cut_into_its_parts(number: int, shown: str, lines: list[str]) -> None:
    assert lines == list(part_lines(number, shown))


def test_chip_data_shows_what_is_harmless() -> None:
    data = bytes.fromhex("9F02060000000018505A0841111111111111119F2608" + "AB" * 8 + "DF0101FF")

    lines = [" ".join(line.split()) for line in tag_lines(data)]

    assert [
        "9F02 amount, authorised 000000001850",
        "5A card number (8 bytes)",
        "9F26 application cryptogram (8 bytes)",
        "DF01 tag (1 bytes)",
    ] == lines


def test_chip_data_that_lies_is_told_without_its_content() -> None:
    lines = list(tag_lines(bytes.fromhex("5A0841111111")))

    assert 1 == len(lines)
    assert "TLV at byte" in lines[0]
    assert "4111" not in lines[0]


def test_no_tag_of_the_card_is_open() -> None:
    """REQ 000-11: number, tracks and name stay closed, by whatever tag they come."""
    assert set() == OPEN_TAGS & (FORBIDDEN | {"5F24", "9F10", "9F26", "9F1F", "9F20"})
    assert set(TAGS) >= OPEN_TAGS
