"""Overdue hazards go on, step by step: to the liaison officer, the station chief, the bureau, into listed supervision.

Each step falls due after so many working days overdue (:data:`inspections.choices.ESCALATES`), under the rule in force on
the deadline. Days on which the hazard waited for re-inspection do not count. A job writes what has fallen due
(``Escalation``) and tells whom it concerns; it may run at any time, and twice at once.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from enterprises.concerned import chiefs_of, officers_of
from enterprises.open_work import is_off_register
from foundation.accounts import auditing
from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.choices import Role
from foundation.accounts.models import RoleGrant, Station
from foundation.contributions.audit import kind_of_model
from foundation.contributions.limits import names_in
from foundation.contributions.time_limits import time_limits
from foundation.deadlines.counting import DAY, Limit, Suspension
from foundation.deadlines.models import LimitChange
from foundation.deadlines.selectors import InForce, changes_of, in_force
from foundation.inbox.notifying import notify, together
from foundation.tenancy.scope import station_scope
from inspections.choices import ESCALATES, EscalationStep, HazardState
from inspections.models import Escalation, Hazard, belonging_to
from inspections.selectors import DEADLINE

STEPS = tuple(EscalationStep)
ABOVE = (EscalationStep.CHIEF, EscalationStep.BUREAU, EscalationStep.LISTING)
GOES_ON = (HazardState.OVERDUE, HazardState.REFUSED)
OF_BUREAU = (EscalationStep.BUREAU, EscalationStep.LISTING)  # the same people of all stations are told
AT_ONCE = 200  # hazards of one transaction
CATCHES_UP = dt.timedelta(days=31)  # for hazards that were closed while no worker ran
LOCK = 4_204_221  # of pg_advisory_xact_lock, with the bureau
LARGEST_INTEGER = 2**31 - 1


def cause_of(step: EscalationStep, *, many: bool = False) -> str:
    """Return the code of a step, in the audit log and of its notification; of the one about ``many`` hazards."""
    return kind_of_model(Hazard).action(f"escalate_{step.value}") + (".many" if many else "")


class Calendar:
    """The days on which steps fall due in one bureau, by the deadline that passed."""

    def __init__(self, actor: Actor, changes: Sequence[LimitChange] | None = None) -> None:
        self.changes = changes_of(actor) if changes is None else changes
        self.days: dict[tuple[EscalationStep, dt.date, tuple[Suspension, ...]], dt.date] = {}

    def rule(self, step: EscalationStep, deadline_on: dt.date) -> InForce:
        """Return the rule under which a step of this deadline is counted."""
        return in_force(time_limits[ESCALATES[step]], self.changes, deadline_on)

    def falls_on(
        self, step: EscalationStep, deadline_on: dt.date, waited: tuple[Suspension, ...] = ()
    ) -> dt.date:
        """Return the working day on which a step falls due, without the days on which the hazard waited for the police."""
        found = self.days.get((step, deadline_on, waited))
        if found is None:
            found = Limit(deadline_on, self.rule(step, deadline_on).length, waited).count().last_on
            assert found  # what the hazard waited for is over
            self.days[step, deadline_on, waited] = found
        return found


def waited_of(hazard: Hazard) -> tuple[Suspension, ...]:
    """Return when a hazard waited for a re-inspection that it did not pass, or was closed, after the deadline in force."""
    deadline_on, found = hazard.deadline_on, []
    for each in hazard.earlier or ():
        first, until = each.get("rectified_on") or each.get("closed_on"), dt.date.fromisoformat(each["until"])
        if not (first and deadline_on):
            continue
        first_on = max(dt.date.fromisoformat(first), deadline_on + DAY)
        if first_on < until:
            found.append(Suspension(first_on, until - DAY, ""))
    return tuple(found)


def escalate_overdue(bureau_id: int) -> int:
    """Write the steps of a bureau's hazards that have fallen due, and tell whom they concern. Return how many.

    Each step is written once for a deadline, with the day on which it fell due, also when the job did not run that day. A
    step counts if the hazard was overdue, or rectification refused and the deadline past, on that day; if that deadline came
    into force later, on the day on which it did. Of a hazard that is not overdue any more by now the step is kept, and nobody
    is told. Of steps that fall due together and concern the same people they are told the highest. Without a deadline,
    suspended, or while its enterprise is off the register a hazard does not go on.
    """
    stations = tuple(Station.objects.filter(bureau_id=bureau_id).values_list("pk", flat=True))
    if not stations:
        return 0
    actor, began = system_actor(bureau_id=bureau_id, stations=stations), timezone.now()
    number, after, is_over = 0, 0, False
    while not is_over:
        with station_scope(actor.scope()):
            made, last = _escalate_some(actor, after, began)
        number, is_over, after = number + made, last is None, last or 0
    return number


def _escalate_some(actor: Actor, after: int, began: dt.datetime) -> tuple[int, int | None]:
    """Let the next hazards after an id go on. Return how many steps were made, and the last id; None if no more are left."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, actor.bureau_id & LARGEST_INTEGER])
    today, calendar, found = timezone.localdate(began), Calendar(actor), []
    hazards = {each.pk: each for each in _candidates(actor, today).filter(pk__gt=after)[:AT_ONCE]}
    known = set(
        Escalation.objects.filter(station_id__in=actor.stations, record_id__in=hazards).values_list(
            "record_id", "deadline_on", "step"
        )
    )
    for hazard in hazards.values():
        deadline_on, waited = hazard.deadline_on, waited_of(hazard)
        assert deadline_on
        for step in STEPS:
            if (hazard.pk, deadline_on, str(step)) in known:
                continue
            on = _reached_on(hazard, calendar.falls_on(step, deadline_on, waited), today)
            if on is not None:
                found.append(_row(hazard, deadline_on, step, on))
    Escalation.objects.bulk_create(found)
    told = [each for each in found if hazards[each.record_id].state in GOES_ON]
    _tell(actor, told, hazards, began)
    return len(found), max(hazards) if len(hazards) == AT_ONCE else None


def _reached_on(hazard: Hazard, on: dt.date, today: dt.date) -> dt.date | None:
    """Return the day on which a hazard reached a step that falls due on a day; None if it has not by today.

    That is the day itself, or the first one after it on which something changed and the hazard was overdue.
    """
    changed = {dt.date.fromisoformat(each["until"]) for each in hazard.earlier or ()}
    for day in sorted({on, *(each for each in changed if each > on)}):
        is_overdue = hazard.state_on(day) in GOES_ON and hazard.deadline_as_of(day) == hazard.deadline_on
        if day <= today and is_overdue:
            return day
    return None


def _candidates(actor: Actor, today: dt.date) -> QuerySet[Hazard]:
    """Return hazards whose deadline has passed and that have not gone all the way."""
    last = Escalation.objects.filter(
        enterprise_id=OuterRef("enterprise_id"),
        record_id=OuterRef("pk"),
        deadline_on=OuterRef("deadline"),
        step=STEPS[-1],
    )
    return (
        Hazard.objects.annotate(deadline=DEADLINE)
        .filter(Q(closed_on=None) | Q(closed_on__gte=today - CATCHES_UP), station_id__in=actor.stations)
        .filter(~Exists(last), ~is_off_register(today), deadline__lt=today, voided_at=None)
        .select_related("enterprise")
        .order_by("pk")
    )


def _row(hazard: Hazard, deadline_on: dt.date, step: EscalationStep, on: dt.date) -> Escalation:
    return Escalation(
        **belonging_to(hazard),
        deadline_on=deadline_on,
        step=step,
        due_on=on,
    )


def _tell(actor: Actor, made: list[Escalation], hazards: dict[int, Hazard], began: dt.datetime) -> None:
    """Write what was made to the log, and notify those concerned: of one hazard by its name, of several together."""
    entries = [
        auditing.entry(
            actor=actor, action=cause_of(EscalationStep(each.step)), target=hazards[each.record_id]
        )
        for each in made
    ]
    auditing.write(entries, actor=actor)
    several = Counter((each.step, _group(each)) for each in made)
    steps_of: dict[int, list[EscalationStep]] = {}
    for each in made:
        steps_of.setdefault(each.record_id, []).append(EscalationStep(each.step))
    for each in made:
        hazard, step = hazards[each.record_id], EscalationStep(each.step)
        to = _concerned(hazard, step, actor.bureau_id)
        for higher in steps_of[each.record_id]:
            if STEPS.index(higher) > STEPS.index(step):
                to &= ~_concerned(hazard, higher, actor.bureau_id)
        is_one = several[each.step, _group(each)] == 1
        with nullcontext() if is_one else together(f"{_group(each)}:{began:%Y-%m-%dT%H:%M}"):
            notify(
                cause_of(step),
                to=to,
                key=f"{each.record_id}:{each.deadline_on}",
                object_id=hazard.pk,
                values={
                    "object": str(hazard),
                    "enterprise": str(hazard.enterprise),
                    "day": each.deadline_on.isoformat(),
                },
            )


def _group(made: Escalation) -> int:
    """Return the station of which several are told together; 0 for a whole bureau."""
    return 0 if made.step in OF_BUREAU else made.station_id


def _concerned(hazard: Hazard, step: EscalationStep, bureau_id: int) -> Q:
    """Return the condition on the role grants of those whom a step concerns: supervisors if a station has no chief."""
    supervisors = Q(role=Role.SUPERVISOR, bureau_id=bureau_id)
    if step is EscalationStep.LIAISON:
        also = [hazard.recorded_by_id]
        return officers_of(
            hazard.enterprise_id, hazard.station_id, also=also, finders=names_in(hazard.found_by)
        )
    if step is EscalationStep.CHIEF:
        chiefs = chiefs_of(hazard.station_id)
        led = Exists(RoleGrant.objects.filter(chiefs, revoked_at=None, user__is_active=True))
        return chiefs | (~Q(led) & supervisors)
    return supervisors


# --- for the hazard's page -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rung:
    """One step of a hazard that is overdue now: the day it fell due, or will."""

    step: EscalationStep
    on: dt.date
    is_made: bool
    rule: InForce


def rungs_of(actor: Actor, hazard: Hazard, changes: Sequence[LimitChange] | None = None) -> list[Rung]:
    """Return the steps of the deadline in force: those made, and for the police the next one. None if it is not overdue.

    ``changes``: those of the time limits, if they are at hand.
    """
    deadline_on = hazard.deadline_on
    if deadline_on is None or deadline_on >= timezone.localdate() or hazard.state not in GOES_ON:
        return []
    made = dict(Escalation.of(hazard).filter(deadline_on=deadline_on).values_list("step", "due_on"))
    calendar, waited = Calendar(actor, changes), waited_of(hazard)
    found = [Rung(step, made[step], True, calendar.rule(step, deadline_on)) for step in STEPS if step in made]
    coming = [step for step in STEPS if step not in made]
    if actor.is_police and coming:
        step = min(coming, key=lambda each: calendar.falls_on(each, deadline_on, waited))
        on = calendar.falls_on(step, deadline_on, waited)
        found.append(Rung(step, on, False, calendar.rule(step, deadline_on)))
    return found
