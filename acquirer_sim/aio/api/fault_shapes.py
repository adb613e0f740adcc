"""What a fault may be, kind by kind, as JSON Schema: what the struct alone cannot say.

A kind has its places, some need a field, only some strike without a message. The shapes are made of
the table of kinds, so that whoever sends what the document allows is never refused.
"""

from __future__ import annotations

import copy
from typing import Any, Final

import msgspec

from acquirer_sim.faults import DOORS, FAULTS, Fault, FaultKind, Place

_Shape = tuple[frozenset[Place], bool, bool]
_NAMES: Final[dict[_Shape, str]] = {
    (frozenset({Place.BEFORE}), False, False): "FaultBefore",
    (frozenset({Place.AFTER}), False, False): "FaultAfter",
    (frozenset({Place.AFTER}), True, False): "FaultOfField",
    (frozenset(Place), False, False): "FaultEither",
    (frozenset(Place), False, True): "FaultOfDoor",
}


def fault_shapes(reference: str) -> dict[str, dict[str, Any]]:
    """Return the schemas of all shapes by name."""
    kinds: dict[_Shape, list[FaultKind]] = {}
    for kind, facts in FAULTS.items():
        shape = (frozenset(facts.places), "field" in facts.uses, kind in DOORS)
        kinds.setdefault(shape, []).append(kind)
    _, components = msgspec.json.schema_components([Fault], ref_template=reference)
    whole = components["Fault"]
    return {_NAMES[shape]: _narrowed(whole, shape, found) for shape, found in kinds.items()}


def _narrowed(whole: dict[str, Any], shape: _Shape, kinds: list[FaultKind]) -> dict[str, Any]:
    places, needs_field, is_door = shape
    told = copy.deepcopy(whole)
    told["title"] = _NAMES[shape]
    properties = told["properties"]
    properties["kind"] = {"enum": [kind.value for kind in kinds]}
    properties["place"] = {"enum": [*sorted(place.value for place in places), None]}
    if not is_door:
        properties["nth"]["minimum"] = 1
    if needs_field:
        told["required"] = [*told["required"], "field"]
        properties["field"] = properties["field"]["anyOf"][0]
    return told
