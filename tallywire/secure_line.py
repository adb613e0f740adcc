"""A terminal's line to its acquirer by TLS, which says why when there is none."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from protocol.aio.client import tcp_opener
from protocol.aio.tls import client_context, tls_words
from terminal.texts import notice

if TYPE_CHECKING:
    from protocol.aio.client import Opener
    from terminal.configuration import TlsSettings
    from terminal.effects import Notice

NOT_SECURE = "L43"


def secure_opener(
    host: str,
    port: int,
    settings: TlsSettings,
    *,
    connect_timeout_s: float,
    tell: Callable[[Notice], None],
) -> Opener:
    """Return the opener for one address. `tell` hears of each handshake that fails.

    Raises SettingsError when a file cannot be used.
    """
    context = client_context(
        ca=settings.ca, certificate=settings.certificate, key=settings.key, source="terminal"
    )
    opener = tcp_opener(
        host, port, connect_timeout_s=connect_timeout_s, tls=context, server_name=settings.name
    )

    async def open_connection(
        factory: Callable[[], asyncio.Protocol],
    ) -> tuple[asyncio.Transport, asyncio.Protocol]:
        try:
            return await opener(factory)
        except ssl.SSLError as error:
            tell(not_secure(f"{host}:{port}", tls_words(error)))
            raise

    return open_connection


def not_secure(address: str, words: str) -> Notice:
    """Return the notice of a handshake that failed."""
    found = notice(NOT_SECURE, subject="link", key=address, state="not_connected")
    return msgspec.structs.replace(found, en=f"{found.en}: {words}", zh=f"{found.zh}：{words}")
