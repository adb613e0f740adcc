"""The virtual printer over real sockets on 127.0.0.1."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tallywire.virtual_printer import PrinterFaults, PrinterStartError, VirtualPrinter
from tallywire.virtual_printer.machine import BUFFER_SIZE
from tallywire.virtual_printer.paper import SlipEnd
from tests.tallywire.virtual_printer.hosts import CUT, PATIENCE_S, client, echo, printer, process

PROCESS = process("ab12")
ECHO = echo("ab12")


@pytest.mark.asyncio
async def test_receipt_is_printed_and_acknowledged() -> None:
    """P7 over TCP."""
    async with printer() as device, client(device) as host:
        host.writer.write(b"hello\n" + CUT + PROCESS)

        assert ECHO == await host.read(len(ECHO))
        assert [("hello",)] == [slip.lines for slip in device.printed]


@pytest.mark.asyncio
async def test_paper_loaded_later_finishes_the_job() -> None:
    """P9 over TCP: the echo comes after the new roll."""
    async with printer(paper_lines=1) as device, client(device) as host:
        host.writer.write(b"one\ntwo\n" + CUT + PROCESS + b"\x10\x04\x04")
        status = await host.read(1)

        device.load_paper(100)

        assert b"\x7e" == status
        assert ECHO == await host.read(len(ECHO))
        assert [("one",), ("two",)] == [slip.lines for slip in device.printed]


@pytest.mark.asyncio
async def test_second_client_is_turned_away_while_the_first_goes_on() -> None:
    """One client holds port 9100."""
    async with printer() as device, client(device) as first:
        first.writer.write(b"\x10\x04\x01")
        await first.read(1)
        async with client(device) as second:
            assert await second.end() in (b"", b"reset")

        first.writer.write(b"\x10\x04\x01")

        assert b"\x12" == await first.read(1)
        assert 1 == device.clients_refused


@pytest.mark.asyncio
async def test_port_held_turns_everybody_away() -> None:
    """As if another till were printing."""
    async with printer(faults=PrinterFaults(port_held=True)) as device, client(device) as host:
        assert await host.end() in (b"", b"reset")


@pytest.mark.asyncio
async def test_unreachable_printer_refuses_connections_until_it_is_well() -> None:
    """P3: nothing was sent, for certain."""
    async with printer(faults=PrinterFaults(unreachable=True)) as device:
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(device.host, device.port)

        await device.set_faults(PrinterFaults())

        async with client(device) as host:
            host.writer.write(b"\x10\x04\x01")
            assert b"\x12" == await host.read(1)


@pytest.mark.asyncio
async def test_silent_printer_accepts_and_says_nothing() -> None:
    """It takes the connection, reads nothing, answers nothing."""
    async with printer(faults=PrinterFaults(silent=True)) as device:
        async with client(device) as host:
            host.writer.write(b"\x10\x04\x01hello\n" + CUT)
            await host.writer.drain()
            async with client(device) as second:
                await second.end()  # the printer's loop has turned since

            assert 0 == device.machine.counters.bytes_received
        await device.set_faults(PrinterFaults())


@pytest.mark.asyncio
async def test_reset_fault_resets_the_connection() -> None:
    """P5: the client sees a reset in the middle of its job."""
    faults = PrinterFaults(resets_after_bytes=6)
    async with printer(faults=faults) as device, client(device) as host:
        host.writer.write(b"hello\nworld\n" + CUT)

        assert await host.end() in (b"", b"reset")
        device.tear_off()
        assert [("hello",)] == [slip.lines for slip in device.printed]


@pytest.mark.asyncio
async def test_printer_without_paper_stops_reading_when_its_buffer_is_full() -> None:
    """Back-pressure: megabytes do not fit into a printer."""
    async with printer(paper_lines=0) as device, client(device) as host:
        host.writer.write(b"x" * (BUFFER_SIZE - 3) + b"\x10\x04\x04")
        full = await host.read(1)

        host.writer.write(b"x" * 5_000_000)
        async with client(device) as second:
            await second.end()  # the printer's loop has turned since

        assert b"\x7e" == full
        assert BUFFER_SIZE == device.machine.counters.bytes_received
        host.writer.transport.abort()
        device.load_paper()


@pytest.mark.asyncio
async def test_power_off_breaks_the_connection_and_power_on_keeps_the_port() -> None:
    """REQ 003-10: the printer is switched off and on; the old job is forgotten."""
    async with printer() as device:
        port = device.port
        async with client(device) as host:
            host.writer.write(b"half\n\x10\x04\x01")
            await host.read(1)
            await device.power_off()
            assert await host.end() in (b"", b"reset")

        await device.power_on()

        async with client(device) as host:
            host.writer.write(b"new\n" + CUT + PROCESS)
            assert ECHO == await host.read(len(ECHO))
        assert port == device.port
        ends = [(slip.lines, slip.end) for slip in device.printed]
        assert [(("half",), SlipEnd.TORN_OFF), (("new",), SlipEnd.CUT)] == ends


@pytest.mark.asyncio
async def test_overheated_printer_goes_on_by_the_loop_s_own_timer() -> None:
    """The one timer of the server is armed and fires."""
    faults = PrinterFaults(echo_delay_s=0.01)
    async with printer(faults=faults) as device, client(device) as host:
        host.writer.write(b"a\n" + CUT + PROCESS)

        assert ECHO == await host.read(len(ECHO))


@pytest.mark.asyncio
async def test_wait_for_slips_returns_when_they_have_come_out() -> None:
    """For tests and the demo: no polling."""
    async with printer() as device, client(device) as host, asyncio.timeout(PATIENCE_S):
        host.writer.write((b"a\n" + CUT) * 2)

        assert 2 == len(await device.wait_for_slips(2))


@pytest.mark.asyncio
async def test_port_in_use_is_one_sentence() -> None:
    """What bad input gets: no traceback of the operating system."""
    async with printer() as device:
        second = VirtualPrinter(port=device.port)

        with pytest.raises(PrinterStartError, match=f"cannot listen on 127.0.0.1:{device.port}"):
            await second.start()


@pytest.mark.asyncio
async def test_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    """The slips' folder is tried before the port is opened."""
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(PrinterStartError, match="cannot write slips"):
        await VirtualPrinter(out_dir=tmp_path / "file").start()


@pytest.mark.asyncio
async def test_wide_printer_sets_48_columns_in_a_line() -> None:
    """REQ 000-15: 80 mm paper."""
    device = VirtualPrinter(columns=48)
    await device.start()
    async with client(device) as host:
        host.writer.write(b"x" * 48 + b"y\n" + CUT + PROCESS)
        await host.read(len(ECHO))
    await device.stop()

    assert [("x" * 48, "y")] == [slip.lines for slip in device.printed]
