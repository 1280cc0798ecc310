"""What a row of a file may become: the seven kinds of record, their fields and their rules.

Fields and rules are read from the models, so that a new field of a model can be imported at once; ``clean()`` of the
model judges a record here as it does behind a form.
"""

from dataclasses import dataclass
from functools import cached_property

from django.core import validators
from django.db import models

from disputes.models import Dispute
from enterprises.models import Enterprise
from enterprises.operations.register import EDITABLE
from incidents.models import Incident
from inspections.models import Hazard, Inspection, SelfCheck
from service.models import Activity

# What every fact has and no file sets.
_NOT_IMPORTED = {
    *(
        "station",
        "enterprise",
        "inspection",
        "external_key",
        "source_values",
        "recorded_at",
        "recorded_by_id",
    ),
    *("issued_by_station_id", "changed_at", "voided_at", "void_reason", "version"),
}
_LENGTH_VALIDATORS = (validators.MaxLengthValidator, validators.ProhibitNullCharactersValidator)
# "major" or "ordinary" of a hazard: not a column of ours, it sets ``major_from_on`` to the day it was found
SEVERITY = "severity"


@dataclass(frozen=True)
class Target:
    """One kind of record."""

    name: str
    model: type[models.Model]

    @cached_property
    def fields(self) -> dict[str, models.Field]:
        """The fields a profile may fill."""
        if self.is_enterprise:
            return {name: self.model._meta.get_field(name) for name in EDITABLE}
        found = {
            field.name: field
            for field in self.model._meta.concrete_fields
            if field.name not in _NOT_IMPORTED and not field.primary_key
        }
        if self.model is Hazard:
            severity = models.CharField(
                choices=[("ordinary", "ordinary"), ("major", "major")], blank=True, max_length=8
            )
            severity.set_attributes_from_name(SEVERITY)
            found[SEVERITY] = severity
        return found

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The fields a row must fill."""
        return tuple(
            name for name, field in self.fields.items() if not field.blank and not field.has_default()
        )

    @property
    def is_enterprise(self) -> bool:
        return self.model is Enterprise

    @property
    def keeps_columns(self) -> bool:
        """Whether columns of the source can be kept as text."""
        return any(field.name == "source_values" for field in self.model._meta.concrete_fields)

    @property
    def key_field(self) -> str:
        return "external_id" if self.is_enterprise else "external_key"

    @property
    def key_limit(self) -> int:
        return self.model._meta.get_field(self.key_field).max_length


def rules_of(field: models.Field) -> list:
    """The validators of a field that the length check does not cover already."""
    return [rule for rule in field.validators if not isinstance(rule, _LENGTH_VALIDATORS)]


TARGETS = {
    target.name: target
    for target in (
        Target("enterprise", Enterprise),
        Target("inspection", Inspection),
        Target("hazard", Hazard),
        Target("self_check", SelfCheck),
        Target("activity", Activity),
        Target("incident", Incident),
        Target("dispute", Dispute),
    )
}


def kind_word(name: str) -> str:
    """What a kind of record is called, in the active language."""
    return str(TARGETS[name].model._meta.verbose_name) if name in TARGETS else name
