"""The compiled codec against pyiso8583, both with validation of all that they validate.

One purchase request of 16 fields, decoded and encoded over and over in one process. pyiso8583
is called bare, without the `Message` that ours makes in its time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from benchmarks.result import Claim, Report, alternate, times
from protocol.codec import EARNED_AFTER, Codec
from protocol.dialect import builtin_dialect
from protocol.message import Message
from protocol.reference import bare

ROUNDS: Final = 25
ROUND_S: Final = 0.02
"""About how long one side is measured in one round."""

PURCHASE: Final = Message(
    "0200",
    {
        2: "4111111111111111",
        3: "000000",
        4: "000000012345",
        7: "1120113424",
        11: "000123",
        12: "113424",
        13: "1120",
        14: "2912",
        22: "021",
        25: "00",
        35: "4111111111111111=29121010000000000",
        37: "626514000123",
        41: "TERM0001",
        42: "MERCHANT0000001",
        49: "156",
        60: "000001",
    },
)


def run() -> Report:
    """Measure both directions, both codecs in turn."""
    dialect = builtin_dialect()
    codec = Codec(dialect)
    decode, encode = bare(dialect)
    wire = codec.encode(PURCHASE)
    texts = {"t": PURCHASE.mti, **{str(n): str(text) for n, text in PURCHASE.fields.items()}}
    assert bytes(encode(dict(texts))) == wire, "the two would not do the same work"
    contestants = [
        ("decode, tallywire", timed(lambda: codec.decode(wire))),
        ("decode, pyiso8583", timed(lambda: decode(wire))),
        ("encode, tallywire", timed(lambda: codec.encode(PURCHASE))),
        ("encode, pyiso8583", timed(lambda: encode(texts))),
    ]
    rows = alternate(contestants, unit="µs", rounds=ROUNDS)
    ours_in, theirs_in, ours_out, theirs_out = rows
    claims = (
        Claim("decode faster than pyiso8583", times(theirs_in, ours_in), 7.0),
        Claim("encode faster than pyiso8583", times(theirs_out, ours_out), 10.0),
    )
    note = f"{len(PURCHASE.fields)} fields, {len(wire)} bytes, one core, medians of {ROUNDS} rounds"
    return Report("Codec", rows, claims, (note,))


def timed(call: Callable[[], object]) -> Callable[[], float]:
    """Return what measures one call in microseconds, over as many as fill a round."""
    for _ in range(EARNED_AFTER + 1):
        call()
    began = time.perf_counter()
    for _ in range(100):
        call()
    count = max(100, int(ROUND_S / ((time.perf_counter() - began) / 100)))

    def measure() -> float:
        began = time.perf_counter()
        for _ in range(count):
            call()
        return (time.perf_counter() - began) / count * 1e6

    return measure
