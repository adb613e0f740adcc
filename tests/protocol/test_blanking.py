from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.blanking import blank
from protocol.codec import Codec
from protocol.dialect import BUILTIN, builtin_dialect
from protocol.layout import Layout
from protocol.message import Message, mask_field
from tests.protocol.drawn import DIALECTS, messages
from tests.protocol.test_trace import DIALECT, PAN, PAYLOAD, SALE

LAYOUTS = {name: Layout(builtin_dialect(name)) for name in BUILTIN}


def test_only_what_is_secret_is_blank() -> None:
    blanked = Codec(DIALECT).decode(blank(LAYOUTS["iso87"], PAYLOAD))

    assert {
        **SALE.fields,
        2: "4111119999991111",
        14: "9999",
        35: "9" * 34,
        52: bytes(8),
    } == blanked.fields


@pytest.mark.parametrize("name", BUILTIN)
@pytest.mark.parametrize(
    "pan", [PAN, "5555555555554444", "378282246310005", "6" * 19, "6200000000000005"]
)
def test_card_number_is_gone_in_every_dialect(name: str, pan: str) -> None:
    """Packed or not, odd or even: the length stays, the digits between go, no other."""
    dialect = builtin_dialect(name)
    mti = "1200" if name.startswith("iso93") else "0200"
    fields = {2: pan, 35: pan + "=2912101", 41: "TERM0001", 42: "MERCHANT0000001"}
    payload = Codec(dialect).encode(Message(mti, dict(fields)))

    blanked = blank(LAYOUTS[name], payload)

    assert len(payload) == len(blanked)
    assert pan not in blanked.hex()
    assert pan.encode() not in blanked
    read = Codec(dialect).decode(blanked)
    assert (fields[41], fields[42]) == (read.fields[41], read.fields[42])
    assert pan[:6] + "9" * (len(pan) - 10) + pan[-4:] == read.fields[2]
    assert "9" * len(str(fields[35])) == read.fields[35]


def test_everything_is_zero_behind_what_cannot_be_read() -> None:
    """Fails closed: half a message, bytes too many, no message at all."""
    layout = LAYOUTS["iso87"]

    assert bytes(len(PAN)) == blank(layout, PAN.encode())
    assert PAYLOAD[:20] + bytes(10) == blank(layout, PAYLOAD[:30])
    assert bytes(16) == blank(layout, PAYLOAD + PAN.encode())[-16:]


@given(data=st.binary(max_size=80), name=st.sampled_from(BUILTIN), cut=st.integers(0, 200))
def test_length_stays_whatever_comes(data: bytes, name: str, cut: int) -> None:
    for payload in (data, PAYLOAD[:cut] + data):
        assert len(payload) == len(blank(LAYOUTS[name], payload))


@pytest.mark.parametrize("name", DIALECTS)
@given(data=st.data())
def test_blank_message_is_as_it_was_but_for_what_is_masked(name: str, data: st.DataObject) -> None:
    """Field by field in the bytes of every dialect: the same, or with nines for the stars."""
    layout = Layout(DIALECTS[name])
    message = data.draw(messages(layout.dialect))
    payload = layout.build(message)
    blanked = blank(layout, payload)

    _, end = layout.bitmap_at(payload, layout.bitmap_begin)
    assert payload[:end] == blanked[:end]
    for number, value in sorted(message.fields.items()):
        element = layout.elements[number]
        at, end = end, element.read(payload, end)[1]
        shown = mask_field(number, value, layout.dialect.hidden)
        assert (shown == value) <= (payload[at:end] == blanked[at:end])
        assert (
            payload[at : at + element.field.len_type] == blanked[at : at + element.field.len_type]
        )
        if set(shown) == {"*"}:
            body = blanked[at + element.field.len_type : end]
            assert len(set(body)) == 1 or element.pad
    assert len(payload) == len(blanked)


def test_blank_hides_what_a_screen_hides() -> None:
    """One rule for both: a value is the same in the file exactly where it is on the screen."""
    blanked = Codec(DIALECT).decode(blank(LAYOUTS["iso87"], PAYLOAD))

    same = {number for number, value in SALE.fields.items() if blanked.fields[number] == value}
    assert same == {
        number
        for number, value in SALE.fields.items()
        if mask_field(number, value, DIALECT.hidden) == value
    }
