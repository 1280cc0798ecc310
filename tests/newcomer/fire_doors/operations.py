"""Writes of checks of fire doors; recording, correcting and voiding are what they are for every fact."""

import datetime as dt

from foundation.accounts.actors import Actor
from tests.newcomer.fire_doors.lives import DOOR_LIFE
from tests.newcomer.fire_doors.models import DoorCheck


@DOOR_LIFE.operation("repair")
def repair_door(check: DoorCheck, *, actor: Actor, repaired_on: dt.date) -> None:
    """Note the day on which a faulty door was repaired."""
    check.repaired_on = repaired_on
