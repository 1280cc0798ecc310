"""Who is notified of the plan: officers of their visits, the chief of urgent ones, whoever must know what is overdue."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enterprises.concerned import chiefs_of
from facts.causes import day_of
from foundation.accounts.choices import STATION_ROLES, Role
from foundation.contributions.notifications import Cause, Happening
from foundation.words import Words
from inspections.choices import VisitStep
from inspections.planning.approving import APPROVE, REFUSE
from inspections.planning.escalating import cause_of
from inspections.planning.handing_over import HAND_OVER
from inspections.planning.planning import MOVE, PLAN

CHIEFS = frozenset({Role.CHIEF, Role.SUPERVISOR})  # the supervisors if a station has no chief


def _officers(happening: Happening) -> Q:
    visit = happening.target
    return Q(user_id__in=visit.officer_ids, station_id=visit.station_id, role__in=STATION_ROLES)


def _planners(happening: Happening) -> Q:
    visit = happening.target
    ids = {*visit.officer_ids, visit.planned_by_id} - {0}
    return Q(user_id__in=sorted(ids), station_id=visit.station_id, role__in=STATION_ROLES)


def _day(happening: Happening) -> dict[str, Any]:
    return {"day": happening.target.on.isoformat(), "object": happening.target.enterprise.name}


def _visits(number: Any) -> str:
    return ngettext("%(number)d visit", "%(number)d visits", number) % {"number": number}


def _enterprises(number: Any) -> str:
    return ngettext("%(number)d enterprise", "%(number)d enterprises", number) % {"number": number}


def _about(code: str, one: Words, many: Words, who: Any, icon: str, tone: str = "") -> tuple[Cause, Cause]:
    """Return the cause of an act on a visit, and that of many at once."""
    of_many = f"{code}.many"
    return (
        Cause(
            code,
            one,
            STATION_ROLES,
            icon,
            page="inspections:plan_visit",
            tone=tone,
            on=(code,),
            who=who,
            values=_day,
            shown={"day": day_of},
            together=of_many,
        ),
        Cause(
            of_many,
            many,
            STATION_ROLES,
            icon,
            page="inspections:plan_week",
            takes_id=False,
            tone=tone,
            shown={"number": _visits},
        ),
    )


def _overdue(step: VisitStep, roles: frozenset[str], words: Words) -> Cause:
    return Cause(
        cause_of(step),
        words,
        roles,
        "trending-up",
        page="inspections:plan_week",
        takes_id=False,
        tone="red",
        shown={"number": _enterprises},
    )


CAUSES = (
    *_about(
        PLAN,
        _("Planned for you on %(day)s: %(object)s"),
        _("Planned for you, %(number)s: %(object)s"),
        _officers,
        "calendar-plus",
    ),
    *_about(
        MOVE,
        _("Moved to %(day)s: visit of %(object)s"),
        _("Moved, %(number)s: %(object)s"),
        _officers,
        "calendar-time",
    ),
    *_about(
        HAND_OVER,
        _("Handed over to you, on %(day)s: %(object)s"),
        _("Handed over to you, %(number)s: %(object)s"),
        _officers,
        "arrows-exchange",
    ),
    *_about(
        APPROVE,
        _("Approved: visit of %(object)s on %(day)s"),
        _("Approved, %(number)s: %(object)s"),
        _planners,
        "gavel",
        "green",
    ),
    Cause(
        REFUSE,
        _("Not approved: visit of %(object)s on %(day)s"),
        STATION_ROLES,
        "gavel",
        page="inspections:plan_visit",
        tone="red",
        on=(REFUSE,),
        who=_planners,
        values=_day,
        shown={"day": day_of},
    ),
    Cause(
        "planned_visit.urgent",
        _("Urgent, to be approved afterwards: visit of %(object)s on %(day)s"),
        frozenset({Role.CHIEF}),
        "gavel",
        page="inspections:plan_visit",
        tone="yellow",
        on=(PLAN,),
        when=lambda happening: happening.target.urgent,
        who=lambda happening: chiefs_of(happening.target.station_id),
        values=_day,
        shown={"day": day_of},
    ),
    _overdue(VisitStep.LIAISON, CHIEFS | STATION_ROLES, _("Inspection overdue, %(number)s: %(object)s")),
    _overdue(VisitStep.CHIEF, CHIEFS, _("Inspection overdue and escalated to you, %(number)s: %(object)s")),
    _overdue(
        VisitStep.BUREAU,
        frozenset({Role.SUPERVISOR}),
        _("Inspection overdue at a station, escalated to the bureau, %(number)s: %(object)s"),
    ),
)
