"""Lines of a wire: what fits which message."""

from __future__ import annotations

import pytest

from protocol.message import Message
from tallywire.scenarios.wire import Pattern, said

FIRST = said(Message("0200", {2: "4111111111111111", 4: "000000001250", 11: "000002"}))
OTHER = said(Message("0400", {2: "4111112222221111", 4: "000000001250", 11: "000002"}))


@pytest.mark.parametrize(
    ("line", "differences"),
    [
        ("0400", []),
        ("0400 F4=000000001250", []),
        ("0400 F4=* F39=-", []),
        ("0400 F4=@1 F11=@1", []),
        ("0400 F4=000000001251", ["F4=000000001250"]),
        ("0400 F39=*", ["F39=-"]),
        ("0400 F4=-", ["F4=000000001250"]),
        ("0400 F4=@2", ["F4=000000001250"]),
        ("0400 F2=@1", ["F2=411111******1111"]),
        ("0410 F4=-", ["0400"]),
        ("garbage", ["0400"]),
    ],
)
def test_line_fits_a_message_or_says_what_differs(line: str, differences: list[str]) -> None:
    """Two card numbers behind one mask are two."""
    assert differences == Pattern.parse(line).differences(OTHER, [FIRST])


def test_no_secret_is_in_what_was_said() -> None:
    assert "4111111111111111" not in repr(FIRST)
    assert "4111111111111111" not in str(FIRST)
