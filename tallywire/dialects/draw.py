"""Messages drawn by chance from a dialect, the same for the same seed.

Each field comes at its shortest and at its longest, then many of them together.
"""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from typing import Final

from protocol.dialect import Dialect
from protocol.field import Field, ValueClass
from protocol.header import Header
from protocol.message import FieldValue, Message

FIELDS_MAX: Final = 16
LENGTH_MAX: Final = 60
"""The longest value in a message of many fields; alone, a field is drawn at its own longest."""
REPEATS: Final = 8
"""Messages with the same fields, so that the codec makes its functions for them and is judged by
those too."""

ALPHABETS: Final = {
    ValueClass.A: string.ascii_letters,
    ValueClass.N: string.digits,
    ValueClass.AN: string.ascii_letters + string.digits + " ",
    ValueClass.ANS: "".join(map(chr, range(0x20, 0x7F))),
    ValueClass.XN: string.digits,
    ValueClass.Z: string.digits,
}
SHORTEST: Final = {ValueClass.B: 0, ValueClass.AN: 0, ValueClass.ANS: 0, ValueClass.XN: 2}
SHAPES: Final = {"YY": (0, 99), "MM": (1, 12), "DD": (1, 31), "hh": (0, 23), "mm": (0, 59)}


def draw_messages(dialect: Dialect, *, seed: int, count: int) -> Iterator[Message]:
    """Yield two messages for each field alone, then `count` with many fields."""
    chance = random.Random(seed)
    mtis = dialect.mti.all()
    numbers = sorted(dialect.field)
    for number in numbers:
        field = dialect.field[number]
        for length in lengths(field):
            fields = {number: draw_value(field, length, chance)}
            yield Message(chance.choice(mtis), fields, _draw_header(dialect, chance))
    while count > 0:
        chosen = sorted(chance.sample(numbers, chance.randint(0, min(FIELDS_MAX, len(numbers)))))
        mti = chance.choice(mtis)
        for _ in range(min(REPEATS, count)):
            fields = {n: _draw_any(dialect.field[n], chance) for n in chosen}
            yield Message(mti, fields, _draw_header(dialect, chance))
        count -= REPEATS


def _draw_header(dialect: Dialect, chance: random.Random) -> Header | None:
    """Return any header of the dialect; None when it has none."""
    rule = dialect.header
    if not rule.size:
        return None
    return rule.read(bytes.fromhex("".join(chance.choices(string.digits, k=2 * rule.size))))


def lengths(field: Field) -> tuple[int, int]:
    """Return the fewest and most characters of a value, or bytes of a binary one."""
    packed = field.data_enc == "b"
    nibbles = field.len_count == "nibbles"
    if field.value is ValueClass.B:
        most = field.max_len if packed and not nibbles else field.max_len // 2
    else:
        most = field.max_len * 2 if packed and not nibbles else field.max_len
    if not field.len_type:
        return most, most
    padded = field.left_pad or field.right_pad
    if packed and field.value is not ValueClass.B and not padded:
        return 2, most - most % 2
    return SHORTEST.get(field.value, 1), most


def _draw_any(field: Field, chance: random.Random) -> FieldValue:
    least, most = lengths(field)
    length = chance.randint(least, max(least, min(most, LENGTH_MAX))) if field.len_type else most
    if least == 2:  # an even number of packed digits
        length -= length % 2
    return draw_value(field, length, chance)


def draw_value(field: Field, length: int, chance: random.Random) -> FieldValue:
    """Return a value of a field, with `length` characters or bytes."""
    if field.value is ValueClass.B:
        return chance.randbytes(length)
    if field.shape:
        parts = (field.shape[at : at + 2] for at in range(0, len(field.shape), 2))
        return "".join(f"{chance.randint(*SHAPES.get(part, (0, 59))):02d}" for part in parts)
    text = "".join(chance.choices(ALPHABETS[field.value], k=length))
    if field.value is ValueClass.XN:
        return chance.choice("CD") + text[1:]
    if field.value is ValueClass.Z and length > 2:
        middle = chance.randrange(1, length - 1)
        return f"{text[:middle]}={text[middle + 1 :]}"
    return text
