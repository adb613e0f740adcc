"""What a scenario may cover, by name: mistakes of the field, crash points, faults, host rules.

A set of scenarios is complete when every name of `WANTED` is covered by one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from acquirer_sim.faults import FAULTS
from terminal.effects import CrashPoint
from terminal.printing import PaperPoint

MISTAKES: Final[Mapping[str, str]] = {
    "flag-after-reply": "the mark of a settlement under way is written only after the 0510 (SC7)",
    "upload-errors-counted": "an upload item that failed is counted as a success (SC9)",
    "snapshot-by-print": "the slip is saved by its first print: a failed print loses it (SC11)",
    "print-stops-clearing": "a print failure stops the clearing of the batch (SC12)",
    "prints-at-every-boot": "the mark of a waiting print is not cleared after success",
    "batch-number-stays": "a printer fault leaves the old number of a closed batch (SC12)",
    "totals-recomputed": "the slip's totals are computed after the upload, its result is dropped",
    "journal-failure-ignored": "a failed journal write after an approval is ignored (T10)",
    "boot-loses-batch": "recovery at boot clears the batch and does not advance its number (SC8)",
    "printer-error-is-success": "an exception of the printer is returned as success (P5)",
    "mismatch-clears-reversal": "a reply that does not match deletes the pending reversal (N8)",
    "refused-reversal-cleared": "the pending reversal is cleared though the reply was no success",
    "separate-writes": "record, reversal, totals and receipt are separate writes (T8)",
    "secrets-in-clear": "what is secret stands in clear on the disk",
}
"""Name of a mistake seen in the field -> what it is. Each is a regression test."""

HOST_RULES: Final[Mapping[str, str]] = {
    "HR1": "the first 0500 of an open batch freezes it, and its reply is stored",
    "HR2": "a repeat with equal totals gets the identical stored reply",
    "HR3": "a repeat with other totals is an error and changes nothing",
    "HR4": "a 0500 for a batch without a stored reply is an error",
    "HR5": "a payment for another batch than the open one is refused with 77",
    "HR6": "a sign-on tells the open batch and closes nothing",
    "HR7": "a settlement waits for the payments of its terminal that are being decided",
    "HR8": "a cut-over (90) does not close the batch of a terminal",
    "HR9": "an empty batch is in balance, or refused",
    "HR10": "a reversal into a settled batch is an adjustment",
}
"""Rule of the acquirer -> what it is."""

CRASH_POINTS: Final[Mapping[str, str]] = {
    point.name: point.value.partition(": ")[2] for point in (*CrashPoint, *PaperPoint)
}
"""Where the power may fail, or paper, by its name."""

NOBODY_PROVOKES: Final[Mapping[str, str]] = {
    "SC2": "a person looks at the totals: nothing is on disk and nothing was sent since SC1",
    "SC14": "purging is local, and begins when a batch has been closed for long",
    "HR7": "a terminal says one thing at a time",
}
"""What no scenario can bring about, and why."""

NETWORK_AND_HOST: Final[Mapping[str, str]] = {
    code: facts.sentence for facts in FAULTS.values() for code in facts.code.split(", ")
}
"""Code of the fault catalogue -> a sentence."""

KNOWN: Final[Mapping[str, str]] = {**MISTAKES, **HOST_RULES, **CRASH_POINTS, **NETWORK_AND_HOST}

WANTED: Final = KNOWN.keys() - NOBODY_PROVOKES.keys()
"""What the shipped scenarios must cover."""
