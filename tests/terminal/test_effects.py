"""The order of effects is the contract."""

from __future__ import annotations

import pytest

from protocol.operations import Echo
from terminal.effects import Commit, Connect, CrashPoint, Effects, Print, Send, Tell, in_order
from terminal.notices import told
from tests.terminal.test_payment import ORIGIN, STAMP

COMMIT = Commit(())
CONNECT = Connect()
SEND = Send(Echo(origin=ORIGIN, stan="000001", stamp=STAMP), 1.0, CrashPoint.T6, CrashPoint.T7)
PRINT = Print("000001")
TELL = Tell(told("00", "payment", "", "approved"))


@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        ((), True),
        ((COMMIT, SEND), True),
        ((COMMIT, TELL, PRINT), True),
        ((COMMIT, TELL, CONNECT), True),
        ((SEND, COMMIT), False),
        ((PRINT, COMMIT), False),
        ((TELL, COMMIT), False),
        ((COMMIT, CONNECT, SEND), False),
    ],
)
def test_in_order_means_commit_before_what_follows_from_it(
    effects: Effects, *, expected: bool
) -> None:
    """Intent is on disk before the first byte leaves, and nothing is told before it is true."""
    assert in_order(effects) is expected
