"""The profile of Chinese card terminals: F60 to F63, totals in F48, for both sides.

Source: domain practice (docs/reference/dialect-cup.md). Which fact stands where:

| fact | field |
|---|---|
| kind of payment | F60.1; MTI, F3 and F25 must agree with it |
| batch | F60.2, 000000 where an operation has none (echo, sign-off) |
| what a network message wants | F60.3: 001, 003, 004 sign-on; 002 sign-off; 301 echo |
| where a batch stands (our own, not of the domain) | 0820, F60.3 982; 0830 answers in F48 |
| an earlier payment | F61 batch, STAN, MMDD; F37, F38. A refund has zeros and the date, and F37 |
| reversal | F11 is the original's, F39 the reason; no F35, F36, F52 |
| totals and verdict | F48, 62 digits, F60.3 201; no F39 in an 0510 |
| upload | 0320: F48 with one to eight payments, F60.3 201; its end 202 or 207, F48 the count |
| chip data | 0320: F55, F60.3 203 to 206; F11 is the payment's |
| keys at sign-on | F62 |
| what the host has (our own, not of the domain) | 0600 and 0610, F62 as text |

Requests carry no time, so `Stamp` of one that was read is empty, as is the transmission of an
original; replies have the host's F12 and F13. What else an operation may say and this dialect
cannot, so that it reads back as the value behind it:

- a repeat (False: it is the same request, byte for byte, but for its MAC);
- the kind of a refund's or adjustment's original (the first that the kind may have);
- a reversal's PAN when the card was swiped (None), its F90 (made of kind and F11);
- the settlement's date (""), F39 of its reply (00, 95 or 12 by the verdict), reversals in the
  totals (they must be zero: F48 has no room for them);
- of an uploaded payment all but STAN, card and amount: one `UploadItem` reads back as
  `UploadDetails` with one line, of currency 156. Which fields beside F55 go with chip data no
  public text says: here those that name the payment (F2, F3, F4, F11, F22, F49).
  Advices (refund, completion, offline sale, adjustment) are uploaded as the original 0220 under
  MTI 0320 instead, and keep kind, currency, F22 and what they speak of, but not what their reply
  said (RRN and authorisation are then None); F11 is the original's.

Totals are those of all cards, and `foreign` is the part of them that stands on the foreign side of
F48: no field tells whether a card is foreign, so each side has its list (`foreign_cards`). Where
nobody told, that side is empty and in balance. The worse verdict of the two holds; a code that is
neither 1, 2 nor 3 is an error, which closes nothing.

A reply echoes more of its request than an operation holds: `complete` adds it, see `replies`.
"""

from __future__ import annotations

from protocol.message import Message
from protocol.operations import Operation
from protocol.profiles.cup.reading import DECODERS
from protocol.profiles.cup.replies import complete
from protocol.profiles.cup.writing import ENCODERS
from protocol.profiles.translation import decode_by, encode_by

__all__ = ["complete", "decode", "encode", "says"]


def encode(operation: Operation) -> Message:
    """Turn an operation into its message. Raises LocalProtocolError: see `encode_by`."""
    return encode_by(ENCODERS, operation)


def says(kind: type[Operation]) -> bool:
    """True when this profile has a message for this kind of operation."""
    return kind in ENCODERS


def decode(message: Message) -> Operation:
    """Turn a message into its operation. Raises ProfileError naming MTI and field."""
    return decode_by(DECODERS, message)
