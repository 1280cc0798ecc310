"""A proposal for the plan is taken: what was not made on its day is moved, the rest is planned."""

import datetime as dt
from collections.abc import Iterable, Mapping
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
from foundation.accounts.models import User
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
    inspected_today,
    refusals,
)
from inspections.planning.proposing import Trip
from inspections.planning.visits import (
    absences,
    between,
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
def take_trips(*, actor: Actor, station_id: int, trips: Iterable[Trip]) -> Taken:
    """Plan the trips of a proposal: what was not made on its day is moved, the rest is new.

    What has changed since the proposal was made is left out and named: planned by somebody else, no room any more, absent
    by now, over the yearly limit, drawn by lot for others. Raise NotAllowed, Http404.
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
    with together(f"plan:{timezone.now().isoformat()}"):
        for trip in wanted:
            firms = [here[pk] for pk in dict.fromkeys(trip.jobs) if pk in here]
            why = _why_no_trip(actor, station_id, trip, team, today)
            refused = dict.fromkeys((each.pk for each in firms), why) if why else {}
            if not why:
                new = [each for each in firms if each.pk not in left]
                refused = refusals(actor, new, trip.on, sources) | {
                    each.pk: _("Other officers were drawn by lot for it.")
                    for each in firms
                    if each.pk in drawn and set(drawn[each.pk]) != set(trip.officers)
                }
            room = _room(actor, station_id, trip)
            officers = (team[trip.officer], team[trip.second]) if not why else (None, None)
            for firm in firms:
                if firm.pk not in refused and room <= 0:
                    refused[firm.pk] = _("There is no more room on %(day)s.") % {"day": trip.on.isoformat()}
                if firm.pk in refused:
                    taken.refused.append((firm.name, refused[firm.pk]))
                    continue
                since_on = counts_from(firm.pk in made_today)
                _take(
                    actor, firm, left.get(firm.pk), trip, officers, source=sources[firm.pk], since_on=since_on
                )
                taken.number, room = taken.number + 1, room - 1
    return taken


def _why_no_trip(actor: Actor, station_id: int, trip: Trip, team: Mapping[int, User], today: dt.date) -> str:
    if trip.on < today or trip.on > today + FURTHEST:
        return _("A visit is planned for today or later.")
    if trip.officer not in team or trip.second not in team or trip.officer == trip.second:
        return _("Its officers are not of the station any more.")
    if any(
        each.covers(trip.on) and each.officer_id in trip.officers
        for each in absences(actor, station_id, trip.on, trip.on)
    ):
        return _("An officer is absent on %(day)s.") % {"day": trip.on.isoformat()}
    return ""


def _room(actor: Actor, station_id: int, trip: Trip) -> int:
    load = loads(between(actor, station_id, trip.on, trip.on))
    return per_day(rule_on(actor, trip.on)) - max(load[who, trip.on] for who in trip.officers)


def _take(
    actor: Actor, firm: Enterprise, left: PlannedVisit | None, trip: Trip, officers: Any, **fields: Any
) -> None:
    terms = Terms(trip.on, trip.officer, trip.second)
    if left is None:
        add_visit(actor, firm, terms, officers, **fields)
        return
    locked = PlannedVisit.objects.select_for_update(of=("self",), no_key=True).get(pk=left.pk)
    change_visit(actor, locked, terms, officers)
