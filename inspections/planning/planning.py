"""Writes of the plan: visits are planned, moved and taken off, one at a time or many."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.models import Enterprise
from enterprises.operations.register import lock_in_order
from enterprises.selectors import on_register, visible
from foundation.accounts import auditing
from foundation.accounts.access import StaleRecord, WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.bulk.acts import Judgement
from foundation.contributions.limits import refuse_implausible
from foundation.deadlines.selectors import limit_in_force
from foundation.inbox.notifying import together
from foundation.words import labelled, listed
from foundation.words import visible as legible
from inspections.access import Permission
from inspections.choices import APPROVE_AFTER, VisitSource
from inspections.models import Hazard, PlannedVisit
from inspections.planning.capping import over_cap
from inspections.planning.due import drawn_pairs, sources_of
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

PLAN, MOVE, DROP = "planned_visit.plan", "planned_visit.move", "planned_visit.drop"
FURTHEST = dt.timedelta(days=366)
NOT_TYPED = [each.name for each in PlannedVisit._meta.concrete_fields if each.null or each.is_relation]
LOGGED = ("on", "half", "officer_name", "second_name")


@dataclass(frozen=True)
class Terms:
    """When and by whom: ``second_id`` None lets the program name the colleague with the fewest visits that day."""

    on: dt.date
    officer_id: int
    second_id: int | None = None
    half: str = ""


def refusals(
    actor: Actor,
    enterprises: Sequence[Enterprise],
    on: dt.date,
    source: VisitSource | Mapping[int, VisitSource],
) -> dict[int, str]:
    """Return why no visit of these enterprises may be planned for a day, by enterprise. A constant number of queries."""
    ids = [each.pk for each in enterprises]
    here = set(Enterprise.objects.filter(on_register(on), pk__in=ids).values_list("pk", flat=True))
    made_today = inspected_today(ids) if on == timezone.localdate() else set()
    planned = {
        each.enterprise_id: each for each in list_visits(actor).filter(is_open(), enterprise_id__in=ids)
    }
    found = over_cap(actor, enterprises, on, source)
    for each in enterprises:
        if each.pk not in here:
            found[each.pk] = _("It is not on the register then.")
        elif each.pk in made_today:
            found[each.pk] = _("It was inspected today already. Plan the next visit for tomorrow or later.")
        elif visit := planned.get(each.pk):
            words = _("A visit is planned already, on %(day)s by %(officers)s. Move that one.")
            found[each.pk] = words % {"day": visit.on.isoformat(), "officers": visit.officers or "–"}
    return found


def judge_visits(
    actor: Actor,
    enterprise_ids: Sequence[int],
    *,
    on: dt.date,
    officer_id: int,
    second_id: int | None,
    source: str = "",
) -> Judgement:
    """Return which of these enterprises can be visited on a day by these officers, and why the others cannot.

    As many as the officers have room for, in the order given. Raise ValidationError for what is wrong with day or officers.
    """
    found = visible(actor).in_bulk(list(enterprise_ids))
    firms = [found[pk] for pk in enterprise_ids if pk in found]
    if not firms:
        return Judgement()
    _check_day(on)
    station_id = firms[0].station_id
    terms = Terms(on, officer_id, second_id)
    named = [each.pk for each in team_named(actor, station_id, terms) if each]
    sources = dict.fromkeys(found, VisitSource(source)) if source else sources_of(actor, found)
    judged = Judgement(refused=refusals(actor, firms, on, sources))
    load = loads(between(actor, station_id, on, on))
    room = per_day(rule_on(actor, on)) - max(load[who, on] for who in named)
    drawn = drawn_pairs(actor, station_id, [pk for pk, why in sources.items() if why == VisitSource.LOT])
    for each in firms:
        if each.station_id != station_id:
            judged.refused[each.pk] = _("Plan the enterprises of one station at a time.")
        elif each.pk in drawn and not set(named) <= set(drawn[each.pk]):
            judged.refused[each.pk] = _("Other officers were drawn by lot for it.")
        elif each.pk not in judged.refused:
            if room > 0:
                judged.ready.append(each.pk)
                room -= 1
            else:
                judged.refused[each.pk] = _("There is no more room on %(day)s.") % {"day": on.isoformat()}
    return judged


@transaction.atomic
@as_declared
def plan_visits(
    *,
    actor: Actor,
    enterprise_ids: Sequence[int],
    on: dt.date,
    officer_id: int,
    second_id: int | None = None,
    half: str = "",
    source: str = "",
    reference: str = "",
    departments: str = "",
    urgent: bool = False,
    urgent_reason: str = "",
) -> list[PlannedVisit]:
    """Plan a visit of each of these enterprises for one day, by the same officers: all of them or none.

    ``source`` "" is the reason that each has now. Raise NotAllowed, Http404 for one that the actor does not see,
    ValidationError by field, and for the form as a whole with the enterprises that may not be visited and why.
    """
    require(actor, Permission.PLAN_VISITS)
    enterprises = lock_firms(actor, enterprise_ids)
    sources = _sources(actor, enterprises, source, legible(reference).strip())
    terms = _by_lot(actor, enterprises, sources, Terms(on, officer_id, second_id, half))
    team = team_named(actor, enterprises[0].station_id, terms)
    _check_day(on)
    urgent_reason, reference, departments = (
        legible(each).strip() for each in (urgent_reason, reference, departments)
    )
    if urgent and not urgent_reason:
        raise ValidationError({"urgent_reason": _("Say why it cannot wait for the approval.")})
    if refused := refusals(actor, enterprises, on, sources):
        names = {each.pk: each.name for each in enterprises}
        raise ValidationError([labelled(names[pk], why) for pk, why in refused.items()])
    more = {
        "reference": reference,
        "departments": departments,
        "urgent": urgent,
        "urgent_reason": urgent_reason if urgent else "",
    }
    made_today = inspected_today([each.pk for each in enterprises])
    with _of_many(len(enterprises)):
        return [
            add_visit(
                actor,
                each,
                terms,
                team,
                source=sources[each.pk],
                since_on=counts_from(each.pk in made_today),
                **more,
            )
            for each in enterprises
        ]


def lock_firms(actor: Actor, ids: Collection[int]) -> list[Enterprise]:
    """Lock and return enterprises of one station in the order asked for."""
    lock_in_order(ids)
    found = visible(actor).in_bulk(list(ids))
    if missing := set(ids) - found.keys():
        raise Http404(f"no enterprise {min(missing)}")
    enterprises = [found[pk] for pk in dict.fromkeys(ids)]
    if not enterprises:
        raise ValidationError(_("Choose at least one enterprise."))
    if len({each.station_id for each in enterprises}) > 1:
        raise ValidationError(_("Plan the enterprises of one station at a time."))
    return enterprises


def _of_many(number: int) -> Any:
    """Tell each officer of many visits at once."""
    return together(f"plan:{timezone.now().isoformat()}") if number > 1 else nullcontext()


def _sources(
    actor: Actor, enterprises: Sequence[Enterprise], source: str, reference: str
) -> Mapping[int, VisitSource]:
    ids = [each.pk for each in enterprises]
    if not source:
        return sources_of(actor, ids)
    if source not in VisitSource.values or source == VisitSource.LOT:  # what was drawn says so by itself
        raise ValidationError({"source": _("This is not one of the choices.")})
    if source == VisitSource.ORDERED and not reference:
        raise ValidationError({"reference": _("Name the order: number, day and who gave it.")})
    if source == VisitSource.REINSPECTION:
        open_here = Hazard.objects.filter(enterprise_id__in=ids, closed_on=None, voided_at=None)
        without = set(ids) - set(open_here.values_list("enterprise_id", flat=True))
        for each in enterprises:
            if each.pk in without:
                words = _("Nothing is open there that could be re-inspected: choose another reason.")
                raise ValidationError({"source": labelled(each.name, words)})
    return dict.fromkeys(ids, VisitSource(source))


def _by_lot(
    actor: Actor, enterprises: Sequence[Enterprise], sources: Mapping[int, VisitSource], terms: Terms
) -> Terms:
    """Return the terms with the officers who were drawn. ValidationError at ``officer`` if others are named."""
    station_id = enterprises[0].station_id
    drawn = drawn_pairs(actor, station_id, [pk for pk, why in sources.items() if why == VisitSource.LOT])
    if not drawn:
        return terms
    team = {each.pk: str(each) for each in team_of(actor, station_id)}
    for firm in enterprises:
        pair = drawn.get(firm.pk)
        if pair is None:
            continue
        named = {terms.officer_id, pair[0] if terms.second_id is None else terms.second_id}
        if terms.second_id is None and terms.officer_id in pair:
            terms = replace(terms, second_id=pair[pair[0] == terms.officer_id])
        elif named != set(pair):
            words = _("By lot, %(names)s inspect %(enterprise)s.")
            filled = {"names": listed(team[who] for who in pair), "enterprise": firm.name}
            raise ValidationError({"officer": words % filled})
    return terms


def counts_from(is_made_today: bool) -> dt.date:
    """Return the first day on which an inspection does a visit that is planned now."""
    return timezone.localdate() + dt.timedelta(days=int(is_made_today))


def _check_day(on: dt.date) -> None:
    today = timezone.localdate()
    if on < today:
        raise ValidationError({"on": _("A visit is planned for today or later.")})
    if on > today + FURTHEST:
        raise ValidationError({"on": _("Plan at most a year ahead.")})


def team_named(
    actor: Actor, station_id: int, terms: Terms, *, without: Collection[int] = ()
) -> tuple[User, User | None]:
    """Return the officers of a visit. ValidationError for one who is not of the station, absent, or the same twice.

    ``without`` are visits that are moved, which do not count as load.
    """
    team = {each.pk: each for each in team_of(actor, station_id)}
    away = {
        each.officer_id: each
        for each in absences(actor, station_id, terms.on, terms.on)
        if each.covers(terms.on)
    }
    for name, pk in (("officer", terms.officer_id), ("second", terms.second_id)):
        if pk is None:
            continue
        if pk not in team:
            words = _(
                "Choose an officer of the station with a police number: auxiliaries do not inspect alone."
            )
            raise ValidationError({name: words})
        if absent := away.get(pk):
            words = _("%(name)s is absent from %(first)s to %(last)s: %(why)s.")
            filled = {
                "name": absent.officer_name,
                "first": absent.from_on.isoformat(),
                "last": absent.until_on.isoformat(),
                "why": absent.get_kind_display(),
            }
            raise ValidationError({name: words % filled})
    if terms.second_id == terms.officer_id:
        raise ValidationError({"second": _("Two different officers make a visit.")})
    officer = team[terms.officer_id]
    if terms.second_id is not None:
        return officer, team[terms.second_id]
    load = loads(between(actor, station_id, terms.on, terms.on).exclude(pk__in=list(without)))
    free = [pk for pk in team if pk != officer.pk and pk not in away]
    second = min(free, key=lambda pk: load[pk, terms.on], default=None)
    return officer, team[second] if second else None


def _approve_by(actor: Actor, on: dt.date, urgent: bool) -> dt.date:
    """Return by when the chief decides: on the day itself, of an urgent visit within the period after it."""
    if not urgent:
        return on
    return limit_in_force(actor, APPROVE_AFTER, on).from_day(on).last_on or on


def add_visit(
    actor: Actor, enterprise: Enterprise, terms: Terms, team: tuple[User, User | None], **fields: Any
) -> PlannedVisit:
    """Write a visit that was judged before, with its entry in the log. Raise ValidationError for what cannot be kept."""
    officer, second = team
    visit = PlannedVisit(
        enterprise=enterprise,
        station_id=enterprise.station_id,
        on=terms.on,
        half=terms.half,
        officer_id=officer.pk,
        officer_name=str(officer)[:80],
        second_id=second.pk if second else 0,
        second_name=str(second)[:80] if second else "",
        approve_by=_approve_by(actor, terms.on, fields.get("urgent", False)),
        planned_by=actor.name,
        planned_by_id=actor.user_id,
        **fields,
    )
    visit.clean_fields(exclude=NOT_TYPED)
    refuse_implausible(visit)
    visit.save(force_insert=True)
    after = {name: _plain(getattr(visit, name)) for name in (*LOGGED, "source")}
    for name in ("reference", "departments", "urgent_reason"):
        if value := getattr(visit, name):
            after[name] = value
    auditing.record(actor=actor, action=PLAN, target=visit, after=after)
    return visit


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def lock_open(actor: Actor, ids: Collection[int]) -> list[PlannedVisit]:
    """Lock visits after their enterprises and return them. Raise Http404, WrongState for one that is over."""
    seen = list_visits(actor).in_bulk(list(ids))
    if missing := set(ids) - seen.keys():
        raise Http404(f"no visit {min(missing)}")
    found = [seen[pk] for pk in dict.fromkeys(ids)]
    lock_in_order([each.enterprise_id for each in found])
    rows = PlannedVisit.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(ids))
    locked = {each.pk: each for each in rows.select_related("enterprise")}
    still = set(list_visits(actor).filter(is_open(), pk__in=list(ids)).values_list("pk", flat=True))
    for each in found:
        if each.pk not in still:
            words = _("This visit was made, refused or taken off the plan in the meantime.")
            raise WrongState(labelled(each, words))
    return [locked[each.pk] for each in found]


@transaction.atomic
@as_declared
def move_visits(
    *,
    actor: Actor,
    ids: Sequence[int],
    on: dt.date,
    officer_id: int,
    second_id: int | None = None,
    half: str = "",
    versions: Mapping[int, int] | None = None,
) -> list[PlannedVisit]:
    """Move visits of one station to a day and two officers. An approval goes along as long as it holds on that day.

    What was drawn by lot moves to another day only with the two who were drawn. ``versions``: what the person saw of each.

    Raise NotAllowed, Http404, WrongState for one that is over, StaleRecord for one that was changed since, ValidationError by field.
    """
    require(actor, Permission.PLAN_VISITS)
    visits = lock_open(actor, ids)
    for each in visits:
        if versions is not None and versions.get(each.pk) != each.version:
            raise StaleRecord(labelled(each, _("Somebody changed this visit in the meantime.")))
    if not visits:
        raise ValidationError(_("Choose at least one visit."))
    if len({each.station_id for each in visits}) > 1:
        raise ValidationError(_("Move the visits of one station at a time."))
    _check_day(on)
    if any(each.since_on > on for each in visits):  # planned after the inspection of today
        raise ValidationError(
            {"on": _("It was inspected today already. Plan the next visit for tomorrow or later.")}
        )
    terms = _by_lot(
        actor,
        [each.enterprise for each in visits],
        {each.enterprise_id: VisitSource(each.source) for each in visits},
        Terms(on, officer_id, second_id, half),
    )
    team = team_named(actor, visits[0].station_id, terms, without=[each.pk for each in visits])
    # in another year other inspections count
    other_year = [each for each in visits if each.on.year != on.year]
    sources = {each.enterprise_id: VisitSource(each.source) for each in other_year}
    if refused := over_cap(actor, [each.enterprise for each in other_year], on, sources):
        names = {each.enterprise_id: each.enterprise.name for each in other_year}
        raise ValidationError([labelled(names[pk], why) for pk, why in refused.items()])
    with _of_many(len(visits)):
        for each in visits:
            change_visit(actor, each, terms, team)
    return visits


def change_visit(
    actor: Actor,
    visit: PlannedVisit,
    terms: Terms,
    team: tuple[User | None, User | None],
    *,
    action: str = MOVE,
) -> None:
    """Give a locked visit another day and officers, with its entry in the log; nothing if they are the same."""
    before = {name: _plain(getattr(visit, name)) for name in LOGGED}
    officer, second = team
    visit.on, visit.half = terms.on, terms.half
    visit.officer_id, visit.officer_name = (officer.pk, str(officer)[:80]) if officer else (0, "")
    visit.second_id, visit.second_name = (second.pk, str(second)[:80]) if second else (0, "")
    visit.approve_by = _approve_by(actor, visit.on, visit.urgent)
    after = {name: _plain(getattr(visit, name)) for name in LOGGED}
    old, new = auditing.changes(before, after)
    if not new:
        return
    visit.version += 1
    visit.save()
    auditing.record(actor=actor, action=action, target=visit, before=old, after=new)


@transaction.atomic
@as_declared
def drop_visit(*, actor: Actor, id: int, reason: str, version: int | None = None) -> PlannedVisit:
    """Take a visit off the plan. If its enterprise is due, it is among the unplanned again.

    Raise NotAllowed, Http404, WrongState if it is over, StaleRecord, ValidationError at ``reason``.
    """
    require(actor, Permission.PLAN_VISITS)
    reason = required_reason(reason)
    visit = lock_open(actor, [id])[0]
    if version is not None and visit.version != version:
        raise StaleRecord(_("Somebody changed this visit in the meantime."))
    visit.voided_at, visit.version = timezone.now(), visit.version + 1
    visit.save()
    auditing.record(actor=actor, action=DROP, target=visit, reason=reason)
    return visit
