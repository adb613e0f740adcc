from __future__ import annotations

from acquirer_sim.arrival import NAMES, arrival_of
from acquirer_sim.settings import RequestName
from protocol import inquiries, operations, uploads
from protocol.kinds import PaymentKind
from protocol.operations import Request
from protocol.profiles import iso87
from tests.acquirer_sim.asking import VISA, item, purchase


def test_every_request_has_a_name() -> None:
    kinds = {
        kind
        for module in (operations, inquiries, uploads)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Request) and kind is not Request
    }

    assert kinds == set(NAMES)
    assert set(RequestName) == set(NAMES.values())


def test_request_tells_what_may_be_asked_of_it() -> None:
    """And shows no card number."""
    sale, upload = purchase(1), item(1)

    found = arrival_of(iso87.encode(sale), sale)

    assert ("0200", RequestName.PAYMENT, PaymentKind.SALE, "000000") == (
        found.mti,
        found.request,
        found.kind,
        found.processing,
    )
    assert ("T0000001", "M00000000000001", "000001", "000001", 1234) == (
        found.terminal,
        found.merchant,
        found.batch,
        found.stan,
        found.minor,
    )
    assert VISA not in repr(found)
    assert arrival_of(iso87.encode(upload), upload).card == upload.pan
