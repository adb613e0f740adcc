from __future__ import annotations

import inspect
import re
from collections import Counter

import pytest

from terminal import texts, texts_people, texts_recovery, texts_storage
from terminal.printer_status import Cause
from terminal.texts import TEXTS, UNNAMED, notice, text_of

LOCAL_CODES = (
    "L01 L02 L03 L04 L05 L06 L07 L08 L09 L10 L11 L12 L13 L20 L21 L22 L23 L24 "
    "L30 L31 L32 L33 L34 L35 L36 L37 L38 L39 L40 L41 L42"
).split()


@pytest.mark.parametrize("code", LOCAL_CODES)
def test_every_local_code_has_a_text(code: str) -> None:
    """REQ 000-20."""
    assert code in TEXTS


@pytest.mark.parametrize("code", TEXTS)
def test_text_is_whole_in_both_languages(code: str) -> None:
    """REQ 000-20: code, Chinese, English, next step."""
    text = TEXTS[code]

    assert all(text)
    assert text.en.isascii()
    assert text.next_en.isascii()
    assert not text.zh.isascii()
    assert not text.next_zh.isascii()


def test_every_printer_cause_has_its_own_text() -> None:
    """REQ 000-04, 003-06."""
    assert len(Cause) == len({TEXTS[cause.value].en for cause in Cause})


def test_unknown_code_still_says_something() -> None:
    assert UNNAMED == text_of("L99")


def test_notice_carries_text_and_subject() -> None:
    told = notice("L32", subject="printing", key="job", state="QUEUED")

    assert ("L32", "打印机缺纸", "Load paper") == (told.code, told.zh, told.next_en)


def test_local_code_means_one_thing() -> None:
    """The tables of texts are joined: a code in two of them would say what it does not mean."""
    parts = (texts, texts_people, texts_recovery, texts_storage)
    codes = re.findall(r'^    "(L[0-9]+)": ', "".join(map(inspect.getsource, parts)), re.MULTILINE)

    assert [] == [code for code, times in Counter(codes).items() if times > 1]
