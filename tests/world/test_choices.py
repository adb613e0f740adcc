"""The exploration: complete, without repetition, replayable."""

from __future__ import annotations

import pytest

from tests.world.choices import Drawn, Scripted, Weather, explore, format_script, parse_script


def _ask_thrice(weather: Weather) -> tuple[str, ...]:
    return tuple(weather.choose(f"point {n}", ("fair", "rain", "snow")) for n in range(3))


def test_explore_meets_each_set_of_up_to_two_faults_once() -> None:
    """1 fair run, 3 x 2 single faults, 3 x 4 pairs."""
    runs = list(explore(_ask_thrice, faults_max=2, runs_max=100))

    assert len(runs) == len(set(runs)) == 1 + 6 + 12


def test_explore_asks_what_only_a_fault_brings_up() -> None:
    """A question that exists only after a fault is explored too."""

    def run(weather: Scripted) -> tuple[str, ...]:
        first = weather.choose("first", ("fair", "rain"))
        return (first,) if first == "fair" else (first, weather.choose("second", ("fair", "rain")))

    assert ("rain", "rain") in list(explore(run, faults_max=2, runs_max=10))


def test_explore_refuses_to_be_cut_short() -> None:
    """An incomplete exploration must not pass for a complete one."""
    with pytest.raises(RuntimeError, match="more than 3 runs"):
        list(explore(_ask_thrice, faults_max=1, runs_max=3))


def test_script_survives_its_printed_form() -> None:
    """What a failing run prints is what replays it."""
    weather = Scripted({0: 2, 2: 1})

    answers = _ask_thrice(weather)
    replayed = _ask_thrice(Scripted(parse_script(format_script(weather.asked))))

    assert answers == replayed == ("snow", "fair", "rain")


def test_drawn_weather_repeats_itself_from_its_seed() -> None:
    """Same seed, same storm; and some seed storms at all."""

    def storm(seed: int) -> list[str]:
        weather = Drawn(seed, rate_max=0.5)
        return [weather.choose(f"kind{n % 5} x", ("fair", "rain")) for n in range(200)]

    assert storm(3) == storm(3)
    assert any("rain" in storm(seed) for seed in range(5))
