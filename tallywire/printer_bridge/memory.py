"""Which jobs a bridge has seen, and how far each came: what keeps a job from printing twice.

A broker delivers at least once, so a job may come twice; its name tells.
A fact is remembered *before* what it says is done: `printing` before the first byte. So after a
power cut the file knows what may be on paper:

    accepted    no byte was handed over, and none will be          -> refused
    printing    bytes may have been handed over                    -> unknown
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import msgspec

from terminal.cloud_printing import Progress, Report, is_news
from terminal.printer_status import Cause

JOBS_MAX: Final = 1000
RECENT_MAX: Final = 64


class JobMemory:
    """The newest report of each of the last `JOBS_MAX` jobs. `write` is told before all else."""

    def __init__(
        self, known: Iterable[Report] = (), write: Callable[[Report], None] = lambda _: None
    ) -> None:
        self._write = write
        self._known: OrderedDict[str, Report] = OrderedDict()
        for report in known:
            self._keep(report)

    def known(self, job: str) -> Report | None:
        """Return the newest report of a job, None for one that was never seen."""
        return self._known.get(job)

    def note(self, report: Report) -> bool:
        """Remember a report; False when it says nothing new."""
        if not is_news(report, self._known.get(report.job)):
            return False
        self._write(report)
        self._keep(report)
        return True

    def recent(self) -> list[Report]:
        """Return the newest reports, oldest first: for a broker that has forgotten them."""
        return list(self._known.values())[-RECENT_MAX:]

    def _keep(self, report: Report) -> None:
        self._known[report.job] = report
        self._known.move_to_end(report.job)
        while len(self._known) > JOBS_MAX:
            self._known.popitem(last=False)


def after_restart(report: Report) -> Report:
    """Return what is known of a job when the bridge ended after this report."""
    match report.progress:
        case Progress.ACCEPTED:
            return Report(job=report.job, progress=Progress.REFUSED, cause=Cause.OFFLINE.value)
        case Progress.PRINTING:
            return Report(job=report.job, progress=Progress.UNKNOWN, cause=Cause.UNKNOWN.value)
        case _:
            return report


def open_memory(path: Path | None) -> JobMemory:
    """Return the memory of a file, made where there is none; without a path it lives in RAM.

    Raises OSError, and ValueError when the file is something else.
    """
    if path is None:
        return JobMemory()
    known = list(JobMemory(_read(path))._known.values())
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        for report in (after_restart(one) for one in known):
            file.write(msgspec.json.encode(report) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    return JobMemory(map(after_restart, known), _Writer(handle))


def _read(path: Path) -> list[Report]:
    """Return the reports of a file, in their order; a last line that was cut off is none."""
    if not path.exists():
        return []
    *lines, _ = path.read_bytes().split(b"\n")
    try:
        return [msgspec.json.decode(line, type=Report) for line in lines]
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    raise ValueError(f"{path.name} is no memory of print jobs")


class _Writer:
    """Appends to the file and waits for the disk; the file is closed with its writer."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def __call__(self, report: Report) -> None:
        os.write(self._handle, msgspec.json.encode(report) + b"\n")
        os.fsync(self._handle)

    def __del__(self) -> None:
        os.close(self._handle)
