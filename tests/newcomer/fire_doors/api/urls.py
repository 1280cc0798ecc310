"""API endpoint of checks of fire doors."""

from django.urls import path

from facts.endpoints import FactList
from tests.newcomer.fire_doors.access import Scope
from tests.newcomer.fire_doors.lives import DOOR_LIFE
from tests.newcomer.fire_doors.models import DoorCheck


class DoorChecks(FactList):
    """The checks of fire doors in the key's area."""

    model, life, scope = DoorCheck, DOOR_LIFE, Scope.READ_DOOR_CHECKS
    fields = ("checked_on", "door")


app_name = "fire_doors_api"
urlpatterns = [path("door-checks/", DoorChecks.as_view(), name="door_checks")]
