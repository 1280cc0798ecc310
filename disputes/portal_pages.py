"""Disputes in the portal: an enterprise's own sides, without persons and texts."""

from typing import Any

from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import pgettext_lazy
from django.views.generic import TemplateView

from disputes.access import Permission
from disputes.choices import Stage
from disputes.people.sides import own_sides
from disputes.reporting.submitting import own_reports, refusal_to_prove
from enterprises.selectors import own_inactivity
from foundation.ui.views import Page

REPORTS_SHOWN = 10  # what the enterprise told, on the page of its disputes


class OwnDisputes(Page, TemplateView):
    """The disputes in which the enterprise is a side: stage, next day, what it owes."""

    permission = Permission.VIEW_OWN_SIDE
    title = pgettext_lazy("portal", "Disputes")
    template_name = "disputes/own_disputes.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        page = self.page_of(own_sides(self.actor), 20)
        return super().get_context_data(
            page=page,
            sides=[(each, Stage(each.stage), not refusal_to_prove(each)) for each in page.object_list],
            stages=list(Stage),
            reports=list(own_reports(self.actor)[:REPORTS_SHOWN]),
            is_away=own_inactivity(self.actor) is not None,
            today=timezone.localdate(),
            **context,
        )


def portal_urls() -> list[URLPattern]:
    """Return the addresses of these pages."""
    return [path("own/", OwnDisputes.as_view(), name="own_disputes")]
