"""The PINs that come: which key opens a block, by what F53 says, or else by the dialect's rule.

A sign-on key is the terminal's of the day. A DUKPT key follows from the base key and the key
serial number that came along, so that the host keeps nothing for each device.
"""

from __future__ import annotations

from collections.abc import Callable

from protocol.dukpt import (
    Use,
    aes_initial_key,
    aes_working_key,
    tdes_initial_key,
    tdes_working_key,
)
from protocol.operations import PaymentRequest
from protocol.pin_block import Pin, PinError, open_pin
from protocol.pin_rule import PinFormat, PinKeys, PinRule
from protocol.secrets import Key


class Pins:
    """Opens the PINs of one host. `working` tells a terminal's PIN key (F41), `base` derives."""

    def __init__(
        self, rule: PinRule, *, working: Callable[[str], Key] | None = None, base: Key | None = None
    ) -> None:
        self._rule = rule
        self._working = working
        self._base = base

    def open(self, payment: PaymentRequest) -> Pin:
        """Return the PIN of a payment that has one. Raises PinError, for every reason the same."""
        sealed = payment.pin
        assert sealed is not None, "asked of payments with a PIN"
        said = sealed.control
        form = self._rule.format if said is None else said.format
        keys = self._rule.keys if said is None else said.keys
        try:
            key = self._key(form, keys, payment.origin.terminal_id, sealed.serial)
            return open_pin(sealed.block, pan=payment.card.pan, key=key, form=form)
        except PinError:
            pass
        except ValueError:
            # A key too short for its cipher, or a serial number of another scheme.
            pass
        raise PinError("opens to no PIN")

    def _key(self, form: PinFormat, keys: PinKeys, terminal: str, serial: bytes | None) -> Key:
        if keys is PinKeys.SIGN_ON:
            if self._working is None:
                raise PinError("no working keys here")
            return self._working(terminal)
        if self._base is None or serial is None:
            raise PinError("no derived keys here")
        if form is PinFormat.ISO_4:
            return aes_working_key(aes_initial_key(self._base, serial[:8]), serial, Use.PIN)
        return tdes_working_key(tdes_initial_key(self._base, serial), serial, Use.PIN)
