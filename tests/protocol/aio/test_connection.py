"""What a peer does wrong: counted, answered or closed, and noticed by nobody else."""

from __future__ import annotations

import pytest

from protocol.aio.incidents import IncidentKind
from protocol.aio.server import ServerSettings
from tests.protocol.aio.floor import Floor, play
from tests.protocol.pair import FRAMING, framed, reply_to, request, unframed
from tests.world.hand import pass_time

PAN = "4111111111111111"


def test_bad_message_is_refused_counted_and_named() -> None:
    """Format error where it can be made: 0210 with F39 30 and the number of the request."""
    bad = bytearray(framed(request(7)))
    bad[-4:-2] = b"\x00\x01"

    async def story(floor: Floor) -> None:
        wire, connection = floor.connect()
        wire.feed(bytes(bad) + framed(request(8)))
        await pass_time()

        refused, answered = unframed(wire.take())
        assert ("0210", "30", "000007") == (refused.mti, refused.get(39), refused.get(11))
        assert reply_to(request(8)) == answered
        assert connection.alive

    (incident,) = play(story).incidents
    assert IncidentKind.BAD_MESSAGE is incident.kind
    assert (41, False) == (incident.field, incident.closed)
    assert f"F41 at byte {incident.position}" in str(incident)


@pytest.mark.parametrize(
    "noise",
    [FRAMING.wrap(b"garbage"), FRAMING.wrap(b"0999" + b"0" * 16), FRAMING.wrap(PAN.encode() * 3)],
)
def test_unanswerable_message_is_counted_and_ends_its_connection(noise: bytes) -> None:
    """N12: no MTI, an unknown one, or nothing that can be echoed; and never a value in the log."""

    async def story(floor: Floor) -> None:
        (wire, _), (other, _) = floor.connect(), floor.connect()
        wire.feed(framed(request(1)) + noise + framed(request(2)))
        other.feed(framed(request(3)))
        await pass_time()

        assert (True, False) == (wire.closing, other.closing)
        assert [reply_to(request(1))] == unframed(wire.take())
        assert framed(reply_to(request(3))) == other.take()

    (incident,) = play(story).incidents
    assert (IncidentKind.BAD_MESSAGE, True) == (incident.kind, incident.closed)
    assert PAN not in repr(incident)


def test_connection_is_closed_when_bad_messages_do_not_end() -> None:
    bad = bytearray(framed(request(7)))
    bad[-4:-2] = b"\x00\x01"

    async def story(floor: Floor) -> None:
        wire, _ = floor.connect()
        wire.feed(5 * bytes(bad))

        assert wire.closing

    settings = ServerSettings(bad_messages_max=2)
    one, last = IncidentKind.BAD_MESSAGE, IncidentKind.TOO_MANY_BAD_MESSAGES
    assert [one, one, one, last] == play(story, settings=settings).kinds()


@pytest.mark.parametrize("lie", [b"\x00\x00", b"\xff\xff", b"HTTP/1.1"])
def test_lying_length_closes_after_the_good_answers(lie: bytes) -> None:
    """N11: zero, too long, not even a length."""

    async def story(floor: Floor) -> None:
        wire, _ = floor.connect()
        quiet, _ = floor.connect()
        wire.feed(framed(request(1)) + lie)
        quiet.feed(framed(request(2)))
        await pass_time()

        assert framed(reply_to(request(1))) == wire.take()
        assert wire.closing
        assert framed(reply_to(request(2))) == quiet.take()

    assert [IncidentKind.BAD_FRAME] == play(story).kinds()


def test_half_frame_is_closed_at_its_deadline_however_it_drips() -> None:
    """N15: a byte now and then is not progress; a whole frame is."""

    async def story(floor: Floor) -> None:
        wire, _ = floor.connect()
        frame = framed(request(1))
        wire.feed(frame[:5])
        await pass_time(9.0)
        wire.feed(frame[5:] + frame[:3])
        await pass_time(9.0)
        wire.feed(frame[3:4])
        other, _ = floor.connect()
        other.feed(frame[:5])
        other.feed(frame[5:])
        assert not wire.closing
        await pass_time(1.5)

        assert wire.closing
        await pass_time(20.0)
        assert not other.closing

    floor = play(story, settings=ServerSettings(half_frame_timeout_s=10.0))
    assert [IncidentKind.HALF_FRAME] == floor.kinds()
    assert "4 bytes" in str(floor.incidents[0])


def test_half_frame_is_counted_when_its_sender_hangs_up() -> None:
    async def story(floor: Floor) -> None:
        wire, _ = floor.connect()
        wire.feed(framed(request(1))[:5])
        wire.lose()

    (incident,) = play(story).incidents
    assert IncidentKind.HALF_FRAME is incident.kind
    assert "5 bytes" in str(incident)


def test_half_frame_of_a_peer_that_does_not_read_is_no_half_frame() -> None:
    """It is the server that does not read the other half."""

    async def story(floor: Floor) -> None:
        wire, _ = floor.connect(sticky=True)
        wire.feed(framed(request(1))[:5])
        wire.fill()
        await pass_time(11.0)

        assert wire.aborted

    settings = ServerSettings(half_frame_timeout_s=5.0, stalled_timeout_s=10.0)
    assert [IncidentKind.STALLED] == play(story, settings=settings).kinds()
