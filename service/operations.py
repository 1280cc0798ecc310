"""Writes of activities: legal education, drills, trainings."""

from typing import Any

from facts.dates import check_own_day
from facts.operations import create_fact, writes_of
from foundation.accounts.access import ENTERPRISE_ROLES, POLICE_ROLES, STATION_ROLES, register
from foundation.accounts.actors import Actor
from service.models import Activity

register(
    {
        "activities:see": POLICE_ROLES | ENTERPRISE_ROLES,
        "activities:record": STATION_ROLES | ENTERPRISE_ROLES,
        "activities:correct": STATION_ROLES,
    }
)


def create_activity(*, actor: Actor, enterprise_id: int, **fields: Any) -> Activity:
    """Record that an activity was held, by its own people within a week. Errors as create_fact."""
    check_own_day(actor, "held_on", fields.get("held_on"))
    return create_fact(
        actor=actor,
        permission="activities:record",
        model=Activity,
        enterprise_id=enterprise_id,
        values=fields,
    )


ACTIVITY_WRITES = writes_of(Activity, "activities", create=create_activity)
