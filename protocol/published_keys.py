"""The master key that everybody knows: for terminals and hosts that play.

It stands in the examples of many a standard and manual. A simulator needs a key that both sides
have from the first minute; a key that protects something is given as a file.
"""

from __future__ import annotations

from typing import Final

from protocol.secrets import Key

TEST_MASTER_KEY: Final = Key(bytes.fromhex("0123456789ABCDEF" + "FEDCBA9876543210"))
