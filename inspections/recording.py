"""The hazards of one visit, recorded at once: judged one by one, written together."""

from collections.abc import Mapping
from typing import Any

from facts.operations import create_together
from facts.rules import check_new
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.database.once import asking_once
from foundation.faults import Faults
from inspections.access import Permission
from inspections.calling import first_call_on
from inspections.hazard_operations import new_values
from inspections.major import begin_major
from inspections.models import Hazard, Inspection
from inspections.positions import positions_called


def create_hazards_of(
    inspection: Inspection, *, actor: Actor, found: Mapping[str, Mapping[str, Any]], faults: Faults
) -> dict[str, Hazard]:
    """Record the hazards that a new inspection found, by the key of each, under the rules of ``create_hazard``.

    The inspection was written in this transaction, so nobody else changes it. What is wrong is added to ``faults``, with the
    key before the field; then nothing is written, and nothing is returned. However many there are, it takes the same number
    of statements, except for major ones that begin their stages.
    """
    require(actor, Permission.RECORD_HAZARDS)
    if not found:
        return {}
    with asking_once():
        hazards = _judged(inspection, actor, found, faults)
        if faults:
            return {}
        made = create_together(actor=actor, facts=list(hazards.values()))
        begin_major(
            *(each for each in made if actor.user_id and each.major_from_on and each.closed_on is None),
            actor=actor,
        )
    return dict(zip(hazards, made, strict=True))


def _judged(
    inspection: Inspection, actor: Actor, found: Mapping[str, Mapping[str, Any]], faults: Faults
) -> dict[str, Hazard]:
    """Return the hazards, not saved; what their rules refuse is added to ``faults``."""
    enterprise_id = inspection.enterprise_id
    places = {place for each in found.values() if (place := each.get("place"))}
    called = positions_called(enterprise_id, places, inspection.inspected_on)
    call_from_on = first_call_on(actor) if actor.is_police else None
    hazards = {}
    for key, fields in found.items():
        own, given = Faults(), dict(fields)
        major, on_the_spot = bool(given.pop("major", False)), bool(given.pop("on_the_spot", False))
        values = new_values(
            actor, given | {"inspection": inspection}, own, major=major, on_the_spot=on_the_spot
        )
        if actor.is_police and not on_the_spot:
            values["call_from_on"] = call_from_on
        values["key_position_id"] = called.get(values.get("place") or "", 0)
        hazard = Hazard(
            enterprise=inspection.enterprise,
            station_id=inspection.station_id,
            issued_by_station_id=actor.station_id or inspection.station_id,
            recorded_by_id=actor.user_id,
            **values,
        )
        with faults.of(prefix=key):
            check_new(actor, hazard, own)
        hazards[key] = hazard
    return hazards
