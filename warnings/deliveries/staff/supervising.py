"""The bureau's view: which department is told what, and what became of the messages."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from deliveries.models import Subscription
from deliveries.selectors import receipts as list_receipts
from deliveries.staff import reads, wording
from deliveries.staff.forms import ReceiptFilter
from foundation.accounts.access import page

PER_PAGE = 20
SHOWN_RECEIPTS = 20
SHOWN_ATTEMPTS = 15


@require_GET
@page("deliveries:subscribe")
def subscriptions(request: HttpRequest) -> HttpResponse:
    """The departments of the bureau: who is told what, and what waits."""
    actor = request.actor
    lines, stations = reads.departments(actor), reads.station_names(actor)
    live = [told for line in lines for told in line.live]
    for told in live:
        told.sentences = wording.narrowing(told.subscription, stations)
    everything = [*live, *(told for line in lines for told in line.ended)]
    context = {
        "lines": [line for line in lines if line.live or line.ended],
        "untold": [line.department for line in lines if not (line.live or line.ended)],
        "subscribed": bool(everything),
        "told_note": ngettext("of %(number)s department", "of %(number)s departments", len(lines))
        % {"number": len(lines)},
        "told_departments": len([line for line in lines if line.live]),
        "alarms": [told for told in live if told.alarm],
        **{
            name: sum(getattr(told, name) for told in everything)
            for name in ("written", "delivered", "acknowledged", "answered")
        },
    }
    return render(request, "deliveries/staff/subscriptions.html", context)


def found(request: HttpRequest, pk: int) -> Subscription:
    try:
        return reads.subscription(request.actor, pk)
    except Subscription.DoesNotExist as error:
        raise Http404 from error


@require_GET
@page("deliveries:subscribe")
def subscription(request: HttpRequest, pk: int) -> HttpResponse:
    """One subscription: filters, the receipts of its messages, the attempts to push them."""
    actor, row = request.actor, found(request, pk)
    rows = list_receipts(actor, subscription_id=row.pk)
    tries = list(reads.log(actor, row.pk)[:SHOWN_ATTEMPTS])
    context: dict[str, Any] = {
        "subscription": row,
        "told": reads.figures_of(actor, row),
        "sentences": wording.told(row, reads.station_names(actor)),
        "page_obj": Paginator(rows, SHOWN_RECEIPTS).get_page(request.GET.get("page")),
        "attempts": [(attempt, wording.result(attempt)) for attempt in tries],
    }
    return render(request, "deliveries/staff/subscription.html", context)


@require_GET
@page("deliveries:subscribe")
def receipts(request: HttpRequest) -> HttpResponse:
    """All receipts of the bureau, newest first."""
    chosen = ReceiptFilter(request.GET, queryset=list_receipts(request.actor), actor=request.actor)
    rows = chosen.qs if chosen.is_valid() else chosen.queryset.none()
    context = {
        "filter": chosen,
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "filtered": bool(chosen.data),
    }
    return render(request, "deliveries/staff/receipts.html", context)
