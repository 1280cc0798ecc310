"""A plan of inspections in every state: made, left over, approved, waiting, urgent, refused, proposed and not taken."""

import datetime as dt
from typing import Any

from django.utils import timezone

from demo import showcase
from demo.places import BUREAU
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import Bureau, RoleGrant, Station, User
from foundation.accounts.selectors import actor_for
from foundation.tenancy.scope import Audience, Scope, station_scope
from inspections.choices import AbsenceKind, VisitSource
from inspections.models import Inspection, PlannedVisit, PlanRule
from inspections.planning.absences import add_absence
from inspections.planning.approving import approve_visits, refuse_visit
from inspections.planning.planning import plan_visits, refusals
from inspections.planning.taking import take_trips
from inspections.planning.visits import list_visits, team_of
from inspections.planning.weeks import Plan, monday_of

WEEKS = 3
REFERENCE = "清公治〔2026〕18号"


def plan_inspections(bureau: Bureau) -> int:
    """Plan the coming weeks of each station of the large bureau, unless something is planned. Return how many visits."""
    if bureau.code != BUREAU[0]:
        return 0
    stations = list(bureau.stations.order_by("code"))
    everything = Scope(tuple(each.pk for each in stations), bureau=bureau.pk, audience=Audience.SYSTEM)
    with station_scope(everything):
        if PlannedVisit.objects.exists():
            return 0
        PlanRule.objects.create(
            bureau=bureau,
            effective_from=timezone.localdate().replace(month=1, day=1),
            published="清公通〔2026〕3号，区政府门户网站“涉企行政检查”专栏",
            red=12,
            yellow=6,
            green=3,
            grey=4,
            made_by="梁淑珍",
        )
    number = 0
    for station in stations:
        grant = RoleGrant.objects.filter(station=station, role=Role.CHIEF, revoked_at=None).first()
        actor = actor_for(user=grant.user, grant_id=grant.pk) if grant else None
        if actor is not None:
            with station_scope(actor.scope()):
                number += _plan(actor, station)
    return number


def _plan(actor: Actor, station: Station) -> int:
    today, team = timezone.localdate(), team_of(actor, station.pk)
    monday = monday_of(today)
    absent_on = monday + dt.timedelta(days=7)
    add_absence(
        actor=actor,
        station_id=station.pk,
        officer_id=team[-1].pk,
        kind=AbsenceKind.TRAINING,
        from_on=absent_on + dt.timedelta(days=2),
        until_on=absent_on + dt.timedelta(days=3),
    )
    _made(actor, station, team, today)
    last = monday + dt.timedelta(days=7 * WEEKS - 1)
    plan = Plan(actor, station, lambda _used: [(monday, last)], first=monday, last=last, proposes=True)
    wanted = [each for each in plan.proposal.trips if showcase_free(plan, each.jobs)]
    take_trips(actor=actor, station_id=station.pk, trips=wanted[: max(len(wanted) * 2 // 3, 1)])
    ahead = list(list_visits(actor).filter(station_id=station.pk, on__gte=today, done_id=None).order_by("pk"))
    for visit in ahead[:1]:
        PlannedVisit.objects.filter(pk=visit.pk).update(departments="消防救援大队、应急管理局")
    approve_visits(actor=actor, ids=[each.pk for each in ahead[: len(ahead) * 2 // 3]])
    for visit in ahead[-1:]:
        refuse_visit(actor=actor, id=visit.pk, reason="与市场监管所下周的联合检查合并进行，避免重复检查。")
    _special(actor, plan, team, today)
    _left_over(actor, station, team, today)
    return PlannedVisit.objects.filter(station=station).count()


def showcase_free(plan: Plan, jobs: list[int]) -> bool:
    """Return whether a trip does not lead to the enterprise whose facts are written out."""
    firms = {each.enterprise.pk: each.enterprise for each in plan.due.items}
    return all(firms[pk].external_id != showcase.EXTERNAL_ID for pk in jobs if pk in firms)


def _made(actor: Actor, station: Station, team: list[User], today: dt.date) -> None:
    """Enter the visits that recent inspections made."""
    recent = Inspection.objects.filter(
        station=station, voided_at=None, inspected_on__gt=today - dt.timedelta(days=14)
    )
    done = list(recent.select_related("enterprise").order_by("-inspected_on", "pk")[:6])
    visits = [
        _visit(
            each.enterprise,
            each.inspected_on,
            team,
            number,
            since_on=each.inspected_on,
            **_approved(each.inspected_on),
        )
        for number, each in enumerate(done)
    ]
    PlannedVisit.objects.bulk_create(visits)


def _left_over(actor: Actor, station: Station, team: list[User], today: dt.date) -> None:
    """Enter visits of last week that were not made."""
    plan = Plan(actor, station, lambda _used: [(today, today)], first=today, last=today)
    overdue = [each.enterprise for each in plan.due.items if each.band == "overdue" and not each.is_drawn]
    firms = [each for each in overdue if each.external_id != showcase.EXTERNAL_ID][:2]
    day = monday_of(today) - dt.timedelta(days=3)
    PlannedVisit.objects.bulk_create(
        _visit(each, day, team, number, since_on=day, **_approved(day)) for number, each in enumerate(firms)
    )


def _approved(day: dt.date) -> dict[str, Any]:
    at = timezone.make_aware(dt.datetime.combine(day - dt.timedelta(days=2), dt.time(9)))
    return {"approved_at": at, "approved_until": day + dt.timedelta(days=14), "approved_by": "所领导"}


def _visit(firm: Any, day: dt.date, team: list[User], number: int, **fields: Any) -> PlannedVisit:
    first, second = team[number % len(team)], team[(number + 1) % len(team)]
    return PlannedVisit(
        enterprise=firm,
        station_id=firm.station_id,
        source=VisitSource.CYCLE,
        on=day,
        approve_by=day,
        officer_id=first.pk,
        officer_name=str(first),
        second_id=second.pk,
        second_name=str(second),
        planned_by=str(first),
        planned_by_id=first.pk,
        **fields,
    )


def _special(actor: Actor, plan: Plan, team: list[User], today: dt.date) -> None:
    """Plan one visit that was ordered from above, and one that cannot wait for its approval."""
    planned = set(PlannedVisit.objects.filter(station=plan.station).values_list("enterprise_id", flat=True))
    firms = [
        each.enterprise
        for each in plan.due.items
        if each.enterprise.pk not in planned
        and each.enterprise.external_id != showcase.EXTERNAL_ID
        and not each.is_drawn
    ]
    refused = refusals(actor, firms, today, VisitSource.COMPLAINT)
    free = [each.pk for each in firms if each.pk not in refused]
    terms: dict[str, Any] = {"on": today, "officer_id": team[0].pk, "second_id": team[1].pk}
    if len(free) > 1:
        plan_visits(
            actor=actor, enterprise_ids=free[:1], source=VisitSource.ORDERED, reference=REFERENCE, **terms
        )
        plan_visits(
            actor=actor,
            enterprise_ids=free[1:2],
            source=VisitSource.COMPLAINT,
            urgent=True,
            urgent_reason="群众举报仓库内堆放烟花爆竹，须立即到场核查。",
            **terms,
        )
