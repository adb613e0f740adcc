"""What stands inside an MTI, a field or chip data, for an account that a person reads.

Positions are those of ISO 8583:1987, 4.1 and 4.4, tags those of EMV Book 3, annex A. Parts are cut
out of what may be shown, so that what is masked stays masked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from protocol.tlv import TlvError, parse

VERSIONS: Final = {"0": "1987", "1": "1993", "2": "2003"}
CLASSES: Final = {
    "1": "authorisation",
    "2": "financial",
    "3": "file action",
    "4": "reversal",
    "5": "reconciliation",
    "6": "administrative",
    "7": "fee collection",
    "8": "network management",
}
FUNCTIONS: Final = {
    "0": "request",
    "1": "reply",
    "2": "advice",
    "3": "reply to an advice",
    "4": "notification",
}
REPEATED: Final = frozenset("135")

PARTS: Final[Mapping[int, tuple[tuple[str, int], ...]]] = {
    3: (("transaction", 2), ("from account", 2), ("to account", 2)),
    22: (("card read", 2), ("PIN entry", 1)),
    54: (("account", 2), ("kind", 2), ("currency", 3), ("sign", 1), ("amount", 12)),
    90: (("MTI", 4), ("trace", 6), ("sent", 10), ("acquirer", 11), ("forwarder", 11)),
}
"""Field -> its parts with their lengths."""
REPEATING: Final = frozenset({54})
"""Fields that hold their parts several times."""

TAGS: Final[Mapping[str, str]] = {
    "4F": "application identifier",
    "50": "application label",
    "57": "track 2 equivalent data",
    "5A": "card number",
    "5F20": "cardholder name",
    "5F24": "application expiration date",
    "5F2A": "transaction currency code",
    "5F34": "card sequence number",
    "71": "issuer script 1",
    "72": "issuer script 2",
    "82": "application interchange profile",
    "84": "dedicated file name",
    "8A": "authorisation response code",
    "91": "issuer authentication data",
    "95": "terminal verification results",
    "9A": "transaction date",
    "9B": "transaction status information",
    "9C": "transaction type",
    "9F02": "amount, authorised",
    "9F03": "amount, other",
    "9F06": "application identifier, terminal",
    "9F09": "application version number",
    "9F10": "issuer application data",
    "9F1A": "terminal country code",
    "9F1E": "interface device serial number",
    "9F26": "application cryptogram",
    "9F27": "cryptogram information data",
    "9F33": "terminal capabilities",
    "9F34": "cardholder verification method results",
    "9F35": "terminal type",
    "9F36": "application transaction counter",
    "9F37": "unpredictable number",
    "9F41": "transaction sequence counter",
    "9F6B": "track 2 data",
}
OPEN_TAGS: Final = frozenset(
    "4F 5F2A 5F34 82 84 8A 95 9A 9B 9C 9F02 9F03 9F06 9F09 9F1A 9F27 9F33 9F34 9F35 9F36".split()
)
"""Tags whose value tells nothing of the card; of all others only the length is shown."""


def mti_words(mti: str) -> str:
    """Return what an MTI means, "" for the parts that nobody has defined."""
    words = (
        VERSIONS.get(mti[0], ""),
        CLASSES.get(mti[1], ""),
        FUNCTIONS.get(mti[2], ""),
        "repeat" if mti[3] in REPEATED else "",
    )
    return " ".join(word for word in words if word)


def part_lines(number: int, shown: str) -> Iterator[str]:
    """Yield the parts of a field out of what may be shown of it, none when lengths do not fit."""
    parts = PARTS.get(number, ())
    length = sum(size for _, size in parts)
    if not length or not shown or len(shown) % length:
        return
    if len(shown) > length and number not in REPEATING:
        return
    for begin in range(0, len(shown), length):
        words = []
        at = begin
        for name, size in parts:
            words.append(f"{name} {shown[at : at + size]}")
            at += size
        yield ", ".join(words)


def tag_lines(data: bytes) -> Iterator[str]:
    """Yield one line for each tag of chip data, with its value only where that is harmless."""
    try:
        elements = parse(data)
    except TlvError as error:
        yield str(error)
        return
    for element in elements:
        name = TAGS.get(element.tag, "tag")
        size = len(element.value)
        value = element.value.hex().upper() if element.tag in OPEN_TAGS else f"({size} bytes)"
        yield f"{element.tag:<4} {name:<38} {value}"
