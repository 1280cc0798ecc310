"""On the page of a dispute: what its enterprises told the station about it, proofs of payment that wait first."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from disputes.access import Permission
from disputes.models import Dispute, EnterpriseReport
from disputes.parts import Of, Part, register
from disputes.reporting.submitting import WAITING_FIRST
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.ui.views import Button

MOST_SHOWN = 30


@register
class ReportsPart(Part):
    """What the enterprises on its sides told: the report it began with, and proofs of payment."""

    code, order, column = "reports", 70, "side"
    template = "disputes/reporting/_part.html"

    def load(self, actor: Actor, dispute: Dispute) -> list[EnterpriseReport]:
        rows = EnterpriseReport.objects.filter(station_id=dispute.station_id, dispute_id__in=dispute.file_ids)
        return list(rows.select_related("enterprise").order_by(*WAITING_FIRST)[:MOST_SHOWN])

    def panel(self, of: Of) -> Mapping[str, Any] | None:
        found = of.loaded[self.code]
        return {"reports": found} if found else None

    def buttons(self, of: Of) -> list[Button]:
        waiting = [each for each in of.loaded[self.code] if each.waits and each.is_payment]
        if not waiting or of.dispute.is_voided or not allows(of.actor, Permission.ANSWER_REPORTS):
            return []
        url = reverse("disputes:report_payment", args=[of.dispute.pk, waiting[-1].pk])
        return [Button(_("Record the payment that was proved"), url, "cash", is_primary=False)]
