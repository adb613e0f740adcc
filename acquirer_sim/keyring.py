"""The keys that the host shares with its terminals.

Each terminal has a master key: its own, or the one for all. Its working keys follow from that
and from its number, so they need no storage, and a host that was started again still knows them.
That is for a simulator: a real host draws them at random and keeps them in a vault.

How long a terminal wants them is said at sign-on. A terminal that asked for single-length keys
must sign on again after a restart of the host; the others need not.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from protocol.keys import with_odd_parity, wrap_key
from protocol.mac import MacKey
from protocol.operations import KeyForm
from protocol.secrets import Key
from protocol.signing import Signing
from protocol.structures.working_keys import DOUBLE_SIZE, SINGLE_SIZE, WorkingKeys, WrappedKey

TERMINALS_MAX: Final = 4096
"""Terminals whose keys are kept ready; others cost a derivation."""


class Keyring:
    """Working keys by terminal. `default` is the master key of terminals not in `masters`."""

    def __init__(self, signing: Signing, default: Key, masters: Mapping[str, Key]) -> None:
        self.signing = signing
        self._default = default
        self._masters = masters
        self._singles: set[str] = set()
        self._renewals: dict[str, int] = {}
        self._ready: dict[str, MacKey] = {}

    def deliver(self, terminal: str, form: KeyForm) -> bytes:
        """Return the keys of a terminal as F62 has them, and use them from now on."""
        single = form is KeyForm.SINGLE
        if single and len(self._singles) < TERMINALS_MAX:
            self._singles.add(terminal)
        elif not single:
            self._singles.discard(terminal)
        self._ready.pop(terminal, None)
        track = self._wrapped(terminal, "track") if form is KeyForm.DOUBLE_WITH_TRACK else None
        pin, mac = self._wrapped(terminal, "pin"), self._wrapped(terminal, "mac")
        return WorkingKeys(pin=pin, mac=mac, track=track).build()

    def renew(self, terminal: str) -> None:
        """Forget a terminal's working keys for others; it learns them at its next sign-on (H16).

        A host that was started again has the first ones once more.
        """
        self._renewals[terminal] = self._renewals.get(terminal, 0) + 1
        self._ready.pop(terminal, None)

    def mac(self, terminal: str) -> MacKey:
        """Return the MAC key of a terminal."""
        ready = self._ready.get(terminal)
        if ready is None:
            if len(self._ready) >= TERMINALS_MAX:
                self._ready.clear()
            ready = self._ready[terminal] = self.signing.key(self._derive(terminal, "mac"))
        return ready

    def pin(self, terminal: str) -> Key:
        """Return the PIN key of a terminal."""
        return self._derive(terminal, "pin")

    def _wrapped(self, terminal: str, purpose: str) -> WrappedKey:
        wrapped, check = wrap_key(self._master(terminal), self._derive(terminal, purpose))
        return WrappedKey(Key(wrapped), check)

    def _master(self, terminal: str) -> Key:
        return self._masters.get(terminal, self._default)

    def _derive(self, terminal: str, purpose: str) -> Key:
        renewed = self._renewals.get(terminal, "")
        label = f"tallywire working key {purpose} {terminal}{renewed and f' {renewed}'}".encode()
        raw = hmac.new(self._master(terminal).reveal(), label, hashlib.sha256).digest()
        size = SINGLE_SIZE if terminal in self._singles else DOUBLE_SIZE
        return Key(with_odd_parity(raw[:size]))
