"""The rules of reprinting: how often, how old, and by whom (REQ 001-12, 001-15).

Copies of one paper beyond a number, or of a paper beyond an age, are for a supervisor. What was
certainly never printed is no reprint: everybody may have the paper that is still owed to them.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

from terminal.documents import CopyKind, Document, SettlementSlip
from terminal.print_outcome import As


class Role(Enum):
    """Who stands at the counter."""

    CASHIER = "cashier"
    SUPERVISOR = "supervisor"


class CardShown(Enum):
    """How much of a card number stands on paper; never more (PCI DSS v4 3.4.1)."""

    FIRST_SIX_LAST_FOUR = "first6-last4"
    LAST_FOUR = "last4"


SHOWN_LAST: Final = 4


class PaperRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a shop decides about its paper."""

    copies: tuple[CopyKind, ...] = (CopyKind.MERCHANT, CopyKind.CARDHOLDER)
    """The papers of a receipt, in the order in which they are torn off."""
    card: CardShown = CardShown.FIRST_SIX_LAST_FOUR
    """How much of the card's number is on every paper made from now on."""
    entry_letters: dict[str, str] = {}
    """Letters of your own behind the card, by F22's first two digits: "05" = "E"."""
    expiry_line: bool = False
    """Whether receipts have the line of the expiry date: with four stars, never with the date."""
    zero_rows: bool = False
    """Whether a settlement slip names the types of which there was none, with 0 and 0.00."""
    pause_between_copies: bool = False
    """Wait after each copy until it is torn off (请撕单); the rest can be cancelled there."""
    pause_max_s: float = 60.0
    """How long `serve` waits for the tear; then the next copy comes all the same."""
    reprints_max: int = 5
    """How many marked copies of one paper a cashier may print."""
    age_days_max: int = 400
    """How many days a paper may be reprinted by a cashier."""
    settlement_by_cashier: bool = True
    """Whether a cashier may reprint a settlement slip."""
    supervisors: tuple[str, ...] = ("00",)
    """The operators whom these rules do not bind."""

    def __post_init__(self) -> None:
        allowed = {CopyKind.MERCHANT, CopyKind.CARDHOLDER, CopyKind.ACQUIRER}
        if not self.copies or len(set(self.copies)) < len(self.copies):
            raise ValueError("copies lists each copy once, at least one")
        if not set(self.copies) <= allowed:
            raise ValueError("copies are merchant, cardholder and acquirer")
        for mode, letter in self.entry_letters.items():
            if not (mode.isdigit() and len(mode) == 2 and letter.isalpha() and len(letter) == 1):
                raise ValueError('entry_letters are like 05 = "I": two digits, one letter')
        if self.reprints_max < 0 or self.age_days_max < 0:
            raise ValueError("reprints_max and age_days_max are 0 or more")
        if self.pause_max_s <= 0:
            raise ValueError("pause_max_s is more than 0 seconds")

    def shown(self, masked: str) -> str:
        """Return a masked card as this shop's papers show it."""
        if self.card is CardShown.FIRST_SIX_LAST_FOUR:
            return masked
        return "*" * (len(masked) - SHOWN_LAST) + masked[-SHOWN_LAST:]

    def role_of(self, operator: str) -> Role:
        """Return what an operator may be."""
        return Role.SUPERVISOR if operator in self.supervisors else Role.CASHIER

    def refusal(
        self, document: Document, role: Role, *, duplicate: int, age_days: int, as_what: As
    ) -> str:
        """Return the L-code that forbids a paper, "" when it may be printed.

        `duplicate` is the number it would carry, 0 for a paper that is certainly not out.
        `As.ORIGINAL` asks for an unmarked paper after the operator said that none came (P11).
        """
        if role is Role.SUPERVISOR:
            return ""
        if as_what is As.ORIGINAL:
            return "L07"
        if duplicate == 0:
            return ""
        if isinstance(document, SettlementSlip) and not self.settlement_by_cashier:
            return "L07"
        return "L55" if duplicate > self.reprints_max or age_days > self.age_days_max else ""


DEFAULT_RULES: Final = PaperRules()
