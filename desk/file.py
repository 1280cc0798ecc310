"""The two tabs of the enterprise file that show what all apps contribute: overview and log."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from desk import enterprise_log, selectors
from desk.timeline import read_cursor, strands, timeline_page
from enterprises.models import Enterprise
from foundation.contributions.file import Panel, Strand, Tab, figures, opens_at, register
from foundation.contributions.origins import told_of
from foundation.requests import Request, required_actor
from foundation.ui.views import chosen_in, given_in, id_in

LOG_PAGE = 40


def _time(request: Request, enterprise: Enterprise, _known: dict[str, Any]) -> dict[str, Any]:
    strand = chosen_in(request, "show", Strand.values)
    after = given_in(request, "after")
    if after and read_cursor(after) is None:
        raise Http404("there is no such event")
    return {
        "time": timeline_page(required_actor(request), enterprise.pk, strand=strand, after=after),
        "strands": list(strands(strand)),
        "strand": strand,
        "is_continued": bool(after),
    }


def _glance(_request: Request, _enterprise: Enterprise, known: dict[str, Any]) -> dict[str, Any]:
    shown = sorted((each for each in figures if each.label), key=lambda each: each.rank)
    return {"glance": [(each, known["figures"][each.code]) for each in shown]}


def _advice(_request: Request, _enterprise: Enterprise, _known: dict[str, Any]) -> dict[str, Any]:
    return {}  # the page loads it once it is shown


def _log(request: Request, enterprise: Enterprise, _known: dict[str, Any]) -> dict[str, Any]:
    before_id = id_in(request, "before")
    entries = list(
        selectors.list_log(required_actor(request), enterprise.pk, before_id=before_id)[: LOG_PAGE + 1]
    )
    return {
        "origins": told_of(required_actor(request), enterprise),
        "events": enterprise_log.as_events(entries[:LOG_PAGE]),
        "following": entries[LOG_PAGE - 1].pk if len(entries) > LOG_PAGE else None,
    }


opens_at("desk:file", "desk:file_tab")
register(
    Tab("overview", _("Overview"), "timeline", 10),
    Tab("log", _("Log"), "history", 90),
    Panel("time", "overview", 10, "desk/file_time.html", _time),
    Panel("glance", "overview", 80, "desk/file_glance.html", _glance, aside=True),
    Panel("advice", "rating", 20, "desk/file_advice.html", _advice),
    Panel("log", "log", 10, "desk/file_log.html", _log),
)
