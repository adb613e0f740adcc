"""Requests as a terminal makes them, and books to put them to. Only published test cards."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import Connection

from acquirer_sim.aio.audit import audit
from acquirer_sim.aio.opening import prepare
from acquirer_sim.aio.queries import reading_over
from acquirer_sim.aio.sqlite_ledger import AroundCommit, SqliteLedger
from acquirer_sim.configuration import Configuration, default_configuration
from acquirer_sim.decide import Decision
from acquirer_sim.orders import Order
from acquirer_sim.policy import Policy
from acquirer_sim.rows import Payment
from protocol.amount import Amount
from protocol.kinds import KINDS, PaymentKind
from protocol.operations import (
    Card,
    Origin,
    OriginalPayment,
    OriginalReference,
    PaymentRequest,
    Request,
    Reversal,
    Settlement,
    SignOn,
    Stamp,
    Totals,
    UploadEnd,
    UploadItem,
)
from protocol.secrets import Key, Pan

T = TypeVar("T")

VISA: Final = "4111111111111111"
MASTERCARD: Final = "5555555555554444"
ORIGIN: Final = Origin("T0000001", "M00000000000001")
OTHER: Final = Origin("T0000002", "M00000000000001")
STAMP: Final = Stamp("1120113425", "193425", "1120")
NOW: Final = datetime(2026, 11, 20, 11, 34, 25, tzinfo=UTC)
KEY: Final = Key(bytes(range(32)))
BATCH: Final = "000001"


def purchase(stan: int, minor: int = 1234, *, pan: str = VISA, **changes: Any) -> PaymentRequest:
    card = Card(Pan(pan))
    made = PaymentRequest(
        origin=ORIGIN,
        stan=f"{stan:06d}",
        stamp=STAMP,
        batch=BATCH,
        amount=Amount(minor),
        card=card,
    )
    return msgspec.structs.replace(made, **changes)


def of(stan: int, mti: str = "0200", **changes: Any) -> OriginalPayment:
    """Name an earlier payment of the same batch."""
    made = OriginalPayment(mti, f"{stan:06d}", STAMP.transmission, BATCH)
    return msgspec.structs.replace(made, **changes)


def payment(
    kind: PaymentKind,
    stan: int,
    minor: int = 1234,
    *,
    original: OriginalPayment | None = None,
    **changes: Any,
) -> PaymentRequest:
    """Ask for any kind of payment."""
    return purchase(stan, minor, kind=kind, original=original, **changes)


def undo(asked: PaymentRequest, **changes: Any) -> Reversal:
    """Reverse a payment of any kind."""
    made = Reversal(
        origin=asked.origin,
        stan=asked.stan,
        stamp=STAMP,
        batch=asked.batch,
        amount=asked.amount,
        pan=asked.card.pan,
        original=OriginalReference(KINDS[asked.kind].mti, asked.stan, STAMP.transmission),
        kind=asked.kind,
    )
    return msgspec.structs.replace(made, **changes)


def reversal(stan: int, minor: int = 1234, *, pan: str | None = VISA, **changes: Any) -> Reversal:
    made = Reversal(
        origin=ORIGIN,
        stan=f"{stan:06d}",
        stamp=STAMP,
        batch=BATCH,
        amount=Amount(minor),
        pan=Pan(pan) if pan is not None else None,
        original=OriginalReference("0200", f"{stan:06d}", STAMP.transmission),
    )
    return msgspec.structs.replace(made, **changes)


def settlement(count: int, minor: int, **changes: Any) -> Settlement:
    made = Settlement(
        origin=ORIGIN,
        stan="000900",
        stamp=STAMP,
        batch=BATCH,
        totals=Totals(debit_count=count, debit_amount=minor),
        settlement_date="1120",
    )
    return msgspec.structs.replace(made, **changes)


def item(stan: int, minor: int = 1234, *, pan: str = VISA, **changes: Any) -> UploadItem:
    made = UploadItem(
        origin=ORIGIN,
        stan="000901",
        stamp=STAMP,
        batch=BATCH,
        number=stan,
        count=9,
        original=OriginalReference("0200", f"{stan:06d}", STAMP.transmission),
        amount=Amount(minor),
        pan=Pan(pan),
    )
    return msgspec.structs.replace(made, **changes)


def end(count: int, **changes: Any) -> UploadEnd:
    made = UploadEnd(origin=ORIGIN, stan="000999", stamp=STAMP, batch=BATCH, count=count)
    return msgspec.structs.replace(made, **changes)


def sign_on(**changes: Any) -> SignOn:
    made = SignOn(origin=ORIGIN, stan="000800", stamp=STAMP, batch=BATCH)
    return msgspec.structs.replace(made, **changes)


def configuration(**changes: Any) -> Configuration:
    """Return the built-in configuration with changes."""
    return msgspec.structs.replace(default_configuration(), **changes)


@lru_cache(maxsize=1)
def empty_ledger() -> bytes:
    """The file of a ledger on its first day; migrated once for all tests."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    ledger = prepare(connection, KEY).ledger
    ledger.close()
    assert ledger.image is not None
    return ledger.image


def row_of(terminal: str, merchant: str, batch: str, stan: str, **known: object) -> Payment:
    """A payment's row of which only what is told matters."""
    row: dict[str, Any] = dict.fromkeys(Payment.__struct_fields__, 0)
    key = {"terminal": terminal, "merchant": merchant, "batch": batch, "stan": stan}
    return Payment(**{**row, **key, **known})


class Books:
    """A ledger in memory with a policy: ask it, then look at what it holds."""

    def __init__(
        self,
        configuration: Configuration | None = None,
        *,
        around_commit: AroundCommit | None = None,
    ) -> None:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.deserialize(empty_ledger())
        self.ledger = SqliteLedger(connection, around_commit=around_commit)
        self.policy = Policy(configuration or default_configuration(), KEY)

    def decide(
        self, *requests: Request, orders: dict[int, Order] | None = None, now: datetime = NOW
    ) -> list[Decision]:
        """Decide and commit one group."""
        return self.ledger.perform(requests, now, self.policy, orders or {})

    def ask(self, *requests: Request) -> list[Any]:
        """Decide one group in which every request gets a reply."""
        replies = [decision.reply for decision in self.decide(*requests)]
        assert all(reply is not None for reply in replies)
        return [reply for reply in replies if reply is not None]

    def codes(self, *requests: Request) -> list[str]:
        """Return F39 of one group's replies."""
        return [reply.code for reply in self.ask(*requests)]

    def one(self, request: Request) -> Any:
        """Return the reply of a group of one."""
        return self.ask(request)[0]

    def believe(self, **changes: Any) -> None:
        """Go on under another configuration."""
        self.policy = Policy(configuration(**changes), KEY)

    def problems(self) -> list[str]:
        """Return what the audit finds."""
        return self.look(audit)

    def look(self, question: Callable[[Connection], T]) -> T:
        """Ask a question of people."""
        with reading_over(self.ledger.connection) as connection:
            return question(connection)

    def figures(self, batch: str = BATCH) -> tuple[int, ...]:
        """Return debits and credits of the first terminal's batch, each as count and amount."""
        query = (
            "SELECT debit_count, debit_minor, credit_count, credit_minor FROM batch"
            " WHERE terminal = ? AND batch = ?"
        )
        found: tuple[int, ...] = self.rows(query, (ORIGIN.terminal_id, batch))[0]
        return found

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Look into the ledger."""
        return self.ledger.connection.execute(query, parameters).fetchall()

    def balance(self, account: str) -> int:
        """Return the balance of all accounts that begin so."""
        query = "SELECT coalesce(sum(minor), 0) FROM posting WHERE account LIKE ? || '%'"
        found: int = self.rows(query, (account,))[0][0]
        return found

    def dump(self) -> str:
        """Return everything the ledger holds, as text."""
        return "\n".join(self.ledger.connection.iterdump())
