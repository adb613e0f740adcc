from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

from acquirer_sim.aio.files import SPARE, make_room


@pytest.fixture(autouse=True)
def few_files() -> Iterator[int]:
    """Begin with a soft limit of 512, and leave the limit as it was."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, limits[1]))
    yield limits[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_limit_is_raised_as_far_as_needed() -> None:
    assert 600 == make_room(600)
    assert 600 + SPARE == resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def test_limit_that_is_high_enough_stays() -> None:
    assert 100 == make_room(100)
    assert 512 == resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def test_less_room_is_told_when_the_system_allows_no_more(few_files: int) -> None:
    if few_files == resource.RLIM_INFINITY:
        pytest.skip("this system has no limit")

    assert few_files - SPARE == make_room(few_files)
