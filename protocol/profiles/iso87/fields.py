"""Field values that both directions of the iso87 profile share."""

from __future__ import annotations

from typing import Final

from protocol.amount import Amount
from protocol.kinds import KINDS
from protocol.operations import Totals

SIGN_ON: Final = "001"
SIGN_OFF: Final = "002"
ECHO: Final = "301"
SETTLEMENT_STATUS: Final = "382"
"""Our own: no standard asks where a batch stands."""

UPLOAD_ENDS: Final = {"202": False, "207": True}
"""F70 of the upload's trailer: whether the 0510 had been in balance."""

TOTALS_FIELDS: Final = (74, 75, 76, 77, 86, 87, 88, 89)
"""In the order of `Totals`' members: four counts of ten digits, four amounts of sixteen."""


def balance_field(balance: Amount) -> str:
    """Return F54 with one amount: available balance (02) of the default account (00)."""
    return f"0002{balance.currency}C{balance.minor:012d}"


def read_balance(field: str) -> Amount | None:
    """Return the available balance of F54, the ledger balance when it has no other, or None."""
    found: dict[str, Amount] = {}
    for start in range(0, len(field) - 19, 20):
        part = field[start : start + 20]
        if part[7] == "C" and part[8:].isdigit():
            found[part[2:4]] = Amount(int(part[8:]), part[4:7])
    return found.get("02") or found.get("01")


def net_settlement(totals: Totals) -> str:
    """Return F97, x+n16: D when the cardholders owe more than they are owed, else C."""
    return f"{'D' if totals.net > 0 else 'C'}{abs(totals.net):016d}"


KIND_OF: Final = {(row.mti, row.processing, row.condition): kind for kind, row in KINDS.items()}
"""How a message says its kind: MTI of the request, F3 and F25 together are unique."""

REPEATS: Final = {"0221": "0220", "0401": "0400", "0421": "0420", "0501": "0500"}
"""MTI of a repeat to the MTI it repeats (ISO 8583:1987, 4.1.4: message origin)."""
