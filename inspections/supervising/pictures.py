"""The same photo in two inspections."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import BigIntegerField, Count, Func, Max, Q
from django.utils import timezone

from facts.attachments import LEAST_STRUCTURE
from facts.models import Attachment
from facts.selectors import visible
from foundation.accounts.actors import Actor
from foundation.periods import Period
from inspections.models import Hazard, Inspection

MOST = 20  # photos that are shown


@dataclass(frozen=True)
class Twice:
    """A photo that is in several inspections: the one of it that was added last, and the inspections, the latest first."""

    photo: Attachment
    inspections: tuple[Inspection, ...]


def photos_in_two(actor: Actor, period: Period) -> list[Twice]:
    """Return the photos of the quarter that another inspection has as well, the latest first, at most MOST. Four queries.

    Their difference hashes are equal; those with hardly any contrast (a plain wall, the night) are left out, because many
    places look like that. A file that moved with its record is one photo. ``facts.attachments.alike`` tells also of those
    that differ in one bit, at the photo itself.
    """
    bits = Func(
        "difference_hash",
        template="bit_count(('x' || %(expressions)s)::bit(64))",
        output_field=BigIntegerField(),
    )
    first, last = (_midnight(day) for day in (period.start, period.shift(1).start))
    rows = Attachment.objects.filter(
        Q(kind="inspection") | Q(kind="hazard", by_enterprise=False),
        station_id__in=actor.stations,
        voided_at=None,
    ).exclude(difference_hash="")
    hashes = (
        rows.annotate(structure=bits)
        .filter(structure__gte=LEAST_STRUCTURE, structure__lte=64 - LEAST_STRUCTURE)
        .order_by()
        .values("difference_hash")
        .annotate(files=Count("key", distinct=True), latest=Max("added_at"))
        .filter(files__gt=1, latest__gte=first, latest__lt=last)
        .order_by("-latest")
        .values_list("difference_hash", flat=True)[:MOST]
    )
    wanted = list(hashes)
    if not wanted:
        return []
    photos = list(rows.filter(difference_hash__in=wanted).order_by("-added_at", "-pk"))
    visit_of = _visits(actor, photos)
    found = []
    for value in wanted:
        mine = [each for each in photos if each.difference_hash == value]
        visits = {visit.pk: visit for each in mine if (visit := visit_of.get((each.kind, each.record_id)))}
        if len(visits) > 1:
            latest = sorted(visits.values(), key=lambda each: (each.inspected_on, each.pk), reverse=True)
            found.append(Twice(mine[0], tuple(latest)))
    return found


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _visits(actor: Actor, photos: Iterable[Attachment]) -> dict[tuple[str, int], Inspection]:
    """Return the inspection of each record that has one of the photos."""
    ids: dict[str, set[int]] = {"inspection": set(), "hazard": set()}
    for each in photos:
        ids[each.kind].add(each.record_id)
    hazards = dict(
        visible(actor, Hazard)
        .filter(pk__in=ids["hazard"], inspection__isnull=False)
        .order_by()
        .values_list("pk", "inspection_id")
    )
    visits = visible(actor, Inspection).select_related("enterprise", "station")
    known = visits.in_bulk(ids["inspection"] | {pk for pk in hazards.values() if pk})
    found = {("inspection", pk): known[pk] for pk in ids["inspection"] if pk in known}
    return found | {("hazard", pk): known[visit] for pk, visit in hazards.items() if visit in known}
