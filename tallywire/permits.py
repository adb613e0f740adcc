"""Which act each command is, for the table of `terminal.people`: words of the keys and of `serve`.

A command that is not here cannot be given where people are on. None stands for what looks after
itself: logging in, one's own password, and commands whose words are acts of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from terminal.people import Act

PERMITS: Final[Mapping[str, Act | None]] = {
    "sale": Act.SELL,
    "preauth": Act.SELL,
    "complete": Act.SELL,
    "offline-sale": Act.SELL,
    "adjust": Act.SELL,
    "balance": Act.SELL,
    "void": Act.VOID,
    "preauth-void": Act.VOID,
    "completion-void": Act.VOID,
    "refund": Act.REFUND,
    "sign-on": Act.SIGN,
    "sign-off": Act.SIGN,
    "echo": Act.SIGN,
    "settle": Act.SETTLE,
    "inquire": Act.SETTLE,
    "recover": Act.RECOVER,
    "recover-receipts": Act.REBUILD,
    "verify": Act.LOOK,
    "find": Act.LOOK,
    "preview": Act.LOOK,
    "reprint": Act.REPRINT,
    "export": Act.REPRINT,
    "jobs": Act.LOOK,
    "jobs list": Act.LOOK,
    "jobs audit": Act.READ_AUDIT,
    "jobs cancel": Act.PRINT_JOBS,
    "jobs came-out": Act.PRINT_JOBS,
    "jobs did-not": Act.PRINT_JOBS,
    "jobs void": Act.PRINT_JOBS,
    "cancel": Act.PRINT_JOBS,
    "came-out": Act.PRINT_JOBS,
    "did-not": Act.PRINT_JOBS,
    "void-paper": Act.PRINT_JOBS,
    "printers": Act.LOOK,
    "printer status": Act.LOOK,
    "printer test": Act.PRINT_JOBS,
    "status": Act.LOOK,
    "list": Act.LOOK,
    "batches": Act.LOOK,
    "audit": Act.READ_AUDIT,
    "operators": None,
    "operators list": None,
    "operators add": None,
    "operators remove": None,
    "operators unlock": None,
    "operators reset": None,
    "operators password": None,
    "operators off": None,
    "settings show": Act.LOOK,
    "settings set": Act.CHANGE_SETTINGS,
    "settings undo": Act.CHANGE_SETTINGS,
    "settings history": Act.LOOK,
    "serve": None,
    "login": None,
    "logout": None,
    "password": None,
}

SHOWN: Final = ("amount", "stan", "batch", "rrn", "number", "name", "job")
PAPERS: Final = ("what", *SHOWN)
"""What of a command's words stands in the audit log. A card never does."""


def subject_of(verb: str, words: Mapping[str, Any]) -> str:
    """Return a command as the audit log has it: "sale 12.50"."""
    names = PAPERS if PERMITS[verb] is Act.REPRINT else SHOWN
    shown = [str(words[name]) for name in names if words.get(name)]
    return " ".join([verb, *shown])
