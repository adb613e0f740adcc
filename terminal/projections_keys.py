"""What the facts of keys write into the query tables."""

from __future__ import annotations

from typing import Final

from terminal.keyring import KeysTaken
from terminal.projections import Statement, projects

PUT_KEYS: Final = (
    "INSERT INTO working_key (id, wrapped, taken_at) VALUES (1, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET wrapped = excluded.wrapped, taken_at = excluded.taken_at"
)


@projects(KeysTaken)
def keys_taken(fact: KeysTaken, at: str) -> list[Statement]:
    """The newest delivery is the one in use."""
    return [(PUT_KEYS, (fact.wrapped, at))]
