"""Checks of fire doors that come in from files."""

from facts.declarations import register_target
from tests.newcomer.fire_doors.models import DoorCheck

register_target("door_check", DoorCheck)
