"""Messages drawn by chance: the same for the same seed, and all that a dialect allows."""

from __future__ import annotations

import pytest

from protocol.codec import Codec
from tallywire.dialects.draw import draw_messages
from tests.protocol.drawn import DIALECTS


@pytest.mark.parametrize("name", DIALECTS)
def test_drawn_messages_are_of_the_dialect(name: str) -> None:
    """Our strict codec writes every one of them."""
    codec = Codec(DIALECTS[name])

    assert all(codec.encode(message) for message in draw_messages(DIALECTS[name], seed=7, count=80))


def test_same_seed_draws_the_same() -> None:
    dialect = DIALECTS["packed"]

    first, again, other = (list(draw_messages(dialect, seed=seed, count=20)) for seed in (1, 1, 2))

    assert first == again
    assert first != other
    assert 2 * len(dialect.field) + 20 == len(first)


def test_every_field_is_drawn_when_only_few_messages_are() -> None:
    dialect = DIALECTS["odd"]

    drawn = set[int]().union(*(m.fields for m in draw_messages(dialect, seed=0, count=0)))

    assert set(dialect.field) == drawn
