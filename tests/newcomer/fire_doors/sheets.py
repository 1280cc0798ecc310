"""Checks of fire doors as an import target."""

from facts.declarations import register_target
from tests.newcomer.fire_doors.models import DoorCheck

register_target("door_check", DoorCheck)
