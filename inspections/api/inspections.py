"""The endpoints that return inspections to departments' systems."""

from typing import Any

from django.db.models import Func, IntegerField, OuterRef, QuerySet, Subquery
from rest_framework import serializers

from facts.endpoints import FactList
from facts.selectors import visible
from foundation.accounts.actors import Actor
from foundation.rest.checked import CheckedDetail
from inspections.access import Scope
from inspections.checklists.content import Answered, ListKind
from inspections.choices import Conclusion, InspectionKind
from inspections.models import CheckedItem, CheckRecord, Inspection

COUNTS = "Null for an inspection without a checklist; *not applicable* and what was left open count nowhere."


def inspections_of(actor: Actor) -> QuerySet[Any]:
    """Return the inspections that a key may read, with the numbers of items that passed and failed."""
    record = CheckRecord.objects.filter(
        station_id__in=actor.stations, enterprise=OuterRef("enterprise"), inspection=OuterRef("pk")
    )

    def number(name: str) -> Subquery:
        counted = Func(name, function="cardinality", output_field=IntegerField())
        return Subquery(record.annotate(number=counted).values("number")[:1])

    return visible(actor, Inspection).annotate(items_passed=number("passed"), items_failed=number("failed"))


class Inspections(FactList):
    """List the inspections of the enterprises in the key's area, ordered by id, without voided ones.

    The address of one with its answers is its id behind this one. No persons, notes or photos.
    """

    model, scope = Inspection, Scope.READ_INSPECTIONS
    says = "A police inspection of an enterprise on one day."
    fields = ("kind", "inspected_on", "conclusion")
    columns = {
        "items_passed": serializers.IntegerField(allow_null=True, help_text=COUNTS),
        "items_failed": serializers.IntegerField(allow_null=True, help_text=COUNTS),
    }
    filters = {
        "kind": serializers.ChoiceField(choices=InspectionKind.choices, required=False),
        "conclusion": serializers.ChoiceField(choices=Conclusion.choices, required=False),
    }
    passed_over = ("inspectors",)

    def of_area(self) -> QuerySet[Any]:
        return inspections_of(self.actor)

    def rows(self) -> QuerySet[Any]:
        asked = {name: value for name in self.filters if (value := self.chosen.get(name))}
        return super().rows().filter(**asked)


class AnswerSerializer(serializers.ModelSerializer[CheckedItem]):
    """An item of a checklist as it was worded, and its answer; empty if it was left open."""

    ask = serializers.CharField(source="question.ask")
    weight = serializers.IntegerField(source="question.weight")
    critical = serializers.BooleanField(source="question.critical")
    answer = serializers.ChoiceField(choices=Answered.choices, allow_blank=True)
    hazard = serializers.IntegerField(
        source="hazard_id", allow_null=True, help_text="The id of the hazard that a failed item became."
    )

    class Meta:
        model = CheckedItem
        fields = ("section", "code", "ask", "weight", "critical", "answer", "hazard")


class AnsweredListSerializer(serializers.Serializer[Any]):
    """A checklist by which it was made, and its version."""

    kind = serializers.ChoiceField(choices=ListKind.choices)
    number = serializers.IntegerField()


class AnsweredInspectionSerializer(serializers.ModelSerializer[Inspection]):
    """A police inspection with the answers to its checklists, in their order."""

    items_passed = serializers.IntegerField(allow_null=True, help_text=COUNTS)
    items_failed = serializers.IntegerField(allow_null=True, help_text=COUNTS)
    lists = AnsweredListSerializer(many=True)
    answers = AnswerSerializer(many=True)

    class Meta:
        model = Inspection
        fields = (
            *("id", "enterprise", "kind", "inspected_on", "conclusion", "items_passed", "items_failed"),
            *("lists", "answers", "changed_at"),
        )


class InspectionDetail(CheckedDetail):
    """One inspection of the key's area with the answers to its checklists."""

    scope = Scope.READ_INSPECTIONS
    serializer_class = AnsweredInspectionSerializer

    def row(self) -> Any:
        inspection = inspections_of(self.actor).get(pk=self.kwargs["pk"])
        of = {"station_id__in": self.actor.stations, "inspection": inspection}
        record = CheckRecord.objects.filter(**of).only("lists").first()
        inspection.lists = record.lists if record else []
        inspection.answers = list(CheckedItem.objects.filter(**of).defer("note")) if record else []
        return inspection
