"""The roll of paper, what is burnt on it, and the slips that come off it.

Everything on paper is a mark with a height in dots; the roll is a number of dots left. A mark
that no longer fits is not printed (a raster prints the rows that fit), and then the roll has
ended. A slip is what hangs between two cuts, or between a cut and the roll's end.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum
from typing import Final

LINE_DOTS: Final = 30
"""The default line spacing, and the unit in which paper is counted."""
COLUMN_DOTS: Final = 12
CHARACTER_DOTS: Final = 24
NARROW_DOTS: Final = 9
NARROW_HEIGHT_DOTS: Final = 17


class Place(IntEnum):
    """Where a line stands: the argument of ESC a."""

    LEFT = 0
    CENTRE = 1
    RIGHT = 2


@dataclass(frozen=True, slots=True)
class Style:
    """How characters look; width and height are multiples 1 to 8."""

    bold: bool = False
    underline: int = 0
    width: int = 1
    height: int = 1
    narrow: bool = False
    reverse: bool = False

    @property
    def column_dots(self) -> int:
        """The width of a single-byte character."""
        return (NARROW_DOTS if self.narrow else COLUMN_DOTS) * self.width

    @property
    def character_dots(self) -> int:
        """The height of a character."""
        return (NARROW_HEIGHT_DOTS if self.narrow else CHARACTER_DOTS) * self.height


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one style; `columns` each takes 1, or 2 when they came as double bytes."""

    text: str
    style: Style
    columns: int = 1

    @property
    def dots(self) -> int:
        """The width of the run. A double-byte character is a square of full size."""
        if self.columns == 2:
            return len(self.text) * CHARACTER_DOTS * self.style.width
        return len(self.text) * self.style.column_dots

    @property
    def height(self) -> int:
        """The height of the run's characters. There is no small double-byte font."""
        if self.columns == 2:
            return CHARACTER_DOTS * self.style.height
        return self.style.character_dots


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; `height` is how far the paper moved for it."""

    runs: tuple[Run, ...]
    place: Place
    height: int

    @property
    def dots(self) -> int:
        """The width of what is printed."""
        return sum(run.dots for run in self.runs)


@dataclass(frozen=True, slots=True)
class Feed:
    """Blank paper."""

    height: int


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture, one bit to a dot, rows of `width_bytes`; `caption` says what it is in text."""

    width_bytes: int
    bits: bytes
    place: Place
    caption: str = ""

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.bits) // self.width_bytes

    def split(self, rows: int) -> tuple[Raster, Raster]:
        """Return the first `rows` rows and the rest."""
        at = rows * self.width_bytes
        return replace(self, bits=self.bits[:at]), replace(self, bits=self.bits[at:], caption="")


Mark = Line | Feed | Raster


class SlipEnd(Enum):
    """Why a slip ends where it ends."""

    CUT = "cut"
    ROLL_ENDED = "roll ended"
    TORN_OFF = "torn off"


@dataclass(frozen=True, slots=True)
class Slip:
    """One piece of paper in somebody's hand."""

    number: int
    marks: tuple[Mark, ...]
    end: SlipEnd
    width_dots: int

    @property
    def lines(self) -> tuple[str, ...]:
        """The text, line by line, set where it stands on the paper; pictures as [captions]."""
        return tuple(line for mark in self.marks for line in _text_lines(mark, self.width_dots))

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "".join(f"{line}\n" for line in self.lines)

    @property
    def height(self) -> int:
        """The length in dots."""
        return sum(mark.height for mark in self.marks)

    @property
    def whole(self) -> bool:
        """Whether the cutter ended it, not the roll or a hand."""
        return self.end is SlipEnd.CUT


def _text_lines(mark: Mark, width_dots: int) -> tuple[str, ...]:
    match mark:
        case Line(runs=runs, place=place):
            text = "".join(run.text for run in runs)
            spare = (width_dots - mark.dots) // COLUMN_DOTS
            return ((" " * _shift(place, spare) + text).rstrip(),)
        case Feed(height=height):
            return ("",) * (height // LINE_DOTS)
        case Raster(caption=caption, place=place):
            if not caption:
                return ()
            spare = max(0, width_dots // COLUMN_DOTS - len(caption) - 2)
            return (" " * _shift(place, spare) + f"[{caption}]",)


def _shift(place: Place, spare: int) -> int:
    return {Place.LEFT: 0, Place.CENTRE: spare // 2, Place.RIGHT: spare}[place]


@dataclass(slots=True)
class Roll:
    """The paper in the printer, and the slip that hangs out of it."""

    dots_left: int
    width_dots: int
    near_end_dots: int
    ended: bool = False
    slips: int = 0
    hanging: list[Mark] = field(default_factory=list)

    @property
    def near_end(self) -> bool:
        """Whether the near-end sensor sees the core."""
        return self.dots_left <= self.near_end_dots

    def burn(self, mark: Mark) -> Mark | None:
        """Print a mark; return what did not fit any more (the roll has ended then), or None."""
        if mark.height <= self.dots_left:
            self._keep(mark)
            self.ended = self.dots_left <= 0
            return None
        self.ended = True
        match mark:
            case Raster() if self.dots_left > 0:
                head, rest = mark.split(self.dots_left)
                self._keep(head)
                return rest
            case Feed() if self.dots_left > 0:
                rest_height = mark.height - self.dots_left
                self._keep(Feed(self.dots_left))
                return Feed(rest_height)
            case _:
                return mark

    def part(self, end: SlipEnd) -> Slip | None:
        """Take the hanging slip off; None when nothing but blank paper hangs there."""
        marks = tuple(self.hanging)
        self.hanging.clear()
        if all(isinstance(mark, Feed) for mark in marks):
            return None
        self.slips += 1
        return Slip(self.slips, marks, end, self.width_dots)

    def load(self, dots: int) -> None:
        """Put a new roll in."""
        assert not self.hanging, "the old roll's end must be taken off first"
        self.dots_left = dots
        self.ended = dots <= 0

    def _keep(self, mark: Mark) -> None:
        self.dots_left -= mark.height
        last = self.hanging[-1] if self.hanging else None
        if isinstance(mark, Feed) and isinstance(last, Feed):
            self.hanging[-1] = Feed(last.height + mark.height)
        elif mark.height:
            self.hanging.append(mark)
