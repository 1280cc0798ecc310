"""The written-out records of the showcase as facts of this demo."""

import datetime as dt
from typing import Any

from demo import showcase
from demo.facts import History, record
from disputes.models import Dispute
from facts.models import Fact
from incidents.models import Incident
from inspections.models import Hazard, Inspection, SelfCheck
from service.models import Activity

# Days on which a record changes later; those after today are left out.
_LATER = {
    "rectified_on",
    "closed_on",
    "extension_granted_on",
    "extended_due_on",
    "settled_on",
    "verified_on",
}


def showcase_facts(history: History) -> None:
    """Add the records of :mod:`demo.showcase` up to today."""
    facts = history.facts
    officers = history.plan.officers
    inspectors = {"inspectors": f"{officers[0]}、{officers[1]}"}
    held = [_record(Inspection, history, "inspected_on", each | inspectors) for each in showcase.INSPECTIONS]
    by_day = {each.inspected_on: each for each in held if each}
    hazards = []
    for values in showcase.HAZARDS:
        day = values.get("inspection")
        found_by = {"inspection": by_day.get(showcase.moved(day, history.latest))} if day else {}
        hazards.append(_record(Hazard, history, "found_on", values | found_by))
    checks = [
        {"checked_on": day, "target": target, "checked_by": showcase.SECURITY_CHIEF}
        for day, target in showcase.SELF_CHECKS
    ]
    facts.inspections += filter(None, held)
    facts.hazards += filter(None, hazards)
    facts.self_checks += filter(None, (_record(SelfCheck, history, "checked_on", each) for each in checks))
    facts.activities += filter(
        None, (_record(Activity, history, "held_on", each) for each in showcase.ACTIVITIES)
    )
    facts.incidents += filter(
        None, (_record(Incident, history, "occurred_on", each) for each in showcase.INCIDENTS)
    )
    facts.disputes += filter(
        None, (_record(Dispute, history, "opened_on", each) for each in showcase.DISPUTES)
    )


def _record(model: type[Fact], history: History, day: str, values: dict[str, Any]) -> Any:
    """Return one record, or None if its day is after today."""
    moved = showcase.dated(values, history.latest)
    if moved[day] > history.today:
        return None
    for name in _LATER & moved.keys():
        if isinstance(moved[name], dt.date) and moved[name] > history.today:
            moved[name] = None
    return record(model, history, moved[day], **moved)
