"""The counters of a terminal: STAN (F11) and batch (F60), six digits, 000001 to 999999.

Both wrap from 999999 to 000001. A STAN still in use in the open batch is skipped, for it would
be used with different content in one batch (invariant I8); 000000 is no number at all.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final

NUMBER_MAX: Final = 999_999
FIRST: Final = "000001"
NONE_YET: Final = "000000"


def next_number(last: str, taken: Container[str] = ()) -> str:
    """Return the number after `last`, wrapped, that is not `taken`."""
    value = int(last)
    for _ in range(NUMBER_MAX):
        value = value % NUMBER_MAX + 1
        number = f"{value:06d}"
        if number not in taken:
            return number
    raise ValueError("every number is taken")
