"""What can go wrong around the acquirer, in one sentence with a next step.

AcquirerError
├── ListenError    the address cannot be listened on
├── LedgerError    the ledger cannot be opened, read or written
│   └── PoisonedGroup  a value of one request has no room in it
├── KeyFileError   the ledger's key is missing or is not the one it was made with
├── TraceError     the file of a trace cannot be opened
└── TokenError     the API would be open to strangers, or its token cannot be read
"""

from __future__ import annotations


class AcquirerError(Exception):
    """Base: `code` for programs, `sentence` and `next_step` for people."""

    code = "A00"

    def __init__(self, sentence: str, next_step: str) -> None:
        super().__init__(f"{sentence} {next_step}")
        self.sentence = sentence
        self.next_step = next_step


class ListenError(AcquirerError):
    """The address cannot be listened on."""

    code = "A10"


class LedgerError(AcquirerError):
    """The ledger cannot be opened, read or written."""

    code = "A20"


class PoisonedGroup(LedgerError):
    """One request of a group holds what the ledger cannot; without it the others are fine."""


class KeyFileError(AcquirerError):
    """The ledger's key is missing, or is not the one it was made with."""

    code = "A30"


class TraceError(AcquirerError):
    """The file of a trace cannot be opened."""

    code = "A40"


class TokenError(AcquirerError):
    """The API would be open to strangers, or its token cannot be read."""

    code = "A50"
