from __future__ import annotations

import hashlib

import msgspec
import pytest

from terminal.documents import (
    GENESIS_HASH,
    ChainHead,
    CopyKind,
    Document,
    Snapshot,
    TamperedError,
    canonical_json,
    check_chain,
    missing_fields,
    open_snapshot,
    take_snapshot,
)
from terminal.layout import lay_out, render_text
from tests.terminal.samples import SHOP, fault, receipt, settlement


@pytest.mark.parametrize("document", [receipt(), settlement(), fault()])
def test_snapshot_opens_as_the_same_document(document: Document) -> None:
    snapshot = take_snapshot(document, ChainHead())

    assert document == open_snapshot(snapshot)


OLD = (
    '{"acquirer":"","amount_minor":1850,"at":"2025/01/02 10:15:09","authorisation":"123456",'
    '"batch":"000007","card":"411111******1111","currency":"156","document":"receipt","entry":"S",'
    '"issuer":"","kind":"sale","recovered_from":"","remarks":[],"rrn":"600210000345","shop":'
    '{"merchant_id":"123456789012345","merchant_name":"SHOP","operator":"01","terminal_id":'
    '"12345678"},"stan":"000123","testing":true}'
)
"""A receipt of last year, before it had a tag, a chip and a line of the expiry date."""


def test_old_snapshot_opens_by_the_text_that_was_hashed() -> None:
    """REQ 000-03: fields that came later do not change what is proved of a paper."""
    digest = hashlib.sha256(f"1\n{GENESIS_HASH}\n{OLD}".encode()).hexdigest()
    snapshot = Snapshot(
        number=1, document_id="R000007-000123", body=OLD, sha256=digest, previous=GENESIS_HASH
    )
    document = open_snapshot(snapshot)

    assert canonical_json(document) != OLD
    assert snapshot.head == check_chain((snapshot,), ChainHead())
    assert "消费/SALE" in render_text(lay_out(document, CopyKind.MERCHANT))


def test_canonical_json_has_sorted_keys_and_no_blanks() -> None:
    text = canonical_json(fault())

    assert text.startswith('{"amount_minor":5000,"at":"2026/01/02 10:20:00","batch":"000012"')
    assert ": " not in text.replace("10:20", "")


def test_snapshots_form_a_chain() -> None:
    first = take_snapshot(receipt(), ChainHead())
    second = take_snapshot(settlement(), first.head)

    assert GENESIS_HASH == first.previous
    assert first.sha256 == second.previous
    assert second.head == check_chain((first, second), ChainHead())


def test_open_refuses_a_changed_amount() -> None:
    """REQ 000-03: a tampered snapshot is refused."""
    snapshot = take_snapshot(receipt(), ChainHead())
    body = snapshot.body.replace('"amount_minor":12345', '"amount_minor":99999')
    tampered = msgspec.structs.replace(snapshot, body=body)

    with pytest.raises(TamperedError) as caught:
        open_snapshot(tampered)

    assert caught.value.code == "L42"


def test_open_refuses_another_documents_snapshot() -> None:
    """A snapshot moved to another document's row is found by its name."""
    snapshot = take_snapshot(receipt(), ChainHead())

    with pytest.raises(TamperedError):
        open_snapshot(msgspec.structs.replace(snapshot, document_id="R000012-000999"))


def test_chain_refuses_a_snapshot_that_is_missing() -> None:
    """REQ 000-12: the archive's chain of hashes shows what was taken out."""
    first = take_snapshot(receipt(), ChainHead())
    second = take_snapshot(settlement(), first.head)

    with pytest.raises(TamperedError):
        check_chain((second,), ChainHead())


def test_chain_refuses_a_snapshot_written_again() -> None:
    first = take_snapshot(receipt(), ChainHead())
    second = take_snapshot(settlement(), first.head)
    forged: Snapshot = take_snapshot(receipt(amount_minor=1), ChainHead())

    with pytest.raises(TamperedError):
        check_chain((forged, second), ChainHead())


@pytest.mark.parametrize("card", ["4111111111111111", "4111111*****1111", "41111111111111**", ""])
def test_document_refuses_a_card_that_is_not_masked(card: str) -> None:
    """REQ 000-11: no full card number can be in a document."""
    with pytest.raises(ValueError, match="masked"):
        receipt(card=card)


@pytest.mark.parametrize("name", ["merchant_name", "merchant_id", "terminal_id"])
def test_missing_fields_names_what_the_shop_did_not_fill_in(name: str) -> None:
    """REQ 001-14."""
    shop = msgspec.structs.replace(SHOP, **{name: " "})

    assert (name,) == missing_fields(receipt(shop=shop))


def test_missing_fields_is_empty_for_whole_documents() -> None:
    assert () == missing_fields(receipt()) + missing_fields(settlement()) + missing_fields(fault())
