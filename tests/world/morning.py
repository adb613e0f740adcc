"""Where a world begins."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Morning:
    """Images of the disks (None: a terminal just out of its box) and the hour, in loop time."""

    ledger: bytes
    terminals: tuple[bytes | None, ...]
    begin_s: float = 0.0
    dialect: str = "iso87"
