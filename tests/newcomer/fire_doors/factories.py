"""The factory of the matrices."""

import datetime as dt

from tests.factories import OfEnterprise
from tests.newcomer.fire_doors.models import DoorCheck


class DoorCheckFactory(OfEnterprise):
    class Meta:
        model = DoorCheck

    checked_on = dt.date(2026, 2, 10)
    door = "Stairs, 2nd floor"
