"""Whether a dialect can say what a terminal has to say, asked before anything is at stake.

A dialect of one's own may lack a field that its profile writes. Found in the middle of a payment
that would be a payment to undo; found at the start it is a sentence.

`SCRIPT` has a row for every operation there is: what a terminal says it must be able to write, and
what a host says, to read. What its settings or its dialect rule out is left out: the inquiries
where they are off, a PIN and working keys where nothing has keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from protocol.amount import Amount
from protocol.dialect import Dialect
from protocol.errors import LocalProtocolError, ProtocolError
from protocol.inquiries import (
    MOMENT,
    UNKNOWN_PAYMENT,
    KnownPayment,
    PaymentInquiry,
    PaymentPage,
    PaymentState,
)
from protocol.kinds import KINDS, AfterSilence, PaymentKind
from protocol.message import MessageCodec
from protocol.operations import (
    APPROVED,
    Card,
    Echo,
    EchoReply,
    Operation,
    OriginalPayment,
    OriginalReference,
    PaymentReply,
    PaymentRequest,
    ReconciliationResult,
    Reply,
    Reversal,
    ReversalReply,
    Settlement,
    SettlementInquiry,
    SettlementReply,
    SettlementState,
    SettlementStatus,
    SignOff,
    SignOffReply,
    SignOn,
    SignOnReply,
    Stamp,
    Totals,
    UploadEnd,
    UploadItem,
    UploadReply,
)
from protocol.pin_rule import AS_USUAL, PinFormat, PinKeys, PinRule
from protocol.profiles.choice import Profile, profile_of
from protocol.published_cards import TEST_CARD_RANGES
from protocol.secrets import ChipData, Pan, PinBlock, Track2
from protocol.structures.inquiry import PAYMENTS_MAX
from protocol.structures.sealed_pin import PinCipher, SealedPin, SecurityControl
from protocol.uploads import ChipOutcome, ChipUpload, UploadDetails, UploadLine
from terminal.configuration import Certificates, ReversalForm, Settings
from terminal.totals import COUNTED

REHEARSED: Final = ("iso87", "iso87_bcd", "cup")
"""Shipped dialects that a test has rehearsed: a start need not take fifty milliseconds for it."""

MIDNIGHT: Final = datetime(2026, 1, 1, tzinfo=UTC)
STAMP: Final = Stamp("0101000000", "000000", "0101", "26")
NUMBER: Final = "000001"
PAN: Final = Pan(TEST_CARD_RANGES[0].ljust(16, "0"))
TYPED: Final = Card(PAN, "3012")
SWIPED: Final = Card(PAN, "3012", "021", Track2(f"{PAN.reveal()}=30122010000"))
READ: Final = Card(PAN, "3012", "051", Track2(f"{PAN.reveal()}=30122010000"))
CHIP: Final = ChipData(bytes.fromhex("9F2608A1B2C3D4E5F60718"))
RRN: Final = "000000000001"
AUTHORISATION: Final = "000001"
IN_PART: Final = "10"
KEYS: Final = bytes(40)
"""F62 of a sign-on for two double-length keys."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The terminal that rehearses; `keyed` is true where its dialect signs."""

    settings: Settings
    keyed: bool
    rule: PinRule = AS_USUAL

    @property
    def pin(self) -> SealedPin | None:
        """Return a PIN as it would travel, None where nothing has keys."""
        derived = self.rule.keys is PinKeys.DUKPT
        if not (self.keyed or derived):
            return None
        aes = self.rule.format is PinFormat.ISO_4
        cipher = PinCipher.AES if aes else PinCipher.DOUBLE_DES
        control = SecurityControl(self.rule.format, cipher, self.rule.keys)
        block = PinBlock(bytes(self.rule.format.block_size))
        return SealedPin(block, control, bytes(12 if aes else 10) if derived else None)

    @property
    def said(self) -> dict[str, Any]:
        """Return what every operation has."""
        return {"origin": self.settings.origin, "stan": NUMBER, "stamp": STAMP}

    @property
    def moved(self) -> dict[str, Any]:
        """Return what everything about one amount has."""
        return {**self.said, "batch": NUMBER, "amount": Amount(1, self.settings.currency)}


def _original(kind: PaymentKind) -> OriginalPayment | None:
    for earlier in KINDS[kind].wants:
        stamp = (STAMP.transmission, NUMBER, RRN, AUTHORISATION, STAMP.date)
        return OriginalPayment(KINDS[earlier].mti, NUMBER, *stamp)
    return None


def _sign_on(stage: Stage) -> Iterator[Operation]:
    yield SignOn(**stage.said, batch=NUMBER, operator=stage.settings.operator)


def _sign_on_reply(stage: Stage) -> Iterator[Operation]:
    yield SignOnReply(**stage.said, code=APPROVED, batch=NUMBER)
    if stage.keyed:
        yield SignOnReply(**stage.said, code=APPROVED, batch=NUMBER, keys=KEYS)


def _payment(stage: Stage) -> Iterator[Operation]:
    """Every kind; what asks may have a track, a chip and a PIN, what tells may be a repeat."""
    for kind, facts in KINDS.items():
        paid: dict[str, Any] = {**stage.moved, "kind": kind, "original": _original(kind)}
        yield PaymentRequest(**paid, card=TYPED)
        if facts.is_advice:
            yield PaymentRequest(**paid, card=TYPED, repeat=True)
            continue
        yield PaymentRequest(**paid, card=SWIPED)
        yield PaymentRequest(**paid, card=READ, chip=CHIP)
        if stage.pin is not None:
            yield PaymentRequest(**paid, card=READ, chip=CHIP, pin=stage.pin)


def _payment_reply(stage: Stage) -> Iterator[Operation]:
    """Every kind; approved in part, with what is left on the card."""
    for kind in KINDS:
        answered: dict[str, Any] = {
            **stage.moved,
            "kind": kind,
            "rrn": RRN,
            "authorisation": AUTHORISATION,
            "settlement_date": STAMP.date,
        }
        yield PaymentReply(**answered, code=APPROVED)
        yield PaymentReply(**answered, code=IN_PART, balance=stage.moved["amount"])


def _reversal(stage: Stage) -> Iterator[Operation]:
    """Every kind that silence undoes, in the form that is set."""
    advice = stage.settings.reversal_form is ReversalForm.ADVICE
    for kind, facts in KINDS.items():
        if facts.after_silence is not AfterSilence.UNDO:
            continue
        undone: dict[str, Any] = {
            **stage.moved,
            "kind": kind,
            "pan": PAN,
            "original": OriginalReference(facts.mti, NUMBER, STAMP.transmission),
            "earlier": _original(kind),
            "advice": advice,
        }
        yield Reversal(**undone)
        yield Reversal(**undone, authorisation=AUTHORISATION, reason="06", repeat=True)


def _reversal_reply(stage: Stage) -> Iterator[Operation]:
    advice = stage.settings.reversal_form is ReversalForm.ADVICE
    yield ReversalReply(**stage.moved, code=APPROVED, rrn=RRN, advice=advice)


def _settlement(stage: Stage) -> Iterator[Operation]:
    closing: dict[str, Any] = {
        **stage.said,
        "batch": NUMBER,
        "totals": Totals(),
        "settlement_date": STAMP.date,
        "currency": stage.settings.currency,
    }
    yield Settlement(**closing)
    yield Settlement(**closing, repeat=True)


def _settlement_reply(stage: Stage) -> Iterator[Operation]:
    for result in ReconciliationResult:
        yield SettlementReply(
            **stage.said,
            code=APPROVED,
            result=result,
            batch=NUMBER,
            totals=Totals(),
            settlement_date=STAMP.date,
        )


def _settlement_inquiry(stage: Stage) -> Iterator[Operation]:
    if stage.settings.settlement_inquiry:
        yield SettlementInquiry(**stage.said, batch=NUMBER)


def _settlement_status(stage: Stage) -> Iterator[Operation]:
    if stage.settings.settlement_inquiry:
        told: dict[str, Any] = {**stage.said, "code": APPROVED, "batch": NUMBER}
        yield SettlementStatus(**told, state=SettlementState.OPEN)
        balanced = ReconciliationResult.IN_BALANCE
        yield SettlementStatus(**told, state=SettlementState.CLOSED, result=balanced)


def _payment_inquiry(stage: Stage) -> Iterator[Operation]:
    if stage.settings.payment_inquiry:
        yield PaymentInquiry(**stage.said, batch=NUMBER, voucher=NUMBER, authorisation=NUMBER)
        yield PaymentInquiry(**stage.said, rrn=RRN, after=RRN)


def _payment_page(stage: Stage) -> Iterator[Operation]:
    """As full as a page can be."""
    if not stage.settings.payment_inquiry:
        return
    known = KnownPayment(
        batch=NUMBER,
        stan=NUMBER,
        kind=PaymentKind.VOID,
        state=PaymentState.APPROVED,
        at=MIDNIGHT.strftime(MOMENT),
        amount=stage.moved["amount"],
        card=PAN.masked,
        code=APPROVED,
        rrn=RRN,
        authorisation=AUTHORISATION,
        original_batch=NUMBER,
        original_stan=NUMBER,
    )
    payments = (known,) * PAYMENTS_MAX
    told: dict[str, Any] = {**stage.said, "batch": NUMBER}
    yield PaymentPage(**told, code=APPROVED, count=9, following=RRN, payments=payments)
    yield PaymentPage(**told, code=UNKNOWN_PAYMENT)


def _upload_item(stage: Stage) -> Iterator[Operation]:
    for kind in COUNTED:
        yield UploadItem(
            **stage.moved,
            number=1,
            count=1,
            original=OriginalReference(KINDS[kind].mti, NUMBER, STAMP.transmission),
            pan=PAN,
            kind=kind,
            rrn=RRN,
            authorisation=AUTHORISATION,
            earlier=_original(kind) if KINDS[kind].wants else None,
        )


def _upload_details(stage: Stage) -> Iterator[Operation]:
    """As many payments as the terminal would put in a message."""
    line = UploadLine(NUMBER, PAN, stage.moved["amount"])
    lines = (line,) * stage.settings.limits.upload_group_max
    yield UploadDetails(**stage.said, batch=NUMBER, lines=lines)


def _chip_upload(stage: Stage) -> Iterator[Operation]:
    if stage.settings.certificates is Certificates.NEVER:
        return
    for outcome in ChipOutcome:
        yield ChipUpload(
            **stage.moved,
            number=1,
            original=OriginalReference("0200", NUMBER, STAMP.transmission),
            pan=PAN,
            chip=CHIP,
            outcome=outcome,
        )


def _upload_end(stage: Stage) -> Iterator[Operation]:
    yield UploadEnd(**stage.said, batch=NUMBER, count=1)
    yield UploadEnd(**stage.said, batch=NUMBER, count=0, balanced=True)


SCRIPT: Final[Mapping[type[Operation], Callable[[Stage], Iterator[Operation]]]] = {
    SignOn: _sign_on,
    SignOnReply: _sign_on_reply,
    Echo: lambda stage: iter((Echo(**stage.said),)),
    EchoReply: lambda stage: iter((EchoReply(**stage.said, code=APPROVED),)),
    SignOff: lambda stage: iter((SignOff(**stage.said),)),
    SignOffReply: lambda stage: iter((SignOffReply(**stage.said, code=APPROVED),)),
    PaymentRequest: _payment,
    PaymentReply: _payment_reply,
    Reversal: _reversal,
    ReversalReply: _reversal_reply,
    Settlement: _settlement,
    SettlementReply: _settlement_reply,
    SettlementInquiry: _settlement_inquiry,
    SettlementStatus: _settlement_status,
    PaymentInquiry: _payment_inquiry,
    PaymentPage: _payment_page,
    UploadItem: _upload_item,
    UploadDetails: _upload_details,
    ChipUpload: _chip_upload,
    UploadEnd: _upload_end,
    UploadReply: lambda stage: iter((UploadReply(**stage.said, code=APPROVED, batch=NUMBER),)),
}


def unspeakable(dialect: Dialect, codec: MessageCodec, settings: Settings) -> str:
    """Say what a terminal of this dialect could not write or read, "" when it is able to work."""
    profile = profile_of(dialect)
    stage = Stage(settings, keyed=dialect.mac.algorithm is not None, rule=dialect.pin)
    for operation in [kind for kind in SCRIPT if profile.says(kind)]:
        for line in SCRIPT[operation](stage):
            problem = _problem(line, profile, codec)
            if problem:
                return problem
    return ""


def _problem(line: Operation, profile: Profile, codec: MessageCodec) -> str:
    name = type(line).__name__
    kind = getattr(line, "kind", None)
    words = f"{name} of kind {kind.value}" if isinstance(kind, PaymentKind) else name
    try:
        written = codec.encode(profile.encode(line))
    except LocalProtocolError as error:
        return f"its {words} cannot be written: {error}"
    if not isinstance(line, Reply):
        return ""
    try:
        profile.decode(codec.decode(written))
    except ProtocolError as error:
        return f"its {words} cannot be read: {error}"
    return ""
