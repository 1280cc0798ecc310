"""What a row of a file may become: the seven kinds of record, their fields and their rules.

Everything is read from the models, so that a new field of a model can be imported at once.
"""

from dataclasses import dataclass
from functools import cached_property

from django.core import validators
from django.db import models

from disputes.models import Dispute
from enterprises.models import Activity, Enterprise
from incidents.models import Incident
from inspections.models import Hazard, Inspection, SelfCheck

# Set by the platform, never by a file.
_NOT_IMPORTED = {
    *("id", "bureau", "station", "enterprise", "inspection", "external_id", "external_key", "source_values"),
    *("colour", "score", "rated_period", "next_inspection_on", "search_text", "sort_key", "version"),
    *("created_at", "changed_at", "recorded_at", "recorded_by_id", "issued_by_station_id"),
    *("voided_at", "void_reason"),
}
_LENGTH_VALIDATORS = (validators.MaxLengthValidator, validators.ProhibitNullCharactersValidator)
# "major" or "ordinary" of a hazard: not a column of ours, it sets ``major_from_on`` to the day it was found
SEVERITY = "severity"


@dataclass(frozen=True)
class Target:
    """One kind of record. ``order`` lists (day, not before day), ``together`` pairs that need each other."""

    name: str
    model: type[models.Model]
    happened: frozenset[str]  # days that cannot lie in the future
    order: tuple[tuple[str, str], ...] = ()
    together: tuple[tuple[str, str], ...] = ()

    @cached_property
    def fields(self) -> dict[str, models.Field]:
        """The fields a profile may fill."""
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
        Target("enterprise", Enterprise, frozenset()),
        Target("inspection", Inspection, frozenset({"inspected_on"})),
        Target(
            "hazard",
            Hazard,
            frozenset(
                {"found_on", "closed_on", "rectified_on", "reported_on", "refused_on", "major_from_on"}
            ),
            order=(("rectified_on", "found_on"), ("closed_on", "found_on")),
            together=(("extended_due_on", "extension_granted_on"),),
        ),
        Target("self_check", SelfCheck, frozenset({"checked_on"})),
        Target("activity", Activity, frozenset({"held_on"})),
        Target(
            "incident",
            Incident,
            frozenset({"occurred_on", "verified_on"}),
            order=(("verified_on", "occurred_on"),),
        ),
        Target(
            "dispute", Dispute, frozenset({"opened_on", "settled_on"}), order=(("settled_on", "opened_on"),)
        ),
    )
}
