"""TLS on both sides: contexts out of files, and what went wrong as a sentence.

TLS 1.2 at least. A client always checks name and certificate; a server that has authorities for its
clients asks each for a certificate (mutual TLS).
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any, Final

from protocol.settings import SettingsError

WORDS: Final = {
    "WRONG_VERSION_NUMBER": "the other side speaks no TLS",
    "HTTP_REQUEST": "the other side speaks no TLS",
    "UNSUPPORTED_PROTOCOL": "there is no version of TLS that both sides speak",
    "TLSV1_ALERT_PROTOCOL_VERSION": "there is no version of TLS that both sides speak",
    "NO_SHARED_CIPHER": "there is no cipher that both sides know",
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "the other side showed no certificate",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "the other side wants a certificate of ours",
    "TLSV1_ALERT_UNKNOWN_CA": "the other side does not believe our certificate",
    "SSLV3_ALERT_BAD_CERTIFICATE": "the other side does not believe our certificate",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "the other side does not believe our certificate",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "our certificate is too old for the other side",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "the other side broke off the handshake",
}
"""What OpenSSL calls it, and what it means."""


def tls_words(error: ssl.SSLError) -> str:
    """Return what went wrong, for a person."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the other side's certificate is not believed: {error.verify_message.rstrip('.')}"
    reason = error.reason or "UNKNOWN"
    return WORDS.get(reason, f"TLS failed: {reason.replace('_', ' ').lower()}")


def client_context(
    *, ca: str = "", certificate: str = "", key: str = "", source: str = "tls"
) -> ssl.SSLContext:
    """Return what a client checks with, and shows. Without `ca` the system's are believed.

    Raises SettingsError.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca:
        _load(source, "tls.ca", lambda: context.load_verify_locations(cafile=ca), ca)
    else:
        context.load_default_certs()
    if certificate:
        _load_own(context, certificate, key, source)
    return context


def server_context(
    *,
    certificate: str,
    key: str,
    client_ca: str = "",
    source: str = "tls",
    on_failure: Callable[[str], None],
) -> ssl.SSLContext:
    """Return what a server shows, and asks its clients for. Raises SettingsError.

    `on_failure` is told in words of every handshake that fails: nobody else ever hears of it.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _load_own(context, certificate, key, source)
    if client_ca:
        _load(
            source,
            "tls.client_ca",
            lambda: context.load_verify_locations(cafile=client_ca),
            client_ca,
        )
        context.verify_mode = ssl.CERT_REQUIRED

    class Handshake(ssl.SSLObject):
        """Tells of its failure."""

        def do_handshake(self) -> None:
            """See ssl.SSLObject."""
            try:
                super().do_handshake()
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                raise
            except ssl.SSLError as error:
                on_failure(tls_words(error))
                raise

    context.sslobject_class = Handshake
    return context


def _load_own(context: ssl.SSLContext, certificate: str, key: str, source: str) -> None:
    # An empty password, lest OpenSSL should ask the person at the keyboard for one.
    _load(
        source,
        "tls.certificate",
        lambda: context.load_cert_chain(certificate, key or None, password=""),
        certificate if not key else f"{certificate} with key {key}",
    )


def _load(source: str, name: str, act: Callable[[], Any], path: str) -> None:
    problem = ""
    try:
        act()
    except ssl.SSLError as error:
        words = {"KEY_VALUES_MISMATCH": "the key is not the certificate's"}
        fallback = "is no PEM file that can be used; a key must not be enciphered"
        problem = f"{path}: {words.get(error.reason or '', fallback)}"
    except OSError as error:
        problem = f"{path}: {error.strerror or 'cannot be read'}"
    if problem:
        raise SettingsError(source, name, problem)
