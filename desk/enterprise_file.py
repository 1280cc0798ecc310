"""The enterprise file: head and tabs. The head is the same on each tab; apps declare what the tabs show."""

from functools import cache
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk.access import Permission
from enterprises.completeness import completeness
from enterprises.industries import section_name
from enterprises.models import Enterprise
from enterprises.selectors import liaisons_now, names_by_id, open_inactivity
from enterprises.staff.views import OneEnterprise
from foundation.accounts.actors import Actor
from foundation.contributions.file import figures, panels, recordings, register_acts, tabs
from foundation.database.composing import ENTERPRISE, Days, OfStations, Statement
from foundation.database.prepared import Prepared
from foundation.ui import links
from foundation.ui.shell import may_open
from foundation.ui.views import RecordPage, WithResults
from ratings.explain.rating import standing
from ratings.explain.spark import spark
from ratings.selectors import history as rating_history

FIRST_TAB = "overview"


class EnterpriseFile(WithResults, OneEnterprise, RecordPage):
    """One enterprise: who it is, its rating, everything that happened."""

    permission = Permission.VIEW_ENTERPRISE_FILES
    template_name = "desk/file.html"

    @property
    def tab(self) -> str:
        tab = self.kwargs.get("tab", FIRST_TAB)
        if tab not in tabs:
            raise Http404(tab)
        return tab

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**self.get_head(), **context)
        shown = []
        mine = [each for each in panels if each.tab == self.tab and not (each.aside and self.is_fragment)]
        for panel in sorted(mine, key=lambda each: each.rank):
            own = panel.load(self.request, self.record, context)
            if own is not None:
                context |= own
                shown.append(panel)
        return context | {
            "panels": [each for each in shown if not each.aside],
            "aside": [each for each in shown if each.aside],
        }

    def get_head(self) -> dict[str, Any]:
        """Return the context of the head, which every tab shows."""
        actor, enterprise, tab = self.actor, self.record, self.tab
        history = rating_history(actor, enterprise_id=enterprise.pk)[::-1]
        liaisons = liaisons_now(actor, [enterprise.pk]).get(enterprise.pk, [])
        away = open_inactivity(actor, enterprise.pk)
        known = figures_of(actor, enterprise.pk)
        edit = links.of_record("enterprises:edit", enterprise.pk)
        return {
            "section": section_name(enterprise.industry_code) or enterprise.category,
            "figures": known,
            "history": history,
            "latest": history[-1] if history else None,
            "standing": standing(actor, history[-1]) if history else None,
            "spark": spark(history),
            "liaisons": liaisons,
            "away": away,
            "heir": names_by_id(actor, [away.merged_into_id]).get(away.merged_into_id)
            if away and away.merged_into_id
            else "",
            "complete": completeness(enterprise, has_liaison=any(each.kind == "main" for each in liaisons)),
            "edit_url": edit if may_open("enterprises:edit", actor, enterprise.pk) else "",
            "tab": tab,
            "current": tabs[tab],
            "tabs": _tabs(enterprise.pk, tab, known),
            **acts(actor, enterprise, is_away=away is not None),
        }


def acts(actor: Actor, enterprise: Enterprise, *, is_away: bool = False) -> dict[str, Any]:
    """Return what the actor may do here: the primary act, and the others for a menu.

    Off the register the primary act is to put the enterprise back; the menu can still record what happened before.
    """
    recording = [
        {"url": links.to(each.url, enterprise=enterprise.pk), "icon": each.icon, "label": each.label}
        for each in sorted(recordings, key=lambda each: each.rank)
        if may_open(each.url, actor)
    ]
    keeping = [
        {"url": links.of_record(each.url, enterprise.pk), "icon": each.icon, "label": each.label}
        for each in sorted(register_acts, key=lambda each: each.rank)
        if may_open(each.url, actor, enterprise.pk)
    ]
    if is_away:
        address = links.of_record("enterprises:inactivity", enterprise.pk)
        back = {"url": address, "icon": "door-enter", "label": _("Put back on the register")}
        may = any(each["url"] == address for each in keeping)
        keeping = [each for each in keeping if each["url"] != address]
        return {"primary": back if may else None, "recording": recording, "keeping": keeping}
    return {"primary": recording[0] if recording else None, "recording": recording[1:], "keeping": keeping}


def figures_of(actor: Actor, enterprise_id: int) -> dict[str, Any]:
    """Return the figures of an enterprise by code, in one query."""
    values = Days(timezone.localdate())
    values |= {"stations": list(actor.stations), "enterprise": enterprise_id}
    (row,) = _figures().rows(values)
    return dict(zip((figure.code for figure in figures), row, strict=True))


@cache
def _figures() -> Prepared:
    mine = Enterprise.objects.filter(OfStations("station_id"), pk=ENTERPRISE).order_by()
    return Prepared(Statement.of(mine.values_list(*(figure.expression() for figure in figures))))


def _tabs(enterprise_id: int, current: str, known: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for each in sorted(tabs, key=lambda each: each.rank):
        address = links.of_record("desk:file", enterprise_id)
        if each.code != FIRST_TAB:
            address = links.of_record("desk:file_tab", enterprise_id, each.code)
        found.append(
            {
                "label": each.label,
                "icon": each.icon,
                "url": address,
                "active": each.code == current,
                "count": known.get(each.count) or "",
            }
        )
    return found
