"""Reads of inspections, hazards and self-checks."""

import datetime as dt

from django.db.models import Count, DateField, Expression, Max, Q, QuerySet
from django.db.models.functions import Coalesce

from facts.selectors import visible
from foundation.accounts.actors import Actor
from inspections.choices import HazardState
from inspections.lives import HAZARD_LIFE
from inspections.models import Hazard, Inspection, SelfCheck


def list_inspections(
    actor: Actor, *, voided: bool = False, enterprise_id: int | None = None
) -> QuerySet[Inspection]:
    """The inspections this actor may see, the latest first."""
    return visible(actor, Inspection, voided=voided, enterprise_id=enterprise_id)


def last_inspections(actor: Actor) -> QuerySet:
    """One row per enterprise that was inspected: ``enterprise_id`` and ``last_inspected_on``, voided ones left out."""
    rows = visible(actor, Inspection).select_related(None).order_by()
    return rows.values("enterprise_id").annotate(last_inspected_on=Max("inspected_on"))


def list_self_checks(
    actor: Actor, *, voided: bool = False, enterprise_id: int | None = None
) -> QuerySet[SelfCheck]:
    """The self-checks this actor may see, the latest first."""
    return visible(actor, SelfCheck, voided=voided, enterprise_id=enterprise_id)


def list_hazards(actor: Actor, *, voided: bool = False, enterprise_id: int | None = None) -> QuerySet[Hazard]:
    """The hazards this actor may see, each with ``deadline``, the day it is due in force."""
    return visible(actor, Hazard, voided=voided, enterprise_id=enterprise_id).annotate(deadline=DEADLINE)


def hazards_of(actor: Actor, inspection: Inspection) -> list[Hazard]:
    """What an inspection found, voided ones left out."""
    return list(
        visible(actor, Hazard, enterprise_id=inspection.enterprise_id)
        .filter(inspection=inspection)
        .order_by("id")
    )


def open_hazards_of(actor: Actor, inspection: Inspection) -> list[Hazard]:
    """What an inspection found and is not closed, voided ones left out."""
    return [hazard for hazard in hazards_of(actor, inspection) if hazard.closed_on is None]


def open_by_deadline(actor: Actor, enterprise_id: int) -> QuerySet[Hazard]:
    """Return what is not closed at an enterprise, the soonest deadline first."""
    rows = list_hazards(actor, enterprise_id=enterprise_id).filter(closed_on=None).select_related(None)
    return rows.order_by(DEADLINE.asc(nulls_last=True), "pk")


MAJOR_TODAY = Q(major_from_on__isnull=False, major_until_on=None)  # the twin of Hazard.severity
DEADLINE = Coalesce("extended_due_on", "due_on", output_field=DateField())


def in_state(state: str, today: dt.date | Expression | None = None) -> Q:
    """Condition on Hazard annotated with ``deadline``: the state it is in today."""
    if state == HazardState.VOIDED:
        return Q(voided_at__isnull=False)
    return HAZARD_LIFE.where(state, today=today)


def hazard_counts(actor: Actor) -> dict[str, int]:
    """How many hazards stand in each state that still asks for something. Closed ones are not counted: too many."""
    rows = (
        visible(actor, Hazard)
        .select_related(None)
        .filter(closed_on=None)
        .annotate(deadline=DEADLINE)
        .order_by()
    )
    return rows.aggregate(**{str(state): Count("pk", filter=in_state(state)) for state in HAZARD_LIFE.live})
