"""The enterprise file: head and tabs. A tab is a loader and a template; the head is the same on each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from desk import enterprise_log, selectors
from desk.timeline import line_of_time, strands
from disputes.selectors import list_disputes
from enterprises.completeness import completeness
from enterprises.industries import section_name
from enterprises.models import Enterprise
from enterprises.selectors import (
    get_enterprise,
    liaisons_now,
    list_custodies,
    list_inactivities,
    list_liaisons,
    other_stations,
)
from foundation.accounts import access
from foundation.accounts.access import page
from foundation.accounts.actors import Actor
from foundation.ids import id_of
from foundation.ui import links
from incidents.selectors import list_incidents
from inspections.selectors import list_hazards, list_inspections, list_self_checks
from ratings.explain.rating import why
from ratings.explain.spark import spark
from ratings.selectors import history as rating_history

PAGE = 25
LOG_PAGE = 40


@dataclass(frozen=True)
class Tab:
    """One tab: its word, its icon, the figure beside it, and what it loads."""

    label: str | Promise
    icon: str
    load: Callable[[HttpRequest, Enterprise, dict[str, Any]], dict[str, Any]]
    count: str = ""


@page("desk:file")
def enterprise_file(request: HttpRequest, enterprise_id: int, tab: str = "overview") -> HttpResponse:
    """One enterprise: who it is, how it stands, everything that happened. 404 for one that is not the actor's."""
    if tab not in TABS:
        raise Http404(tab)
    actor = request.actor
    try:
        enterprise = get_enterprise(actor, enterprise_id)
    except Enterprise.DoesNotExist as error:
        raise Http404 from error
    figures = selectors.file_figures(actor, enterprise_id)
    history = rating_history(actor, enterprise_id=enterprise_id)[::-1]
    liaisons = liaisons_now(actor, [enterprise_id]).get(enterprise_id, [])
    away = list_inactivities(actor, enterprise_id).filter(until_on=None).first()
    context = {
        "enterprise": enterprise,
        "section": section_name(enterprise.industry_code) or enterprise.category,
        "figures": figures,
        "history": history,
        "latest": history[-1] if history else None,
        "spark": spark(history),
        "liaisons": liaisons,
        "away": away,
        "complete": completeness(enterprise, has_liaison=any(each.kind == "main" for each in liaisons)),
        "tab": tab,
        "tabs": list(_tabs(enterprise_id, tab, figures)),
        **acts(actor, enterprise, is_away=away is not None),
    }
    context |= TABS[tab].load(request, enterprise, context)
    return render(request, f"desk/file_{tab}.html", context)


def acts(actor: Actor, enterprise: Enterprise, *, is_away: bool = False) -> dict[str, Any]:
    """What the actor may do here: the primary act, and the others in a menu.

    Off the register it is to put it back; what happened before can still be recorded from the menu.
    """
    record = [
        ("inspections:record", "inspections:inspection_create", "clipboard-plus", _("Record inspection")),
        ("hazards:record", "inspections:hazard_create", "alert-triangle", _("Record hazard")),
        ("incidents:record", "incidents:create", "bell", _("Record incident")),
        ("disputes:record", "disputes:create", "users", _("Record dispute")),
        ("activities:record", "service:activity_create", "school", _("Record activity")),
        ("self_checks:record", "inspections:self_check_create", "checklist", _("Record self-check")),
    ]
    keep = [
        ("enterprises:edit", "enterprises:edit", "pencil", _("Edit the entry")),
        ("enterprises:liaison", "enterprises:liaison", "user-check", _("Liaison officer")),
        ("enterprises:inactivity", "enterprises:inactivity", "door-exit", _("Suspend, close or put back")),
        (
            "enterprises:hand_over",
            "enterprises:hand_over",
            "arrows-exchange",
            _("Hand over to another station"),
        ),
    ]
    recording = [
        {"url": url, "icon": icon, "label": label}
        for permission, name, icon, label in record
        if access.allows(actor, permission) and (url := links.to(name, enterprise=enterprise.pk))
    ]
    keeping = [
        {"url": reverse(name, args=[enterprise.pk]), "icon": icon, "label": label}
        for permission, name, icon, label in keep
        if access.allows(actor, permission)
    ]
    if is_away:
        back = {
            "url": reverse("enterprises:inactivity", args=[enterprise.pk]),
            "icon": "door-enter",
            "label": _("Reactivate"),
        }
        keeping = [each for each in keeping if each["url"] != back["url"]]
        may = access.allows(actor, "enterprises:inactivity")
        return {"primary": back if may else None, "recording": recording, "keeping": keeping}
    return {"primary": recording[0] if recording else None, "recording": recording[1:], "keeping": keeping}


def _tabs(enterprise_id: int, current: str, figures: dict[str, Any]) -> Any:
    for code, tab in TABS.items():
        address = reverse("desk:file", args=[enterprise_id])
        if code != "overview":
            address = reverse("desk:file_tab", args=[enterprise_id, code])
        count = figures.get(tab.count) or ""
        yield {
            "label": tab.label,
            "icon": tab.icon,
            "url": address,
            "active": code == current,
            "count": count,
        }


def _overview(request: HttpRequest, enterprise: Enterprise, context: dict[str, Any]) -> dict[str, Any]:
    actor, strand = request.actor, request.GET.get("show", "")
    time = line_of_time(actor, enterprise.pk, strand=strand, after=request.GET.get("after", ""))
    return {
        "hazards": list(selectors.open_hazards(actor, enterprise.pk)[:5])
        if context["figures"]["open_hazards"]
        else [],
        "disputes": list(selectors.unsettled(actor, enterprise.pk)[:5])
        if context["figures"]["open_disputes"]
        else [],
        "time": time,
        "strands": list(strands(strand)),
        "strand": strand,
        "is_continued": bool(request.GET.get("after")),
    }


def _rating(request: HttpRequest, enterprise: Enterprise, context: dict[str, Any]) -> dict[str, Any]:
    rated = [rating.period_code for rating in context["history"]]
    wanted = request.GET.get("quarter", "")
    explained = why(request.actor, enterprise.pk, wanted if wanted in rated else None) if rated else None
    return {
        "quarters": context["history"][::-1],
        "quarter": explained.rating.period_code if explained else "",
        "why": explained,
    }


def _paged(request: HttpRequest, rows: Any) -> dict[str, Any]:
    return {"shown": Paginator(rows, PAGE).get_page(request.GET.get("page"))}


def _hazards(request: HttpRequest, enterprise: Enterprise, context: dict[str, Any]) -> dict[str, Any]:
    return _paged(request, list_hazards(request.actor, enterprise_id=enterprise.pk).select_related(None))


def _inspections(request: HttpRequest, enterprise: Enterprise, context: dict[str, Any]) -> dict[str, Any]:
    return _paged(request, list_inspections(request.actor, enterprise_id=enterprise.pk).select_related(None))


def _disputes(request: HttpRequest, enterprise: Enterprise, context: dict[str, Any]) -> dict[str, Any]:
    return _paged(request, list_disputes(request.actor, enterprise_id=enterprise.pk).select_related(None))


def _incidents(request: HttpRequest, enterprise: Enterprise, context: dict[str, Any]) -> dict[str, Any]:
    return _paged(request, list_incidents(request.actor, enterprise_id=enterprise.pk).select_related(None))


def _own_work(request: HttpRequest, enterprise: Enterprise, context: dict[str, Any]) -> dict[str, Any]:
    activities = Paginator(selectors.list_activities(request.actor, enterprise.pk), PAGE)
    checks = list_self_checks(request.actor, enterprise_id=enterprise.pk).select_related(None)
    return _paged(request, checks) | {"activities": activities.get_page(request.GET.get("activities"))}


def _custody(request: HttpRequest, enterprise: Enterprise, context: dict[str, Any]) -> dict[str, Any]:
    actor = request.actor
    return {
        "liaison_history": list(list_liaisons(actor, enterprise.pk)[:100]),
        "custodies": list(list_custodies(actor, enterprise.pk)[:100]),
        "inactivities": list(list_inactivities(actor, enterprise.pk)[:100]),
    }


def _log(request: HttpRequest, enterprise: Enterprise, context: dict[str, Any]) -> dict[str, Any]:
    before_id = id_of(request.GET.get("before"))
    entries = list(selectors.list_log(request.actor, enterprise.pk, before_id=before_id)[: LOG_PAGE + 1])
    names = {each.pk: each.name for each in other_stations(request.actor, 0)}
    return {
        "events": enterprise_log.told(entries[:LOG_PAGE], organisations=names),
        "following": entries[LOG_PAGE - 1].pk if len(entries) > LOG_PAGE else None,
    }


TABS: dict[str, Tab] = {
    "overview": Tab(_("Overview"), "timeline", _overview),
    "rating": Tab(_("Rating and why"), "traffic-lights", _rating),
    "hazards": Tab(_("Hazards"), "alert-triangle", _hazards, "open_hazards"),
    "inspections": Tab(_("Inspections"), "clipboard-check", _inspections),
    "disputes": Tab(_("Disputes"), "users", _disputes, "open_disputes"),
    "incidents": Tab(_("Incidents"), "bell", _incidents),
    "work": Tab(_("Activities and self-checks"), "checklist", _own_work),
    "custody": Tab(_("Custody and liaison"), "arrows-exchange", _custody),
    "log": Tab(_("Log"), "history", _log),
}
