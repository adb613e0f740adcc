"""What a ledger's URL says: its kind, its file, and what of it may be shown."""

from __future__ import annotations

import re
from typing import Final

from acquirer_sim.errors import LedgerError

MEMORY: Final = "memory:"
NONE: Final = "none:"
POSTGRES: Final = ("postgresql://", "postgres://")
KINDS: Final = "Give sqlite:PATH, postgresql://USER@HOST/DATABASE, memory: or none:."

_PASSWORD: Final = re.compile(r"(//[^:/?#]*):.*@")
"""Up to the last at-sign, whatever stands before it: masking fails closed."""
_PARAMETER: Final = re.compile(r"((?:password|passphrase)=)[^&]*", re.IGNORECASE)


def is_postgres(url: str) -> bool:
    """Return whether a ledger is on PostgreSQL."""
    return url.startswith(POSTGRES)


def shown(url: str) -> str:
    """Return a URL as it may be told: without a password."""
    return _PARAMETER.sub(r"\1***", _PASSWORD.sub(r"\1:***@", url))


def ledger_path(url: str) -> str | None:
    """Return the file of a ledger URL, None for `memory:`. Raises LedgerError."""
    if url == MEMORY:
        return None
    scheme, _, rest = url.partition(":")
    path = rest.removeprefix("//").removeprefix("/") if rest.startswith("///") else rest
    if scheme != "sqlite" or not path:
        raise LedgerError(f"There is no ledger of the kind {shown(url)!r}.", KINDS)
    return path


def check_driver() -> None:
    """Raise LedgerError where PostgreSQL's driver is not installed."""
    from importlib.util import find_spec  # asked for with PostgreSQL only

    if find_spec("asyncpg") is None:
        raise LedgerError(
            "A ledger on PostgreSQL needs the package asyncpg, which is not installed.",
            "Run: pip install 'tallywire[postgres]'.",
        )
