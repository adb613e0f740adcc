"""Where a server says no: how many, how much, how long."""

from __future__ import annotations

import msgspec


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits of a server, per connection unless they say otherwise; times in seconds.

    `in_flight_max` may be passed by what one read brought. The largest frame is the framing's.
    """

    connections_max: int = 10_000
    """Open at once, of the whole server; who comes then is closed."""
    in_flight_max: int = 1_024
    """Requests without an answer; at so many nothing more is read."""
    write_buffer_max: int = 256 * 1024
    """Bytes of answers that nobody reads; at so many nothing more is read from the peer."""
    bad_messages_max: int = 100
    """Frames that are no message; the next one ends the connection."""
    stalled_timeout_s: float = 10.0
    """How long a peer may not read its answers."""
    half_frame_timeout_s: float = 10.0
    """How long one frame may take, however it drips."""
    idle_timeout_s: float = 900.0
    """How long a peer may say nothing."""
    handshake_timeout_s: float = 10.0
    """How long a TLS handshake may take."""
    close_timeout_s: float = 2.0
    """How long answers may take to leave when the server stops."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} is more than 0")
