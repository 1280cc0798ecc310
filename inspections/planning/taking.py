"""A proposal for the plan is taken: what was not made on its day is moved, the rest is planned."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.models import Enterprise
from enterprises.operations.register import lock_in_order
from enterprises.selectors import visible
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.inbox.notifying import together
from inspections.access import Permission
from inspections.choices import VisitSource
from inspections.models import PlannedVisit
from inspections.planning.due import drawn_pairs, sources_of
from inspections.planning.planning import (
    FURTHEST,
    Terms,
    add_visit,
    change_visit,
    counts_from,
    refusals,
)
from inspections.planning.proposing import Trip
from inspections.planning.visits import (
    absences,
    between,
    inspected_today,
    is_open,
    list_visits,
    loads,
    per_day,
    rule_on,
    team_of,
)


@dataclass
class Taken:
    """What became of a proposal: how many visits were planned, and whose were not, with the reason."""

    number: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


@transaction.atomic
@as_declared
def take_trips(*, actor: Actor, station_id: int, trips: Iterable[Trip]) -> Taken:
    """Plan the trips of a proposal: what was not made on its day is moved, the rest is new.

    What has changed since the proposal was made is left out and named: planned by somebody else, no room any more, absent
    by now, over the yearly limit, drawn by lot for others. Raise NotAllowed. What is read costs the same for each day,
    however many trips it has.
    """
    require(actor, Permission.PLAN_VISITS)
    wanted = list(trips)
    ids = [pk for trip in wanted for pk in trip.jobs]
    lock_in_order(ids)
    here = visible(actor).filter(station_id=station_id).in_bulk(ids)
    today, taken = timezone.localdate(), Taken()
    left = {
        each.enterprise_id: each
        for each in list_visits(actor).filter(is_open(), enterprise_id__in=here, on__lt=today)
    }
    sources, made_today = sources_of(actor, here), inspected_today(list(here))
    reasons = sources | {pk: VisitSource(visit.source) for pk, visit in left.items()}
    drawn = drawn_pairs(actor, station_id, [pk for pk, why in reasons.items() if why == VisitSource.LOT])
    team = {each.pk: each for each in team_of(actor, station_id)}
    days = {
        on: _Day(actor, station_id, on, [here[pk] for pk in keys if pk not in left], sources)
        for on, keys in _keys_by_day(wanted, here, today).items()
    }
    seen: set[int] = set()
    with together(f"plan:{timezone.now().isoformat()}"):
        for trip in wanted:
            firms = [here[pk] for pk in dict.fromkeys(trip.jobs) if pk in here and pk not in seen]
            seen |= {each.pk for each in firms}
            day = days.get(trip.on)
            words = _why_no_trip(trip, team, day) if day else _("A visit is planned for today or later.")
            if day is None or words:
                taken.refused += [(each.name, words) for each in firms]
                continue
            for firm in firms:
                if words := _why_not(firm.pk, trip, drawn, day):
                    taken.refused.append((firm.name, words))
                    continue
                since_on = counts_from(firm.pk in made_today)
                officers = team[trip.officer], team[trip.second]
                _take(
                    actor, firm, left.get(firm.pk), trip, officers, source=sources[firm.pk], since_on=since_on
                )
                day.load.update((who, trip.on) for who in trip.officers)
                taken.number += 1
    return taken


class _Day:
    """What must be known of a day to plan on it, read once: refusals, absences, visits of each officer, their limit."""

    def __init__(
        self,
        actor: Actor,
        station_id: int,
        on: dt.date,
        new: Sequence[Enterprise],
        sources: Mapping[int, VisitSource],
    ) -> None:
        self.refused = refusals(actor, new, on, sources)
        self.away = {each.officer_id for each in absences(actor, station_id, on, on) if each.covers(on)}
        self.load = loads(between(actor, station_id, on, on))
        self.limit = per_day(rule_on(actor, on))


def _keys_by_day(
    trips: Iterable[Trip], here: Collection[int], today: dt.date
) -> dict[dt.date, dict[int, None]]:
    """Return the enterprises of the trips by day, of days that can be planned."""
    found: dict[dt.date, dict[int, None]] = {}
    for trip in trips:
        if today <= trip.on <= today + FURTHEST:
            found.setdefault(trip.on, {}).update(dict.fromkeys(pk for pk in trip.jobs if pk in here))
    return found


def _why_no_trip(trip: Trip, team: Collection[int], day: _Day) -> str:
    """Return why these two cannot go on that day; empty if they can."""
    if trip.officer not in team or trip.second not in team or trip.officer == trip.second:
        return _("Its officers are not of the station any more.")
    if day.away & set(trip.officers):
        return _("An officer is absent on %(day)s.") % {"day": trip.on.isoformat()}
    return ""


def _why_not(pk: int, trip: Trip, drawn: Mapping[int, tuple[int, int]], day: _Day) -> str:
    """Return why an enterprise is not visited on a trip; empty if it is."""
    if pk in day.refused:
        return day.refused[pk]
    if pk in drawn and set(drawn[pk]) != set(trip.officers):
        return _("Other officers were drawn by lot for it.")
    if max(day.load[who, trip.on] for who in trip.officers) >= day.limit:
        return _("There is no more room on %(day)s.") % {"day": trip.on.isoformat()}
    return ""


def _take(
    actor: Actor, firm: Enterprise, left: PlannedVisit | None, trip: Trip, officers: Any, **fields: Any
) -> None:
    terms = Terms(trip.on, trip.officer, trip.second)
    if left is None:
        add_visit(actor, firm, terms, officers, **fields)
        return
    locked = PlannedVisit.objects.select_for_update(of=("self",), no_key=True).get(pk=left.pk)
    change_visit(actor, locked, terms, officers)
