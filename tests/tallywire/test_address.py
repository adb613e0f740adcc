"""HOST:PORT as people write it."""

from __future__ import annotations

import click
import pytest

from tallywire.address import ADDRESS


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8583", ("127.0.0.1", 8583)),
        ("acquirer.test:1", ("acquirer.test", 1)),
        ("[::1]:8583", ("::1", 8583)),
        (":8583", ("127.0.0.1", 8583)),
        ("8583", ("127.0.0.1", 8583)),
        ("0", ("127.0.0.1", 0)),
    ],
)
def test_address_is_read(text: str, address: tuple[str, int]) -> None:
    assert address == ADDRESS.convert(text, None, None)


@pytest.mark.parametrize(
    "text", ["", "host", "host:", "host:x", "host:-1", "host:65536", "host:８５８３"]
)
def test_address_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(click.BadParameter, match=r"is not HOST:PORT, like 127\.0\.0\.1:8583"):
        ADDRESS.convert(text, None, None)
