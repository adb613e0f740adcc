"""The printer as a machine without sockets: bytes and hands in, bytes and slips out.

What arrives waits in one buffer (`buffer_size`; when it is full, `room` is 0 and the caller stops
reading, as the network interface of a printer does). Real-time commands act on arrival. All else
is taken from the buffer in order, while the printer is able to print: an open cover, the end of
the paper, an error or a hand on the panel stop it exactly where it stands, and what waits goes on
waiting, also when the client has gone (P9). `GS r` and `GS ( H` are answered in that order, so an
acknowledgement means: everything before it is on paper.

It never raises on what a client sent. Time is `now`, in seconds of any monotonic clock; the
caller calls `handle_timer` when `next_deadline` has come.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from typing import Final, assert_never

from tallywire.virtual_printer.actions import (
    Acknowledge,
    Action,
    Answer,
    Cut,
    OfflineBack,
    Sensor,
    StatusBack,
    Strange,
)
from tallywire.virtual_printer.commands import Tokenizer
from tallywire.virtual_printer.faults import Echo, PrinterFaults
from tallywire.virtual_printer.interpreter import Interpreter
from tallywire.virtual_printer.paper import (
    LINE_DOTS,
    Feed,
    Line,
    Mark,
    Raster,
    Roll,
    Slip,
    SlipEnd,
)
from tallywire.virtual_printer.realtime import RealTime, RealTimeScanner, Urgent
from tallywire.virtual_printer.replies import Replies
from tallywire.virtual_printer.status import Condition, paper_sensors

log = logging.getLogger(__name__)

BUFFER_SIZE: Final = 64 * 1024
ROLL_LINES: Final = 4000
"""A fresh roll of 15 metres."""
NEAR_END_LINES: Final = 40
COOLING_S: Final = 2.0
CLEARED: Final = b"\x37\x25\x00"


@dataclass(slots=True)
class Counters:
    """What happened since the machine was made."""

    bytes_received: int = 0
    lines: int = 0
    unknown_commands: int = 0


class PrinterMachine:
    """One printer: paper, buffer, panel and faults."""

    def __init__(
        self,
        *,
        paper_lines: int = ROLL_LINES,
        width_dots: int = 384,
        buffer_size: int = BUFFER_SIZE,
        near_end_lines: int = NEAR_END_LINES,
        faults: PrinterFaults | None = None,
    ) -> None:
        self.counters = Counters()
        self._buffer_size = buffer_size
        self._roll = Roll(
            dots_left=paper_lines * LINE_DOTS,
            width_dots=width_dots,
            near_end_dots=near_end_lines * LINE_DOTS,
            ended=paper_lines <= 0,
        )
        self._scanner = RealTimeScanner()
        self._tokenizer = Tokenizer()
        self._interpreter = Interpreter(width_dots)
        self._pending: deque[Action] = deque()
        self._replies = Replies()
        self._slips: list[Slip] = []
        self._cover_open = False
        self._offline = False
        self._cutter_jammed = False
        self._broken = False
        self._hot_until: float | None = None
        self._busy_until = 0.0
        self._reset_due = False
        self.set_faults(faults or PrinterFaults())

    # What others see

    @property
    def condition(self) -> Condition:
        """The printer's condition now."""
        return Condition(
            cover_open=self._cover_open,
            offline=self._offline or self.faults.offline,
            paper_near_end=self._roll.near_end or self.faults.near_end,
            paper_end=self._roll.ended,
            overheated=self._hot_until is not None,
            cutter_jammed=self._cutter_jammed,
            broken=self._broken,
        )

    @property
    def room(self) -> int:
        """How many bytes the buffer still takes."""
        return max(0, self._buffer_size - len(self._tokenizer))

    @property
    def lines_left(self) -> int:
        """How many lines of paper are left on the roll."""
        return self._roll.dots_left // LINE_DOTS

    @property
    def waiting(self) -> bool:
        """Whether something is in the buffer that is not printed yet."""
        return bool(self._pending or len(self._tokenizer))

    def data_to_send(self) -> bytes:
        """Take the bytes that the client shall get."""
        return self._replies.take()

    def take_slips(self) -> list[Slip]:
        """Take the slips that came off since the last call."""
        slips, self._slips = self._slips, []
        return slips

    def take_reset(self) -> bool:
        """Return once that the connection is to be reset."""
        due, self._reset_due = self._reset_due, False
        return due

    # The client

    def connection_made(self) -> None:
        """A client has come. Nothing of what was meant for the one before is kept for it."""
        self._replies.connect()
        self._bytes_of_connection = 0
        self._scanner.reset()

    def connection_lost(self, now: float) -> None:
        """The client has gone; what it sent stays in the buffer."""
        self._replies.disconnect()
        self._tokenizer.end_segment()
        self._print(now)

    def receive_data(self, data: bytes, now: float) -> None:
        """Take what the client sent: real-time commands act, all else is printed or waits."""
        limit = self.faults.resets_after_bytes
        if limit is not None and "reset" not in self._struck:
            left = max(0, limit - self._bytes_of_connection)
            if len(data) >= left:
                self._struck.add("reset")
                self._reset_due = True
                data = data[:left]
        self._bytes_of_connection += len(data)
        self.counters.bytes_received += len(data)
        at = 0
        for command in self._scanner.scan(data):
            self._take(data[at : command.end], now)
            at = command.end
            self._obey(command, now)
        self._take(data[at:], now)

    # Time

    def next_deadline(self) -> float | None:
        """Return when `handle_timer` is due, None when nothing waits for time to pass."""
        working = self.waiting and self._busy_until and not self.condition.stopped
        deadlines = (
            self._replies.next_deadline(),
            self._hot_until,
            self._busy_until if working else None,
        )
        return min((at for at in deadlines if at is not None), default=None)

    def handle_timer(self, now: float) -> None:
        """Do what is due by `now`."""
        if self._hot_until is not None and now >= self._hot_until:
            self._hot_until = None
        self._replies.handle_timer(self.condition, now)
        self._print(now)

    # Hands

    def load_paper(self, lines: int, now: float) -> None:
        """Put a roll of `lines` lines in; what hung from the old one is torn off."""
        self._part(SlipEnd.TORN_OFF)
        self._roll.load(lines * LINE_DOTS)
        self._print(now)

    def open_cover(self, now: float) -> None:
        """Open the cover: printing stops."""
        self._cover_open = True
        self._print(now)

    def close_cover(self, now: float) -> None:
        """Close the cover: printing goes on."""
        self._cover_open = False
        self._print(now)

    def go_offline(self, now: float) -> None:
        """Press the panel's button: off line."""
        self._offline = True
        self._print(now)

    def go_online(self, now: float) -> None:
        """Press the panel's button: on line again."""
        self._offline = False
        self._print(now)

    def power_cut(self) -> None:
        """Lose everything but the paper; what hangs out is torn off."""
        self._part(SlipEnd.TORN_OFF)
        self._drop_buffer()
        self._interpreter.reset()
        self._scanner.reset()
        self._replies.power_cut()
        self._cutter_jammed = self._broken = self._offline = False
        self._hot_until = None
        self._busy_until = 0.0

    def tear_off(self) -> None:
        """Tear off what hangs out of the printer."""
        self._part(SlipEnd.TORN_OFF)

    def set_faults(self, faults: PrinterFaults, now: float = 0.0) -> None:
        """Be as ill as `faults` say from here on; those that strike once can strike again."""
        self.faults = self._replies.faults = faults
        self._struck: set[str] = set()
        self._dots_since = 0
        self._bytes_of_connection = 0
        if faults.paper_ends_after_lines is not None:
            dots = faults.paper_ends_after_lines * LINE_DOTS
            self._roll.dots_left = min(self._roll.dots_left, dots)
            if dots == 0:
                self._roll.ended = True
                self._part(SlipEnd.ROLL_ENDED)
        self._print(now)

    # Inside

    def _take(self, data: bytes, now: float) -> None:
        if not self.faults.swallows:
            self._tokenizer.receive_data(data)
        self._print(now)

    def _obey(self, command: RealTime, now: float) -> None:
        match command.urgent:
            case Urgent.STATUS:
                self._replies.say_real_time(command.argument, self.condition)
            case Urgent.RECOVER:
                self._cutter_jammed = False
            case Urgent.RECOVER_AND_CLEAR:
                # Only a printer that stands still throws its buffer away on this command.
                if self.condition.stopped:
                    self._drop_buffer()
                self._cutter_jammed = False
            case Urgent.CLEAR:
                self._drop_buffer()
                self._reply(CLEARED)
            case _:
                assert_never(command.urgent)
        self._print(now)

    def _drop_buffer(self) -> None:
        self._tokenizer.clear()
        self._pending.clear()
        self._interpreter.clear_line()

    def _print(self, now: float) -> None:
        """Work the buffer off, as far as the printer can now."""
        while now >= self._busy_until and not self.condition.stopped:
            if not self._pending:
                token = self._tokenizer.next_token(kanji=self._interpreter.kanji)
                if token is None:
                    break
                self._pending.extend(self._interpreter.interpret(token))
                continue
            self._perform(self._pending.popleft(), now)
        self._replies.tell_status(self.condition)

    def _perform(self, action: Action, now: float) -> None:
        match action:
            case Line() | Feed() | Raster():
                self._burn(action, now)
            case Cut():
                self._cut(action)
            case Sensor():
                self._tell_sensor(action)
            case Acknowledge(process_id=process_id):
                if self.faults.clone:
                    self._note_unknown(b"\x1d(H")
                elif self.faults.illiterate:
                    self._note_unknown(b"\x1d(")
                    text = self._interpreter.print_raw(b"H00" + process_id)
                    self._pending.extendleft(reversed(text))
                else:
                    self._replies.acknowledge(process_id, self.condition, now)
            case Answer(reply=reply):
                self._reply(reply)
            case StatusBack(mask=mask):
                self._replies.enable_status_back(mask)
            case OfflineBack():
                knows = not (self.faults.clone or self.faults.illiterate)
                self._replies.enable_offline_back(action if knows else OfflineBack.OFF)
            case Strange(prefix=prefix):
                self._note_unknown(prefix)
            case _:
                assert_never(action)

    def _tell_sensor(self, sensor: Sensor) -> None:
        if self.faults.echo is not Echo.NEVER:
            self._reply(paper_sensors(self.condition) if sensor is Sensor.PAPER else b"\0")

    def _burn(self, mark: Mark, now: float) -> None:
        if self._strikes(now):
            self._pending.appendleft(mark)
            return
        rest = self._roll.burn(mark)
        if rest is None:
            self.counters.lines += 1
            self._dots_since += mark.height
        else:
            self._pending.appendleft(rest)
        if self._roll.ended:
            self._part(SlipEnd.ROLL_ENDED)
        if self.faults.seconds_per_line:
            lines = mark.height / LINE_DOTS
            self._busy_until = now + lines * self.faults.seconds_per_line

    def _strikes(self, now: float) -> bool:
        """Whether a fault that waited for its line strikes before this one."""
        for name, after_lines in (
            ("cover", self.faults.cover_opens_after_lines),
            ("overheat", self.faults.overheats_after_lines),
            ("broken", self.faults.breaks_after_lines),
        ):
            if after_lines is None or name in self._struck:
                continue
            if self._dots_since >= after_lines * LINE_DOTS:
                self._struck.add(name)
                self._fall_ill(name, now)
                return True
        return False

    def _fall_ill(self, name: str, now: float) -> None:
        match name:
            case "cover":
                self._cover_open = True
            case "overheat":
                self._hot_until = now + COOLING_S
            case _:
                self._broken = True

    def _cut(self, cut: Cut) -> None:
        if self.faults.cutter_jams and "cutter" not in self._struck:
            self._struck.add("cutter")
            self._cutter_jammed = True
            self._pending.appendleft(cut)
            return
        self._part(SlipEnd.CUT)

    def _part(self, end: SlipEnd) -> None:
        slip = self._roll.part(end)
        if slip is not None:
            self._slips.append(slip)

    def _note_unknown(self, prefix: bytes) -> None:
        self.counters.unknown_commands += 1
        log.info("unknown command %s skipped", prefix.hex(" "))

    def _reply(self, reply: bytes) -> None:
        self._replies.say(reply, self.condition)
