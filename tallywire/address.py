"""HOST:PORT as people write it."""

from __future__ import annotations

import click


class Address(click.ParamType[tuple[str, int]]):
    """A click type: "127.0.0.1:8583", "[::1]:8583", ":8583" or "8583" give (host, port)."""

    name = "HOST:PORT"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Split at the last colon; loopback where no host is given."""
        if isinstance(value, tuple):
            return value
        host, _, port = str(value).rpartition(":")
        if not port.isascii() or not port.isdigit() or int(port) > 65_535:
            self.fail(f"{value!r} is not HOST:PORT, like 127.0.0.1:8583", param, ctx)
        return host.strip("[]") or "127.0.0.1", int(port)


ADDRESS = Address()
