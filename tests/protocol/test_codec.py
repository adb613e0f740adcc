"""The codec: whole messages, exact bytes, and what is wrong said in words without values."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.codec import EARNED_AFTER, Codec, Functions
from protocol.compiler import compile_reader
from protocol.dialect import Dialect, builtin_dialect, load_dialect
from protocol.errors import FieldError, LocalProtocolError
from protocol.generated import REFUSALS
from protocol.message import FieldValue, Message
from protocol.writer import compile_writer
from tests.protocol.drawn import DIALECTS, LAYOUTS, messages
from tests.protocol.golden import golden

ISO87 = builtin_dialect()
PAN = "4111111111111111"
PURCHASE = Message(
    "0200",
    {
        2: PAN,
        3: "000000",
        4: "000000012345",
        7: "1120113424",
        11: "000123",
        12: "113424",
        13: "1120",
        35: f"{PAN}=29121010000000000",
        37: "RRN 12345678",
        41: "TERM0001",
        52: bytes.fromhex("0123456789ABCDEF"),
        60: "000001",
        70: "301",
    },
)
WIRE = (
    b"0200F2380000288010100400000000000000"
    b"16" + PAN.encode() + b"00000000000001234511201134240001231134241120"
    b"34" + PAN.encode() + b"=29121010000000000"
    b"RRN 12345678TERM00010123456789ABCDEF006000001301"
)


def warm(codec: Codec, message: Message) -> bytes:
    """Use the codec until both directions have their compiled functions."""
    data = b""
    for _ in range(EARNED_AFTER + 2):
        data = codec.encode(message)
        codec.decode(data)
    return data


@pytest.fixture(params=["cold", "warm"])
def codec(request: pytest.FixtureRequest) -> Codec:
    """A codec that reads PURCHASE field by field, or by a compiled function."""
    codec = Codec(ISO87)
    if request.param == "warm":
        warm(codec, PURCHASE)
    return codec


@pytest.mark.parametrize(
    ("dialect", "wire", "message"),
    [
        pytest.param(*case[1:], id=case[0])
        for name in ("iso87", "iso87_bcd", "cup", "iso93")
        for case in golden(name)
    ],
)
def test_codec_agrees_with_published_message(
    dialect: Dialect, wire: bytes, message: Message
) -> None:
    """Byte for byte, read and written, before and after compilation."""
    codec = Codec(dialect)

    for _ in range(EARNED_AFTER + 2):
        assert codec.decode(wire) == message
        assert codec.encode(message) == wire


def test_codec_writes_and_reads_every_part(codec: Codec) -> None:
    assert codec.encode(PURCHASE) == WIRE
    assert codec.decode(WIRE) == PURCHASE


def test_codec_reads_lower_case_bitmap(codec: Codec) -> None:
    wire = WIRE[:4] + WIRE[4:36].lower() + WIRE[36:]

    for _ in range(EARNED_AFTER + 2):
        assert codec.decode(wire) == PURCHASE


def test_codec_writes_fields_in_order_however_they_were_put(codec: Codec) -> None:
    turned = Message("0200", dict(reversed(PURCHASE.fields.items())))

    for _ in range(EARNED_AFTER + 2):
        assert codec.encode(turned) == WIRE


def put(old: bytes, new: bytes) -> bytes:
    """Return WIRE with one part replaced."""
    assert WIRE.count(old) == 1, "a test needs one place to break"
    return WIRE.replace(old, new)


BROKEN: list[tuple[str, bytes, int | str, int]] = [
    ("nothing", b"", "MTI", 0),
    ("half an MTI", b"02", "MTI", 0),
    ("another version", b"1" + WIRE[1:], "MTI", 0),
    ("a class nobody knows", b"0900" + WIRE[4:], "MTI", 0),
    ("a function nobody knows", b"0290" + WIRE[4:], "MTI", 0),
    ("no bitmap", WIRE[:4], "bitmap", 4),
    ("half a bitmap", WIRE[:12], "bitmap", 4),
    ("half of both bitmaps", WIRE[:30], "bitmap", 4),
    ("blank in the bitmap", WIRE[:6] + b" " + WIRE[7:], "bitmap", 4),
    ("F65 in the bitmap", WIRE[:20] + b"8" + WIRE[21:], "bitmap", 4),
    ("length with a sign", WIRE[:36] + b"+9" + WIRE[38:], 2, 36),
    ("length with a blank", WIRE[:36] + b" 9" + WIRE[38:], 2, 36),
    ("length above the most", WIRE[:36] + b"20" + WIRE[38:], 2, 36),
    ("number of no digits", WIRE[:36] + b"00" + WIRE[54:], 2, 36),
    ("letter in a number", put(b"12345112", b"1234x112"), 4, 60),
    ("superscript in a number", put(b"12345112", b"1234\xb2112"), 4, 60),
    ("month 13", put(b"1120113424", b"1320113424"), 7, 72),
    ("hour 24", put(b"1120113424", b"1120243424"), 7, 72),
    ("day 32", put(b"1134241120", b"1134241132"), 13, 94),
    ("two letters in the track", put(b"=2912", b"=XX12"), 35, 98),
    ("hyphen in an an field", put(b"RRN 1234", b"RRN-1234"), 37, 134),
    ("control character in an ans field", put(b"TERM0001", b"TERM\x00001"), 41, 146),
    ("no ASCII in an ans field", put(b"TERM0001", b"TERM\xe9001"), 41, 146),
    ("no hexadecimal digits", put(b"0123456789ABCDEF", b"0123456789ABCDEG"), 52, 154),
    ("blanks among hexadecimal digits", put(b"0123456789ABCDEF", b"01 23456789ABCDE"), 52, 154),
    ("long text that is not there", put(b"006000001", b"999000001"), 60, 170),
    ("cut in a length", WIRE[:171], 60, 170),
    ("cut in a fixed field", WIRE[:-1], 70, 179),
    ("one byte more", WIRE + b"0", "end", 182),
]


@pytest.mark.parametrize(("name", "wire", "field", "position"), BROKEN, ids=[c[0] for c in BROKEN])
def test_codec_names_field_and_position_when_broken(
    codec: Codec, name: str, wire: bytes, field: int | str, position: int
) -> None:
    """Bad input: a counted event naming field and position."""
    with pytest.raises(FieldError) as caught:
        codec.decode(wire)

    assert (caught.value.field, caught.value.position) == (field, position)
    assert PAN not in str(caught.value)
    assert caught.value.__context__ is None, "the error behind the error may hold a value"


def test_codec_hands_over_what_can_be_read_around_a_wrong_value(codec: Codec) -> None:
    """Its sender is to be told which request was refused, wherever the mistake is."""
    with pytest.raises(FieldError) as caught:
        codec.decode(put(b"1120113424", b"1320113424"))

    rest = {number: value for number, value in PURCHASE.fields.items() if number != 7}
    assert caught.value.partial == Message("0200", rest)


def test_codec_reads_no_further_than_a_wrong_length(codec: Codec) -> None:
    with pytest.raises(FieldError) as caught:
        codec.decode(put(b"1120113424", b"1320113424")[:170] + b"999")

    numbers = [number for number in PURCHASE.fields if number < 60 and number != 7]
    assert caught.value.partial is not None
    assert list(caught.value.partial.fields) == numbers


def test_codec_refuses_the_hour_72_of_a_known_tutorial() -> None:
    """The most copied sample of all has an F7 that no clock shows; a dialect may allow it."""
    wire = (
        b"0200B2200000001000000000000000800000201234000000010000"
        b"011072218012345606A5DFGR021ABCDEFGHIJ 1234567890"
    )
    lax = load_dialect('base = "iso87"\n[field]\n7 = { shape = "" }', "lax")

    with pytest.raises(FieldError, match="F7 at byte 54"):
        Codec(ISO87).decode(wire)
    assert Codec(lax).decode(wire).fields[105] == "ABCDEFGHIJ 1234567890"


WRONG: list[tuple[str, dict[int, FieldValue], str]] = [
    ("too short", {3: "00000"}, "F3"),
    ("too long", {4: "0000000123456"}, "F4"),
    ("too long for its length", {2: "4" * 20}, "F2"),
    ("no digits", {11: "00012x"}, "F11"),
    ("superscript", {11: "00012²"}, "F11"),
    ("no ASCII", {41: "TERM000é"}, "F41"),
    ("no time", {12: "250000"}, "F12"),
    ("no track", {35: "track"}, "F35"),
    ("empty number", {2: ""}, "F2"),
    ("text for bytes", {52: "0123456789ABCDEF"}, "F52"),
    ("bytes for text", {3: b"000000"}, "F3"),
    ("bytes of the wrong number", {52: b"1234567"}, "F52"),
    ("newline in text", {60: "00\n001"}, "F60"),
    ("no field of this dialect", {65: "1"}, "F65"),
    ("a bitmap as a field", {1: "1"}, "F1"),
]


@pytest.mark.parametrize(("name", "wrong", "field"), WRONG, ids=[c[0] for c in WRONG])
def test_codec_names_the_field_it_cannot_write(
    codec: Codec, name: str, wrong: dict[int, FieldValue], field: str
) -> None:
    message = Message("0200", {**PURCHASE.fields, **wrong})

    with pytest.raises(LocalProtocolError, match=rf"^{field}:") as caught:
        codec.encode(message)
    assert caught.value.__context__ is None


def test_codec_refuses_lengths_that_make_up_for_each_other(codec: Codec) -> None:
    """F3 one too long, F4 one too short: the bytes would look right."""
    message = Message("0200", {**PURCHASE.fields, 3: "0000000", 4: "00000012345"})

    with pytest.raises(LocalProtocolError, match="F3"):
        codec.encode(message)


def test_codec_refuses_to_write_an_unknown_mti(codec: Codec) -> None:
    with pytest.raises(LocalProtocolError, match="MTI"):
        codec.encode(Message("0999", PURCHASE.fields))


def test_codec_writes_a_message_without_fields() -> None:
    codec = Codec(ISO87)

    assert warm(codec, Message("0800", {})) == b"0800" + b"0" * 16


@pytest.mark.parametrize("name", DIALECTS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_compiled_functions_agree_with_the_explaining_ones(name: str, data: st.DataObject) -> None:
    """What is read and written field by field is what the generated functions read and write."""
    layout = LAYOUTS[name]
    message = data.draw(messages(layout.dialect))
    wire = layout.build(message)
    numbers, begin = layout.bitmap_at(wire, layout.bitmap_begin)
    read = compile_reader(layout, message.mti, numbers, begin)
    write = compile_writer(layout, tuple(message.fields))

    assert layout.explain(wire) == message
    assert read(wire) == message
    assert write(message, message.fields.values()) == wire

    body = data.draw(damaged(wire[begin:]))
    broken = wire[:begin] + body
    assert attempt(read, broken, *REFUSALS) == attempt(layout.explain, broken)


def damaged(body: bytes) -> st.SearchStrategy[bytes]:
    """Return ways to break the bytes behind a bitmap: one changed, cut short, one more."""
    place = st.integers(0, max(len(body) - 1, 0))
    changed = st.tuples(place, st.sampled_from(b"0 +Aa=\xff\x00\xb2")).map(
        lambda drawn: body[: drawn[0]] + bytes((drawn[1],)) + body[drawn[0] + 1 :]
    )
    return st.one_of(changed, place.map(lambda at: body[:at]), st.just(body + b"0"))


def attempt(
    read: Callable[[bytes], Message | None], wire: bytes, *also: type[Exception]
) -> Message | None:
    """Return what is read, None when it is refused by a FieldError or one of `also`."""
    try:
        return read(wire)
    except (FieldError, *also):
        return None


@pytest.mark.parametrize("name", ["iso87", "packed", "cup"])
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=120))
def test_codec_raises_field_errors_and_nothing_else(name: str, data: bytes) -> None:
    codec = Codec(DIALECTS[name])

    for wire in (data, WIRE[:4] + data, WIRE[:36] + data):
        attempt(codec.decode, wire)


def test_functions_are_earned_by_repetition_and_bounded() -> None:
    """A peer chooses its bitmaps: neither their number nor one of them may cost much."""
    functions: Functions[int, str] = Functions(functions_max=3)

    sightings = [functions.earned(1) for _ in range(EARNED_AFTER + 1)]
    for key in range(5):
        functions.add(key, "function")

    assert sightings == [False] * EARNED_AFTER + [True]
    assert sorted(functions.made) == [2, 3, 4]
    assert not functions.earned(4)


def test_functions_forget_sightings_before_there_are_too_many() -> None:
    functions: Functions[int, str] = Functions(functions_max=3)

    earned = [functions.earned(key % 5000) for key in range(5000 * (EARNED_AFTER + 2))]

    assert not any(earned)


def test_codec_goes_on_when_functions_are_few() -> None:
    codec = Codec(ISO87, functions_max=1)

    for _ in range(3):
        assert warm(codec, PURCHASE) == WIRE
        assert warm(codec, Message("0800", {11: "000123"})) == b"08000020000000000000000123"
