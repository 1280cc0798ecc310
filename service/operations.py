"""Writes of activities: legal education, drills, trainings."""

from facts.operations import writes_of
from service.access import Permission
from service.models import Activity

ACTIVITY_WRITES = writes_of(Activity, Permission.VIEW_ACTIVITIES)
create_activity = ACTIVITY_WRITES.create
