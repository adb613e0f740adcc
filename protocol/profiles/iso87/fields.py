"""Field values that both directions of the iso87 profile share."""

from __future__ import annotations

from typing import Any, Final

from protocol.operations import Totals

Fields = dict[int, Any]
"""Text, or bytes where the dialect says binary; the profile touches text fields only."""

PURCHASE_PROCESSING: Final = "000000"
SIGN_ON: Final = "001"
ECHO: Final = "301"
UPLOAD_ENDS: Final = {"202": False, "207": True}
"""F70 of the upload's trailer: whether the 0510 had been in balance."""

TOTALS_FIELDS: Final = (74, 75, 76, 77, 86, 87, 88, 89)
"""In the order of `Totals`' members: four counts of ten digits, four amounts of sixteen."""


def net_settlement(totals: Totals) -> str:
    """Return F97, x+n16: D when the cardholders owe more than they are owed, else C."""
    return f"{'D' if totals.net > 0 else 'C'}{abs(totals.net):016d}"
