"""What the facts of keys write into the query tables."""

from __future__ import annotations

from typing import Final

from terminal.keyring import KeysTaken
from terminal.pin_pad import PinKeyTaken
from terminal.projections import Statement, projects

PUT_KEYS: Final = (
    "INSERT INTO working_key (id, wrapped, taken_at) VALUES (1, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET wrapped = excluded.wrapped, taken_at = excluded.taken_at"
)

PUT_COUNTER: Final = (
    "INSERT INTO pin_counter (device, counter) VALUES (?, ?)"
    " ON CONFLICT (device) DO UPDATE SET counter = excluded.counter"
)


@projects(KeysTaken)
def keys_taken(fact: KeysTaken, at: str) -> list[Statement]:
    """The newest delivery is the one in use."""
    return [(PUT_KEYS, (fact.wrapped, at))]


@projects(PinKeyTaken)
def pin_key_taken(fact: PinKeyTaken, at: str) -> list[Statement]:
    """The newest counter of a device; another device counts for itself."""
    return [(PUT_COUNTER, (fact.device, fact.counter))]
