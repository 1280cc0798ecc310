"""Reminding an enterprise's people of a deadline that is near."""

from django.db.models import Exists
from django.utils import timezone

from enterprises.concerned import people_of
from enterprises.selectors import away_on
from foundation.accounts.models import Station
from foundation.inbox.notifying import notify, system_scope
from foundation.tenancy.scope import Audience, Scope, station_scope
from inspections.choices import HazardState
from inspections.models import Hazard
from inspections.selectors import DEADLINE, PRESSING, in_state

DUE_SOON = "hazard.due_soon"


def remind(*, bureau_id: int) -> int:
    """Notify the people of each enterprise whose hazard is due within two days; of one deadline once. Return how many."""
    today = timezone.localdate()
    with station_scope(system_scope(bureau_id)):
        stations = tuple(Station.objects.filter(bureau_id=bureau_id).values_list("pk", flat=True))
    with station_scope(Scope(stations, bureau=bureau_id, audience=Audience.SYSTEM)):
        rows = Hazard.objects.annotate(deadline=DEADLINE).filter(in_state(HazardState.OPEN, today))
        due = rows.filter(voided_at=None, station_id__in=stations, deadline__lte=today + PRESSING)
        return sum(
            notify(
                DUE_SOON,
                to=people_of(hazard.enterprise_id),
                key=f"{hazard.pk}:{hazard.deadline_on}",
                object_id=hazard.pk,
                values={"object": str(hazard), "day": str(hazard.deadline_on)},
            )
            for hazard in due.exclude(Exists(away_on(today, "enterprise_id")))
        )
