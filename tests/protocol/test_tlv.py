"""Chip data: kept whole, scrubbed where it must be, and never believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyemv import tlv as pyemv

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


Tree = dict[str, "bytes | Tree"]
VALUES: st.SearchStrategy[bytes | Tree] = st.recursive(
    st.binary(max_size=200), lambda inner: st.dictionaries(TAGS, inner, max_size=4), max_leaves=8
)
TREES = st.dictionaries(TAGS, VALUES, max_size=5).map(lambda found: _shaped(found))


def _shaped(tree: Tree) -> Tree:
    """Give templates the tag of a template: pyemv goes by it, as the standard does."""
    return {
        f"E{place:X}" if isinstance(value, dict) else tag: _shaped(value)
        if isinstance(value, dict)
        else value
        for place, (tag, value) in enumerate(tree.items())
    }


def _allowed(tree: Tree) -> Tree:
    return {
        tag: _allowed(value) if isinstance(value, dict) else value
        for tag, value in tree.items()
        if tag not in FORBIDDEN
    }


def _read(data: bytes) -> Tree:
    return {
        one.tag: _read(one.value) if int(one.tag[:2], 16) & 0x20 else one.value
        for one in parse(data)
    }


@given(TREES)
def test_what_pyemv_writes_we_read_and_write_the_same(tree: Tree) -> None:
    """Another hand's BER-TLV: templates, long lengths, and the same bytes again."""
    written = pyemv.encode(tree)

    assert tree == _read(written)
    assert written == build(parse(written))


@given(TREES)
def test_what_we_scrub_pyemv_reads_without_the_forbidden(tree: Tree) -> None:
    assert _allowed(tree) == pyemv.decode(scrub(pyemv.encode(tree)))


@given(st.dictionaries(TAGS, st.binary(max_size=140), min_size=1, max_size=4), st.data())
def test_what_is_cut_short_neither_of_us_reads(tree: Tree, data: st.DataObject) -> None:
    """Wherever it ends: both refuse, or both read the elements that are whole."""
    written = pyemv.encode(tree)
    cut = written[: data.draw(st.integers(0, len(written) - 1))]
    ours: Tree | None = None
    theirs: Tree | None = None
    try:
        ours = _read(cut)
    except TlvError:
        ours = None
    try:
        theirs = pyemv.decode(cut)
    except pyemv.DecodeError:
        theirs = None

    assert theirs == ours
