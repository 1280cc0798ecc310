"""A conventional evaluation for comparison: one task per enterprise, with three SELECTs and an UPDATE."""

import time

from celery import shared_task
from django.core.cache import cache
from django.db.models import Count, Q

from enterprises.models import Enterprise
from foundation.periods import Period
from foundation.tenancy.scope import Audience, Scope, station_scope
from incidents.models import Incident
from inspections.models import Hazard, Inspection

DONE = "bench-loop-done"


@shared_task
def rate_one(station_id: int, enterprise_id: int, period_code: str) -> None:
    """Rate one enterprise by a rule far simpler than a standard."""
    period = Period.parse(period_code)
    quarter = (period.start, period.end)
    with station_scope(Scope((station_id,), audience=Audience.SYSTEM)):
        hazards = Hazard.objects.filter(enterprise_id=enterprise_id, voided_at=None).aggregate(
            found=Count("id", filter=Q(found_on__range=quarter)),
            overdue=Count("id", filter=Q(closed_on=None, due_on__lt=period.end)),
        )
        inspections = Inspection.objects.filter(
            enterprise_id=enterprise_id, voided_at=None, inspected_on__range=quarter
        ).count()
        incidents = Incident.objects.filter(
            enterprise_id=enterprise_id, voided_at=None, occurred_on__range=quarter
        ).count()
        score = max(
            0, 100 - 5 * hazards["found"] - 10 * hazards["overdue"] - 5 * incidents - (inspections == 0)
        )
        colour = "green" if score >= 90 else "yellow" if score >= 70 else "red"
        Enterprise.objects.filter(pk=enterprise_id).update(colour=colour, score=score)
    cache.incr(DONE)


def run(rows: list[tuple[int, int]], period: Period, timeout_s: float = 300) -> float:
    """Return enterprises per second, from the first task sent to the last enterprise rated. Needs workers."""
    cache.set(DONE, 0, None)
    begin = time.perf_counter()
    for station_id, enterprise_id in rows:
        rate_one.delay(station_id, enterprise_id, period.code)
    while cache.get(DONE) < len(rows):
        if time.perf_counter() - begin > timeout_s:
            raise TimeoutError(f"{cache.get(DONE)} of {len(rows)} rated one by one")
        time.sleep(0.01)
    return len(rows) / (time.perf_counter() - begin)
