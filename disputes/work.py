"""Disputes waiting to be settled."""

from collections.abc import Sequence

from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.access import Permission
from disputes.after.work import WORKS
from disputes.agreements.work import AGREEMENT_WORKS, agreed, is_agreed, is_overdue, to_sign
from disputes.choices import ReportAbout, Risk
from disputes.filing.work import WORKS as OF_FILING
from disputes.mediation.work import WORKS as OF_MEDIATION
from disputes.models import Dispute, EnterpriseReport
from disputes.selectors import HIGH_RISK, led_by_person, open_disputes, with_high
from disputes.staff.views import DisputePages
from facts.declarations import acts_of
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.contributions.work import Next, Offer, Row, Work, register
from foundation.database.composing import SOON, TODAY, days_before_today

LONG_OPEN_DAYS = 18  # then a dispute is due whatever its deadline


def _due() -> Q:
    """Return the condition for disputes to settle soon: by their deadline, or because they have none, are old or may grow."""
    is_old = Q(opened_on__lt=days_before_today(LONG_OPEN_DAYS))
    # one that was reopened because an instalment is overdue stands under those, and what was agreed waits there
    soon = Q(due_on__lte=SOON) | Q(due_on=None) | is_old | Q(risk=Risk.HIGH)
    return open_disputes() & soon & ~is_overdue() & ~is_agreed()


_settle = acts_of(DisputePages())


def _complete(actor: Actor, rows: Sequence[Row]) -> dict[int, Next]:
    """Return the act that an agreement waits for: whoever is left signs it, or somebody settles by it."""
    unsigned = to_sign(rows)
    found = _settle(actor, [row for row in rows if row.key not in unsigned])
    if not allows(actor, Permission.RECORD_AGREEMENTS):
        return found
    sign = _("Sign the agreement")
    return found | {
        key: Next((Offer(sign, reverse("disputes:agreement_sign", args=[key, pk])),))
        for key, pk in unsigned.items()
    }


register(
    *OF_MEDIATION,
    Work(
        code="disputes",
        title=_("Disputes to settle"),
        icon="users",
        rank=50,
        rows=lambda: with_high(Dispute.objects.filter(_due())),
        text="summary",
        grave="is_high",
        grave_words=HIGH_RISK,
        due="due_on",
        on="opened_on",
        on_label=pgettext_lazy("dispute", "opened"),
        page="disputes:detail",
        acts=_settle,
        list_page="disputes:list",
        also=led_by_person,
    ),
    Work(
        code="agreements",
        title=_("Agreements to complete"),
        noun=_("Agreement to complete"),
        icon="signature",
        rank=44,
        rows=lambda: with_high(agreed()),
        grave="is_high",
        grave_words=HIGH_RISK,
        text="summary",
        due="agreed_on",
        page="disputes:detail",
        acts=_complete,
        list_page="disputes:list",
        also=led_by_person,
    ),
    *OF_FILING,
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
        rows=lambda: with_high(
            Dispute.objects.filter(open_disputes(), Q(risk=Risk.HIGH) | Q(risk_next_on__lte=SOON))
        ).annotate(look_on=Case(When(risk=Risk.HIGH, then=TODAY), default=F("risk_next_on"))),
        text="summary",
        due="look_on",  # a high one every day
        on="risk_next_on",
        on_label=_("next review"),
        grave="is_high",
        grave_words=HIGH_RISK,
        page="disputes:detail",
        act=_("Review it"),
        act_page="disputes:risk",
        list_page="disputes:list",
        also=led_by_person,
    ),
)
