"""Enterprises whose inspection is overdue go on, step by step: to the liaison officer, the station chief, the bureau.

As overdue hazards do (:mod:`inspections.escalating`): each step falls due so many working days after the day on which the
inspection was due, is written once for that day, and told to those it concerns. An enterprise that was never inspected and
has no rating is due by the time limit of the first inspection, counted from the day on which it came on the register. A
planned visit stops nothing: an inspection does.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import DateField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.functional import lazy

from enterprises.choices import LiaisonKind
from enterprises.concerned import chiefs_of
from enterprises.models import Enterprise
from enterprises.selectors import liaisons_now, on_register, visible
from foundation.accounts import auditing
from foundation.accounts.access import STATION_ROLES
from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.choices import Role
from foundation.accounts.models import RoleGrant, Station
from foundation.contributions.audit import kind_of_model
from foundation.contributions.time_limits import time_limits
from foundation.deadlines.counting import Limit
from foundation.deadlines.selectors import changes_of, in_force
from foundation.inbox.notifying import NAMED, in_each_language, notify
from foundation.tenancy.scope import station_scope
from foundation.words import listed
from inspections.choices import FIRST_VISIT, VISIT_ESCALATES, VisitStep
from inspections.models import Inspection, VisitEscalation

STEPS = tuple(VisitStep)
AT_ONCE = 500  # enterprises of one transaction
LOCK = 4_204_222  # of pg_advisory_xact_lock, with the bureau
LARGEST_INTEGER = 2**31 - 1


def cause_of(step: VisitStep) -> str:
    """Return the code of a step, in the audit log and of its notification."""
    return kind_of_model(Enterprise).action(f"visit_{step.value}")


class Calendar:
    """The days on which inspections are due for the first time, and on which steps fall due, in one bureau."""

    def __init__(self, actor: Actor) -> None:
        self.changes = changes_of(actor)
        self.days: dict[tuple[str, dt.date], dt.date] = {}

    def falls_on(self, code: str, start_on: dt.date) -> dt.date:
        """Return the last day of a time limit that starts on a day."""
        if (code, start_on) not in self.days:
            length = in_force(time_limits[code], self.changes, start_on).length
            last_on = Limit(start_on, length).count().last_on
            assert last_on  # it is never suspended
            self.days[code, start_on] = last_on
        return self.days[code, start_on]

    def due_on(self, row: Any) -> dt.date:
        """Return the day on which the inspection of an enterprise is due."""
        planned: dt.date | None = row.next_inspection_on
        return planned or self.falls_on(FIRST_VISIT, row.came_on)


def escalate_visits(bureau_id: int) -> int:
    """Write the steps of a bureau's overdue inspections that have fallen due, and tell whom they concern. Return how many.

    It may run at any time, and twice at once: each step is written once for a due day.
    """
    stations = tuple(Station.objects.filter(bureau_id=bureau_id).values_list("pk", flat=True))
    if not stations:
        return 0
    actor = system_actor(bureau_id=bureau_id, stations=stations)
    number, after, is_over = 0, 0, False
    while not is_over:
        with station_scope(actor.scope()):
            made, last = _escalate_some(actor, after)
        number, is_over, after = number + made, last is None, last or 0
    return number


def _escalate_some(actor: Actor, after: int) -> tuple[int, int | None]:
    """Let the next enterprises after an id go on. Return how many steps were made, and the last id; None if no more are left."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, actor.bureau_id & LARGEST_INTEGER])
    today, calendar = timezone.localdate(), Calendar(actor)
    rows = list(_candidates(actor, today).filter(pk__gt=after).order_by("pk")[:AT_ONCE])
    known = set(
        VisitEscalation.objects.filter(enterprise_id__in=[each.pk for each in rows]).values_list(
            "enterprise_id", "was_due_on", "step"
        )
    )
    made: list[VisitEscalation] = []
    for row in rows:
        was_due_on = calendar.due_on(row)
        for step in STEPS:
            on = calendar.falls_on(VISIT_ESCALATES[step], was_due_on)
            if was_due_on < today and on <= today and (row.pk, was_due_on, str(step)) not in known:
                made.append(
                    VisitEscalation(
                        enterprise=row, station_id=row.station_id, was_due_on=was_due_on, step=step, due_on=on
                    )
                )
    VisitEscalation.objects.bulk_create(made)
    entries = [
        auditing.entry(
            actor=actor,
            action=cause_of(VisitStep(each.step)),
            target=each.enterprise,
            after={"was_due_on": each.was_due_on.isoformat()},
        )
        for each in made
    ]
    auditing.write(entries, actor=actor)
    _tell(actor, made, today)
    return len(made), rows[-1].pk if len(rows) == AT_ONCE else None


def _candidates(actor: Actor, today: dt.date) -> QuerySet[Any]:
    """Return enterprises whose inspection may be overdue and that have not gone all the way."""
    inspections = Inspection.objects.filter(enterprise=OuterRef("pk"), voided_at=None)
    last = VisitEscalation.objects.filter(
        enterprise=OuterRef("pk"), step=STEPS[-1], was_due_on=OuterRef("next_inspection_on")
    )
    first = VisitEscalation.objects.filter(enterprise=OuterRef("pk"), step=STEPS[-1])
    rows = visible(actor).filter(on_register(today))
    rows = rows.annotate(came_on=Coalesce("registered_on", TruncDate("created_at"), output_field=DateField()))
    overdue = Q(next_inspection_on__lt=today) & ~Q(Exists(last))
    never = Q(next_inspection_on=None, came_on__lt=today) & ~Q(Exists(inspections)) & ~Q(Exists(first))
    return rows.filter(overdue | never)


def _tell(actor: Actor, made: Iterable[VisitEscalation], today: dt.date) -> None:
    """Notify each of those concerned once, of all enterprises that reached their step together."""
    highest: dict[int, VisitEscalation] = {}
    for each in made:
        highest[each.enterprise_id] = each  # steps are in their order
    told: dict[tuple[VisitStep, int], list[VisitEscalation]] = {}
    for each in made:
        if each.step == VisitStep.BUREAU:
            told.setdefault((VisitStep.BUREAU, 0), []).append(each)
        elif each.step == VisitStep.CHIEF and highest[each.enterprise_id] is each:
            told.setdefault((VisitStep.CHIEF, each.station_id), []).append(each)
        elif each.step == VisitStep.LIAISON:
            told.setdefault((VisitStep.LIAISON, each.station_id), []).append(each)
    for (step, station_id), found in told.items():
        if step is VisitStep.BUREAU:
            _notify(step, Q(role=Role.SUPERVISOR, bureau_id=actor.bureau_id), found, today, actor.bureau_id)
        elif step is VisitStep.CHIEF:
            _notify(step, _led_by(station_id, actor.bureau_id), found, today, station_id)
        else:
            serving = liaisons_now(actor, [each.enterprise_id for each in found])
            of: dict[int, list[VisitEscalation]] = {}
            for each in found:
                main = [one for one in serving.get(each.enterprise_id, ()) if one.kind == LiaisonKind.MAIN]
                of.setdefault(main[0].officer_id if main else 0, []).append(each)
            for officer_id, own in of.items():
                mine = Q(user_id=officer_id, station_id=station_id, role__in=STATION_ROLES)
                to = mine if officer_id else _led_by(station_id, actor.bureau_id)
                _notify(step, to, own, today, station_id)


def _led_by(station_id: int, bureau_id: int) -> Q:
    """Return the condition on the chiefs of a station, on the supervisors if it has none."""
    chiefs = chiefs_of(station_id)
    led = Exists(RoleGrant.objects.filter(chiefs, revoked_at=None, user__is_active=True))
    return chiefs | (~Q(led) & Q(role=Role.SUPERVISOR, bureau_id=bureau_id))


def _first_of(names: list[str]) -> str:
    """Return the first names in one line, separated as the reader's language does."""
    return listed(names[:NAMED]) + ("…" if len(names) > NAMED else "")


_named = lazy(_first_of, str)


def _notify(step: VisitStep, to: Q, found: list[VisitEscalation], today: dt.date, place: int) -> None:
    ids = sorted(each.enterprise_id for each in found)
    notify(
        cause_of(step),
        to=to,
        key=f"{place}:{today}:{ids[0]}:{ids[-1]}:{len(ids)}",
        values={
            "number": len(found),
            "object": in_each_language(_named([str(each.enterprise) for each in found])),
        },
    )
