"""Checks of fire doors for the systems of departments."""

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from facts.selectors import visible
from foundation.rest.checked import CheckedList
from tests.newcomer.fire_doors.lives import DOOR_LIFE
from tests.newcomer.fire_doors.models import DoorCheck, DoorState


class DoorCheckSerializer(serializers.ModelSerializer):
    state = serializers.ChoiceField(choices=DoorState.choices)

    class Meta:
        model = DoorCheck
        fields = ["id", "enterprise", "checked_on", "door", "state"]


class DoorCheckParameters(serializers.Serializer):
    state = serializers.ChoiceField(choices=DoorState.choices, required=False)


@extend_schema(parameters=[DoorCheckParameters])
class DoorChecks(CheckedList):
    """The checks of fire doors in the key's area."""

    scope, parameters, serializer_class = "door_checks:read", DoorCheckParameters, DoorCheckSerializer

    def rows(self) -> QuerySet[DoorCheck]:
        checks = visible(self.actor, DoorCheck)
        return checks.filter(DOOR_LIFE.where(self.chosen["state"])) if "state" in self.chosen else checks


app_name = "fire_doors_api"
urlpatterns = [path("door-checks/", DoorChecks.as_view(), name="door_checks")]
