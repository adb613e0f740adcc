"""The keys of one terminal: its master key, and the working keys of the day.

They come wrapped at sign-on, each with a check value. A delivery with one wrong check value is
refused whole, and the keys of before stay. What the journal keeps is the delivery as it came,
wrapped under the master key, which lies in a file of its own.
"""

from __future__ import annotations

from protocol.errors import StructureError
from protocol.keys import KeyCheckError, unwrap_key
from protocol.mac import MacKey
from protocol.secrets import Key
from protocol.signing import Signing
from protocol.structures.working_keys import WorkingKeys, WrappedKey
from terminal.facts import Fact


class KeysTaken(Fact, frozen=True, kw_only=True):
    """Working keys whose check values held, as they came: wrapped under the master key."""

    wrapped: bytes


class Keyring:
    """Holds the master key and the working keys; `mac` and `pin` are None before a sign-on."""

    def __init__(self, signing: Signing, master: Key) -> None:
        self.signing = signing
        self.mac: MacKey | None = None
        self.pin: Key | None = None
        self._master = master

    def take(self, delivered: bytes) -> bool:
        """Use the keys of a delivery from now on; False, and nothing changes, if one is wrong."""
        try:
            keys = WorkingKeys.parse(delivered)
            pin, mac, _ = (self._open(key) for key in (keys.pin, keys.mac, keys.track or keys.mac))
            bound = self.signing.key(mac)
        except (StructureError, KeyCheckError, ValueError):
            return False
        self.pin, self.mac = pin, bound
        return True

    def _open(self, key: WrappedKey) -> Key:
        return unwrap_key(self._master, key.significant.reveal(), key.check_value)
