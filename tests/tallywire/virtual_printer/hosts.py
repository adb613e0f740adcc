"""Hosts of a printer: bytes as a till sends them, and the till's end of a connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tallywire.virtual_printer import PrinterFaults, Slip, VirtualPrinter
from tallywire.virtual_printer.machine import PrinterMachine

PATIENCE_S = 10
CUT = b"\x1dV\x00"
ASK_PAPER = b"\x1dr\x01"
STATUS_BACK = b"\x1da\x0f"


def process(name: str) -> bytes:
    return b"\x1d(H\x06\x0000" + name.encode("ascii")


def echo(name: str) -> bytes:
    return b"\x37\x22" + name.encode("ascii") + b"\0"


def receipt(lines: int) -> bytes:
    return b"".join(f"line {number}\n".encode("ascii") for number in range(1, lines + 1))


def connected(paper_lines: int = 1000, faults: PrinterFaults | None = None) -> PrinterMachine:
    machine = PrinterMachine(paper_lines=paper_lines, faults=faults)
    machine.connection_made()
    return machine


def lines_of(machine: PrinterMachine) -> list[tuple[str, ...]]:
    return [slip.lines for slip in machine.take_slips()]


def numbered(first: int, last: int) -> tuple[str, ...]:
    return tuple(f"line {number}" for number in range(first, last + 1))


def printed(data: bytes, *, paper_lines: int = 1000) -> Slip:
    machine = connected(paper_lines=paper_lines)
    machine.receive_data(data + CUT, 0.0)
    (slip,) = machine.take_slips()
    return slip


class Client:
    """A host's end of the connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def read(self, size: int) -> bytes:
        async with asyncio.timeout(PATIENCE_S):
            return await self.reader.readexactly(size)

    async def end(self) -> bytes:
        """What comes until the printer hangs up."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b"reset"


@asynccontextmanager
async def printer(
    *,
    paper_lines: int = 1000,
    faults: PrinterFaults | None = None,
    out_dir: Path | None = None,
) -> AsyncIterator[VirtualPrinter]:
    device = VirtualPrinter(paper_lines=paper_lines, faults=faults, out_dir=out_dir)
    await device.start()
    try:
        yield device
    finally:
        await device.stop()


@asynccontextmanager
async def client(device: VirtualPrinter) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection(device.host, device.port)
    try:
        yield Client(reader, writer)
    finally:
        writer.close()
        with suppress(ConnectionError):  # the printer may have reset it: that is what is tested
            await writer.wait_closed()
