"""Amounts that ask for an answer: 1000.05 is declined with 05, 1000.51 with 51.

The minor digits of an amount between 1000.01 and 1000.99 are the response code wanted; where
this table has no such code the amount is an ordinary one. Everything else is judged on card,
limits and rules. The reference page is made from this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MAGIC_BASE_MINOR: Final = 100_000

APPROVED_IN_PART: Final = "10"
MAGIC_PART_PERCENT: Final = 50

MAGIC_CODES: Final[Mapping[str, str]] = {
    "01": "refer to the card issuer",
    "03": "invalid merchant",
    "04": "keep the card",
    "05": "do not honour",
    "06": "error at the issuer",
    "09": "in progress, try again",
    "10": "approved in part: the half of it, for a sale or a pre-authorisation",
    "12": "invalid transaction",
    "13": "invalid amount",
    "14": "no such card number",
    "15": "no such issuer",
    "22": "suspected malfunction",
    "30": "format error",
    "34": "suspected fraud, keep the card",
    "38": "PIN tries exceeded, keep the card",
    "40": "function not supported",
    "41": "lost card, keep it",
    "43": "stolen card, keep it",
    "51": "not enough money",
    "54": "expired card",
    "55": "wrong PIN",
    "57": "not permitted to this cardholder",
    "58": "not permitted to this terminal",
    "59": "suspected fraud",
    "61": "exceeds the amount limit",
    "62": "restricted card",
    "65": "exceeds the count limit",
    "68": "answer came too late",
    "75": "PIN tries exceeded",
    "90": "settlement day is changing",
    "91": "issuer not available",
    "92": "issuer not found",
    "96": "system malfunction",
    "98": "no answer from the issuer",
}
"""Response code (F39) and what it says."""

MAGIC_AMOUNTS: Final[Mapping[int, str]] = {
    MAGIC_BASE_MINOR + int(code): code for code in MAGIC_CODES
}
"""Minor units and the code they get."""
