"""Overdue hazards go on, step by step: to the liaison officer, the station chief, the bureau, into listed supervision.

Each step falls due so many working days after the deadline (:data:`inspections.choices.ESCALATES`), under the rule in force
on the deadline. A job writes what has fallen due (``Escalation``) and tells whom it concerns; it may run at any time, and
twice at once.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q
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
        self.days: dict[tuple[EscalationStep, dt.date], dt.date] = {}

    def rule(self, step: EscalationStep, deadline_on: dt.date) -> InForce:
        """Return the rule under which a step of this deadline is counted."""
        return in_force(time_limits[ESCALATES[step]], self.changes, deadline_on)

    def falls_on(self, step: EscalationStep, deadline_on: dt.date) -> dt.date:
        """Return the working day on which a step falls due."""
        found = self.days.get((step, deadline_on))
        if found is None:
            found = self.rule(step, deadline_on).from_day(deadline_on).last_on
            assert found  # only a suspended limit has no end
            self.days[step, deadline_on] = found
        return found


def escalate_overdue(bureau_id: int) -> int:
    """Write the steps of a bureau's hazards that have fallen due, and tell whom they concern. Return how many.

    Each step is written once for a deadline, with the day on which it fell due, also when the job did not run that day. A
    step counts if the hazard was overdue, or rectification refused and the deadline past, on that day. Of a hazard that is
    not overdue any more by now the step is kept, and nobody is told. Without a deadline, suspended, or while its enterprise
    is off the register a hazard does not go on.
    """
    stations = tuple(Station.objects.filter(bureau_id=bureau_id).values_list("pk", flat=True))
    if not stations:
        return 0
    actor, today = system_actor(bureau_id=bureau_id, stations=stations), timezone.localdate()
    with station_scope(actor.scope()):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, bureau_id & LARGEST_INTEGER])
        calendar, found = Calendar(actor), []
        hazards = {each.pk: each for each in _candidates(actor, today)}
        known = set(
            Escalation.objects.filter(station_id__in=stations, record_id__in=hazards).values_list(
                "record_id", "deadline_on", "step"
            )
        )
        for hazard in hazards.values():
            deadline_on = hazard.deadline_on
            assert deadline_on
            for step in STEPS:
                on = calendar.falls_on(step, deadline_on)
                if on > today or (hazard.pk, deadline_on, str(step)) in known:
                    continue
                if hazard.state_on(on) in GOES_ON and hazard.deadline_as_of(on) == deadline_on:
                    found.append(_row(hazard, deadline_on, step, on))
        Escalation.objects.bulk_create(found)
        _tell(actor, [each for each in found if hazards[each.record_id].state in GOES_ON], hazards, today)
    return len(found)


def _candidates(actor: Actor, today: dt.date) -> Iterable[Hazard]:
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


def _tell(actor: Actor, made: list[Escalation], hazards: dict[int, Hazard], today: dt.date) -> None:
    """Write what was made to the log, and notify those concerned: of one hazard by its name, of several together."""
    several = Counter((each.step, each.station_id) for each in made)
    run = f"{timezone.now():%Y-%m-%dT%H:%M}"
    for each in made:
        hazard, step = hazards[each.record_id], EscalationStep(each.step)
        auditing.record(actor=actor, action=cause_of(step), target=hazard)
        is_one = several[each.step, each.station_id] == 1
        key = f"{each.record_id}:{each.deadline_on}"
        with nullcontext() if is_one else together(f"{each.station_id}:{run}"):
            notify(
                cause_of(step),
                to=_concerned(hazard, step, actor.bureau_id),
                key=key,
                object_id=hazard.pk,
                values={
                    "object": str(hazard),
                    "enterprise": str(hazard.enterprise),
                    "day": each.deadline_on.isoformat(),
                },
            )


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
    calendar = Calendar(actor, changes)
    found = [Rung(step, made[step], True, calendar.rule(step, deadline_on)) for step in STEPS if step in made]
    coming = [step for step in STEPS if step not in made]
    if actor.is_police and coming:
        step = min(coming, key=lambda each: calendar.falls_on(each, deadline_on))
        found.append(
            Rung(step, calendar.falls_on(step, deadline_on), False, calendar.rule(step, deadline_on))
        )
    return found
