"""Audit log labels for checks of fire doors."""

from facts.declarations import register_kind
from tests.newcomer.fire_doors.lives import DOOR_LIFE
from tests.newcomer.fire_doors.models import DoorCheck

register_kind("door_check", DoorCheck, life=DOOR_LIFE)
