"""Checks of fire doors that come in from files."""

from facts.sheets import register_target
from tests.newcomer.fire_doors.models import DoorCheck

register_target("door_check", DoorCheck)
