"""Writes of activities: legal education, drills, trainings."""

from facts.operations import writes_of
from service.access import Permission
from service.models import Activity

OWN = ("held_on", "kind", "topic", "attendance", "photo_on_file")  # what an enterprise's people enter
ACTIVITY_WRITES = writes_of(Activity, Permission.VIEW_ACTIVITIES, own=OWN)
create_activity = ACTIVITY_WRITES.create
