"""The keys that everybody knows: for terminals and hosts that play.

They stand in the examples of many a standard and manual. A simulator needs a key that both sides
have from the first minute; a key that protects something is given as a file.
"""

from __future__ import annotations

from typing import Final

from protocol.secrets import Key

TEST_MASTER_KEY: Final = Key(bytes.fromhex("0123456789ABCDEF" + "FEDCBA9876543210"))

TEST_BASE_KEY: Final = Key(bytes.fromhex("0123456789ABCDEF" + "FEDCBA9876543210"))
TEST_DEVICE: Final = bytes.fromhex("FFFF9876543210E00000")
"""Base derivation key and key serial number of the example in ANSI X9.24-1:2009 A.4."""

TEST_AES_BASE_KEY: Final = Key(bytes.fromhex("FEDCBA9876543210" + "F1F1F1F1F1F1F1F1"))
TEST_AES_DEVICE: Final = bytes.fromhex("1234567890123456")
"""Base derivation key and initial key ID of the example in ANSI X9.24-3:2017."""
