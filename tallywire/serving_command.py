"""One line that `serve` takes: what is to be done, and everything it may need."""

from __future__ import annotations

from tallywire.paper_orders import Asked


class Command(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line in. Which fields a command wants, `COMMANDS` says; those of paper, `Asked`."""

    id: int
    do: str
    expiry: str | None = None
    limit: int = 100
    after: int = 0
    job: str = ""
    reason: str = ""
    operator: str = ""
    password: str = ""
    new_password: str = ""
    second: str = ""
    second_password: str = ""
    as_original: bool = False
    partial: str = ""
    advice: bool = False
    host: bool = False
    now: bool = False
    retry_manual: bool = False
    question: int = 0
    answer: str = ""
