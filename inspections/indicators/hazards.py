"""What hazards contribute to a rating: found, closed, open, overdue, refused, found again."""

import datetime as dt

from django.db.models import Case, Count, DateField, Exists, Expression, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from facts.steps import AsOf
from foundation.contributions.measures import Indicator, Source, register
from foundation.periods import Period
from inspections.choices import Origin
from inspections.models import Hazard
from inspections.positions import same_place_as_outer

YEAR = dt.timedelta(days=365)
MONTH = dt.timedelta(days=30)
NEVER = Value(dt.date.max, DateField())


def days_as_of(day: dt.date) -> dict[str, Expression]:
    """Return the days of hazards as they were in force on a day, by short names, with the deadline and the day done."""
    names = ("major_from_on", "major_until_on", "rectified_on", "closed_on", "refused_on", "suspended_on")
    days: dict[str, Expression] = {name.removesuffix("_on"): AsOf(name, day) for name in names}
    extended = When(
        LessThanOrEqual(AsOf("extension_granted_on", day), day), then=AsOf("extended_due_on", day)
    )
    return days | {
        **{
            f"{name}_or_never": Coalesce(days[name], NEVER) for name in ("closed", "rectified", "major_until")
        },
        "deadline": Case(extended, default=AsOf("due_on", day)),
        "done_on": Coalesce(days["rectified"], days["closed"]),
    }


def may_count(period: Period) -> Q:
    """Return the condition on a hazard found until a quarter's last day that it may count in the quarter."""
    closed_later = Q(closed_on=None) | Q(closed_on__gte=period.start)
    return closed_later | Q(found_on__gte=period.start) | Q(earlier_until_on__gt=period.end)


def _hazards(period: Period) -> QuerySet:
    """Return per enterprise the hazards found, closed, open and overdue, in one scan.

    On time: the day of the submission later accepted (without one, the closing day) is not after the deadline. Without
    a deadline a hazard is never overdue and never closed on time, unless the deadline was suspended: then it is in time.
    A submitted hazard waiting for re-inspection is not overdue. A self-reported hazard still within its deadline, or submitted within it, is not held against the
    enterprise (``…_owed``).
    """
    start, end = period.start, period.end
    found = Q(found_on__gte=start)
    major = Q(major_from__lte=end, major_until_or_never__gt=end)
    is_open = Q(closed_or_never__gt=end)
    closed = Q(closed_or_never__range=(start, end))
    overdue = is_open & Q(deadline__lt=end, rectified_or_never__gt=end)
    suspended = Q(suspended__lte=end)
    excused = Q(origin=Origin.SELF) & (Q(deadline__gte=end) | Q(rectified__lte=F("deadline")) | suspended)
    return (
        Hazard.objects.filter(voided_at=None, found_on__lte=end)
        .filter(may_count(period))
        .order_by()
        .values("enterprise_id")
        .alias(**days_as_of(end))
        .annotate(
            hazards_found=Count("id", filter=found),
            hazards_found_major=Count("id", filter=found & major),
            hazards_found_self=Count("id", filter=found & Q(origin=Origin.SELF)),
            hazards_closed=Count("id", filter=closed),
            hazards_closed_on_time=Count("id", filter=closed & (Q(done_on__lte=F("deadline")) | suspended)),
            hazards_open=Count("id", filter=is_open),
            hazards_open_major=Count("id", filter=is_open & major),
            # A difference of counts, because without a deadline ``excused`` is NULL, and so is NOT ``excused``.
            hazards_open_major_owed=Count("id", filter=is_open & major)
            - Count("id", filter=is_open & major & excused),
            hazards_overdue=Count("id", filter=overdue),
            hazards_overdue_major=Count("id", filter=overdue & major),
            hazards_major_overdue_30=Count("id", filter=overdue & major & Q(deadline__lt=end - MONTH)),
            hazards_refused=Count("id", filter=is_open & Q(refused__lte=end)),
        )
    )


register(
    Source(
        code="hazards",
        model=Hazard,
        day="found_on",
        tab="hazards",
        indicators=(
            Indicator("hazards_found", _("Hazards found in the quarter"), _("hazards"), "B"),
            Indicator("hazards_found_major", _("Major hazards found in the quarter"), _("hazards"), "B"),
            Indicator("hazards_found_self", _("Hazards the enterprise found itself"), _("hazards"), "B"),
            Indicator("hazards_closed", _("Hazards closed in the quarter"), _("hazards"), "B"),
            Indicator(
                "hazards_closed_on_time",
                _("Hazards closed in the quarter and rectified on time"),
                _("hazards"),
                "B",
            ),
            Indicator("hazards_open", _("Hazards open on the last day"), _("hazards"), "B"),
            Indicator("hazards_open_major", _("Major hazards open on the last day"), _("hazards"), "B"),
            Indicator(
                "hazards_open_major_owed",
                _("Major hazards open, without those self-reported within the deadline"),
                _("hazards"),
                "B",
            ),
            Indicator("hazards_overdue", _("Hazards overdue on the last day"), _("hazards"), "B"),
            Indicator("hazards_overdue_major", _("Major hazards overdue on the last day"), _("hazards"), "B"),
            Indicator(
                "hazards_major_overdue_30", _("Major hazards overdue for over 30 days"), _("hazards"), "B"
            ),
            Indicator("hazards_refused", _("Hazards whose rectification is refused"), _("hazards"), "B"),
        ),
        query=_hazards,
    )
)


def own_in_time(end: dt.date) -> Q:
    """Return the condition on a hazard that the enterprise reported it, and its deadline has not passed or was kept.

    It costs nothing. Without a deadline it is NULL, and so is its negation.
    """
    in_time = Q(deadline__gte=end) | Q(done_on__lte=F("deadline")) | Q(suspended__lte=end)
    return Q(origin=Origin.SELF) & in_time


def found_before() -> "QuerySet[Hazard]":
    """Return the hazards of the same item at the same place in the twelve months before that of an outer query."""
    return Hazard.objects.filter(
        same_place_as_outer(),
        voided_at=None,
        enterprise=OuterRef("enterprise"),
        item=OuterRef("item"),
        found_on__lt=OuterRef("found_on"),
        found_on__gte=OuterRef("found_on") - YEAR,
    )


def _repeated(period: Period) -> QuerySet:
    """Return per enterprise the quarter's hazards whose item was found at the same place in the twelve months before.

    Not counted: one the enterprise reported itself, if its deadline has not passed or it was rectified on time.
    """
    # the range follows from the condition, but PostgreSQL does not see it and would read the hazards of all years
    earlier = found_before().filter(found_on__range=(period.start - YEAR, period.end))
    in_time = own_in_time(period.end)
    return (
        Hazard.objects.filter(voided_at=None, found_on__range=(period.start, period.end))
        .alias(**days_as_of(period.end))
        .filter(Exists(earlier))
        .order_by()
        .values("enterprise_id")
        .annotate(
            hazards_repeated=Count("id") - Count("id", filter=in_time),
        )
    )


register(
    Source(
        code="hazards_repeated",
        model=Hazard,
        day="found_on",
        tab="hazards",
        indicators=(
            Indicator("hazards_repeated", _("Hazards found again within twelve months"), _("hazards"), "B"),
        ),
        query=_repeated,
    )
)
