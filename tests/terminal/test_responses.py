"""The response code table."""

from __future__ import annotations

import pytest

from terminal.responses import RESPONSES, Action, Category, response


@pytest.mark.parametrize("code", RESPONSES)
def test_every_code_has_words_in_both_languages(code: str) -> None:
    """REQ 000-20."""
    row = RESPONSES[code]

    assert row.code == code
    assert row.zh
    assert row.en


def test_success_is_what_the_trade_calls_success() -> None:
    """Codes 00, 11, A2, A4, A5, A6; 10 is in its category but is not taken."""
    assert {code for code in RESPONSES if response(code).success} == {
        *("00", "11", "A2", "A4", "A5", "A6")
    }
    assert all(row.category is Category.SUCCESS for row in RESPONSES.values() if row.success)


def test_an_unknown_code_is_a_failure() -> None:
    assert (response("ZZ").action, response("ZZ").zh) == (Action.DECLINE, "交易失败")
