"""The master keys of the configuration, read from their files."""

from __future__ import annotations

from pathlib import Path

from acquirer_sim.configuration import Configuration
from acquirer_sim.errors import KeyFileError
from acquirer_sim.keyring import Keyring
from protocol.aio.keyfile import BadKeyFile, read_master_key
from protocol.dialect import Dialect
from protocol.published_keys import TEST_MASTER_KEY
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


def _read(path: str) -> Key:
    problem = ""
    try:
        return read_master_key(Path(path))
    except BadKeyFile as error:
        problem = str(error)
    raise KeyFileError(f"The master key {problem}.", "Correct master_key_file or the file.")
