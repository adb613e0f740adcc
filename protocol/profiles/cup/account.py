"""What the fields of this dialect hold inside, for an account that a person reads.

A field that is no such structure says where it goes wrong, never what stands there. Cards are
masked, of keys only the check values are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import msgspec

from protocol.amount import format_minor
from protocol.errors import StructureError
from protocol.message import Message
from protocol.profiles.cup.fields import KIND_OF, UPLOAD_ENDS
from protocol.secrets import mask_digit_runs
from protocol.structures.balances import AmountType, Balances, Sign
from protocol.structures.batch_data import BatchData
from protocol.structures.card_organisation import CardOrganisation
from protocol.structures.institutions import Institutions
from protocol.structures.original_data import OriginalData
from protocol.structures.status import BatchStatus
from protocol.structures.totals import CardTotals, SettlementTotals
from protocol.structures.upload import UploadCount, UploadDetail
from protocol.structures.working_keys import NAMES, WorkingKeys

KEYS: Final = 62
"""Never shown as a whole; its structure shows the check values alone."""


def structure_lines(message: Message, number: int) -> Iterator[str]:
    """Yield what stands inside one field, a line each; nothing for fields without a structure."""
    read = _READERS.get(number)
    if read is None:
        return
    try:
        yield from read(message)
    except StructureError as error:
        yield f"no such structure: at character {error.position}: {error.problem}"
    except (TypeError, ValueError):
        yield "no such structure"


def _institutions(message: Message) -> Iterator[str]:
    found = Institutions.parse(message.get(44))
    yield f"issuer {_safe(found.issuer)}, acquirer {_safe(found.acquirer)}"


def _private(message: Message) -> Iterator[str]:
    """F48 is totals, payments, their count, or a batch's status: the message says which."""
    value = message.get(48)
    if message.mti in ("0500", "0510"):
        totals = SettlementTotals.parse(value)
        yield f"domestic cards: {_side(totals.domestic)}"
        yield f"foreign cards: {_side(totals.foreign)}"
    elif message.mti == "0320" and _network_code(message) in UPLOAD_ENDS:
        yield f"count of payments {UploadCount.parse(value).count}"
    elif message.mti == "0320":
        for one in UploadDetail.parse(value).payments:
            origin, amount = one.origin.name.lower(), format_minor(one.amount)
            yield f"{origin} card {one.pan.masked}, STAN {one.stan}, amount {amount}"
    elif message.mti == "0830":
        status = BatchStatus.parse(value)
        verdict = "none" if status.result is None else _words(status.result.name)
        yield f"state {_words(status.state.value)}, verdict {verdict}"


def _side(side: CardTotals) -> str:
    verdict = "" if side.result is None else f" ({_words(side.result.name)})"
    return (
        f"debits {side.debit_count} for {format_minor(side.debit_amount)}, "
        f"credits {side.credit_count} for {format_minor(side.credit_amount)}, "
        f"reply code {side.reply_code}{verdict}"
    )


def _balances(message: Message) -> Iterator[str]:
    for one in Balances.parse(message.get(54)).balances:
        kind = _AMOUNT_TYPES.get(one.amount_type, one.amount_type)
        sign = "credit" if one.sign is Sign.CREDIT else "debit"
        yield f"account {one.account_type}, {kind}, {one.amount}, {sign}"


def _batch_data(message: Message) -> Iterator[str]:
    data = BatchData.parse(message.get(60))
    yield _parts(data, {"message_type": _kind_of(data.message_type)})


def _original(message: Message) -> Iterator[str]:
    yield _parts(OriginalData.parse(message.get(61)), {})


def _keys(message: Message) -> Iterator[str]:
    value = message.fields[KEYS]
    if message.mti != "0810" or not isinstance(value, bytes):
        return
    keys = WorkingKeys.parse(value)
    for name, key in zip(NAMES, (keys.pin, keys.mac, keys.track), strict=True):
        if key is not None:
            yield f"{name}: check value {key.check_value.hex().upper()}"


def _organisation(message: Message) -> Iterator[str]:
    value = message.fields[63]
    if not isinstance(value, bytes):
        return
    found = CardOrganisation.parse(value)
    text = f", text {_safe(found.text)}" if found.text else ""
    yield f"code {found.code}{text}"


def _parts(structure: msgspec.Struct, meanings: Mapping[str, str]) -> str:
    """Return the parts that are there by their names, with what they mean behind them."""
    words = []
    for name, value in msgspec.structs.asdict(structure).items():
        if value:
            meaning = meanings.get(name, "")
            words.append(f"{_words(name)} {value}" + (f" ({meaning})" if meaning else ""))
    return ", ".join(words)


def _kind_of(message_type: str) -> str:
    kind = KIND_OF.get(message_type)
    return "" if kind is None else _words(kind.value)


def _network_code(message: Message) -> str:
    return BatchData.parse(message.get(60)).network_code


def _words(name: str) -> str:
    return name.lower().replace("_", " ")


def _safe(text: str) -> str:
    """Return text from outside as a screen may show it: no card number, no control character."""
    return "".join(one if one.isprintable() else "?" for one in mask_digit_runs(text))


_AMOUNT_TYPES: Final = {kind.value: _words(kind.name) for kind in AmountType}

_READERS: Final[Mapping[int, Callable[[Message], Iterator[str]]]] = {
    44: _institutions,
    48: _private,
    54: _balances,
    60: _batch_data,
    61: _original,
    KEYS: _keys,
    63: _organisation,
}
