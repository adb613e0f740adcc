"""What the host may wish in its header, and what becomes of each wish."""

from __future__ import annotations

import pytest

from protocol.header import ProcessingRequest
from terminal.texts import TEXTS
from terminal.wishes import ERRANDS, WORDS, Errand, errand_of, wish_notice, words_of


def test_every_processing_request_has_its_errand() -> None:
    """domain/messages 0: none of the nine is without one, and a tenth is for a person."""
    assert set(ProcessingRequest) == set(ERRANDS)
    assert Errand.TELL is errand_of("9")


@pytest.mark.parametrize(
    "wish", [one.value for one, errand in ERRANDS.items() if errand is Errand.TELL]
)
def test_wish_for_a_person_is_named_in_both_languages(wish: str) -> None:
    said = wish_notice(wish)

    zh, en = WORDS[wish]
    assert (zh, en) == (said.zh.rpartition("：")[2], said.en.rpartition(": ")[2])
    assert (wish, TEXTS["L29"].next_en) == (said.key, said.next_en)
    assert f"{wish} {en}" == words_of(wish)


def test_nothing_is_no_wish() -> None:
    assert ["", ""] == [words_of("0"), words_of("")]
    assert "without a name" in wish_notice("9").en
