from __future__ import annotations

from pathlib import Path

import pytest

from protocol.settings import SettingsError
from terminal.aio.broker_access import NO_ACCESS, LoginFile, read_access
from terminal.configuration import BrokerSettings


def login_file(folder: Path, text: str, mode: int = 0o600) -> BrokerSettings:
    path = folder / "login.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return BrokerSettings(login_file=str(path))


def test_nothing_given_presents_nothing() -> None:
    assert NO_ACCESS == read_access(BrokerSettings(), tls=False, environment={})


def test_login_comes_from_a_file(tmp_path: Path) -> None:
    settings = login_file(tmp_path, 'user = "shop"\npassword = "s3cret"\n')

    login = read_access(settings, tls=False, environment={}).login

    assert login is not None
    assert ("shop", "s3cret") == (login.user, login.password.reveal())


def test_environment_comes_first(tmp_path: Path) -> None:
    settings = login_file(tmp_path, 'user = "shop"\npassword = "s3cret"\n')
    given = {"TALLYWIRE_MQTT_USER": "till", "TALLYWIRE_MQTT_PASSWORD": "other"}

    login = read_access(settings, tls=False, environment=given).login

    assert login is not None
    assert ("till", "other") == (login.user, login.password.reveal())


def test_password_is_never_shown(tmp_path: Path) -> None:
    access = read_access(
        login_file(tmp_path, 'user = "shop"\npassword = "s3cret"\n'), tls=False, environment={}
    )

    shown = f"{access} {access!r} {LoginFile('shop', 's3cret')!r}"

    assert "s3cret" not in shown
    assert "***" in shown


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        ('user = "shop"\npassword = "s3cret"\n', 0o644, "chmod 600"),
        ("user = 's3cret\n", 0o600, "a login file holds"),
        ('user = "shop"\npasword = "s3cret"\n', 0o600, "pasword: a login file holds"),
        ('user = 3\npassword = "s3cret"\n', 0o600, "user: a login file holds"),
    ],
)
def test_bad_login_file_is_named_and_not_shown(
    tmp_path: Path, text: str, mode: int, words: str
) -> None:
    with pytest.raises(SettingsError, match=words) as refused:
        read_access(login_file(tmp_path, text, mode), tls=False, environment={})

    assert "login.toml" in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_missing_files_are_named(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone.pem")

    with pytest.raises(SettingsError, match=r"gone\.pem: No such file"):
        read_access(BrokerSettings(login_file=gone), tls=False, environment={})
    with pytest.raises(SettingsError, match=r"gone\.pem: No such file"):
        read_access(BrokerSettings(ca_file=gone), tls=True, environment={})


def test_tls_checks_the_brokers_name_and_certificate() -> None:
    tls = read_access(BrokerSettings(), tls=True, environment={}).tls

    assert tls is not None
    assert tls.check_hostname
    assert "CERT_REQUIRED" == tls.verify_mode.name
