"""Facts written and voided many at once, for imports and demo data, with one audit entry for the batch."""

from collections.abc import Iterable
from typing import TypeVar

from django.db import models, transaction
from django.utils import timezone

from facts.access import Permission
from facts.choices import FactAction
from facts.models import Fact
from foundation.accounts import auditing
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.accounts.models import Bureau
from foundation.contributions.audit import kind_of_model

F = TypeVar("F", bound=Fact)
BATCH_ROWS = 2_000


@transaction.atomic
def create_many(*, actor: Actor, model: type[F], rows: Iterable[F], reason: str = "") -> list[F]:
    """Write many unsaved records at once, for imports and demo data, with one audit entry for the batch.

    Each row names its enterprise and that one's station (the composite key refuses any other pair). Rows are saved
    unchecked: the caller has checked them. They are returned with their ids.
    """
    require(actor, Permission.IMPORT_FACTS)
    facts = list(rows)
    for fact in facts:
        fact.recorded_by_id = fact.recorded_by_id or actor.user_id
        fact.issued_by_station_id = fact.issued_by_station_id or fact.station_id
    model._default_manager.bulk_create(facts, batch_size=BATCH_ROWS)
    if facts:
        entry = auditing.entry(
            actor=actor,
            action=kind_of_model(model).action(FactAction.CREATE_MANY),
            target=Bureau(pk=actor.bureau_id, name=actor.organisation),
            after={"records": len(facts)},
            reason=reason,
        )
        entry.object_type, entry.object_id = kind_of_model(model).code, 0
        entry.object_label = f"{len(facts)} × {model._meta.verbose_name}"
        auditing.write([entry], actor=actor)
    return facts


def void_many(*, actor: Actor, model: type[F], ids: Iterable[int], reason: str) -> set[int]:
    """Void records that one import had made, with one audit entry. Their keys are free again.

    Return the ids of their enterprises. The caller has checked that nothing builds on them.
    """
    require(actor, Permission.IMPORT_FACTS)
    rows = model._default_manager.filter(pk__in=list(ids), voided_at=None)
    enterprises = set(rows.values_list("enterprise_id", flat=True))
    now = timezone.now()
    count = rows.update(
        voided_at=now, void_reason=reason, external_key="", version=models.F("version") + 1, changed_at=now
    )
    if count:
        entry = auditing.entry(
            actor=actor,
            action=kind_of_model(model).action(FactAction.VOID),
            target=Bureau(pk=actor.bureau_id, name=actor.organisation),
            after={"records": count},
            reason=reason,
        )
        entry.object_type, entry.object_id = kind_of_model(model).code, 0
        entry.object_label = f"{count} × {model._meta.verbose_name}"
        auditing.write([entry], actor=actor)
    return enterprises
