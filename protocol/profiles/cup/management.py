"""Network management: sign-on, sign-off, echo, and where a batch stands."""

from __future__ import annotations

from typing import Final

from protocol.errors import ProfileError
from protocol.message import Message
from protocol.operations import (
    Echo,
    EchoReply,
    Operation,
    SettlementInquiry,
    SettlementStatus,
    SignOff,
    SignOffReply,
    SignOn,
    SignOnReply,
)
from protocol.profiles.cup.fields import (
    ECHO,
    KEY_FORMS,
    NO_TYPE,
    SETTLEMENT_STATUS,
    SIGN_OFF,
    batch_data,
)
from protocol.profiles.cup.heads import (
    base,
    read_batch_data,
    reply_base,
    reply_batch,
    who,
)
from protocol.profiles.translation import Decoders, Encoders
from protocol.profiles.values import (
    Fields,
    read_status,
    text,
)
from protocol.structures.card_organisation import CardOrganisation
from protocol.structures.status import BatchStatus
from protocol.structures.working_keys import NETWORK_CODES, WorkingKeys


def _sign_on(operation: SignOn) -> Message:
    fields = base(operation)
    fields[60] = batch_data(NO_TYPE, operation.batch, operation.keys.value)
    fields[63] = CardOrganisation(operation.operator).build()
    return Message("0800", fields)


def _sign_on_reply(operation: SignOnReply) -> Message:
    keys = operation.keys
    fields = reply_base(operation)
    fields[60] = batch_data(NO_TYPE, operation.batch, NETWORK_CODES.get(len(keys or b""), "003"))
    if keys is not None:
        fields[62] = keys
    return Message("0810", fields)


def _echo(operation: Echo) -> Message:
    return Message("0820", {**base(operation), 60: batch_data(NO_TYPE, None, ECHO)})


def _echo_reply(operation: EchoReply) -> Message:
    return Message("0830", {**reply_base(operation), 60: batch_data(NO_TYPE, None, ECHO)})


def _sign_off(operation: SignOff) -> Message:
    return Message("0820", {**base(operation), 60: batch_data(NO_TYPE, None, SIGN_OFF)})


def _sign_off_reply(operation: SignOffReply) -> Message:
    return Message("0830", {**reply_base(operation), 60: batch_data(NO_TYPE, None, SIGN_OFF)})


def _settlement_inquiry(operation: SettlementInquiry) -> Message:
    data = batch_data(NO_TYPE, operation.batch, SETTLEMENT_STATUS)
    return Message("0820", {**base(operation), 60: data})


def _settlement_status(operation: SettlementStatus) -> Message:
    fields = reply_base(operation)
    fields[48] = BatchStatus(state=operation.state, result=operation.result).build()
    fields[60] = batch_data(NO_TYPE, operation.batch, SETTLEMENT_STATUS)
    return Message("0830", fields)


def _read_sign_on(mti: str, fields: Fields) -> Operation:
    data = read_batch_data(fields)
    form = KEY_FORMS.get(data.network_code)
    if form is None:
        raise ProfileError(mti, "60.3 asks for no keys that are known here", 60)
    operator = CardOrganisation.parse(fields[63]).code
    return SignOn(**who(fields), batch=data.batch, keys=form, operator=operator)


def _read_sign_on_reply(mti: str, fields: Fields) -> Operation:
    keys = fields.get(62)
    if keys is not None:
        WorkingKeys.parse(keys)
    return SignOnReply(
        **who(fields),
        code=text(fields, 39),
        batch=reply_batch(fields),
        keys=keys,
    )


def _read_network_management(mti: str, fields: Fields) -> Operation:
    data = read_batch_data(fields)
    code = data.network_code
    if code == ECHO:
        return Echo(**who(fields))
    if code == SIGN_OFF:
        return SignOff(**who(fields))
    if code == SETTLEMENT_STATUS:
        return SettlementInquiry(**who(fields), batch=data.batch)
    raise ProfileError(mti, "60.3 is no network management code here", 60)


def _read_network_management_reply(mti: str, fields: Fields) -> Operation:
    code, network_code = text(fields, 39), read_batch_data(fields).network_code
    if network_code == ECHO:
        return EchoReply(**who(fields), code=code)
    if network_code == SIGN_OFF:
        return SignOffReply(**who(fields), code=code)
    if network_code == SETTLEMENT_STATUS:
        status, batch = read_status(fields, code), reply_batch(fields)
        return SettlementStatus(
            **who(fields),
            code=code,
            batch=batch,
            state=status.state,
            result=status.result,
        )
    raise ProfileError(mti, "60.3 is no network management code here", 60)


ENCODERS: Final[Encoders] = {
    SignOn: _sign_on,
    SignOnReply: _sign_on_reply,
    Echo: _echo,
    EchoReply: _echo_reply,
    SignOff: _sign_off,
    SignOffReply: _sign_off_reply,
    SettlementInquiry: _settlement_inquiry,
    SettlementStatus: _settlement_status,
}

DECODERS: Final[Decoders] = {
    "0800": _read_sign_on,
    "0810": _read_sign_on_reply,
    "0820": _read_network_management,
    "0830": _read_network_management_reply,
}
