"""The desks of the other roles, and the way to one's own."""

import datetime as dt
from functools import partial
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from desk import bureau_figures, links, selectors
from desk.spark import spark
from desk.tasks import count_stations
from enterprises.models import Enterprise
from enterprises.selectors import get_enterprise, liaisons_now
from foundation.accounts.access import ENTERPRISE_ROLES, SIGNED_IN, STATION_ROLES, Role, page
from inspections.selectors import list_self_checks
from ratings.explaining import why
from ratings.selectors import history as rating_history

# url names in order of preference: an app whose pages are not installed is passed over
HOMES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(STATION_ROLES, ("desk:today", "enterprises:list")),
    **dict.fromkeys(ENTERPRISE_ROLES, ("desk:my_enterprise",)),
    Role.SUPERVISOR: ("desk:bureau",),
    Role.DEPARTMENT_OFFICER: ("deliveries:inbox",),
    Role.OPERATOR: ("accounts:bureaus", "health"),
}
EDUCATION_A_YEAR = 2  # seed text 001; a standard may ask for another figure


@page(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Send everybody to the desk of the role they act in."""
    for name in HOMES[request.actor.role]:
        if address := links.to(name):
            return redirect(address)
    raise Http404


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


@page("desk:my_enterprise")
def my_enterprise(request: HttpRequest) -> HttpResponse:
    """The enterprise's own page: its colour, what is open by when, what to do next."""
    actor = request.actor
    try:
        enterprise = get_enterprise(actor, actor.enterprise_id)
    except Enterprise.DoesNotExist as error:
        raise Http404 from error
    history = rating_history(actor, enterprise_id=enterprise.pk)[::-1]
    figures = selectors.file_figures(actor, enterprise.pk)
    hazards = list(selectors.open_hazards(actor, enterprise.pk)[:20])
    today = timezone.localdate()
    monday = today - dt.timedelta(days=today.weekday())
    checks = list(list_self_checks(actor, enterprise_id=enterprise.pk).select_related(None)[:5])
    context = {
        "enterprise": enterprise,
        "latest": history[-1] if history else None,
        "spark": spark(history),
        "why": why(actor, enterprise.pk) if history else None,
        "hazards": hazards,
        "figures": figures,
        "liaisons": liaisons_now(actor, [enterprise.pk]).get(enterprise.pk, []),
        "checks": checks,
        "activities": list(selectors.list_activities(actor, enterprise.pk)[:5]),
        "next_steps": next_steps(
            enterprise, hazards, figures, checked=bool(checks) and checks[0].checked_on >= monday
        ),
        "self_check_url": links.to("inspections:self_check_create", enterprise=enterprise.pk),
        "activity_url": links.to("enterprises:activity_create", enterprise=enterprise.pk),
        "hazard_url": links.to("inspections:hazard_create", enterprise=enterprise.pk),
    }
    return render(request, "desk/my_enterprise.html", context)


def next_steps(
    enterprise: Enterprise, hazards: list[Any], figures: dict[str, Any], *, checked: bool
) -> list[dict[str, Any]]:
    """What helps the enterprise most now, the most urgent first."""
    today = timezone.localdate()
    steps = []
    for hazard in hazards:
        if hazard.rectified_on is None and hazard.deadline is not None and len(steps) < 3:
            steps.append(
                {
                    "icon": "alert-triangle",
                    "tone": "red" if hazard.deadline < today else "yellow",
                    "title": _("Put right: %(item)s") % {"item": hazard.item},
                    "due": hazard.deadline,
                    "url": links.to("inspections:hazard", hazard.pk),
                }
            )
    if not checked:
        steps.append(
            {
                "icon": "checklist",
                "tone": "yellow",
                "title": _("This week's self-check is not recorded yet"),
                "text": _("At least one a week, forty a year."),
                "url": links.to("inspections:self_check_create", enterprise=enterprise.pk),
            }
        )
    if figures["education_year"] < EDUCATION_A_YEAR:
        steps.append(
            {
                "icon": "school",
                "tone": "blue",
                "title": _("Hold a legal education session"),
                "text": _("Twice a year; %(held)d in the last twelve months.")
                % {"held": figures["education_year"]},
                "url": links.to("enterprises:activity_create", enterprise=enterprise.pk),
            }
        )
    return steps
