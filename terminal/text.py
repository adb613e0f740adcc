"""The shape of what is said to a person: a finding and the next step, in two languages."""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """A finding and what to do about it."""

    zh: str
    en: str
    next_zh: str
    next_en: str
