"""The host's keys: the same after a restart, other ones for every terminal."""

from __future__ import annotations

import pytest

from acquirer_sim.keyring import Keyring
from protocol.dialect import builtin_dialect
from protocol.keys import unwrap_key
from protocol.operations import KeyForm
from protocol.published_keys import TEST_MASTER_KEY
from protocol.secrets import Key
from protocol.signing import Signing
from protocol.structures.working_keys import WorkingKeys

SIGNING = Signing(builtin_dialect("cup"))
OWN = Key(bytes(range(16)))


def keyring() -> Keyring:
    return Keyring(SIGNING, TEST_MASTER_KEY, {"10000002": OWN})


@pytest.mark.parametrize(
    ("form", "size"),
    [(KeyForm.SINGLE, 24), (KeyForm.DOUBLE, 40), (KeyForm.DOUBLE_WITH_TRACK, 60)],
)
def test_delivery_has_the_form_that_was_asked_for(form: KeyForm, size: int) -> None:
    """domain/messages 1: 24, 40 or 60 bytes by F60.3."""
    keys = keyring()

    delivered = keys.deliver("10000001", form)

    wrapped = WorkingKeys.parse(delivered).mac
    mac = unwrap_key(TEST_MASTER_KEY, wrapped.significant.reveal(), wrapped.check_value)
    assert size == len(delivered)
    assert SIGNING.key(mac).compute(b"0200") == keys.mac("10000001").compute(b"0200")


def test_host_that_started_again_knows_its_keys() -> None:
    """H13: nothing of it is stored."""
    before, after = keyring(), keyring()
    before.deliver("10000001", KeyForm.DOUBLE)

    assert before.mac("10000001").compute(b"x") == after.mac("10000001").compute(b"x")


def test_terminals_share_no_key() -> None:
    keys = keyring()
    macs = {keys.mac(terminal).compute(b"x") for terminal in ("10000001", "10000002", "10000003")}

    assert 3 == len(macs)
    assert keys.pin("10000001") != keys.pin("10000003")


def test_terminal_with_a_master_key_of_its_own_gets_its_keys_under_it() -> None:
    wrapped = WorkingKeys.parse(keyring().deliver("10000002", KeyForm.DOUBLE)).pin

    pin = unwrap_key(OWN, wrapped.key.reveal(), wrapped.check_value)

    assert keyring().pin("10000002") == pin
