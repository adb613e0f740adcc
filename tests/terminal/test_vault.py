"""Card numbers at rest."""

from __future__ import annotations

import pytest

from protocol.secrets import Key, Pan
from terminal.errors import WrongKey
from terminal.vault import Vault
from tests.terminal.till import KEY, VISA

NONCE = bytes(12)


def test_vault_opens_what_it_sealed() -> None:
    vault = Vault(KEY)

    card = vault.seal(Pan(VISA), NONCE)

    assert vault.open(card) == Pan(VISA)
    assert (card.masked, VISA.encode() in card.sealed) == ("411111******1111", False)


def test_vault_refuses_what_another_key_sealed() -> None:
    """REQ 000-17."""
    card = Vault(Key(bytes(32))).seal(Pan(VISA), NONCE)

    with pytest.raises(WrongKey):
        Vault(KEY).open(card)


def test_lookup_is_the_same_for_one_card_and_needs_the_key() -> None:
    """PCI DSS 3.5.1.1: a hash of a card number is keyed."""
    vault, other = Vault(KEY), Vault(Key(bytes(32)))

    assert vault.lookup(Pan(VISA)) == vault.seal(Pan(VISA), NONCE).lookup
    assert vault.lookup(Pan(VISA)) != other.lookup(Pan(VISA))
    assert vault.check_value != other.check_value
