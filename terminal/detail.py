"""The detail list (交易明细) of a batch, and below it what the host did not take.

Two lists follow the receipts where there is something for them, as the trade has them:
未成功上送/UNSUCC LIST names what was told and not acknowledged, 被拒绝/DENIED LIST what the host
refused. Neither is summed with anything: they are for the person who goes after them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from protocol.amount import EXPONENTS, format_minor
from protocol.kinds import PaymentKind
from terminal import blocks, labels
from terminal.documents import CopyKind, Receipt, Shop
from terminal.labels import Words
from terminal.lines import Line, justify, text_width
from terminal.paper import Paper
from terminal.responses import response
from terminal.texts import text_of

TYPE_LETTERS: Final = {
    PaymentKind.SALE: "S",
    PaymentKind.REFUND: "R",
    PaymentKind.PREAUTHORISATION: "A",
    PaymentKind.COMPLETION: "P",
    PaymentKind.PREAUTHORISATION_VOID: "A",
    PaymentKind.COMPLETION_VOID: "V",
    PaymentKind.COMPLETION_ADVICE: "C",
    PaymentKind.OFFLINE_SALE: "L",
    PaymentKind.ADJUSTMENT: "L",
    PaymentKind.BALANCE: "B",
    PaymentKind.VOID: "V",
}
"""The letters of a detail list, as the trade writes them."""

RECOVERED_MARK: Final = "*"
"""Behind the letter of a receipt that was rebuilt: it is in no totals here."""

OUR_CODES: Final = "L"
"""What the codes begin with that no host gave."""


class NotTaken(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that was told or uploaded and that the host does not have.

    `card` is masked; `code` is what the host answered, a local code for why there is no answer, or
    "" before anybody tried.
    """

    stan: str
    kind: PaymentKind
    card: str
    amount_minor: int
    currency: str
    code: str

    @property
    def denied(self) -> bool:
        """True when the host said no; it may also have said nothing."""
        return self.code != "" and not self.code.startswith(OUR_CODES)


class DetailList(msgspec.Struct, frozen=True, kw_only=True):
    """Every receipt of a batch, in the order of their snapshots, and what the host lacks."""

    shop: Shop
    batch: str
    at: str
    receipts: tuple[Receipt, ...]
    not_taken: tuple[NotTaken, ...] = ()
    testing: bool = True


def detail_lines(detail: DetailList, paper: Paper) -> Iterator[Line]:
    """Lay out a detail list."""
    yield from blocks.title(labels.DETAIL, paper)
    yield blocks.rule(paper)
    yield from blocks.shop(detail.shop, paper)
    yield from blocks.entry(labels.BATCH_NO, detail.batch, paper)
    yield from blocks.entry(labels.DATE_TIME, detail.at, paper)
    yield blocks.rule(paper)
    yield from _heads(labels.AUTH_NO, paper)
    for receipt in detail.receipts:
        yield from _receipt(receipt, paper)
    yield blocks.rule(paper)
    yield from blocks.entry(labels.BATCH_COUNT, str(len(detail.receipts)), paper)
    if any(receipt.recovered_from for receipt in detail.receipts):
        yield Line(f"{RECOVERED_MARK} {labels.RECOVERED.name(paper.shown)}")
    yield blocks.rule(paper)
    silent = tuple(one for one in detail.not_taken if not one.denied)
    denied = tuple(one for one in detail.not_taken if one.denied)
    yield from _list(labels.UNSUCCESSFUL, silent, paper)
    yield from _list(labels.DENIED, denied, paper)
    yield from blocks.foot(CopyKind.SETTLEMENT, paper, testing=detail.testing)


def _heads(below: Words, paper: Paper) -> Iterator[Line]:
    heads = (labels.VOUCHER_NO, labels.ROW_TYPE, labels.CARD_NO, below, labels.AMOUNT)
    voucher, kind, card, second, money = (blocks.short(one, paper) for one in heads)
    yield Line(justify(f"{voucher} {kind}", card, paper.columns))
    yield Line(justify(blocks.INDENT + second, money, paper.columns))
    yield blocks.rule(paper)


def _receipt(receipt: Receipt, paper: Paper) -> Iterator[Line]:
    mark = RECOVERED_MARK if receipt.recovered_from else ""
    head = f"{receipt.stan} {TYPE_LETTERS[receipt.kind]}{mark}"
    yield Line(justify(head, receipt.card, paper.columns))
    amount = format_minor(receipt.amount_minor, EXPONENTS.get(receipt.currency, 2))
    yield Line(justify(blocks.INDENT + receipt.authorisation, amount, paper.columns))


def _list(title: Words, found: tuple[NotTaken, ...], paper: Paper) -> Iterator[Line]:
    if not found:
        return
    yield Line(title.name(paper.shown), bold=True)
    yield blocks.rule(paper)
    yield from _heads(labels.REASON, paper)
    for one in found:
        yield Line(justify(f"{one.stan} {TYPE_LETTERS[one.kind]}", one.card, paper.columns))
        amount = format_minor(one.amount_minor, EXPONENTS.get(one.currency, 2))
        reason = f"{one.code} {blocks.short(_why(one), paper)}".strip()
        room = paper.columns - len(blocks.INDENT) - 1 - len(amount)
        if text_width(reason) <= room:
            yield Line(justify(blocks.INDENT + reason, amount, paper.columns))
            continue
        yield from blocks.indented(reason, paper)
        yield Line(justify("", amount, paper.columns))
    yield blocks.rule(paper)
    yield from blocks.entry(labels.BATCH_COUNT, str(len(found)), paper)
    yield blocks.rule(paper)


def _why(one: NotTaken) -> Words:
    if one.denied:
        said = response(one.code)
        return Words(said.zh, said.en)
    if not one.code:
        return labels.NOT_UPLOADED
    text = text_of(one.code)
    return Words(text.zh, text.en)
