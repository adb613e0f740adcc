"""F48 of a settlement status, our own extension: the batch's state and the verdict, two digits.

    31    awaits its upload (3), and the answer was "in balance" (1)

State: 0 unknown, 1 open, 2 frozen, 3 awaiting upload, 4 closed. Verdict: 0 none yet, else as F66.
"""

from __future__ import annotations

from typing import Final

import msgspec

from protocol.errors import StructureError
from protocol.operations import ReconciliationResult, SettlementState
from protocol.structures.parts import Part, cut

FIELD: Final = 48
PARTS: Final = (Part("state", 1), Part("verdict", 1))
SIZE: Final = sum(part.size for part in PARTS)

STATES: Final = {
    "0": SettlementState.UNKNOWN,
    "1": SettlementState.OPEN,
    "2": SettlementState.FROZEN,
    "3": SettlementState.AWAITING_UPLOAD,
    "4": SettlementState.CLOSED,
}
VERDICTS: Final = {"0": None, **{result.value: result for result in ReconciliationResult}}
_STATE_DIGITS: Final = {state: digit for digit, state in STATES.items()}
_VERDICT_DIGITS: Final = {result: digit for digit, result in VERDICTS.items()}


class BatchStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What a host says of one batch."""

    state: SettlementState
    result: ReconciliationResult | None = None

    @classmethod
    def parse(cls, value: str) -> BatchStatus:
        """Read F48. Raises StructureError."""
        state, verdict = cut(FIELD, value, PARTS)
        if len(value) > SIZE:
            raise StructureError(FIELD, SIZE, "nothing follows the verdict")
        if state not in STATES:
            raise StructureError(FIELD, 0, "state is 0 to 4")
        if verdict not in VERDICTS:
            raise StructureError(FIELD, 1, "verdict is 0 to 3")
        return cls(state=STATES[state], result=VERDICTS[verdict])

    def build(self) -> str:
        """Return the value of F48."""
        return _STATE_DIGITS[self.state] + _VERDICT_DIGITS[self.result]
