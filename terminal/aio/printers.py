"""Printers: the port that paperwork prints through, and the plain ones behind it.

    tcp://HOST:PORT    an ESC/POS printer (`terminal.aio.escpos_printer`)
    mqtt://HOST/A/B    the same behind a broker, mqtts:// with TLS (`terminal.aio.cloud_printer`)
    file:DIR           a text file and a picture for each paper
    console:           plain text on the terminal's own output
    none:              printing is switched off; what is owed waits

A printer is told what to print as a `Sheet` and lays it out for its own paper. It answers with an
event of the print machine and never raises: whatever went wrong has a `Cause`.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TextIO
from urllib.parse import urlsplit

import msgspec

from protocol.settings import SettingsError
from terminal.aio.fonts import find_font, load_typeface
from terminal.configuration import DEFAULT_BROKER, BrokerSettings
from terminal.documents import CopyKind, Document, canonical_json
from terminal.layout import lay_out, render_text
from terminal.lines import Line
from terminal.paper import ORIGINAL, Marks, Paper
from terminal.printer_profile import (
    DEFAULT_PATIENCE,
    DEFAULT_PROFILE,
    Charset,
    Patience,
    PrinterProfile,
)
from terminal.printer_status import Cause
from terminal.printing import Confirmed, Interrupted, NothingSent, Result
from terminal.views import View, lay_out_view

if TYPE_CHECKING:
    from PIL import Image


NO_PICTURES: Final = "?pictures=no"


class Printable(Protocol):
    """Anything with lines: what a printer is given."""

    @property
    def name(self) -> str:
        """Return the name of this paper, for files and logs."""
        ...

    @property
    def process_id(self) -> bytes:
        """Return what the printer shall echo when it is printed."""
        ...

    def lines(self, paper: Paper) -> tuple[Line, ...]:
        """Return the lines on a given paper."""
        ...

    def json(self) -> str:
        """Return what is shown, as data."""
        ...


@dataclass(frozen=True, slots=True)
class Sheet:
    """One paper to print: which copy of which document, with which marks, under which name.

    `body` is the text of the document's snapshot, the one that was hashed, where it is at hand.
    """

    name: str
    document: Document
    copy: CopyKind
    process_id: bytes
    marks: Marks = ORIGINAL
    body: str = ""

    def lines(self, paper: Paper) -> tuple[Line, ...]:
        """Return the lines of this sheet on a given paper."""
        return lay_out(self.document, self.copy, marks=self.marks, paper=paper)

    def json(self) -> str:
        """Return the document's text as it was hashed: never written anew where it was stored."""
        return self.body or canonical_json(self.document)


@dataclass(frozen=True, slots=True)
class ViewSheet:
    """A view of the archive as a paper of its own."""

    name: str
    view: View
    process_id: bytes

    def lines(self, paper: Paper) -> tuple[Line, ...]:
        """Return the lines of this view on a given paper."""
        return lay_out_view(self.view, paper)

    def json(self) -> str:
        """Return the view as data."""
        return msgspec.json.encode(self.view, order="sorted").decode()


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a pre-flight found: what stops the paper, and what will soon."""

    cause: Cause | None = None
    warning: Cause | None = None


READY: Final = Readiness()


class Printer(Protocol):
    """What paperwork needs of a printer. No call raises; one call of `preflight`/`send` at once."""

    @property
    def name(self) -> str:
        """Return what a person calls it: its URL."""
        ...

    @property
    def paper(self) -> Paper:
        """Return the paper in it, for the preview."""
        ...

    async def preflight(self) -> Readiness:
        """Find out whether a job may begin. Sends no byte that could mark paper."""
        ...

    async def send(self, sheet: Printable) -> Result:
        """Print one sheet and wait until its fate is known, or certainly is not."""
        ...

    async def changed(self) -> None:
        """Return when it is worth while to look again: status, a late echo, or time."""
        ...

    def take_late(self) -> list[bytes]:
        """Take the process IDs of earlier sheets that were confirmed since the last call."""
        ...

    async def close(self) -> None:
        """Let go of it. Safe to call twice."""
        ...


class _Plain:
    """What printers without a mind of their own share."""

    def __init__(self, name: str, paper: Paper) -> None:
        self._name = name
        self._paper = paper

    @property
    def name(self) -> str:
        """See Printer."""
        return self._name

    @property
    def paper(self) -> Paper:
        """See Printer."""
        return self._paper

    async def preflight(self) -> Readiness:
        """See Printer."""
        return READY

    async def changed(self) -> None:
        """See Printer. Nothing ever changes by itself."""
        await asyncio.get_running_loop().create_future()

    def take_late(self) -> list[bytes]:
        """See Printer. What was written was confirmed at once."""
        return []

    async def close(self) -> None:
        """See Printer."""


class NoPrinter(_Plain):
    """Printing is switched off (REQ 003-06): everything waits, nothing is lost."""

    def __init__(self, paper: Paper) -> None:
        super().__init__("none:", paper)

    async def preflight(self) -> Readiness:
        """See Printer."""
        return Readiness(Cause.SWITCHED_OFF)

    async def send(self, sheet: Printable) -> Result:
        """See Printer."""
        return NothingSent(Cause.SWITCHED_OFF)


class ConsolePrinter(_Plain):
    """Writes papers as text to a stream."""

    def __init__(self, paper: Paper, stream: TextIO) -> None:
        super().__init__("console:", paper)
        self._stream = stream

    async def send(self, sheet: Printable) -> Result:
        """See Printer."""
        try:
            self._stream.write(render_text(sheet.lines(self._paper), self._paper.columns) + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            return Interrupted()
        return Confirmed()


class FilePrinter(_Plain):
    """Writes each paper as `NAME.txt`, and as `NAME.png` when `pictures`.

    A file appears whole or not at all: it is written beside and then renamed.
    """

    def __init__(
        self, directory: Path, paper: Paper, *, typeface: bytes | None, pictures: bool = True
    ) -> None:
        super().__init__(f"file:{directory}", paper)
        self._directory = directory
        self._typeface = typeface
        self._pictures = pictures

    async def preflight(self) -> Readiness:
        """See Printer."""
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
        except OSError:
            return Readiness(Cause.UNREACHABLE)
        return READY

    async def send(self, sheet: Printable) -> Result:
        """See Printer."""
        stem = re.sub(r"[^A-Za-z0-9]+", "-", sheet.name)
        text = render_text(sheet.lines(self._paper), self._paper.columns)
        try:
            if self._pictures:
                self._write_picture(self._directory / f"{stem}.png", sheet)
            beside = self._directory / f".{stem}.part"
            beside.write_text(text, encoding="utf-8")
            beside.replace(self._directory / f"{stem}.txt")
        except OSError:
            return NothingSent(Cause.UNREACHABLE)
        return Confirmed()

    def _write_picture(self, path: Path, sheet: Printable) -> None:
        beside = path.with_name(f".{path.name}.part")
        draw_sheet(sheet, self._paper, self._typeface).save(beside, "PNG", compress_level=1)
        beside.replace(path)


def draw_sheet(
    sheet: Printable, paper: Paper, typeface: bytes | None, *, scale: int = 2
) -> Image.Image:
    """Return the picture of a sheet; in ASCII English when there is no Chinese typeface."""
    # Pillow is imported by who draws.
    from terminal.picture import COLUMN_DOTS, draw_lines

    shown = paper if typeface else Paper(columns=paper.columns, ascii_only=True)
    dots = paper.columns * COLUMN_DOTS
    return draw_lines(sheet.lines(shown), typeface=typeface, width_dots=dots, scale=scale)


def open_printer(
    url: str,
    profile: PrinterProfile = DEFAULT_PROFILE,
    patience: Patience = DEFAULT_PATIENCE,
    *,
    stream: TextIO | None = None,
    broker: BrokerSettings = DEFAULT_BROKER,
) -> Printer:
    """Return the printer that a URL names; nothing is opened yet.

    Raises SettingsError, and TerminalError (L82) when what it needs is not installed.
    """
    kind, _, rest = url.partition(":")
    match kind:
        case "none":
            return NoPrinter(profile.paper)
        case "console":
            return ConsolePrinter(profile.paper, stream or sys.stdout)
        case "file" if rest.partition("?")[0]:
            directory, _, query = rest.partition("?")
            pictures = f"?{query}" != NO_PICTURES
            typeface = load_typeface() if pictures else None
            return FilePrinter(Path(directory), profile.paper, typeface=typeface, pictures=pictures)
        case "tcp":
            return _open_tcp(url, profile, patience)
        case "mqtt" | "mqtts":
            from terminal.aio.cloud_printer import open_cloud_printer

            return open_cloud_printer(url, with_typeface(profile), patience, broker)
        case _:
            raise SettingsError("printer", url, ALLOWED)


ALLOWED: Final = (
    "a printer is tcp://HOST:PORT, mqtt://HOST/PREFIX/PRINTER, file:DIR, console: or none:"
)


def _open_tcp(url: str, profile: PrinterProfile, patience: Patience) -> Printer:
    from terminal.aio.escpos_printer import EscposPrinter, tcp_opener

    try:
        address = urlsplit(url)
        host, port = address.hostname, address.port
    except ValueError:
        host = port = None
    if not host or not port:
        raise SettingsError("printer", url, ALLOWED)
    return EscposPrinter(url, tcp_opener(host, port), with_typeface(profile), patience)


def lacks_typeface(urls: Iterable[str], profile: PrinterProfile) -> bool:
    """Return whether one of these printers is drawn for and nothing here can draw Chinese."""
    drawn = any(
        (url.startswith("file:") and not url.endswith(NO_PICTURES))
        or (url.startswith(("tcp:", "mqtt")) and profile.charset is Charset.RASTER)
        for url in urls
    )
    return drawn and find_font() is None


def with_typeface(profile: PrinterProfile) -> PrinterProfile:
    """Return a profile that can be printed with: English letters where Chinese would be boxes."""
    if profile.charset is Charset.RASTER and find_font() is None:
        return msgspec.structs.replace(profile, charset=Charset.ASCII)
    return profile
