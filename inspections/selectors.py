"""Reads of inspections, hazards and self-checks."""

from django.db.models import Count, DateField, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from facts.selectors import get_fact, visible
from foundation.accounts.actors import Actor
from inspections.choices import HazardState
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


def get_hazard(actor: Actor, id: int) -> Hazard:
    """One hazard; Http404 if this actor cannot see it."""
    return get_fact(actor, Hazard, id)


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


DEADLINE = Coalesce("extended_due_on", "due_on", output_field=DateField())


def in_state(state: str) -> Q:
    """Condition on Hazard annotated with ``deadline``: the state it is in today. The twin of Hazard.state_on."""
    today = timezone.localdate()
    waiting = Q(voided_at=None, closed_on=None, rectified_on=None)
    match state:
        case HazardState.OPEN:
            return waiting & Q(refused_on=None) & (Q(deadline=None) | Q(deadline__gte=today))
        case HazardState.OVERDUE:
            return waiting & Q(refused_on=None, deadline__lt=today)
        case HazardState.REFUSED:
            return waiting & Q(refused_on__isnull=False)
        case HazardState.SUBMITTED:
            return Q(voided_at=None, closed_on=None, rectified_on__isnull=False)
        case HazardState.CLOSED:
            return Q(voided_at=None, closed_on__isnull=False)
        case _:
            return Q(voided_at__isnull=False)


def hazard_counts(actor: Actor) -> dict[str, int]:
    """How many hazards stand in each state that still asks for something. Closed ones are not counted: too many."""
    live = (HazardState.OPEN, HazardState.OVERDUE, HazardState.REFUSED, HazardState.SUBMITTED)
    rows = (
        visible(actor, Hazard)
        .select_related(None)
        .filter(closed_on=None)
        .annotate(deadline=DEADLINE)
        .order_by()
    )
    return rows.aggregate(**{str(state): Count("pk", filter=in_state(state)) for state in live})
