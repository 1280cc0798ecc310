"""The endpoint that returns hazards to departments' systems."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from facts.endpoints import FactList, within
from inspections.access import Scope
from inspections.choices import Severity
from inspections.lives import HAZARD_LIFE
from inspections.models import Hazard
from inspections.selectors import MAJOR_TODAY, list_hazards


class Hazards(FactList):
    """List the hazards of the enterprises in the key's area, ordered by id, without voided ones.

    State and severity are those of today: on its deadline a hazard is not overdue, on the day after it is. A deadline
    that is suspended is null, as is one that was never set. No persons, telephone numbers, notes or photos.
    """

    model, life, scope = Hazard, HAZARD_LIFE, Scope.READ_HAZARDS
    says = "A security hazard at an enterprise, from the day it was found until it is closed."
    fields = (
        *("item", "item_code", "place", "origin", "found_on", "reported_on"),
        *(
            "due_on",
            "extended_due_on",
            "suspended_on",
            "rectified_on",
            "on_the_spot",
            "refused_on",
            "closed_on",
        ),
    )
    columns = {
        "severity": serializers.ChoiceField(choices=Severity.choices),
        "deadline_on": serializers.DateField(
            allow_null=True, help_text="The deadline in force: `extended_due_on` if it was extended."
        ),
    }
    filters = {
        "severity": serializers.ChoiceField(choices=Severity.choices, required=False),
        "due_from": serializers.DateField(
            required=False, help_text="The deadline in force is not before it."
        ),
        "due_to": serializers.DateField(required=False, help_text="The deadline in force is not after it."),
    }
    passed_over = ("description", "found_by")

    def of_area(self) -> QuerySet[Any]:
        return list_hazards(self.actor)

    def rows(self) -> QuerySet[Any]:
        rows = super().rows().filter(within("deadline", self.chosen, "due"))
        severity = self.chosen.get("severity")
        if not severity:
            return rows
        return rows.filter(MAJOR_TODAY) if severity == Severity.MAJOR else rows.exclude(MAJOR_TODAY)
