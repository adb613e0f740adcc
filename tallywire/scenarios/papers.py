"""What a slip of the virtual printer is: whose copy, and whether it carries a mark."""

from __future__ import annotations

import re
from typing import Final, Literal

from tallywire.scenarios.script import Paper
from tallywire.virtual_printer import Slip

Copy = Literal["merchant", "cardholder", "acquirer", "settlement", "fault", "other"]

_KINDS: Final[tuple[tuple[str, Copy], ...]] = (
    ("SETTLEMENT SUMMARY", "settlement"),
    ("NOT A RECEIPT", "fault"),
    ("CARDHOLDER COPY", "cardholder"),
    ("BANK COPY", "acquirer"),
    ("MERCHANT COPY", "merchant"),
    ("POS SALES SLIP", "merchant"),
)
"""What stands on a paper -> which it is; the first that fits. A torn receipt is a merchant's."""

_DUPLICATE: Final = re.compile(r"DUPLICATE\*+ ?\(([0-9]+)\)")


def read_paper(slip: Slip) -> Paper:
    """Return what may be expected of a slip, but for its words."""
    copy: Copy = next((copy for words, copy in _KINDS if words in slip.text), "other")
    mark = _DUPLICATE.search(slip.text)
    return Paper(copy=copy, duplicate=int(mark[1]) if mark else 0, whole=slip.whole)
