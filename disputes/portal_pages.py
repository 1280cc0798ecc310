"""Disputes in the portal: an enterprise's own sides, without persons and texts."""

from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.generic import TemplateView

from disputes.access import Permission
from disputes.choices import Side, Stage
from disputes.models import DisputeSide
from disputes.people.sides import own_sides
from disputes.reporting.submitting import own_reports, refusal_to_prove
from enterprises.selectors import own_inactivity
from foundation.ui.views import Crumb, Page
from foundation.words import Words

AS_ONE = {  # one enterprise is told its own side
    Side.APPLICANT.value: pgettext_lazy("own side", "you are the applicant"),
    Side.RESPONDENT.value: pgettext_lazy("own side", "you are the respondent"),
    Side.THIRD.value: pgettext_lazy("own side", "you are concerned"),
}
REPORTS_SHOWN = 10  # what the enterprise told, on the page of its disputes; the rest is on a page of its own
REPORTS_A_PAGE = 30


@dataclass(frozen=True)
class OwnSide:
    """A side as the enterprise reads it."""

    row: DisputeSide
    stage: Stage
    may_prove: bool

    @property
    def side(self) -> Words:
        return AS_ONE.get(self.row.side, "")

    @property
    def is_agreed(self) -> bool:
        """Whether an agreement stands, also one under which this enterprise owes nothing."""
        return self.stage >= Stage.PERFORMANCE


class OwnDisputes(Page, TemplateView):
    """The disputes in which the enterprise is a side: stage, next day, what it owes."""

    permission = Permission.VIEW_OWN_SIDE
    title = pgettext_lazy("portal", "Disputes")
    template_name = "disputes/own_disputes.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        told = list(own_reports(self.actor)[: REPORTS_SHOWN + 1])
        page = self.page_of(own_sides(self.actor), 20)
        return super().get_context_data(
            page=page,
            sides=[OwnSide(each, Stage(each.stage), not refusal_to_prove(each)) for each in page.object_list],
            stages=list(Stage),
            reports=told[:REPORTS_SHOWN],
            more_reports=len(told) > REPORTS_SHOWN,
            is_away=own_inactivity(self.actor) is not None,
            today=timezone.localdate(),
            **context,
        )


class OwnReports(Page, TemplateView):
    """All that the enterprise told its station: what waits for an answer first."""

    permission = Permission.VIEW_OWN_SIDE
    title = _("What you told the station")
    template_name = "disputes/reporting/own_reports.html"

    def get_trail(self) -> list[Crumb]:
        return [Crumb(pgettext_lazy("portal", "Disputes"), reverse("disputes:own_disputes"))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(page=self.page_of(own_reports(self.actor), REPORTS_A_PAGE), **context)


def portal_urls() -> list[URLPattern]:
    """Return the addresses of these pages."""
    return [
        path("own/", OwnDisputes.as_view(), name="own_disputes"),
        path("own/reports/", OwnReports.as_view(), name="own_reports"),
    ]
