"""What screening and follow-up contribute to a rating (B7 of ``default-4``)."""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from disputes.models import Dispute, FollowUp, Screening
from foundation.contributions.measures import Indicator, Source, register
from foundation.periods import Period

MONTHS = 3  # of a quarter


def _screenings(period: Period) -> QuerySet:
    """Return per enterprise in how many months of the quarter it was screened."""
    return (
        Screening.objects.filter(voided_at=None, screened_on__range=(period.start, period.end))
        .order_by()
        .values("enterprise_id")
        .annotate(screened_months=Count("month", distinct=True))
    )


def _follow_ups(period: Period) -> QuerySet:
    """Return per enterprise the follow-ups planned for the quarter, as of its last day, and how many of them were done.

    One that was dropped by then was not due; one that reached nobody was done: somebody tried.
    """
    start, end = period.start, period.end
    survivor = Dispute.objects.filter(pk=OuterRef("dispute__merged_into_id"), voided_at=None)
    return (
        FollowUp.objects.filter(voided_at=None, planned_on__range=(start, end))
        .filter(Q(dispute__voided_at=None) | Q(Exists(survivor)))
        .filter(Q(dropped_on=None) | Q(dropped_on__gt=end))
        .order_by()
        .values("enterprise_id")
        .annotate(
            follow_ups_due=Count("id"),
            follow_ups_done=Count("id", filter=Q(done_on__lte=end)),
        )
    )


register(
    Source(
        code="screenings",
        model=Screening,
        day="screened_on",
        tab="disputes",
        indicators=(
            Indicator("screened_months", _("Months of the quarter screened for disputes"), _("months"), "B"),
        ),
        query=_screenings,
    )
)
register(
    Source(
        code="follow_ups",
        model=FollowUp,
        day="planned_on",
        tab="disputes",
        indicators=(
            Indicator("follow_ups_due", _("Follow-ups of disputes due in the quarter"), _("follow-ups"), "B"),
            Indicator("follow_ups_done", _("Of them done by its last day"), _("follow-ups"), "B"),
        ),
        query=_follow_ups,
    )
)
