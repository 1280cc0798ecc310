"""Inspections drawn by lot 双随机: enterprises from a filter, two officers of the station for each, until they are inspected."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.choices import Colour, KeyUnitClass
from enterprises.industries import is_industry
from enterprises.models import Enterprise
from enterprises.selectors import list_enterprises, list_officers
from foundation.accounts.actors import Actor
from foundation.accounts.choices import STATION_ROLES
from foundation.accounts.models import User
from foundation.contributions.lots import Entry, Pool
from foundation.faults import Faults
from foundation.inbox.notifying import notify, withdraw
from foundation.lots.models import Draw
from foundation.lots.operations import MOST_IN_POOL, check_due
from inspections.models import DrawnVisit, Inspection
from inspections.planning.visits import inspected_today

KIND = "inspections"
OFFICERS = 2  # for each enterprise
PUBLISHED = "inspection.drawn"  # the cause of a notification


def drawable(actor: Actor, criteria: Mapping[str, Any], redraws: int | None = None) -> Pool:
    """Return the enterprises of a station that a filter gives and that wait for no drawn inspection; and its officers.

    What waits because of the draw ``redraws`` counts as free, because that one is made again.
    """
    station_id = criteria["station"]
    rows: QuerySet[Enterprise] = list_enterprises(
        actor,
        colour=criteria.get("colour", ""),
        section=criteria.get("industry", ""),
        station_id=station_id,
    )
    waiting = waiting_at(actor, station_id).exclude(draw_id=redraws or 0)
    rows = rows.exclude(pk__in=waiting.values("enterprise_id"))
    if key_unit := criteria.get("key_unit"):
        is_key = ~Q(key_unit_class="")
        rows = rows.filter({"yes": is_key, "no": ~is_key}.get(key_unit, Q(key_unit_class=key_unit)))
    if street := criteria.get("street"):
        rows = rows.filter(street=street)
    found = rows.order_by("pk").values_list("pk", "name")[: MOST_IN_POOL + 1]
    # who has no police number counts as an auxiliary, as in an inspection by checklist
    officers = list_officers(actor, station_id).exclude(police_number="")
    return Pool(
        [Entry(pk, name) for pk, name in found],
        sorted(Entry(each.pk, str(each)) for each in officers),
    )


def check_draw(actor: Actor, criteria: Mapping[str, Any], terms: Mapping[str, Any]) -> None:
    """Raise ValidationError by field for a filter or terms that cannot be: an unknown value is never all of them."""
    faults = Faults()
    if criteria.get("station") not in actor.stations:
        faults.add(ValidationError({"station": _("Choose the station.")}))
    known = {
        "colour": Colour.values,
        "key_unit": ["yes", "no", *KeyUnitClass.values],
    }
    for name, values in known.items():
        if criteria.get(name) and criteria[name] not in values:
            faults.add(ValidationError({name: _("This is not one of the choices.")}))
    if (industry := criteria.get("industry")) and not is_industry(industry):
        words = _("This industry is not in GB/T 4754. Choose one from the list.")
        faults.add(ValidationError({"industry": words}))
    with faults.of():
        check_due(terms.get("due_on"))
    faults.refuse()


def waiting_visits() -> QuerySet[DrawnVisit]:
    """Return what was drawn and is not inspected yet, of the scope."""
    since = Inspection.objects.filter(
        enterprise_id=OuterRef("enterprise_id"), voided_at=None, inspected_on__gte=OuterRef("drawn_on")
    )
    return DrawnVisit.objects.filter(~Exists(since), lapsed_at=None)


def waiting_at(actor: Actor, station_id: int) -> QuerySet[DrawnVisit]:
    """Return what waits of a station's draws: not what another one drew before an enterprise was handed over."""
    own = Draw.objects.filter(bureau_id=actor.bureau_id, kind=KIND, stations=[station_id])
    return waiting_visits().filter(station_id=station_id, draw_id__in=own.values("pk"))


def publish_visits(actor: Actor, draw: Draw) -> None:
    """Write who inspects which enterprise, and tell those who were drawn.

    An enterprise that has left the station since the pool was frozen, or waits because of another draw, is left out.
    """
    ids = [pk for pk, _people in draw.result]
    station_id = draw.criteria["station"]
    here = list_enterprises(actor, station_id=station_id).filter(pk__in=ids)
    waiting = waiting_at(actor, station_id)
    there = set(here.exclude(pk__in=waiting.values("enterprise_id")).values_list("pk", flat=True))
    names = dict(draw.people)
    due_on, today = draw.due_on, timezone.localdate()
    assert due_on
    made_today = inspected_today(there)  # before they were drawn: these are inspected once more
    made = [
        DrawnVisit(
            enterprise_id=pk,
            station_id=station_id,
            draw_id=draw.pk,
            officer_id=person,
            officer_name=names[person][:80],
            drawn_on=today + dt.timedelta(days=int(pk in made_today)),
            due_on=due_on,
        )
        for pk, people in draw.result
        if pk in there
        for person in people
    ]
    DrawnVisit.objects.bulk_create(made)
    for person in sorted({each.officer_id for each in made}):
        notify(
            PUBLISHED,
            to=Q(user_id=person, station_id=station_id, role__in=STATION_ROLES),
            key=str(draw.pk),
            object_id=draw.pk,
            values={
                "number": sum(each.officer_id == person for each in made),
                "day": due_on.isoformat(),
            },
            actor=actor,
        )


def drop_visits(actor: Actor, draw: Draw) -> None:
    """Let what is not inspected of a draw lapse: another draw replaces it."""
    ids = list(waiting_visits().filter(draw_id=draw.pk).values_list("pk", flat=True))
    DrawnVisit.objects.filter(pk__in=ids).update(lapsed_at=timezone.now())
    withdraw(PUBLISHED, object_id=draw.pk, bureau_id=draw.bureau_id)


def inspected_since(draw: Draw) -> dict[int, Inspection]:
    """Return the inspection that did each drawn enterprise of a draw, by enterprise. One query."""
    drawn = DrawnVisit.objects.filter(
        draw_id=draw.pk, enterprise_id=OuterRef("enterprise_id"), drawn_on__lte=OuterRef("inspected_on")
    )
    rows = Inspection.objects.filter(
        Exists(drawn), enterprise_id__in=[pk for pk, _people in draw.result], voided_at=None
    )
    found: dict[int, Inspection] = {}
    for each in rows.order_by("inspected_on", "pk"):
        found.setdefault(each.enterprise_id, each)
    return found


def hand_over_drawn(*, officer_id: int, station_id: int, successor: User | None, at: dt.datetime) -> int:
    """Put a successor in the place of an officer who was drawn and leaves. Return how many rows changed.

    The draw and its result stay as they are: the officer's row lapses, and the successor gets one of their own. Without
    a successor, or with one who has no police number, the row stays, so that the enterprise is inspected all the same.
    Called within the station's scope.
    """
    if successor is None or not successor.police_number:
        return 0
    rows = list(
        waiting_visits().select_for_update(of=("self",)).filter(officer_id=officer_id, station_id=station_id)
    )
    there = set(
        DrawnVisit.objects.filter(
            draw_id__in={each.draw_id for each in rows}, officer_id=successor.pk, station_id=station_id
        ).values_list("draw_id", "enterprise_id")
    )
    DrawnVisit.objects.bulk_create(
        DrawnVisit(
            enterprise_id=each.enterprise_id,
            station_id=each.station_id,
            draw_id=each.draw_id,
            officer_id=successor.pk,
            officer_name=str(successor)[:80],
            drawn_on=each.drawn_on,
            due_on=each.due_on,
        )
        for each in rows
        if (each.draw_id, each.enterprise_id) not in there
    )
    return DrawnVisit.objects.filter(pk__in=[each.pk for each in rows]).update(lapsed_at=at)
