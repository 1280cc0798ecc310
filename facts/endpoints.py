"""API endpoints of facts, for the systems of departments."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from django.db.models import Q, QuerySet
from rest_framework import serializers

from enterprises.api.parameters import StationCodeField, station_of
from facts.lives import Life
from facts.models import Fact
from facts.selectors import visible
from foundation.ids import LARGEST_ID
from foundation.rest.checked import CheckedList
from foundation.rest.fields import MomentField
from foundation.rest.schema import Schema


class FactListSchema(Schema):
    """Adds the query parameters of the kind."""

    def get_override_parameters(self) -> list[Any]:
        return [cast("FactList", self.view).parameters]


class FactList(CheckedList):
    """The records of a kind in the key's area, without voided ones.

    Filtered by state, enterprise, station, the day that dates them, and when they were changed. A subclass sets
    ``model``, ``fields`` and ``scope``; with a ``life`` each record has its ``state``. ``columns`` are what follows from
    the fields, ``filters`` further parameters, which its ``rows`` applies; ``says`` describes a record in the schema.
    ``passed_over`` are fields that are long or personal and not even read.
    """

    model: ClassVar[type[Fact]]
    life: ClassVar[Life[Any] | None] = None
    fields: ClassVar[Sequence[str]] = ()
    columns: ClassVar[Mapping[str, serializers.Field]] = {}
    filters: ClassVar[Mapping[str, serializers.Field]] = {}
    passed_over: ClassVar[Sequence[str]] = ()
    says: ClassVar[str] = ""
    schema = FactListSchema()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        name, dated = cls.model.__name__, cls._dated()
        columns: dict[str, Any] = dict(cls.columns)
        narrowing: dict[str, Any] = {}
        if cls.life is not None:
            choices = [(code, str(state.code.label)) for code, state in cls.life.states.items()]
            columns["state"] = serializers.ChoiceField(choices=choices)
            narrowing["state"] = serializers.ChoiceField(choices=choices, required=False)
        narrowing |= {
            "enterprise": serializers.IntegerField(
                min_value=1, max_value=LARGEST_ID, required=False, help_text="The id of an enterprise."
            ),
            "station": StationCodeField(
                max_length=32, required=False, help_text="The code of a police station of the key's area."
            ),
            f"{dated}_from": serializers.DateField(required=False, help_text="The first day."),
            f"{dated}_to": serializers.DateField(required=False, help_text="The last day."),
            "changed_since": MomentField(
                required=False, help_text="Only what was recorded or changed at this moment or later."
            ),
            **cls.filters,
        }
        shown = ["id", "enterprise", *cls.fields, *columns, "changed_at"]
        meta = type("Meta", (), {"model": cls.model, "fields": shown})
        bases = (serializers.ModelSerializer,)
        cls.serializer_class = type(
            f"{name}Serializer", bases, {**columns, "Meta": meta, "__doc__": cls.says or cls.model.__doc__}
        )
        cls.parameters = type(f"{name}Parameters", (serializers.Serializer,), narrowing)

    @classmethod
    def _dated(cls) -> str:
        return cls.model.dated_by.removesuffix("_on")

    def of_area(self) -> QuerySet[Any]:
        """Return the records that the key may read, before any filter."""
        return visible(self.actor, self.model)

    def rows(self) -> QuerySet[Any]:
        chosen = self.chosen
        rows = self.of_area().select_related(None).defer("note", "source_values", *self.passed_over)
        rows = rows.filter(within(self.model.dated_by, chosen, self._dated()))
        if (state := chosen.get("state")) and self.life:
            rows = rows.filter(self.life.where(state))
        if (enterprise := chosen.get("enterprise")) is not None:
            rows = rows.filter(enterprise_id=enterprise)
        if station := station_of(self.actor, chosen.get("station")):
            rows = rows.filter(station_id=station.pk)
        if (since := chosen.get("changed_since")) is not None:
            rows = rows.filter(changed_at__gte=since)
        return rows


def within(column: str, chosen: Mapping[str, Any], name: str) -> Q:
    """Return the condition that a day lies between the parameters ``<name>_from`` and ``<name>_to``, as far as given."""
    ends = {"gte": chosen.get(f"{name}_from"), "lte": chosen.get(f"{name}_to")}
    return Q(**{f"{column}__{end}": day for end, day in ends.items() if day is not None})
