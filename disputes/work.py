"""Disputes waiting to be settled."""

from django.db.models import DateTimeField, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.after.work import WORKS
from disputes.agreements.work import AGREEMENT_WORKS, is_overdue
from disputes.choices import ReportAbout, Risk
from disputes.mediation.work import WORKS as OF_MEDIATION
from disputes.models import Dispute, EnterpriseReport
from disputes.selectors import open_disputes
from disputes.staff.views import DisputePages
from facts.declarations import acts_of
from foundation.contributions.work import Work, register
from foundation.database.composing import SOON, days_before_today

LONG_OPEN_DAYS = 18  # then a dispute is due whatever its deadline


def _due() -> Q:
    """Return the condition for disputes to settle soon: by their deadline, or because they have none, are old or may grow."""
    is_old = Q(opened_on__lt=days_before_today(LONG_OPEN_DAYS))
    # one that was reopened because an instalment is overdue stands under those
    soon = Q(due_on__lte=SOON) | Q(due_on=None) | is_old | Q(risk=Risk.HIGH)
    return open_disputes() & soon & ~is_overdue()


register(
    *OF_MEDIATION,
    Work(
        code="disputes",
        title=_("Disputes to settle"),
        icon="users",
        rank=50,
        rows=lambda: Dispute.objects.filter(_due()).annotate(is_high=Q(risk=Risk.HIGH)),
        text="summary",
        grave="is_high",
        due="due_on",
        on="opened_on",
        on_label=pgettext_lazy("dispute", "opened"),
        page="disputes:detail",
        acts=acts_of(DisputePages()),
        list_page="disputes:list",
    ),
    *AGREEMENT_WORKS,
    *WORKS,
)
register(
    Work(
        code="dispute_reports",
        title=_("What enterprises tell about disputes"),
        noun=_("Told by the enterprise"),
        icon="message-exclamation",
        rank=14,
        rows=lambda: EnterpriseReport.objects.filter(answered_at=None).annotate(
            voided_at=Value(None, output_field=DateTimeField())
        ),
        text="about",
        due="told_on",
        words_of=lambda row: str(ReportAbout(row.text).label),
        page="disputes:report",
        act=_("Answer it"),
        act_page="disputes:report",
        list_page="disputes:reports",
    ),
    Work(
        code="dispute_risks",
        title=_("Risks to review"),
        icon="flame",
        rank=45,
        rows=lambda: Dispute.objects.filter(open_disputes(), risk_next_on__lte=SOON).annotate(
            is_high=Q(risk=Risk.HIGH)
        ),
        text="summary",
        due="risk_next_on",
        grave="is_high",
        page="disputes:detail",
        act=_("Review it"),
        act_page="disputes:risk",
        list_page="disputes:list",
    ),
)
