from __future__ import annotations

import pytest

from terminal.settings_edit import CannotEdit, literal_of, with_value

WRITTEN = """\
# the shop's own words
hotline = "95516"   # call them
printers = [
  "none:",   # nobody reads it
]

[limits]
unsettled_max = 300

[timing]
reply_timeout_s = 5.0
"""

EDITS = [
    ("limits.unsettled_max", "200", "unsettled_max = 300\n", "unsettled_max = 200\n"),
    ("timing.connect_timeout_s", "1.5", "= 5.0\n", "= 5.0\nconnect_timeout_s = 1.5\n"),
    ("limits.unsettled_warning", "9", "= 300\n", "= 300\nunsettled_warning = 9\n"),
    ("operator", '"02"', "]\n\n[limits]", ']\noperator = "02"\n\n[limits]'),
    ("people.on", "true", "= 5.0\n", "= 5.0\n\n[people]\non = true\n"),
    (
        "printers",
        '["console:"]',
        'printers = [\n  "none:",   # nobody reads it\n]\n',
        'printers = ["console:"]\n',
    ),
]


@pytest.mark.parametrize(("key", "literal", "old", "new"), EDITS)
def test_one_value_changes_and_every_other_byte_stays(
    key: str, literal: str, old: str, new: str
) -> None:
    """REQ 004-09."""
    assert WRITTEN.replace(old, new) == with_value(WRITTEN, key, literal)


def test_file_that_is_empty_gets_its_first_line() -> None:
    assert 'hotline = "1"\n' == with_value("", "hotline", '"1"')


@pytest.mark.parametrize("text", ["limits = {unsettled_max = 3}\n", "limits.unsettled_max = 3\n"])
def test_what_is_written_otherwise_is_left_to_a_person(text: str) -> None:
    """Never a guess: the two readings must differ in the one value."""
    with pytest.raises(CannotEdit):
        with_value(text, "limits.unsettled_max", "4")


@pytest.mark.parametrize(
    ("key", "word", "literal"),
    [
        ("limits.unsettled_max", "200", "200"),
        ("hotline", "95516", '"95516"'),
        ("operator", "02", '"02"'),
        ("merchant_name", 'A "B"', '"A \\"B\\""'),
        ("people.on", "true", "true"),
        ("foreign_cards", '["4"]', '["4"]'),
        ("reversal_form", "advice", '"advice"'),
    ],
)
def test_word_becomes_what_the_setting_is(key: str, word: str, literal: str) -> None:
    assert literal == literal_of(key, word)
