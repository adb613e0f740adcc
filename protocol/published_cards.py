"""Card ranges that belong to nobody: both sides refuse all others unless told otherwise.

This project is no certified device; a real card has no business here.
"""

from __future__ import annotations

from typing import Final

TEST_CARD_RANGES: Final = (
    *("222100", "222300", "510510", "520082", "520474", "541333", "545454", "555555"),
    *("300000", "305693", "360070", "385200"),
    *("352800", "353011", "356600"),
    *("371449", "378282", "378734"),
    *("400000", "400005", "401288", "411111", "422222", "424242", "444433", "454347", "476173"),
    *("601100", "601111", "644564", "656526"),
    *("620000", "620550", "621094", "622126", "622202", "625094", "628888", "810000"),
)
"""First six digits of the test numbers that card schemes and their processors publish."""
