"""Framing: frames come out whole however the bytes arrive, and a lie ends the connection."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.errors import FrameError, LocalProtocolError
from protocol.framing import Deframer, Framing, LengthKind

KINDS = list(LengthKind)
WIRE = [
    (Framing(), b"\x00\x03abc"),
    (Framing(inclusive=True), b"\x00\x05abc"),
    (Framing(kind=LengthKind.BCD2), b"\x00\x03abc"),
    (Framing(kind=LengthKind.ASCII4), b"0003abc"),
    (Framing(kind=LengthKind.ASCII4, inclusive=True), b"0007abc"),
    (Framing(kind=LengthKind.BINARY4), b"\x00\x00\x00\x03abc"),
    (Framing(kind=LengthKind.BINARY4, inclusive=True), b"\x00\x00\x00\x07abc"),
]


@pytest.mark.parametrize(("framing", "wire"), WIRE)
def test_framing_wraps_and_cuts(framing: Framing, wire: bytes) -> None:
    assert framing.wrap(b"abc") == wire
    assert Deframer(framing).receive_data(wire) == [b"abc"]


def test_bcd_length_is_decimal_digits() -> None:
    framing = Framing(kind=LengthKind.BCD2)
    payload = b"x" * 1234

    assert framing.wrap(payload)[:2] == b"\x12\x34"
    assert Deframer(framing).receive_data(framing.wrap(payload)) == [payload]


@settings(max_examples=100, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    inclusive=st.booleans(),
    payloads=st.lists(st.binary(min_size=1, max_size=40), max_size=6),
    data=st.data(),
)
def test_deframer_gives_the_same_frames_wherever_bytes_are_cut(
    *, kind: LengthKind, inclusive: bool, payloads: list[bytes], data: st.DataObject
) -> None:
    """Fault N10: one byte at a time, and many frames at once."""
    framing = Framing(kind=kind, inclusive=inclusive)
    wire = b"".join(map(framing.wrap, payloads))
    deframer = Deframer(framing)

    frames = []
    while wire:
        size = data.draw(st.integers(1, len(wire)))
        frames += deframer.receive_data(wire[:size])
        wire = wire[size:]

    assert frames == payloads
    assert deframer.unfinished_size == 0


def receive(framing: Framing, wire: bytes, step: int) -> tuple[list[bytes], str]:
    """Return the frames and the failure of a stream cut every `step` bytes."""
    deframer = Deframer(framing)
    frames: list[bytes] = []
    for at in range(0, len(wire), step):
        try:
            frames += deframer.receive_data(wire[at : at + step])
        except FrameError:
            break
    return frames, str(deframer.failure)


LIES = [
    (Framing(), b"\x00\x00"),
    (Framing(), b"\xff\xff"),
    (Framing(frame_size_min=10), b"\x00\x09"),
    (Framing(inclusive=True), b"\x00\x02"),
    (Framing(inclusive=True, keep_alive=True), b"\x00\x01"),
    (Framing(kind=LengthKind.BCD2), b"\x0a\x00"),
    (Framing(kind=LengthKind.BCD2), b"\x00\x1f"),
    (Framing(kind=LengthKind.ASCII4), b"+010"),
    (Framing(kind=LengthKind.ASCII4), b" 10 "),
    (Framing(kind=LengthKind.ASCII4), b"1_00"),
    (Framing(kind=LengthKind.ASCII4), b"\xb2\xb2\xb2\xb2"),
    (Framing(kind=LengthKind.BINARY4), b"\x00\x01\x00\x00"),
    (Framing(kind=LengthKind.BINARY4), b"\xff\xff\xff\xff"),
]


@pytest.mark.parametrize(("framing", "lie"), LIES)
def test_deframer_fails_on_a_lying_length_after_the_frames_before_it(
    framing: Framing, lie: bytes
) -> None:
    """Fault N11: what came whole is delivered, nothing after the lie ever is."""
    good = b"x" * 10
    wire = framing.wrap(good) + lie + framing.wrap(good)

    at_once, by_bytes = receive(framing, wire, len(wire)), receive(framing, wire, 1)

    assert at_once == by_bytes
    assert at_once[0] == [good]
    assert at_once[1] != "None"


def test_deframer_refuses_a_frame_too_large_even_when_it_is_whole() -> None:
    framing = Framing(frame_size_max=10)

    with pytest.raises(FrameError, match="11 bytes was announced, 1 to 10 are allowed"):
        Deframer(framing).receive_data(Framing().wrap(b"x" * 11))


def test_deframer_raises_the_failure_again() -> None:
    deframer = Deframer(Framing())

    with pytest.raises(FrameError):
        deframer.receive_data(b"\x00\x00")
    with pytest.raises(FrameError):
        deframer.receive_data(b"\x00\x01a")


def test_deframer_says_how_much_of_a_frame_is_missing_its_end() -> None:
    deframer = Deframer(Framing())

    assert deframer.receive_data(b"\x00\x05ab") == []
    assert deframer.unfinished_size == 4
    assert deframer.receive_data(b"cde") == [b"abcde"]
    assert deframer.unfinished_size == 0


def test_keep_alive_frames_are_skipped_where_they_are_allowed() -> None:
    deframer = Deframer(Framing(keep_alive=True))

    assert deframer.receive_data(b"\x00\x00\x00\x00\x00\x01a\x00\x00") == [b"a"]


@pytest.mark.parametrize("payload", [b"", b"x" * 4097])
def test_framing_refuses_to_wrap_outside_its_limits(payload: bytes) -> None:
    with pytest.raises(LocalProtocolError):
        Framing().wrap(payload)


@pytest.mark.parametrize(
    ("kind", "frame_size_max"),
    [
        (LengthKind.BINARY2, 65536),
        (LengthKind.BCD2, 10000),
        (LengthKind.ASCII4, 10000),
        (LengthKind.BINARY4, 1 << 32),
    ],
)
def test_framing_is_refused_when_no_header_could_say_it(
    kind: LengthKind, frame_size_max: int
) -> None:
    with pytest.raises(ValueError, match="frame_size_max"):
        Framing(kind=kind, frame_size_max=frame_size_max)


def test_framing_is_refused_when_its_limits_cross() -> None:
    with pytest.raises(ValueError, match="frame_size_min"):
        Framing(frame_size_min=0)
    with pytest.raises(ValueError, match="frame_size_min"):
        Framing(frame_size_min=11, frame_size_max=10)
