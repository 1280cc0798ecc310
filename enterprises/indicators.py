"""What the register itself contributes to a rating: days off the register."""

import datetime as dt

from django.db.models import DateField, F, Func, IntegerField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils.translation import gettext_lazy as _

from enterprises.models import Inactivity
from foundation.contributions.measures import Indicator, Source, register
from foundation.periods import Period


class Days(Func):
    """Number of days from one day up to but not including another; never negative."""

    template = "greatest(%(expressions)s, 0)"
    arg_joiner = " - "
    output_field = IntegerField()

    def __init__(self, begin: object, end: object) -> None:
        super().__init__(end, begin)


def _inactivity(period: Period) -> QuerySet:
    """Return per enterprise the days in the period, and in the rolling year, on which it was off the register."""
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
