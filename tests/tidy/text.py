"""What no file may contain, whatever its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from protocol.secrets import luhn_valid
from tests.tidy.sources import Source

TEST_CARDS: Final = {
    "4111111111111111": "Visa, published by the card schemes' processors",
    "4012888888881881": "Visa, published",
    "4242424242424242": "Visa, published",
    "4000000000000002": "Visa that is declined, published",
    "4000000000000069": "Visa that has expired, published",
    "4000056655665556": "Visa debit, published",
    "4012345678909": "the example device of ANSI X9.24-1:2009 A.4",
    "4222222222222": "Visa of 13 digits, published",
    "5555555555554444": "Mastercard, published",
    "5105105105105100": "Mastercard, published",
    "5200828282828210": "Mastercard debit, published",
    "2223003122003222": "Mastercard of the 2 series, published",
    "378282246310005": "American Express, published",
    "371449635398431": "American Express, published",
    "6011111111111117": "Discover, published",
    "6011000990139424": "Discover, published",
    "3530111333300000": "JCB, published",
    "3566002020360505": "JCB, published",
    "30569309025904": "Diners Club, published",
    "38520000023237": "Diners Club, published",
    "6200000000000005": "UnionPay, published",
    "6200000000000047": "UnionPay, published",
    "6205500000000000004": "UnionPay of 19 digits, published",
    "6240008631401148": "UnionPay, published",
}
"""The only numbers that may look like cards: all are published for testing, none is anyone's."""

OTHER_NUMBERS: Final[dict[str, str]] = {}
"""Numbers that pass as cards by chance, each with what it is."""

_RUN = re.compile(r"(?<![0-9A-Za-z])\d(?:[ -]?\d){12,18}(?![0-9A-Za-z])")
_CARD_PREFIX = re.compile(r"3[04-9]|4|5|6|2[2-7]")

_HOSTS = re.compile(
    # In pieces, so that this file does not find itself.
    r"(?:py" r"pi|python" r"hosted|npm" r"js|deb" r"ian|crates|gol" r"ang)\.(?:org|com|io)\b"
)
_MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home|farm|opt|tmp|Users)/|bash_" r"jobs")
_UNDONE = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|HA" r"CK)\b")
_SILENCED = re.compile(r"#\s*(?:no" r"qa|type:\s*ig" r"nore)\b(?P<rest>.*)")
_REASON = re.compile(
    r"(?::\s*[A-Z]+\d+[A-Z0-9, ]*|\[[\w, -]+\])\s*"  # which rule
    r"(?:#|—|--?|because)\s*.*[a-z]{3}"  # and why
)


def card_numbers(source: Source) -> Iterator[str]:
    """No card number but the published test cards, in no file."""
    for number, line in enumerate(source.text.splitlines(), 1):
        for found in _RUN.finditer(line):
            digits = re.sub(r"[ -]", "", found[0])
            known = digits in TEST_CARDS or digits in OTHER_NUMBERS
            if not known and _CARD_PREFIX.match(digits) and luhn_valid(digits):
                yield f"line {number}: {digits[:6]}... looks like a card number"


def registry_hosts(source: Source) -> Iterator[str]:
    """Where packages come from is each machine's own business."""
    yield from _matches(source, _HOSTS, "names a package registry")


def machine_paths(source: Source) -> Iterator[str]:
    """No path of somebody's machine."""
    yield from _matches(source, _MACHINE, "names a path of one machine")


def left_undone(source: Source) -> Iterator[str]:
    """What is not done is an issue, not a comment."""
    yield from _matches(source, _UNDONE, "is left undone")


def silenced_checks(source: Source) -> Iterator[str]:
    """A silenced check names its rule and says why."""
    if not source.is_python:
        return
    for number, line in enumerate(source.text.splitlines(), 1):
        found = _SILENCED.search(line)
        if found and not _REASON.match(found["rest"]):
            yield f"line {number}: a silenced check without its rule and reason"


def _matches(source: Source, pattern: re.Pattern[str], problem: str) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if pattern.search(line):
            yield f"line {number}: {problem}"
