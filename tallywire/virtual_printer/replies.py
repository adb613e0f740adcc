"""The printer's way back to its client: replies, status back, process IDs, and their faults.

A reply goes to whoever is connected when it is said; said to nobody, it is lost. So the
acknowledgement of a job whose client has gone may reach the next client.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from tallywire.virtual_printer.actions import OfflineBack
from tallywire.virtual_printer.faults import Echo, PrinterFaults
from tallywire.virtual_printer.status import Condition, offline_cause, real_time_reply, status_back

NO_PROCESS: Final = b"0000"
WATCHED: Final = (0x02, 0x04, 0x08)
"""Which bit of GS a watches which byte of a frame: on line, errors, paper."""
LATE_MAX: Final = 1000


class Replies:
    """Bytes on their way to the client."""

    def __init__(self) -> None:
        self.faults = PrinterFaults()
        self.lost = 0
        self._connected = False
        self._out = bytearray()
        self._mask = 0
        self._told = b""
        self._offline_back = OfflineBack.OFF
        self._halted = False
        self._late: deque[tuple[float, bytes]] = deque(maxlen=LATE_MAX)
        self._last_process = NO_PROCESS
        self._garbage = 0

    def take(self) -> bytes:
        """Take the bytes to send now."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def connect(self) -> None:
        """A client has come; what was meant for the one before is not kept for it."""
        self._connected = True
        self._mask = 0
        self._offline_back = OfflineBack.OFF
        self._out.clear()

    def disconnect(self) -> None:
        """The client has gone."""
        self._connected = False
        self._mask = 0
        self._offline_back = OfflineBack.OFF
        self._out.clear()

    def power_cut(self) -> None:
        """Forget all."""
        self._out.clear()
        self._late.clear()
        self._mask = 0
        self._offline_back = OfflineBack.OFF
        self._last_process = NO_PROCESS

    def say(self, reply: bytes, condition: Condition) -> None:
        """Send a reply."""
        if not reply:
            return
        if not self._connected:
            self.lost += 1
            return
        if self.faults.status_interleaved:
            frame = status_back(condition)
            reply = frame + reply + frame
        self._out += reply

    def say_real_time(self, kind: int, condition: Condition) -> None:
        """Answer DLE EOT `kind`."""
        if self.faults.status_garbage:
            # A careless reader takes 00 for "all well" and FF for "everything is wrong".
            self._garbage ^= 0xFF
            self.say(bytes((self._garbage,)), condition)
        else:
            self.say(real_time_reply(condition, kind), condition)

    def enable_status_back(self, mask: int) -> None:
        """GS a: the next `tell_status` sends a frame if anything is watched."""
        self._mask = mask
        self._told = b""

    def enable_offline_back(self, wanted: OfflineBack) -> None:
        """GS ( H function 49: tell, from now on, when something stops the printer."""
        self._offline_back = wanted

    def tell_status(self, condition: Condition) -> None:
        """Tell what changed, as it was asked for: offline responses, automatic status back."""
        self._tell_offline(condition)
        self._tell_frames(condition)

    def _tell_offline(self, condition: Condition) -> None:
        """Once each time it stops; a process ID that was due has gone out before."""
        stopped_now = condition.halted and not self._halted
        self._halted = condition.halted
        if not stopped_now or self._offline_back is OfflineBack.OFF:
            return
        told = offline_cause(condition) if self._offline_back is OfflineBack.WITH_CAUSE else b""
        self.say(b"\x37\x23" + told + b"\0", condition)

    def _tell_frames(self, condition: Condition) -> None:
        """Automatic status back: once when it is enabled, then at every change asked for."""
        if not self._mask:
            return
        frame = status_back(condition)
        watched = bytes(
            part if self._mask & bit else 0 for part, bit in zip(frame, WATCHED, strict=False)
        )
        if any(self._mask & bit for bit in WATCHED) and watched != self._told:
            self._told = watched
            self.say(frame, condition)

    def acknowledge(self, process_id: bytes, condition: Condition, now: float) -> None:
        """Echo a process ID, as the faults want it."""
        previous, self._last_process = self._last_process, process_id
        wrong = bytes(0x20 + (byte - 0x1F) % 0x5F for byte in process_id)
        echoes: dict[Echo, tuple[bytes, ...]] = {
            Echo.RIGHT: (process_id,),
            Echo.NEVER: (),
            Echo.PREVIOUS: (previous,),
            Echo.PREVIOUS_FIRST: (previous, process_id),
            Echo.WRONG: (wrong,),
        }
        for echo in echoes[self.faults.echo]:
            reply = b"\x37\x22" + echo + b"\0"
            if self.faults.echo_delay_s:
                self._late.append((now + self.faults.echo_delay_s, reply))
            else:
                self.say(reply, condition)

    def next_deadline(self) -> float | None:
        """Return when the next late acknowledgement is due."""
        return self._late[0][0] if self._late else None

    def handle_timer(self, condition: Condition, now: float) -> None:
        """Send the late acknowledgements that are due."""
        while self._late and now >= self._late[0][0]:
            self.say(self._late.popleft()[1], condition)
