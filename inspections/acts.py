"""What the enterprise and the police can still do about hazards and self-checks in the current quarter.

Reporting a hazard raises a rating too (B6), but is not an act: nobody should be advised to invent a hazard.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from copy import copy
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Exists, QuerySet, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from foundation.contributions.measures import ACCEPTED, ENTERPRISE, POLICE, Act, Running, Step, register_act
from foundation.periods import Period
from inspections.choices import Origin
from inspections.indicators.hazards import MONTH, found_before, may_count
from inspections.indicators.rectification import failed_by, marked, ordered_by
from inspections.lives import HAZARD_LIFE
from inspections.models import Hazard, SelfCheck

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Repeated(TypedDict):
        repeated: bool
        failed: bool
        ordered: bool

    CountedHazard = WithAnnotations[Hazard, _Repeated]

KEY_CHECKS = 4  # a month, one each for key departments, vehicles, equipment, funds (A5)
HAZARD_MEASURES = (
    "hazards_closed",
    "hazards_closed_on_time",
    "hazards_open",
    "hazards_open_major",
    "hazards_open_major_owed",
    "hazards_overdue",
    "hazards_overdue_major",
    "hazards_major_overdue_30",
    "hazards_refused",
    "hazards_repeated",
    "hazards_accepted_first",
    "hazards_ordered_overdue",
)


def counted(
    hazard: Hazard, period: Period, *, repeated: bool, failed: bool = False, ordered: bool = False
) -> dict[str, int]:
    """Return what one hazard adds to each of HAZARD_MEASURES, as the queries of ``indicators`` count it.

    ``repeated``: the same item was found at the same place in the twelve months before. ``failed``: it was sent back or
    reopened by the last day. ``ordered``: an order demands that it is put right.
    """
    end = period.end
    deadline = hazard.deadline_as_of(end)
    rectified_on, closed_on, refused_on, major_from_on, major_until_on = (
        hazard.as_of(name, end)
        for name in ("rectified_on", "closed_on", "refused_on", "major_from_on", "major_until_on")
    )
    is_open = closed_on is None or closed_on > end
    closed = closed_on is not None and period.start <= closed_on <= end
    done_on = rectified_on or closed_on
    is_major = (
        major_from_on is not None
        and major_from_on <= end
        and (major_until_on is None or major_until_on > end)
    )
    waiting = rectified_on is not None and rectified_on <= end
    overdue = is_open and deadline is not None and deadline < end and not waiting
    suspended_on = hazard.as_of("suspended_on", end)
    excused = in_time = is_suspended = suspended_on is not None and suspended_on <= end
    if hazard.origin != Origin.SELF:
        excused = in_time = False
    elif deadline is not None and not is_suspended:
        excused = deadline >= end or (rectified_on is not None and rectified_on <= deadline)
        in_time = deadline >= end or (done_on is not None and done_on <= deadline)
    found = period.start <= hazard.found_on <= end
    held = {
        "hazards_closed": closed,
        "hazards_closed_on_time": closed
        and (is_suspended or (deadline is not None and done_on is not None and done_on <= deadline)),
        "hazards_open": is_open,
        "hazards_open_major": is_open and is_major,
        "hazards_open_major_owed": is_open and is_major and not excused,
        "hazards_overdue": overdue,
        "hazards_overdue_major": overdue and is_major,
        "hazards_major_overdue_30": overdue and is_major and deadline is not None and deadline < end - MONTH,
        "hazards_refused": is_open and refused_on is not None and refused_on <= end,
        "hazards_repeated": found and repeated and not in_time,
        "hazards_accepted_first": closed
        and not failed
        and rectified_on is not None
        and not hazard.on_the_spot,
        "hazards_ordered_overdue": overdue and ordered,
    }
    return {code: int(value) for code, value in held.items()}


def counted_hazards(period: Period, enterprise_id: int) -> "QuerySet[CountedHazard]":
    """Return the hazards that count in the measures of a quarter, each with what :func:`counted` asks."""
    rows = Hazard.objects.filter(enterprise_id=enterprise_id, voided_at=None, found_on__lte=period.end)
    failed, ordered = marked(failed_by(period.end)), ordered_by(period.end)
    return (
        rows.filter(may_count(period))
        .annotate(repeated=Exists(found_before()), failed=failed, ordered=ordered)
        .order_by("due_on", "pk")
    )


def _counted(hazard: "CountedHazard", period: Period, now: Hazard | None = None) -> dict[str, int]:
    """Return what a row of :func:`counted_hazards` adds, or would if it held the days of ``now``."""
    return counted(
        now or hazard, period, repeated=hazard.repeated, failed=hazard.failed, ordered=hazard.ordered
    )


def _adds(code: str) -> Callable[[Mapping[str, int]], bool]:
    return lambda counts: counts[code] > 0


# measure → whether a hazard with these counts cost points in it; a closed one did if it was late
_HELD_AGAINST: dict[str, Callable[[Mapping[str, int]], bool]] = {
    "hazards_closed": lambda counts: counts["hazards_closed"] > counts["hazards_closed_on_time"],
    **{
        code: _adds(code)
        for code in HAZARD_MEASURES
        if code not in ("hazards_closed", "hazards_closed_on_time", "hazards_open", "hazards_accepted_first")
    },
}


def held_against(enterprise_id: int, period: Period, codes: Iterable[str]) -> dict[str, list[Hazard]]:
    """Return by measure the hazards that cost points in a quarter, as recorded now. One query; needs a scope."""
    wanted = [code for code in codes if code in _HELD_AGAINST]
    found: dict[str, list[Hazard]] = {code: [] for code in wanted}
    for hazard in counted_hazards(period, enterprise_id) if wanted else ():
        counts = _counted(hazard, period)
        for code in wanted:
            if _HELD_AGAINST[code](counts):
                found[code].append(hazard)
    return found


# the states in which an enterprise can submit a hazard, and those in which it then waits for the police
TO_RECTIFY = HAZARD_LIFE.acts["rectify"].states
TO_ACCEPT = HAZARD_LIFE.acts["close"].states - TO_RECTIFY


def _hazards_in(running: Running, states: Set[TextChoices]) -> "list[CountedHazard]":
    """Return the quarter's hazards that are in one of these states today."""
    rows = counted_hazards(running.period, running.enterprise_id).filter(found_on__lte=running.today)
    found = running.once("hazards", lambda: list(rows))
    return [hazard for hazard in found if hazard.state_on(running.today) in states]


def _close(hazard: "CountedHazard", running: Running, by_on: dt.date, **done: dt.date) -> Step:
    closed = copy(hazard)
    for name, day in done.items():
        setattr(closed, name, day)
    now = _counted(hazard, running.period)
    then = _counted(hazard, running.period, closed)
    return Step(
        key=str(hazard.pk),
        record=str(hazard),
        from_on=running.today,
        by_on=by_on,
        due_on=hazard.deadline_on,
        page=("inspections:hazard", hazard.pk),
        adds={code: then[code] - now[code] for code in HAZARD_MEASURES if then[code] != now[code]},
    )


def _rectify(running: Running) -> Iterator[Step]:
    """Yield a step for each hazard not yet submitted: rectified by its deadline, if still to come, and accepted."""
    end = running.period.end
    for hazard in _hazards_in(running, TO_RECTIFY):
        deadline = hazard.deadline_on
        by_on = deadline if deadline and running.today <= deadline <= end else end
        yield _close(hazard, running, by_on, rectified_on=by_on, closed_on=by_on)


def _accept(running: Running) -> Iterator[Step]:
    """Yield a step for each hazard that was submitted and waits for re-inspection."""
    end = running.period.end
    for hazard in _hazards_in(running, TO_ACCEPT):
        yield _close(hazard, running, end, closed_on=end)


def _weeks(period: Period, today: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """Yield Monday and last counting day of each week not yet over; a week belongs to its Thursday's quarter."""
    thursday = period.start + dt.timedelta(days=(3 - period.start.weekday()) % 7)
    while thursday <= period.end:
        last = min(thursday + dt.timedelta(days=3), period.end)
        if last >= today:
            yield thursday - dt.timedelta(days=3), last
        thursday += dt.timedelta(days=7)


def _month_of(day: dt.date) -> str:
    return f"key_checks_month_{(day.month - 1) % 3 + 1}"


def _check(running: Running, key: str, first: dt.date, last: dt.date, week: dt.date | None) -> Step:
    """Return a step with a self-check of a key target; ``week`` is the Monday of the week whose first check it is."""
    return Step(
        key=key,
        record=_("in the week to %(day)s")
        % {"day": (last + dt.timedelta(days=6 - last.weekday())).isoformat()},
        from_on=first,
        by_on=last,
        page=("inspections:self_check_create", {"enterprise": running.enterprise_id}),
        adds={"self_checks": 1, "self_checks_year": 1, _month_of(last): 1},
        marks={"self_check_weeks": frozenset([week.isoformat()])} if week else {},
    )


def _without_check(running: Running) -> dict[dt.date, dt.date]:
    """Return Monday → last counting day of the current and coming weeks without a self-check."""
    return running.once("weeks without a check", lambda: _read_weeks(running))


def _read_weeks(running: Running) -> dict[dt.date, dt.date]:
    weeks = dict(_weeks(running.period, running.today))
    if not weeks:
        return {}
    rows = SelfCheck.objects.filter(
        enterprise_id=running.enterprise_id, voided_at=None, checked_on__gte=min(weeks)
    ).order_by()
    for day in rows.values_list("checked_on", flat=True):
        weeks.pop(day - dt.timedelta(days=day.weekday()), None)
    return weeks


def _first_day(running: Running, monday: dt.date, last: dt.date) -> dt.date:
    """Return the first day on which a check counts like one on the week's last day: same week and month, not past."""
    return max(running.today, monday, last.replace(day=1))


def _weekly(running: Running) -> Iterator[Step]:
    for monday, last in sorted(_without_check(running).items()):
        yield _check(running, monday.isoformat(), _first_day(running, monday, last), last, monday)


def _key(running: Running) -> Iterator[Step]:
    """Yield the checks that each month lacks of its four besides those recorded and weekly, in its longest week."""
    empty = _without_check(running)
    for _first, last in running.period.months:
        if last < running.today:
            continue
        begun = max(_first, running.today)
        weekly = [day for day in empty.values() if (day.year, day.month) == (last.year, last.month)]
        missing = KEY_CHECKS - running.values.get(_month_of(last), 0) - len(weekly)
        mondays = {
            day - dt.timedelta(days=day.weekday())
            for day in (begun + dt.timedelta(days=number) for number in range((last - begun).days + 1))
        }
        spans = [(max(begun, monday), min(last, monday + dt.timedelta(days=6))) for monday in mondays]
        start, end = max(spans, key=lambda span: (span[1] - span[0], span[1]))
        monday = end - dt.timedelta(days=end.weekday())
        for number in range(missing):
            yield _check(running, f"{last:%Y-%m}-{number}", start, end, monday if monday in empty else None)


def _qualified(running: Running) -> Iterator[Step]:
    last = running.period.end
    yield Step(
        key="qualified",
        from_on=running.today,
        by_on=last,
        adds={"inspections": 1, "inspections_recent": 1, "inspections_year": 1},
        latest={"last_inspection_on": last.toordinal(), "last_qualified_on": last.toordinal()},
    )


def _passed(running: Running) -> Iterator[Step]:
    """Yield an inspection by the checklist of the last one that finds in order what failed then, and is qualified."""
    values, last = running.values, running.period.end
    lost = values.get("checklist_asked", 0) - values.get("checklist_passed", 0)
    critical = values.get("checklist_critical_failed", 0)
    if not lost:
        return
    counts = {"inspections": 1, "inspections_recent": 1, "inspections_year": 1}
    adds = (
        counts | {"checklist_passed": lost} | ({"checklist_critical_failed": -critical} if critical else {})
    )
    days = {"last_inspection_on": last.toordinal(), "last_qualified_on": last.toordinal()}
    yield Step(key="checklist", from_on=running.today, by_on=last, adds=adds, latest=days)


register_act(
    Act(
        code="rectify",
        label=gettext_lazy("Put hazards right"),
        unit=gettext_lazy("hazards"),
        who=ACCEPTED,
        icon="alert-triangle",
        button=gettext_lazy("Open the hazard"),
        measures=HAZARD_MEASURES,
        task=lambda number: (
            ngettext("Put right %(number)d hazard", "Put right %(number)d hazards", number)
            % {"number": number}
        ),
        steps=_rectify,
        each=True,
        duty=True,
    )
)
register_act(
    Act(
        code="accept",
        label=gettext_lazy("Re-inspection of hazards"),
        unit=gettext_lazy("hazards"),
        who=POLICE,
        icon="checks",
        button=gettext_lazy("Open the hazard"),
        measures=HAZARD_MEASURES,
        task=lambda number: (
            ngettext(
                "Ask for the re-inspection of %(number)d hazard",
                "Ask for the re-inspection of %(number)d hazards",
                number,
            )
            % {"number": number}
        ),
        steps=_accept,
        each=True,
    )
)
register_act(
    Act(
        code="weekly_check",
        label=gettext_lazy("A self-check every week"),
        unit=gettext_lazy("checks"),
        who=ENTERPRISE,
        icon="checklist",
        button=gettext_lazy("Record self-check"),
        measures=(
            "self_check_weeks",
            "self_checks",
            "self_checks_year",
            *(f"key_checks_month_{each}" for each in (1, 2, 3)),
        ),
        task=lambda number: (
            ngettext("Hold a self-check", "Hold %(number)d self-checks, one a week", number)
            % {"number": number}
        ),
        hint=gettext_lazy(
            "A check of a key department, vehicles, equipment or funds also counts for the month."
        ),
        steps=_weekly,
        duty=True,
    )
)
register_act(
    Act(
        code="key_check",
        label=gettext_lazy("Checks of key departments, vehicles, equipment and funds"),
        unit=gettext_lazy("checks"),
        who=ENTERPRISE,
        icon="list-check",
        button=gettext_lazy("Record self-check"),
        measures=(
            "self_check_weeks",
            "self_checks",
            "self_checks_year",
            *(f"key_checks_month_{each}" for each in (1, 2, 3)),
        ),
        task=lambda number: (
            ngettext(
                "Hold %(number)d more check of a key department, vehicles, equipment or funds",
                "Hold %(number)d more checks of key departments, vehicles, equipment or funds",
                number,
            )
            % {"number": number}
        ),
        steps=_key,
    )
)
register_act(
    Act(
        code="qualified",
        label=gettext_lazy("A police inspection concluded as qualified"),
        unit=gettext_lazy("inspections"),
        who=POLICE,
        icon="clipboard-check",
        measures=(
            "inspections",
            "inspections_recent",
            "inspections_year",
            "last_inspection_on",
            "last_qualified_on",
        ),
        task=lambda number: _("Ask the police for an inspection"),
        hint=gettext_lazy("It counts if its conclusion is qualified."),
        steps=_qualified,
    )
)
register_act(
    Act(
        code="checklist",
        label=gettext_lazy("What failed by the last checklist passes"),
        unit=gettext_lazy("inspections"),
        who=POLICE,
        icon="checklist",
        measures=(
            "inspections",
            "inspections_recent",
            "inspections_year",
            "last_inspection_on",
            "last_qualified_on",
            "checklist_passed",
            "checklist_critical_failed",
        ),
        only_for=("checklist_passed", "checklist_critical_failed"),
        task=lambda number: _(
            "Put in order what failed, and ask the police to inspect by the checklist again"
        ),
        hint=gettext_lazy("It counts as far as the items pass. What is put right is not enough by itself."),
        steps=_passed,
    )
)
