"""The head of a dispute's file: its risk; and earlier disputes of the same enterprise."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from disputes.access import Permission
from disputes.choices import RISK_TONES, Risk, RiskReason
from disputes.filing.risk import measures_of, open_measures, reviews_of
from disputes.models import Dispute
from disputes.parts import Clock, Of, Part, register
from disputes.selectors import list_disputes
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor

EARLIER = 3  # shown of the disputes that the enterprise had before


@register
class RiskPart(Part):
    """The risk of growing, with its reasons and measures."""

    code, order, column = "risk", 10, "head"
    template = "disputes/_risk.html"

    def load(self, actor: Actor, dispute: Dispute) -> Any:
        return reviews_of(dispute) if dispute.risk else [], measures_of(dispute) if dispute.risk else []

    def panel(self, of: Of) -> Mapping[str, Any] | None:
        reviews, measures = of.loaded[self.code]
        latest = reviews[0] if reviews else None
        labels = dict(RiskReason.choices)
        may_review = allows(of.actor, Permission.REVIEW_RISK) and not of.dispute.is_voided
        return {
            "review": latest,
            "tone": RISK_TONES.get(Risk(latest.level), "") if latest else "",
            "reasons": [labels[each] for each in latest.reasons] if latest else [],
            "measures": open_measures(measures),
            "is_late": bool(latest and latest.next_on < of.today),
            "url": reverse("disputes:risk", args=[of.dispute.pk]) if may_review else "",
        }

    def clocks(self, of: Of) -> Iterable[Clock]:
        dispute = of.dispute
        if dispute.risk_next_on and not dispute.settled_on:
            url = (
                reverse("disputes:risk", args=[dispute.pk])
                if allows(of.actor, Permission.REVIEW_RISK)
                else ""
            )
            yield Clock(_("Review the risk"), dispute.risk_next_on, url=url)
        for each in open_measures(of.loaded[self.code][1]):
            yield Clock(_("Measure against the risk"), each.until_on, said=f"{each.what} · {each.who}")


@register
class EarlierPart(Part):
    """Earlier disputes of the same enterprise."""

    code, order, column = "earlier", 90, "side"
    template = "disputes/_earlier.html"

    def load(self, actor: Actor, dispute: Dispute) -> Any:
        rows = list_disputes(actor, enterprise_id=dispute.enterprise_id).exclude(pk=dispute.pk)
        return list(rows.filter(opened_on__lte=dispute.opened_on).select_related(None)[: EARLIER + 1])

    def panel(self, of: Of) -> Mapping[str, Any] | None:
        found = of.loaded[self.code]
        return {"disputes": found[:EARLIER], "has_more": len(found) > EARLIER} if found else None


@register
class MergedPart(Part):
    """The files that were merged into this one: what happened in them is read there."""

    code, order, column = "merged", 95, "side"
    template = "disputes/_merged.html"

    def load(self, actor: Actor, dispute: Dispute) -> Any:
        if not dispute.absorbed:
            return []
        rows = list_disputes(actor, voided=True, enterprise_id=dispute.enterprise_id)
        return list(rows.filter(pk__in=dispute.absorbed).select_related(None))

    def panel(self, of: Of) -> Mapping[str, Any] | None:
        found = of.loaded[self.code]
        return {"disputes": found} if found else None
