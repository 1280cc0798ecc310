"""API endpoints of facts, for the systems of departments."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from rest_framework import serializers

from facts.lives import Life
from facts.models import Fact
from facts.selectors import visible
from foundation.rest.checked import CheckedList
from foundation.rest.schema import Schema


class FactListSchema(Schema):
    """Adds the query parameters of the kind."""

    def get_override_parameters(self) -> list[Any]:
        return [cast("FactList", self.view).parameters]


class FactList(CheckedList):
    """The records of a kind in the key's area, without voided ones, filtered by state.

    A subclass sets ``model``, ``fields`` and ``scope``; with a ``life`` each record has its ``state``.
    """

    model: ClassVar[type[Fact]]
    life: ClassVar[Life[Any] | None] = None
    fields: ClassVar[Sequence[str]] = ()
    schema = FactListSchema()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        name = cls.model.__name__
        columns, narrowing = {}, {}
        if cls.life is not None:
            choices = [(code, str(state.code.label)) for code, state in cls.life.states.items()]
            columns["state"] = serializers.ChoiceField(choices=choices)
            narrowing["state"] = serializers.ChoiceField(choices=choices, required=False)
        meta = type("Meta", (), {"model": cls.model, "fields": ["id", "enterprise", *cls.fields, *columns]})
        bases = (serializers.ModelSerializer,)
        cls.serializer_class = type(
            f"{name}Serializer", bases, {**columns, "Meta": meta, "__doc__": cls.model.__doc__}
        )
        cls.parameters = type(f"{name}Parameters", (serializers.Serializer,), narrowing)

    def rows(self) -> QuerySet[Any]:
        rows = visible(self.actor, self.model).select_related(None)
        state = self.chosen.get("state")
        return rows.filter(self.life.where(state)) if self.life and state else rows
