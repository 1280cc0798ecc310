"""What the register itself contributes to a rating: activities, and days off the register."""

import datetime as dt

from django.db.models import Count, DateField, F, Func, IntegerField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils.translation import gettext_lazy as _

from enterprises.choices import ActivityKind
from enterprises.measures import Indicator, Period, Source, register
from enterprises.models import Activity, Inactivity


def _activities(period: Period) -> QuerySet:
    drill = Q(
        kind=ActivityKind.DRILL, held_on__gte=period.shift(-1).start, attendance__gt=0, photo_on_file=True
    )
    return (
        Activity.objects.filter(voided_at=None, held_on__range=(period.year_start, period.end))
        .order_by()
        .values("enterprise_id")
        .annotate(
            legal_education_year=Count("id", filter=Q(kind=ActivityKind.EDUCATION)),
            drills_half_year=Count("id", filter=drill),
            trainings=Count("id", filter=Q(kind=ActivityKind.TRAINING, held_on__gte=period.start)),
        )
    )


register(
    Source(
        code="activities",
        model=Activity,
        day="held_on",
        tab="work",
        indicators=(
            Indicator("legal_education_year", _("Legal education in twelve months"), _("events"), "A"),
            Indicator(
                "drills_half_year", _("Drills in six months, with head-count and photo"), _("drills"), "A"
            ),
            Indicator("trainings", _("Safety trainings in the quarter"), _("events"), "A"),
        ),
        query=_activities,
    )
)


class Days(Func):
    """Whole days from one day up to, not including, another; never negative."""

    template = "greatest(%(expressions)s, 0)"
    arg_joiner = " - "
    output_field = IntegerField()

    def __init__(self, begin: object, end: object) -> None:
        super().__init__(end, begin)


def _inactivity(period: Period) -> QuerySet:
    """Days of the period, and of the rolling year, on which the enterprise was suspended or closed."""
    after = period.shift(1).start

    def days_from(first: dt.date) -> Sum:
        begin = Greatest(F("from_on"), Value(first, DateField()))
        end = Least(Coalesce(F("until_on"), Value(after, DateField())), Value(after, DateField()))
        return Sum(Days(begin, end))

    return (
        Inactivity.objects.filter(
            Q(until_on=None) | Q(until_on__gt=period.year_start), from_on__lte=period.end
        )
        .order_by()
        .values("enterprise_id")
        .annotate(days_inactive=days_from(period.start), days_inactive_year=days_from(period.year_start))
    )


register(
    Source(
        code="inactivity",
        model=Inactivity,
        day="from_on",
        tab="custody",
        indicators=(
            Indicator("days_inactive", _("Days off the register in the quarter"), _("days"), ""),
            Indicator("days_inactive_year", _("Days off the register in twelve months"), _("days"), ""),
        ),
        query=_inactivity,
    )
)
