"""Every scenario by its name, for the replay command and the mutants."""

from __future__ import annotations

from typing import Final

from tests.world.runs import Scenario
from tests.world.scenario_flows import FLOWS
from tests.world.scenario_lost import LOST
from tests.world.scenario_payment import FIRST_PAYMENT, PAYMENT, REVERSAL_ADVICE
from tests.world.scenario_questions import QUESTIONS
from tests.world.scenario_settlement import IMPATIENT, RENUMBERED, SETTLEMENT, UPLOAD
from tests.world.scenario_swarm import SWARM

COMPACT: Final[dict[str, Scenario]] = {
    one.name: one
    for one in (
        PAYMENT,
        FIRST_PAYMENT,
        REVERSAL_ADVICE,
        SETTLEMENT,
        IMPATIENT,
        RENUMBERED,
        UPLOAD,
        LOST,
        *FLOWS,
    )
}
"""Small enough to be explored."""

ASKING: Final[dict[str, Scenario]] = {
    one.name: one for each in QUESTIONS for one in (each, each.spoken("cup"))
}
"""Questions, in both dialects."""

COMPACT_PACKED: Final[dict[str, Scenario]] = {
    one.name: one for one in (each.spoken("cup") for each in COMPACT.values())
}
"""The same in the packed dialect, signed and keyed."""

SCENARIOS: Final[dict[str, Scenario]] = {
    one.name: one
    for one in (
        *COMPACT.values(),
        *COMPACT_PACKED.values(),
        *ASKING.values(),
        SWARM,
        SWARM.spoken("cup"),
    )
}
