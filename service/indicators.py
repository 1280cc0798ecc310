"""What activities contribute to a rating."""

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.contributions.measures import Indicator, Source, register
from foundation.periods import Period
from service.choices import ActivityKind
from service.models import Activity


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
