"""What builds on the records that an import wrote: every row that names one of them, of whatever kind.

Rows name a record by a foreign key, hidden ones too, by its number alone, or, as papers, by kind and number. What the system wrote
by itself, and writes again, builds on nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from disputes.models import Dispute, DisputeSide, EnterpriseReport
from enterprises.models import Enterprise
from facts.models import Attachment, Fact, FactStep
from foundation.accounts.models import RoleGrant
from foundation.contributions.audit import kind_of_model
from foundation.contributions.sheets import targets
from foundation.words import Words
from imports.models import ImportedRecord
from inspections.models import (
    CheckedItem,
    Escalation,
    FieldPhoto,
    Hazard,
    Penalty,
    SelfCheck,
    SelfCheckAnswers,
)
from inspections.models.of_hazard import OfHazard
from inspections.models.plan import VisitEscalation
from papers.models import Paper
from ratings.models import Rating

PART = 2_000
BY_ITSELF: tuple[type[models.Model], ...] = (DisputeSide, Escalation, VisitEscalation)
# columns that name a record by its number, without a foreign key
NUMBERS: dict[type[models.Model], tuple[tuple[type[models.Model], str], ...]] = {
    Enterprise: ((RoleGrant, "enterprise_id"),),
    Dispute: ((EnterpriseReport, "dispute_id"),),
    Hazard: ((Penalty, "hazard_id"), (CheckedItem, "hazard_id"), (FieldPhoto, "hazard_id")),
    SelfCheck: ((SelfCheckAnswers, "record_id"),),
}


def built_on(model: type[models.Model], ids: Collection[int]) -> dict[int, Counter[str]]:
    """Return what builds on records of a kind, by their ids: how many rows of each sort, in words. What nothing builds on is left out.

    Facts that an undone import made are none, nor are trial ratings and roles that were taken away.
    """
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for other, column in _naming(model):
        rows = other._default_manager.filter(**{f"{column}__in": ids})
        if issubclass(other, Fact):
            rows = rows.exclude(pk__in=_undone(other))
        if issubclass(other, Rating):
            rows = rows.filter(trial=False)
        if issubclass(other, RoleGrant):
            rows = rows.filter(revoked_at=None)
        for number in rows.order_by().values_list(column, flat=True)[:PART]:
            found[number][str(_name_of(other))] += 1
    if issubclass(model, Fact):
        for number, words in _of_fact(model, ids):
            found[number][words] += 1
    return found


def _naming(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Yield each model and column that names records of a kind by their number."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel) and not relation.many_to_many:
            other: Any = relation.related_model
            if other not in BY_ITSELF:
                yield other, relation.field.attname
    yield from NUMBERS.get(model, ())
    if model is Hazard:
        for each in apps.get_models():
            if issubclass(each, OfHazard) and each not in BY_ITSELF:
                yield each, "record_id"


def _of_fact(model: type[Fact], ids: Collection[int]) -> Iterator[tuple[int, str]]:
    """Yield the records that steps, files and papers are about, with the word for one."""
    code, wanted = kind_of_model(model).code, set(ids)
    enterprises = model._default_manager.filter(pk__in=ids).values("enterprise_id")
    for other in (FactStep, Attachment):
        rows = other._default_manager.filter(kind=code, record_id__in=ids, enterprise_id__in=enterprises)
        for number in rows.values_list("record_id", flat=True):
            yield number, str(_name_of(other))
    papers = Paper.objects.filter(enterprise_id__in=enterprises, records__has_key=code)
    for records in papers.values_list("records", flat=True):
        for number in wanted.intersection(records[code]):
            yield number, str(_name_of(Paper))


def _name_of(model: type[models.Model]) -> Words:
    """Return what one row is called, in the reader's language; of a sort without a name of its own, that it is an entry."""
    name = model._meta.verbose_name if "verbose_name" in model._meta.original_attrs else None
    return name or _("further entry")


def _undone(model: type[models.Model]) -> models.QuerySet[Any, Any]:
    """Return the ids of facts of a kind that an undone import had made."""
    code = next(target.code for target in targets if target.model is model)
    rows = ImportedRecord.objects.filter(kind=code, is_new=True).exclude(undone_at=None)
    return rows.values("object_id")
