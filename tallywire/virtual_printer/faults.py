"""What can be wrong with a printer, on command.

`PrinterFaults` is one frozen value: the command's options, the demo and the tests share it. The
names are those of the printer faults of the field; `parse_fault` reads `name` or `name=value`
from one table, which is also the help text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Final


class Echo(Enum):
    """What becomes of a process ID (GS ( H)."""

    RIGHT = "right"
    NEVER = "never"
    """Nothing that is answered in buffer order is answered: no fence (GS r) either."""
    PREVIOUS = "previous"
    """The job before is acknowledged instead of this one."""
    PREVIOUS_FIRST = "previous-first"
    """The job before is acknowledged again, then this one."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class PrinterFaults:
    """All faults; a value without arguments is a printer in good health.

    `*_after_lines` count printed lines from the moment the faults are set, and strike once,
    before the next line is printed; `resets_after_bytes` counts the bytes of one connection.
    """

    unreachable: bool = False
    silent: bool = False
    port_held: bool = False
    offline: bool = False
    near_end: bool = False
    paper_ends_after_lines: int | None = None
    cover_opens_after_lines: int | None = None
    overheats_after_lines: int | None = None
    breaks_after_lines: int | None = None
    cutter_jams: bool = False
    resets_after_bytes: int | None = None
    swallows: bool = False
    clone: bool = False
    illiterate: bool = False
    echo: Echo = Echo.RIGHT
    echo_delay_s: float = 0.0
    status_garbage: bool = False
    status_interleaved: bool = False
    seconds_per_line: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, (int, float)) and value < 0:
                raise ValueError(f"a printer fault cannot be negative: {field.name} {value}")


@dataclass(frozen=True, slots=True)
class FaultOption:
    """One row of the table: the option's field, how its value is read, what it does."""

    field: str
    read: Callable[[str], object] | None
    help: str


OPTIONS: Final[dict[str, FaultOption]] = {
    "unreachable": FaultOption("unreachable", None, "connections are refused"),
    "silent": FaultOption("silent", None, "accepts a connection, then nothing"),
    "port-held": FaultOption("port_held", None, "another client holds the port"),
    "offline": FaultOption("offline", None, "switched off line at its panel"),
    "near-end": FaultOption("near_end", None, "the near-end sensor reports the core of the roll"),
    "paper-end": FaultOption("paper_ends_after_lines", int, "the paper ends after N lines"),
    "cover": FaultOption("cover_opens_after_lines", int, "the cover opens after N lines"),
    "overheat": FaultOption("overheats_after_lines", int, "overheats after N lines, cools down"),
    "broken": FaultOption("breaks_after_lines", int, "an unrecoverable error after N lines"),
    "cutter": FaultOption("cutter_jams", None, "the knife jams at the next cut"),
    "reset": FaultOption("resets_after_bytes", int, "resets the connection after N bytes"),
    "swallow": FaultOption("swallows", None, "takes everything, prints nothing"),
    "clone": FaultOption("clone", None, "knows no process IDs (GS ( H)"),
    "illiterate": FaultOption("illiterate", None, "prints the bytes of GS ( H as text"),
    "echo": FaultOption("echo", Echo, "process IDs: right, never, previous, previous-first, wrong"),
    "late-echo": FaultOption("echo_delay_s", float, "acknowledges N seconds late"),
    "garbage": FaultOption("status_garbage", None, "status bytes with wrong fixed bits"),
    "interleaved": FaultOption("status_interleaved", None, "status frames between all replies"),
    "slow": FaultOption("seconds_per_line", float, "takes N seconds for a line"),
}


def parse_fault(text: str, faults: PrinterFaults) -> PrinterFaults:
    """Return `faults` with `name` or `name=value` added. Raises ValueError with a sentence."""
    name, equals, value = text.strip().partition("=")
    option = OPTIONS.get(name)
    if option is None:
        raise ValueError(f"no printer fault is called {name!r}; there are: {', '.join(OPTIONS)}")
    if option.read is None:
        if equals:
            raise ValueError(f"the printer fault {name} takes no value, not {value!r}")
        return _with(faults, option.field, value=True)
    try:
        return _with(faults, option.field, value=option.read(value))
    except ValueError:
        raise ValueError(f"the printer fault {name} cannot be {value!r}: {option.help}") from None


def _with(faults: PrinterFaults, field: str, *, value: object) -> PrinterFaults:
    changes: dict[str, object] = {field: value}
    return replace(faults, **changes)  # type: ignore[arg-type]  # the table names real fields
