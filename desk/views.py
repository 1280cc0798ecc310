"""The desks of the other roles, and the way to one's own."""

from functools import partial

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from desk import bureau_figures, selectors
from desk.tasks import count_stations
from foundation.accounts.access import SIGNED_IN, page
from foundation.ui.shell import home_of


@page(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Send everybody to the first page of their navigation."""
    address = home_of(request.actor)
    if address == request.path:
        raise Http404
    return redirect(address)


@page("desk:bureau")
def bureau(request: HttpRequest) -> HttpResponse:
    """The stations of a bureau side by side."""
    counted = bureau_figures.recall(request.actor)
    if counted.is_old and bureau_figures.claim(request.actor):
        transaction.on_commit(partial(count_stations.delay, request.actor.bureau_id), robust=True)
    stations = counted.stations
    total = {
        "enterprises": sum(each.enterprises for each in stations),
        "without_liaison": sum(each.without_liaison for each in stations),
        "overdue": sum(each.overdue for each in stations),
        "closed_on_time": sum(each.closed_on_time for each in stations),
        "judged": sum(each.closed + each.overdue_found for each in stations),
        "colours": {
            colour: sum(each.colours.get(colour, 0) for each in stations)
            for colour in ("green", "yellow", "red", "grey")
        },
    }
    total["on_time_rate"] = total["closed_on_time"] * 100 / total["judged"] if total["judged"] else None
    context = {"stations": stations, "total": total, "days": selectors.WINDOW.days, "counted_at": counted.at}
    return render(request, "desk/bureau.html", context)
