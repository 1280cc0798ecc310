"""Writes of activities: legal education, drills, trainings."""

from facts.operations import writes_of
from foundation.accounts.access import ENTERPRISE_ROLES, POLICE_ROLES, STATION_ROLES, register
from service.models import Activity

register(
    {
        "activities:see": POLICE_ROLES | ENTERPRISE_ROLES,
        "activities:record": STATION_ROLES | ENTERPRISE_ROLES,
        "activities:correct": STATION_ROLES,
    }
)


ACTIVITY_WRITES = writes_of(Activity, "activities", day="held_on")
create_activity = ACTIVITY_WRITES.create
