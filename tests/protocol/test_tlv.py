"""Chip data: kept whole, scrubbed where it must be, and never believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.tlv import FORBIDDEN, Element, TlvError, build, parse, scrub

TAGS = st.sampled_from(["82", "84", "95", "9A", "9C", "5F2A", "9F26", "9F36", "DF8129", "57", "5A"])
ELEMENTS = st.lists(st.builds(Element, TAGS, st.binary(max_size=300)), max_size=8).map(tuple)


@given(ELEMENTS)
def test_order_and_repeats_are_kept(elements: tuple[Element, ...]) -> None:
    assert elements == parse(build(elements))


@given(ELEMENTS)
def test_scrubbing_takes_the_forbidden_and_nothing_else(elements: tuple[Element, ...]) -> None:
    """PCI DSS 3.3.1 and invariant I7."""
    allowed = tuple(element for element in elements if element.tag not in FORBIDDEN)

    assert allowed == parse(scrub(build(elements)))


def test_scrubbing_reaches_into_templates() -> None:
    inner = build((Element("9F26", b"12345678"), Element("5A", b"\x41\x11")))

    scrubbed = scrub(Element("70", inner).encode())

    assert Element("70", build((Element("9F26", b"12345678"),))).encode() == scrubbed


@given(st.binary(max_size=80))
def test_garbage_is_refused_by_name_or_read(data: bytes) -> None:
    position, elements = 0, ()
    try:
        elements = parse(data)
    except TlvError as error:
        position = error.position

    assert 0 <= position <= len(data)
    assert elements == parse(build(elements))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("9F2608AABB", "9F26 claims 8 bytes, 2 are left"),
        ("9F", "the tag does not end"),
        ("95", "the length is missing"),
        ("9580", "no definite form"),
        ("9FFFFFFF7F01AA", "the tag does not end"),
    ],
)
def test_lie_is_named(data: str, problem: str) -> None:
    with pytest.raises(TlvError, match=problem):
        parse(bytes.fromhex(data))


def test_element_shows_no_value() -> None:
    assert repr(Element("5A", b"\x41\x11")) == "<5A: 2 bytes>"
