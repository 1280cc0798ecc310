"""What disputes contribute to a rating. What follows the settlement: ``disputes.after.measures``."""

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from disputes.after import measures as after_settlement
from disputes.models import Dispute
from facts.steps import AsOf
from foundation.contributions.measures import Indicator, Source, register
from foundation.periods import Period


def _disputes(period: Period) -> QuerySet:
    start, end = period.start, period.end
    is_open = Q(settled_by_end=None) | Q(settled_by_end__gt=end)
    settled = Q(settled_by_end__range=(start, end))
    return (
        Dispute.objects.filter(voided_at=None, opened_on__lte=end)
        .filter(
            Q(settled_on=None)
            | Q(settled_on__gte=start)
            | Q(opened_on__gte=start)
            | Q(earlier_until_on__gt=end)
        )
        .order_by()
        .values("enterprise_id")
        .alias(settled_by_end=AsOf("settled_on", end), due_by_end=AsOf("due_on", end))
        .annotate(
            disputes_opened=Count("id", filter=Q(opened_on__gte=start)),
            disputes_settled=Count("id", filter=settled),
            disputes_settled_on_time=Count("id", filter=settled & Q(settled_by_end__lte=F("due_by_end"))),
            disputes_open=Count("id", filter=is_open),
            disputes_overdue=Count("id", filter=is_open & Q(due_by_end__lt=end)),
        )
    )


register(
    Source(
        code="disputes",
        model=Dispute,
        day="opened_on",
        tab="disputes",
        indicators=(
            Indicator("disputes_opened", _("Disputes opened in the quarter"), _("disputes"), "B"),
            Indicator("disputes_settled", _("Disputes settled in the quarter"), _("disputes"), "B"),
            Indicator("disputes_settled_on_time", _("Of them settled on time"), _("disputes"), "B"),
            Indicator("disputes_open", _("Disputes open on the last day"), _("disputes"), "B"),
            Indicator("disputes_overdue", _("Disputes overdue on the last day"), _("disputes"), "B"),
        ),
        query=_disputes,
    )
)

__all__ = ["after_settlement"]
