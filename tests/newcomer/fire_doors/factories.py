"""Factory and states of checks, for the introspecting tests."""

import datetime as dt

from tests.factories import OfEnterprise
from tests.newcomer.fire_doors.models import DoorCheck, DoorState


class DoorCheckFactory(OfEnterprise):
    class Meta:
        model = DoorCheck

    checked_on = dt.date(2026, 2, 10)
    door = "Stairs, 2nd floor"


# state → fields that produce it, for tests/facts/test_lives.py
STATES = {
    DoorState.SHUTS: {"shuts": True},
    DoorState.FAULTY: {"shuts": False},
    DoorState.REPAIRED: {"shuts": False, "repaired_on": dt.date(2026, 2, 20)},
}
