"""Writes of activities: legal education, drills, trainings."""

from typing import Any

from facts.dates import check_own_day
from facts.operations import create_fact, writes_of
from foundation.accounts.actors import Actor
from service.access import Permission
from service.models import Activity


def create_activity(*, actor: Actor, enterprise_id: int, **fields: Any) -> Activity:
    """Record that an activity was held, by its own people within a week. Errors as create_fact."""
    check_own_day(actor, "held_on", fields.get("held_on"))
    return create_fact(
        actor=actor,
        permission=Permission.RECORD_ACTIVITIES,
        model=Activity,
        enterprise_id=enterprise_id,
        values=fields,
    )


ACTIVITY_WRITES = writes_of(Activity, Permission.VIEW_ACTIVITIES, create=create_activity)
