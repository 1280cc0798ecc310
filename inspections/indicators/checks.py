"""What police inspections and self-checks contribute to a rating."""

import datetime as dt
from typing import Any

from django.contrib.postgres.aggregates import BitOr
from django.db.models import BigIntegerField, Count, Expression, F, Func, IntegerField, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.contributions.measures import DAY, Indicator, Ordinal, Source, register
from foundation.periods import Period
from inspections.choices import CheckTarget, Conclusion
from inspections.models import Inspection, SelfCheck


def _inspections(period: Period) -> QuerySet:
    return (
        Inspection.objects.filter(voided_at=None, inspected_on__lte=period.end)
        .order_by()
        .values("enterprise_id")
        .annotate(
            inspections=Count("id", filter=Q(inspected_on__gte=period.start)),
            inspections_recent=Count("id", filter=Q(inspected_on__gte=period.shift(-1).start)),
            inspections_year=Count("id", filter=Q(inspected_on__gte=period.year_start)),
            last_inspection_on=Ordinal(Max("inspected_on")),
            last_qualified_on=Ordinal(Max("inspected_on", filter=Q(conclusion=Conclusion.QUALIFIED))),
        )
    )


register(
    Source(
        code="inspections",
        model=Inspection,
        day="inspected_on",
        tab="inspections",
        indicators=(
            Indicator("inspections", _("Police inspections in the quarter"), _("inspections"), ""),
            Indicator("inspections_recent", _("Police inspections in two quarters"), _("inspections"), ""),
            Indicator("inspections_year", _("Police inspections in four quarters"), _("inspections"), ""),
            Indicator("last_inspection_on", _("Last police inspection"), DAY, ""),
            Indicator("last_qualified_on", _("Last inspection concluded qualified"), DAY, ""),
        ),
        query=_inspections,
    )
)


def _weeks(day: str, first_monday: dt.date, **options: Any) -> Expression:
    """Return in how many weeks there is a record, 62 at most: a bit each, because counting distinct weeks sorts them."""
    week = Func(
        F(day),
        template=f"(1::bigint << (%(expressions)s - DATE '{first_monday}') / 7)",
        output_field=BigIntegerField(),
    )
    return Func(
        BitOr(week, **options),
        template="coalesce(bit_count((%(expressions)s)::bit(64)), 0)",
        output_field=IntegerField(),
    )


def _self_checks(period: Period) -> QuerySet:
    """Return self-checks per enterprise. A week belongs to its Thursday's quarter, so the last may end after it."""
    thursdays = period.start + dt.timedelta(days=(3 - period.start.weekday()) % 7)
    first_monday = thursdays - dt.timedelta(days=3)
    last_thursday = period.end - dt.timedelta(days=(period.end.weekday() - 3) % 7)
    last_sunday = last_thursday + dt.timedelta(days=3)
    key = ~Q(target=CheckTarget.GENERAL)
    months = {
        f"key_checks_month_{number}": Count("id", filter=key & Q(checked_on__range=month))
        for number, month in enumerate(period.months, start=1)
    }
    first, last = min(first_monday, period.year_start), max(last_sunday, period.end)
    return (
        SelfCheck.objects.filter(voided_at=None, checked_on__range=(first, last))
        .order_by()
        .values("enterprise_id")
        .annotate(
            self_checks=Count("id", filter=Q(checked_on__range=(period.start, period.end))),
            self_check_weeks=_weeks(
                "checked_on", first_monday, filter=Q(checked_on__range=(first_monday, last_sunday))
            ),
            self_checks_year=Count("id", filter=Q(checked_on__range=(period.year_start, period.end))),
            **months,
        )
    )


register(
    Source(
        code="self_checks",
        model=SelfCheck,
        day="checked_on",
        tab="work",
        indicators=(
            Indicator("self_checks", _("Self-checks in the quarter"), _("checks"), "A"),
            Indicator("self_check_weeks", _("Weeks with a self-check"), _("weeks"), "A"),
            Indicator("self_checks_year", _("Self-checks in twelve months"), _("checks"), "A"),
            Indicator("key_checks_month_1", _("Key checks in the first month"), _("checks"), "A"),
            Indicator("key_checks_month_2", _("Key checks in the second month"), _("checks"), "A"),
            Indicator("key_checks_month_3", _("Key checks in the third month"), _("checks"), "A"),
        ),
        query=_self_checks,
    )
)
