"""The bureau page, and the redirect to a person's first page."""

from functools import partial
from typing import Any

from django.db import transaction
from django.http import Http404
from django.views.generic import RedirectView, TemplateView

from desk import bureau_figures, selectors
from desk.access import Permission
from desk.selectors import StationFigures
from desk.tasks import count_stations
from foundation.accounts.access import SIGNED_IN
from foundation.accounts.selectors import open_password_requests
from foundation.ui.shell import home_of
from foundation.ui.views import Page


class Home(Page, RedirectView):
    """Redirects to the first page of the actor's navigation."""

    permission = SIGNED_IN

    def get_redirect_url(self) -> str:
        address = home_of(self.actor)
        if address == self.request.path:
            raise Http404
        return address


class Bureau(Page, TemplateView):
    """The stations of a bureau side by side."""

    permission = Permission.VIEW_BUREAU_FIGURES
    template_name = "desk/bureau.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        counted = bureau_figures.recall(self.actor)
        if counted.is_old and bureau_figures.claim(self.actor):
            transaction.on_commit(partial(count_stations.delay, self.actor.bureau_id), robust=True)
        return super().get_context_data(
            stations=counted.stations,
            total=total_of(counted.stations),
            days=selectors.WINDOW.days,
            counted_at=counted.at,
            password_requests=open_password_requests(self.actor),
            **context,
        )


def total_of(stations: list[StationFigures]) -> dict[str, Any]:
    """Return the figures of all stations together."""
    judged = sum(each.closed + each.overdue_found for each in stations)
    closed_on_time = sum(each.closed_on_time for each in stations)
    return {
        "enterprises": sum(each.enterprises for each in stations),
        "without_liaison": sum(each.without_liaison for each in stations),
        "overdue": sum(each.overdue for each in stations),
        "closed_on_time": closed_on_time,
        "judged": judged,
        "on_time_rate": closed_on_time * 100 / judged if judged else None,
        "colours": {
            colour: sum(each.colours.get(colour, 0) for each in stations)
            for colour in ("green", "yellow", "red", "grey")
        },
    }
