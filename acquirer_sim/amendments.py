"""What faults and rules make of a reply after the commit: another answer than was decided.

`amend_reply` changes what is said, in the words of the trade; `amend_message` changes single
fields of the message that says it, before it is signed. `damage` breaks the signed bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from acquirer_sim.faults import CODES, Fault, FaultKind, TotalsShape
from acquirer_sim.orders import TOTALS_STEPS, CardSide
from acquirer_sim.rules import RuleSettings
from protocol.amount import Amount
from protocol.header import Header
from protocol.message import FieldValue, Message, MessageCodec
from protocol.operations import (
    APPROVED,
    PaymentReply,
    ReconciliationResult,
    Reply,
    SettlementReply,
    SignOnReply,
)
from protocol.structures.working_keys import CHECK_SIZE

MACS: Final = (64, 128)
LOCAL_TIME: Final = 12
LOCAL_DATE: Final = 13
SETTLEMENT_DATE: Final = 15
NOON: Final = "120000"
TOTALS: Final = 48
NET: Final = 97
VERDICT_AT: Final = (30, 61)
"""Where F48 of `cup` says its verdicts: on domestic cards, on foreign cards."""

Fields = dict[int, FieldValue]


def amend_reply(reply: Reply, faults: Iterable[Fault], rule: RuleSettings | None) -> Reply:
    """Return what is said instead of `reply`."""
    if rule is not None and rule.answer_batch is not None:
        reply = _with_batch(reply, rule.answer_batch)
    for fault in faults:
        said = _SAYINGS.get(fault.kind)
        if said is not None and not fault.struck_before:
            reply = said(reply, fault)
    return reply


def _with_code(reply: Reply, fault: Fault) -> Reply:
    code = CODES.get(fault.kind, fault.code)
    if isinstance(reply, SettlementReply) and code != APPROVED:
        reply = msgspec.structs.replace(reply, result=ReconciliationResult.ERROR)
    return msgspec.structs.replace(reply, code=code)


def _in_part(reply: Reply, fault: Fault) -> Reply:
    if not isinstance(reply, PaymentReply) or reply.amount is None:
        return reply
    minor = reply.amount.minor * fault.part_percent // 100
    amount = Amount(minor, reply.amount.currency)
    return msgspec.structs.replace(reply, code=CODES[FaultKind.APPROVE_PART], amount=amount)


def _with_verdict(reply: Reply, fault: Fault) -> Reply:
    if not isinstance(reply, SettlementReply):
        return reply
    unbalanced = fault.kind is FaultKind.OUT_OF_BALANCE
    result = ReconciliationResult.OUT_OF_BALANCE if unbalanced else ReconciliationResult.ERROR
    return msgspec.structs.replace(reply, result=result, sides=None, code="95")


def _miscounted(reply: Reply, fault: Fault) -> Reply:
    if not isinstance(reply, SettlementReply) or reply.totals is None:
        return reply
    steps, sign = TOTALS_STEPS[fault.totals]
    totals = msgspec.structs.replace(
        reply.totals,
        debit_count=max(0, reply.totals.debit_count + steps),
        debit_amount=max(0, reply.totals.debit_amount + sign * fault.off_minor),
    )
    return msgspec.structs.replace(reply, totals=totals)


def _other_batch(reply: Reply, fault: Fault) -> Reply:
    return _with_batch(reply, fault.value or "999999")


def _with_batch(reply: Reply, batch: str) -> Reply:
    if getattr(reply, "batch", None) is None and not isinstance(reply, SignOnReply):
        return reply
    return msgspec.structs.replace(reply, batch=batch)


_SAYINGS: Final[Mapping[FaultKind, Callable[[Reply, Fault], Reply]]] = {
    FaultKind.DECLINE: _with_code,
    FaultKind.DUPLICATE: _with_code,
    FaultKind.CUTOVER: _with_code,
    FaultKind.BATCH_MISMATCH: _with_code,
    FaultKind.APPROVE_PART: _in_part,
    FaultKind.OUT_OF_BALANCE: _with_verdict,
    FaultKind.SETTLEMENT_ERROR: _with_verdict,
    FaultKind.TOTALS_OFF: _miscounted,
    FaultKind.OTHER_BATCH: _other_batch,
}


def amend_message(message: Message, faults: Iterable[Fault], rule: RuleSettings | None) -> Message:
    """Return the message that leaves instead of `message`."""
    if rule is not None and rule.wants is not None:
        message = _wishing(message, rule.wants)
    for fault in faults:
        change = _CHANGES.get(fault.kind)
        if change is not None:
            message = change(message, fault)
    return message


def _omitted(message: Message, fault: Fault) -> Message:
    fields = {number: value for number, value in message.fields.items() if number != fault.field}
    return Message(message.mti, fields, message.header)


def _altered(message: Message, fault: Fault) -> Message:
    assert fault.field is not None, "a fault of this kind has a field"
    found = message.get(fault.field)
    if fault.value is None and not found:
        return message
    return _with_field(message, fault.field, fault.value or another(found))


def another(value: str) -> str:
    """Return a value of the same length and letters that is not this one."""
    last = value[-1:]
    return value[:-1] + {"9": "0", "Z": "A", "z": "a"}.get(last, chr(ord(last) + 1))


def _wishful(message: Message, fault: Fault) -> Message:
    return _wishing(message, fault.wants)


def _wishing(message: Message, wants: str) -> Message:
    header = message.header
    if header is None or header.terminal is None:
        return message
    terminal = msgspec.structs.replace(header.terminal, request=wants)
    return Message(message.mti, message.fields, Header(tpdu=header.tpdu, terminal=terminal))


def _misrouted(message: Message, fault: Fault) -> Message:
    header = message.header
    if header is None or header.tpdu is None:
        return message
    tpdu = msgspec.structs.replace(header.tpdu, destination=another(header.tpdu.destination))
    return Message(message.mti, message.fields, Header(tpdu=tpdu, terminal=header.terminal))


def _skewed(message: Message, fault: Fault) -> Message:
    """Shift the host's times and dates. A date has no year, so a leap day may be lost."""
    fields = dict(message.fields)
    time = message.get(LOCAL_TIME) or NOON
    for number in (SETTLEMENT_DATE, LOCAL_DATE):
        text = f"2024{message.get(number)}{time}"
        try:
            moment = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            continue  # not there, or the echo of what is no date
        shifted = moment + timedelta(seconds=fault.skew_s)
        fields[number] = f"{shifted:%m%d}"
        if message.get(LOCAL_TIME):
            fields[LOCAL_TIME] = f"{shifted:%H%M%S}"
    return Message(message.mti, fields, message.header)


def _sided(message: Message, fault: Fault) -> Message:
    """Put the verdict of an 0510 on the side of the cards that the fault names."""
    totals = message.get(TOTALS)
    if fault.side is CardSide.DOMESTIC or len(totals) <= VERDICT_AT[-1]:
        return message
    digits, verdict = list(totals), max(totals[place] for place in VERDICT_AT)
    both = fault.side is CardSide.BOTH
    digits[VERDICT_AT[0]] = verdict if both else ReconciliationResult.IN_BALANCE.value
    digits[VERDICT_AT[1]] = verdict
    return _with_field(message, TOTALS, "".join(digits))


def _misshapen(message: Message, fault: Fault) -> Message:
    """Spoil F48, or where the totals are in fields of their own, let the net contradict them."""
    totals = message.get(TOTALS)
    if not totals:
        net = message.get(NET)
        return _with_field(message, NET, another(net)) if net else message
    match fault.shape:
        case TotalsShape.SHORT:
            return _with_field(message, TOTALS, totals[:-1])
        case TotalsShape.LONG:
            return _with_field(message, TOTALS, totals + "0")
        case TotalsShape.NON_DIGIT:
            return message  # no codec writes that: see `damage`


def _wrong_check(message: Message, fault: Fault) -> Message:
    keys = message.fields.get(62)
    if isinstance(keys, bytes) and len(keys) >= CHECK_SIZE:
        return Message(message.mti, {**message.fields, 62: _flipped(keys)}, message.header)
    if isinstance(keys, str) and keys:
        return _with_field(message, 62, keys[:-1] + ("0" if keys[-1] != "0" else "1"))
    return message


def _with_field(message: Message, number: int, value: str) -> Message:
    return Message(message.mti, {**message.fields, number: value}, message.header)


_CHANGES: Final[Mapping[FaultKind, Callable[[Message, Fault], Message]]] = {
    FaultKind.OMIT_FIELD: _omitted,
    FaultKind.ALTER_FIELD: _altered,
    FaultKind.PROCESSING_REQUEST: _wishful,
    FaultKind.WRONG_HEADER: _misrouted,
    FaultKind.CLOCK_SKEW: _skewed,
    FaultKind.OUT_OF_BALANCE: _sided,
    FaultKind.SETTLEMENT_ERROR: _sided,
    FaultKind.BAD_TOTALS: _misshapen,
    FaultKind.WRONG_KEY_CHECK: _wrong_check,
}


def damage(payload: bytes, faults: Mapping[FaultKind, Any], codec: MessageCodec) -> bytes:
    """Return the bytes that leave instead of a signed reply."""
    if FaultKind.BAD_MAC in faults:
        payload = _with_wrong_mac(payload, codec)
    bad = faults.get(FaultKind.BAD_TOTALS)
    if bad is not None and bad.shape is TotalsShape.NON_DIGIT:
        payload = _with_letter(payload, codec.decode(payload).get(TOTALS))
    if FaultKind.GARBAGE_REPLY in faults:
        payload = bytes((byte * 7 + place * 13 + 5) & 0xFF for place, byte in enumerate(payload))
    return payload


def _with_wrong_mac(payload: bytes, codec: MessageCodec) -> bytes:
    message = codec.decode(payload)
    for number in MACS:
        value = message.fields.get(number)
        if isinstance(value, bytes):
            fields = {**message.fields, number: _flipped(value)}
            return codec.encode(Message(message.mti, fields, message.header))
    return payload


def _with_letter(payload: bytes, totals: str) -> bytes:
    """Put a letter where packed totals begin; a wire without packed totals stays as it is."""
    packed = bytes.fromhex(totals) if totals and not len(totals) % 2 else b""
    return payload.replace(packed, b"\xaa" + packed[1:], 1) if packed else payload


def _flipped(value: bytes) -> bytes:
    return value[:-1] + bytes([value[-1] ^ 0x01])
