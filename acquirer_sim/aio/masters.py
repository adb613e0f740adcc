"""The master and base keys of the configuration, read from their files."""

from __future__ import annotations

from pathlib import Path

from acquirer_sim.configuration import Configuration
from acquirer_sim.errors import KeyFileError
from acquirer_sim.keyring import Keyring
from acquirer_sim.pins import Pins
from protocol.aio.keyfile import BadKeyFile, read_master_key
from protocol.dialect import Dialect
from protocol.pin_rule import PinFormat, PinKeys
from protocol.published_keys import TEST_AES_BASE_KEY, TEST_BASE_KEY, TEST_MASTER_KEY
from protocol.secrets import Key
from protocol.signing import Signing


def open_keyring(dialect: Dialect, configuration: Configuration) -> Keyring | None:
    """Return the keys of a host, None for a dialect that signs nothing. Raises KeyFileError."""
    if dialect.mac.algorithm is None:
        return None
    common = configuration.master_key_file
    masters = {
        terminal.id: _read(terminal.master_key_file)
        for terminal in configuration.terminal
        if terminal.master_key_file
    }
    return Keyring(Signing(dialect), _read(common) if common else TEST_MASTER_KEY, masters)


def open_pins(dialect: Dialect, configuration: Configuration, keyring: Keyring | None) -> Pins:
    """Return what opens this dialect's PINs. Raises KeyFileError."""
    rule, base = dialect.pin, None
    if rule.keys is PinKeys.DUKPT:
        published = TEST_AES_BASE_KEY if rule.format is PinFormat.ISO_4 else TEST_BASE_KEY
        path = configuration.base_key_file
        base = _read(path, name="base key", setting="base_key_file") if path else published
    return Pins(rule, working=None if keyring is None else keyring.pin, base=base)


def _read(path: str, *, name: str = "master key", setting: str = "master_key_file") -> Key:
    problem = ""
    try:
        return read_master_key(Path(path))
    except BadKeyFile as error:
        problem = str(error)
    raise KeyFileError(f"The {name} {problem}.", f"Correct {setting} or the file.")
