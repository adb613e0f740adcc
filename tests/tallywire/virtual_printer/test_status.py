"""Status bytes against the tables of the ESC/POS reference."""

from __future__ import annotations

import pytest

from tallywire.virtual_printer.status import (
    Condition,
    paper_sensors,
    real_time_reply,
    status_back,
)

TABLE = [
    # condition, DLE EOT 1, 2, 3, 4, GS r 1, status back
    (Condition(), "12 12 12 12", "00", "10 00 00 0f"),
    (Condition(offline=True), "1a 12 12 12", "00", "18 00 00 0f"),
    (Condition(cover_open=True), "1a 16 12 12", "00", "38 00 00 0f"),
    (Condition(paper_near_end=True), "12 12 12 1e", "03", "10 00 03 0f"),
    (Condition(paper_end=True), "1a 32 12 7e", "0f", "18 00 0f 0f"),
    (Condition(cutter_jammed=True), "1a 52 1a 12", "00", "18 08 00 0f"),
    (Condition(broken=True), "1a 52 32 12", "00", "18 20 00 0f"),
    (Condition(overheated=True), "1a 52 52 12", "00", "18 40 00 0f"),
]


@pytest.mark.parametrize(("condition", "real_time", "sensors", "frame"), TABLE)
def test_condition_is_told_with_the_right_bits(
    condition: Condition, real_time: str, sensors: str, frame: str
) -> None:
    """REQ 003-06: every cause has bits of its own."""
    told = b"".join(real_time_reply(condition, kind) for kind in (1, 2, 3, 4))

    assert bytes.fromhex(real_time) == told
    assert bytes.fromhex(sensors) == paper_sensors(condition)
    assert bytes.fromhex(frame) == status_back(condition)


def test_unknown_kind_of_status_gets_no_reply() -> None:
    """DLE EOT 5 and above ask for nothing this printer has."""
    assert b"" == real_time_reply(Condition(), 5)
