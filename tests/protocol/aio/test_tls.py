"""Both sides with good and wrong certificates, over real sockets."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from protocol.aio.client import Client, tcp_opener
from protocol.aio.errors import NotConnected, Unanswered
from protocol.aio.server import serve
from protocol.aio.tls import client_context, server_context, tls_words
from protocol.events import Event, LinkLost
from protocol.settings import SettingsError
from tests.certificates import Authority, Pair
from tests.protocol.aio.floor import approve
from tests.protocol.pair import CODEC, FRAMING, reply_to, request

HERE = "127.0.0.1"


@asynccontextmanager
async def secured(pair: Pair, told: list[str], client_ca: str = "") -> AsyncIterator[int]:
    """Run a server that shows a certificate, and give its port."""
    context = server_context(
        certificate=pair.certificate, key=pair.key, client_ca=client_ca, on_failure=told.append
    )
    server = await serve(approve, CODEC, FRAMING, tls=context)
    try:
        yield server.addresses[0][1]
    finally:
        await server.close()


async def ask(
    port: int,
    context: ssl.SSLContext | None,
    *,
    name: str = "",
    events: list[Event] | None = None,
) -> bool:
    """Ask once and tell whether the answer was right."""
    heard = events if events is not None else []
    opener = tcp_opener(HERE, port, tls=context, server_name=name)
    client = Client(opener, CODEC, FRAMING, on_event=heard.append)
    try:
        await client.connect()
        return await client.request(request(1), 5.0) == reply_to(request(1))
    finally:
        await client.close()


@pytest.mark.asyncio
async def test_line_is_secure_when_the_certificate_is_believed(tmp_path: Path) -> None:
    """By address, and by a name that is not the address."""
    authority, told = Authority(tmp_path), []  # type: Authority, list[str]
    context = client_context(ca=authority.path)
    async with secured(authority.sign(HERE), told) as port:
        assert await ask(port, context)
    async with secured(authority.sign("bank.example"), told) as port:
        assert await ask(port, context, name="bank.example")

    assert [] == told


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("signed_for", "ends", "believed", "words"),
    [
        (HERE, 2100, "other", "unable to get local issuer certificate"),
        ("bank.example", 2100, "authority", "IP address mismatch"),
        (HERE, 2021, "authority", "certificate has expired"),
    ],
)
async def test_wrong_certificate_is_a_clear_sentence(
    tmp_path: Path, signed_for: str, ends: int, believed: str, words: str
) -> None:
    authority, other, told = Authority(tmp_path), Authority(tmp_path, "other"), list[str]()
    pair = authority.sign(signed_for, ends=datetime(ends, 1, 1, tzinfo=UTC))
    ca = {"authority": authority, "other": other}[believed].path
    async with secured(pair, told) as port:
        with pytest.raises(NotConnected, match=words) as caught:
            await ask(port, client_context(ca=ca))

    assert str(caught.value).startswith("the other side's certificate is not believed: ")


@pytest.mark.asyncio
async def test_server_hears_that_a_foreign_client_does_not_believe_it(tmp_path: Path) -> None:
    """OpenSSL's own client says goodbye with an alert."""
    told: list[str] = []

    def knock(port: int) -> str:
        context = ssl.create_default_context(cafile=Authority(tmp_path, "other").path)
        with socket.create_connection((HERE, port), 5) as plain:
            try:
                context.wrap_socket(plain, server_hostname=HERE)
            except ssl.SSLError as error:
                return tls_words(error)
        return ""

    async with secured(Authority(tmp_path).sign(HERE), told) as port:
        heard = await asyncio.to_thread(knock, port)

    assert heard.startswith("the other side's certificate is not believed: ")
    assert ["the other side does not believe our certificate"] == told


@pytest.mark.asyncio
async def test_client_hears_what_a_foreign_server_wants(tmp_path: Path) -> None:
    """With TLS 1.3 only after the first request: unknown, and why."""
    authority, events = Authority(tmp_path), list[Event]()
    pair = authority.sign(HERE)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority.path)
    context.load_cert_chain(pair.certificate, pair.key)
    context.verify_mode = ssl.CERT_REQUIRED
    door = socket.create_server((HERE, 0))

    def serve_one() -> None:
        door.settimeout(5)
        with door, door.accept()[0] as plain:
            plain.settimeout(5)
            secure = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
            with secure:
                with suppress(ssl.SSLError):
                    secure.do_handshake()
                # What the client says meanwhile is read, lest a reset should overtake the alert.
                secure.shutdown(socket.SHUT_WR)
                while secure.recv(4096):
                    pass

    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.to_thread(serve_one))
        with pytest.raises(Unanswered):
            await ask(door.getsockname()[1], client_context(ca=authority.path), events=events)

    assert ["the other side wants a certificate of ours"] == [
        event.detail for event in events if isinstance(event, LinkLost)
    ]


@pytest.mark.asyncio
async def test_both_sides_show_certificates(tmp_path: Path) -> None:
    """Mutual TLS: ours, none, and one of a stranger."""
    authority, stranger, told = Authority(tmp_path), Authority(tmp_path, "stranger"), list[str]()
    ours, strange = authority.sign("till"), stranger.sign("thief")
    async with secured(authority.sign(HERE), told, authority.path) as port:
        assert await ask(
            port, client_context(ca=authority.path, certificate=ours.certificate, key=ours.key)
        )
        for certificate, key in (("", ""), (strange.certificate, strange.key)):
            context = client_context(ca=authority.path, certificate=certificate, key=key)
            with pytest.raises((Unanswered, NotConnected)):
                await ask(port, context)

    assert "the other side showed no certificate" == told[0]
    assert told[1].startswith("the other side's certificate is not believed: unable to get")


@pytest.mark.asyncio
async def test_plain_and_secure_do_not_meet(tmp_path: Path) -> None:
    authority, told = Authority(tmp_path), list[str]()
    async with secured(authority.sign(HERE), told) as port:
        with pytest.raises((Unanswered, NotConnected)):
            await ask(port, None)
    plain = await serve(approve, CODEC, FRAMING)
    with pytest.raises(NotConnected):
        await ask(plain.addresses[0][1], client_context(ca=authority.path))
    await plain.close()

    assert ["the other side speaks no TLS"] == told


@pytest.mark.asyncio
async def test_server_is_secure_again_after_it_stopped_listening(tmp_path: Path) -> None:
    """A fault shuts the door for a while (N1); behind it the line is as it was."""
    authority = Authority(tmp_path)
    pair = authority.sign(HERE)
    context = server_context(certificate=pair.certificate, key=pair.key, on_failure=print)
    server = await serve(approve, CODEC, FRAMING, tls=context)
    ((host, port),) = server.stop_listening()
    await server.listen(host, port)

    assert await ask(port, client_context(ca=authority.path))
    await server.close()


def test_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    one, other = authority.sign("one"), authority.sign("other")
    noise = tmp_path / "noise.pem"
    noise.write_text("noise")

    def load(certificate: str, key: str, client_ca: str = "") -> str:
        with pytest.raises(SettingsError) as caught:
            server_context(certificate=certificate, key=key, client_ca=client_ca, on_failure=print)
        return str(caught.value)

    assert "No such file or directory" in load("gone.crt", one.key)
    assert "the key is not the certificate's" in load(one.certificate, other.key)
    assert "is no PEM file" in load(str(noise), str(noise))
    assert "tls.client_ca" in load(one.certificate, one.key, str(noise))
    with pytest.raises(SettingsError, match=r"tls\.ca"):
        client_context(ca=str(noise))


def test_reason_that_has_no_words_is_told_as_it_is() -> None:
    error = ssl.SSLError(1, "[SSL: SOME_NEW_REASON] some new reason")
    error.reason = "SOME_NEW_REASON"

    assert "TLS failed: some new reason" == tls_words(error)
