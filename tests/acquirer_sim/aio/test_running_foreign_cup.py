"""Somebody else's terminal against our acquirer, in packed digits made by hand."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import pytest

from acquirer_sim.aio.host import HostEvent
from acquirer_sim.aio.running import Start, start_host
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.message import FieldValue, Message
from tests.foreign.packed import Fields, hear, read_frame, say, unwrap_mac_key

HEADER: Final = "6005250000603100311001"
ANSWERED: Final = "6000000525603100311001"
WHO: Final[Fields] = {41: "STRANGER", 42: "MERCHANT0000009"}
TRACK: Final = "6200000000000005=30122010000047110815"
OPERATOR: Final = b"01 ".hex()


class Stranger:
    """A blocking client of the oldest kind: one request, one reply; signs once it has a key."""

    def __init__(self, peer: socket.socket) -> None:
        self._peer = peer
        self._key: bytes | None = None

    def sign_on(self) -> Fields:
        mti, reply = self.ask("0800", {11: "000001", 60: "00000001003", 63: OPERATOR}, signed=False)
        assert ("0810", "00", "000001") == (mti, reply[39], reply[60][2:8])
        self._key = unwrap_mac_key(reply[62])
        return reply

    def ask(self, mti: str, fields: Fields, *, signed: bool = True) -> tuple[str, Fields]:
        key = self._key if signed else None
        self._peer.sendall(say(mti, {**WHO, **fields}, header=HEADER, key=key))
        header, answer, reply = hear(read_frame(self._peer), self._key)
        assert ANSWERED == header, "the TPDU goes back where it came from"
        return answer, reply

    def send(self, frame: bytes) -> tuple[str, str, Fields]:
        """Send a frame as it is."""
        self._peer.sendall(frame)
        return hear(read_frame(self._peer), self._key)


@contextmanager
def stranger(port: int) -> Iterator[Stranger]:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as peer:
        yield Stranger(peer)


@asynccontextmanager
async def acquirer(dialect: str = "cup") -> AsyncIterator[tuple[int, list[HostEvent]]]:
    events: list[HostEvent] = []
    host = await start_host(Start(port=0, dialect=dialect), on_event=events.append)
    try:
        yield host.server.addresses[0][1], events
    finally:
        await host.stop()


def sale(stan: str, minor: int) -> Fields:
    return {
        **{3: "000000", 4: f"{minor:012d}", 11: stan, 22: "021", 23: "001", 25: "00"},
        **{35: TRACK, 49: "156", 60: "22000001000600"},
    }


def settlement(stan: str, count: int, minor: int) -> Fields:
    totals = f"{minor:012d}{count:03d}" + "0" * 16 + "0" * 31
    return {11: stan, 48: totals, 49: "156", 60: "00000001201", 63: OPERATOR}


def live_a_day(port: int) -> None:
    """From the sign-on to a batch that does not balance, with its upload."""
    with stranger(port) as one:
        one.sign_on()

        mti, reply = one.ask("0200", sale("000002", 1250))
        assert ("0210", "00", "000000001250", "000002") == (mti, reply[39], reply[4], reply[11])
        # F44 is there, the card number of the track comes back in F2.
        assert ("6200000000000005", 22) == (reply[2], len(reply[44]))
        assert "00" == one.ask("0200", sale("000002", 1250))[1][39]
        assert "94" == one.ask("0200", sale("000002", 9999))[1][39]

        assert "00" == one.ask("0200", sale("000003", 700))[1][39]
        undo = {key: value for key, value in sale("000003", 700).items() if key != 35}
        assert ("0410", "00") == _code(one.ask("0400", {**undo, 39: "98"}))
        assert ("0410", "00") == _code(one.ask("0400", {**undo, 39: "98"}))

        mti, reply = one.ask("0500", settlement("000005", 2, 1950), signed=False)
        assert ("0510", "000000001250001" + "0" * 15 + "2") == (mti, reply[48][:31])
        assert (62, False) == (len(reply[48]), 39 in reply)
        assert reply == one.ask("0500", settlement("000005", 2, 1950), signed=False)[1]

        line = "00{stan}" + "6200000000000005".zfill(20) + "{minor:012d}"
        both = line.format(stan="000002", minor=1250) + line.format(stan="000003", minor=700)
        detail = {11: "000006", 48: "02" + both, 60: "00000001201"}
        assert ("0330", "00") == _code(one.ask("0320", detail, signed=False))
        assert ("0330", "94") == _code(one.ask("0320", {**detail, 11: "000007"}, signed=False))
        end = {11: "000008", 48: "0002", 60: "00000001202"}
        assert ("0330", "00") == _code(one.ask("0320", end, signed=False))
        assert "77" == one.ask("0200", sale("000009", 100))[1][39]


def _code(answer: tuple[str, Fields]) -> tuple[str, str]:
    return answer[0], answer[1][39]


@pytest.mark.asyncio
async def test_foreign_terminal_of_cup_lives_a_day() -> None:
    """domain/messages 0 to 8, byte by byte; nothing of it was made by our codec."""
    async with acquirer() as (port, events):
        await asyncio.to_thread(live_a_day, port)

    assert [] == events


GOLDEN_BITMAP: Final = "3020048006c08019"
"""A published reversal of a void (domain/messages 3): 3,4,11,22,25,38,39,41,42,49,60,61,64."""


@pytest.mark.asyncio
async def test_published_bitmap_of_a_voids_reversal_is_understood() -> None:
    """The void is undone and the sale stands again: it can be voided once more."""

    def undo_a_void(port: int) -> list[str]:
        with stranger(port) as one:
            one.sign_on()
            sold = one.ask("0200", sale("000002", 1250))[1]
            void = {**sale("000003", 1250), 3: "200000", 37: sold[37], 60: "23000001000600"}
            void[61] = "000001" + "000002" + sold[13]
            codes = [one.ask("0200", void)[1]]
            undo = {number: void[number] for number in (3, 4, 11, 22, 25, 49, 60, 61)}
            undo |= {38: sold[38], 39: "98"}
            codes.append(one.ask("0400", undo)[1])
            codes.append(one.ask("0200", {**void, 11: "000004"})[1])
            said = say("0400", {**WHO, **undo}, header=HEADER, key=bytes(16))
            assert GOLDEN_BITMAP == said[2 + 11 + 2 :][:8].hex()
            return [reply[39] for reply in codes]

    async with acquirer() as (port, _):
        assert ["00", "00", "00"] == await asyncio.to_thread(undo_a_void, port)


def spoilt(old: str, new: str) -> Callable[[bytes], bytes]:
    """Return what replaces bytes of a frame, both in hexadecimal digits."""

    def spoil(frame: bytes) -> bytes:
        assert frame.hex().count(old) == 1, "the place is found"
        return bytes.fromhex(frame.hex().replace(old, new))

    return spoil


def unchanged(frame: bytes) -> bytes:
    return frame


WRONG: Final[dict[str, tuple[str, Fields, Callable[[bytes], bytes], str]]] = {
    "F48 with letters": (
        "0500",
        settlement("000010", 1, 987654321),
        spoilt("000987654321", "000987abc321"),
        "F48",
    ),
    "F48 of 61 digits": (
        "0500",
        {**settlement("000010", 1, 1250), 48: "0" * 61},
        unchanged,
        "F48",
    ),
    "F48 with a count that lies": (
        "0320",
        {11: "000010", 48: "03" + "0" * 40, 60: "00000001201"},
        unchanged,
        "F48",
    ),
    "F60 too short": ("0800", {11: "000010", 60: "0000000", 63: OPERATOR}, unchanged, "F60"),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("case", WRONG)
async def test_wrong_field_is_named_and_the_link_lives(
    case: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Issue 3, what bad input gets: a field's name in the log, 30 on the wire, never a value."""
    mti, fields, spoil, field = WRONG[case]

    def offend_and_go_on(port: int) -> str:
        with stranger(port) as one:
            one.sign_on()
            said = say(mti, {**WHO, **fields}, header=HEADER)
            _, _, refused = one.send(spoil(said))
            assert ("0830", "00") == _code(one.ask("0820", {11: "000020", 60: "00000000301"}))
            return refused[39]

    async with acquirer() as (port, events):
        assert "30" == await asyncio.to_thread(offend_and_go_on, port)

    told = [event.text for event in events] + caplog.messages
    assert [field] == [field for text in told if field in text]
    assert "987abc321" not in "".join(told)


TLV_THAT_LIES: Final = "9F2608A1B2"


@pytest.mark.asyncio
async def test_chip_data_that_lies_about_its_length_is_refused_by_name() -> None:
    """Issue 3: F55 claims eight bytes and has two; the sale is refused with 30, the link lives."""

    def offend_and_go_on(port: int) -> tuple[str, str]:
        with stranger(port) as one:
            one.sign_on()
            lying = one.ask("0200", {**sale("000010", 500), 55: TLV_THAT_LIES})[1]
            honest = one.ask("0200", {**sale("000011", 500), 55: "9F2602A1B2"})[1]
            return lying[39], honest[39]

    async with acquirer() as (port, events):
        assert ("30", "00") == await asyncio.to_thread(offend_and_go_on, port)

    assert ["F55" in event.text for event in events] == [True]


BCD: Final = Codec(builtin_dialect("iso87_bcd"))
PLAIN: Final = {
    **{2: "6200000000000005", 3: "000000", 4: "000000000500", 7: "1120032201", 11: "000010"},
    **{12: "112201", 13: "1120", 22: "012", 25: "00", 41: "STRANGER", 42: "MERCHANT0000009"},
    **{49: "156", 60: "000001"},
}
WRONG_PLAIN: Final[dict[str, tuple[dict[int, FieldValue], Callable[[bytes], bytes], str]]] = {
    "F90 with letters": (
        {3: "200000", 61: "000001", 90: "0200" + "987654" + "0" * 32},
        spoilt("0200987654", "0200abc654"),
        "F90",
    ),
    "F60 too short": ({60: "00001"}, unchanged, "F60"),
    "chip data that lies": ({55: bytes.fromhex(TLV_THAT_LIES)}, unchanged, "F55"),
    "F61 too short": ({3: "200000", 61: "00001", 90: "0200" + "1" * 38}, unchanged, "F61"),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("case", WRONG_PLAIN)
async def test_wrong_field_of_the_plain_packed_dialect_is_named_too(
    case: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The same in iso87_bcd: named, answered with 30, and the next sale is approved."""
    changes, spoil, field = WRONG_PLAIN[case]

    def ask(peer: socket.socket, frame: bytes) -> str:
        peer.sendall(len(frame).to_bytes(2, "big") + frame)
        return BCD.decode(read_frame(peer)).get(39)

    def offend_and_go_on(port: int) -> list[str]:
        wrong, right = (
            Message("0200", {**PLAIN, **changes}),
            Message("0200", {**PLAIN, 11: "000011"}),
        )
        with socket.create_connection(("127.0.0.1", port), timeout=5) as peer:
            return [ask(peer, spoil(BCD.encode(wrong))), ask(peer, BCD.encode(right))]

    async with acquirer("iso87_bcd") as (port, events):
        assert ["30", "00"] == await asyncio.to_thread(offend_and_go_on, port)

    told = [event.text for event in events] + caplog.messages
    assert [field] == [field for text in told if field in text]
