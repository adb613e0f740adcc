"""How many files the system lets this process have open: connections are files."""

from __future__ import annotations

import resource
from typing import Final

SPARE: Final = 64
"""Files that are no connections: the ledger, its log, listeners, traces."""


def make_room(connections: int) -> int:
    """Raise the limit for so many connections as far as the system lets us; return how many fit."""
    wanted = connections + SPARE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        room = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (room, hard))
        soft = room
    return connections if soft == resource.RLIM_INFINITY else min(connections, soft - SPARE)
