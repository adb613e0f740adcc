"""Who we are to a broker, and whom we believe: user, password, certificates.

Never in a URL, never printed. From a TOML file (`[broker] login_file`), or, stronger, from the
environment: TALLYWIRE_MQTT_USER and TALLYWIRE_MQTT_PASSWORD.

    user = "shop-12"
    password = "..."
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from protocol.secrets import Secret
from protocol.settings import SettingsError, parse_settings
from terminal.configuration import BrokerSettings

if TYPE_CHECKING:
    import ssl

USER: Final = "TALLYWIRE_MQTT_USER"
PASSWORD: Final = "TALLYWIRE_MQTT_PASSWORD"
OTHERS: Final = 0o077


class Password(Secret[str]):
    """A password: shown as stars, however long."""

    @property
    def masked(self) -> str:
        """See Secret."""
        return "***"


@dataclass(frozen=True, slots=True)
class Login:
    """A user and a password."""

    user: str
    password: Password


@dataclass(frozen=True, slots=True)
class BrokerAccess:
    """What a connection presents, and what it checks; None is not there."""

    login: Login | None = None
    tls: ssl.SSLContext | None = None


NO_ACCESS: Final = BrokerAccess()


class LoginFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a login file holds."""

    user: str
    password: str = ""

    def __repr__(self) -> str:
        return f"LoginFile(user={self.user!r}, password=***)"


def read_access(
    settings: BrokerSettings, *, tls: bool, environment: Mapping[str, str] | None = None
) -> BrokerAccess:
    """Return what connections present and check. Raises SettingsError."""
    given = os.environ if environment is None else environment
    return BrokerAccess(_login(settings.login_file, given), _context(settings) if tls else None)


def _login(path: str, environment: Mapping[str, str]) -> Login | None:
    if environment.get(USER):
        return Login(environment[USER], Password(environment.get(PASSWORD, "")))
    if not path:
        return None
    text = _read(path)
    try:
        found = parse_settings(text, LoginFile, path)
    except SettingsError as error:
        key = error.key
    else:
        return Login(found.user, Password(found.password))
    # Not what was found there: it may be the password.
    raise SettingsError(path, key, 'a login file holds user = "..." and password = "..."')


def _read(path: str) -> str:
    problem = ""
    try:
        if os.stat(path).st_mode & OTHERS:
            problem = "others can read it; chmod 600 it"
        else:
            return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        problem = error.strerror or "cannot be read"
    except UnicodeDecodeError:
        problem = "is no UTF-8 text"
    raise SettingsError(path, "", problem)


def _context(settings: BrokerSettings) -> ssl.SSLContext:
    """Check the broker's name and certificate, always."""
    import ssl

    problem = ""
    try:
        context = ssl.create_default_context(cafile=settings.ca_file or None)
        if settings.certificate_file:
            context.load_cert_chain(settings.certificate_file, settings.key_file or None)
        return context
    except OSError as error:  # an SSLError is one
        problem = error.strerror or "cannot be used"
    names = (settings.ca_file, settings.certificate_file, settings.key_file)
    raise SettingsError("broker", ", ".join(filter(None, names)), problem)
