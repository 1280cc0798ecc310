"""Inspections, hazards and self-checks on the enterprise file."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enterprises.models import Enterprise
from facts.declarations import count_of, file_of, reopened_marks
from facts.selectors import visible
from foundation.contributions.file import (
    Figure,
    Mark,
    Panel,
    Recording,
    Strand,
    Tab,
    register,
    word_of,
)
from foundation.database.composing import days_before_today
from foundation.requests import Request, required_actor
from foundation.ui.panels import page_of
from inspections.choices import CheckTarget, Conclusion, ForgedKind, InspectionKind, ObstructedBy
from inspections.models import Forgery, Hazard, Inspection, KeyPosition, Obstruction, SelfCheck
from inspections.selectors import list_hazards, list_inspections, list_self_checks, open_by_deadline
from inspections.staff.penalty_pages import PenaltyPages
from inspections.staff.position_pages import TAB as POSITIONS
from inspections.staff.position_pages import TITLE, shown_positions

NEXT = 5  # open hazards shown on the overview


def _hazards() -> Any:
    return Hazard.objects.filter(voided_at=None)


def _inspections() -> Any:
    return Inspection.objects.filter(voided_at=None)


def _self_checks() -> Any:
    return SelfCheck.objects.filter(voided_at=None)


def _forgeries() -> Any:
    return Forgery.objects.filter(voided_at=None)


def _obstructions() -> Any:
    return Obstruction.objects.filter(voided_at=None)


def _latest(column: str) -> Subquery:
    latest = _inspections().filter(enterprise=OuterRef("pk")).order_by("-inspected_on", "-pk")
    return Subquery(latest.values(column)[:1])


def _open_hazards(request: Request, enterprise: Enterprise, known: dict[str, Any]) -> dict[str, Any]:
    some = known["figures"]["open_hazards"]
    return {"hazards": list(open_by_deadline(required_actor(request), enterprise.pk)[:NEXT]) if some else []}


def _hazard_list(request: Request, enterprise: Enterprise, _known: dict[str, Any]) -> dict[str, Any]:
    rows = list_hazards(required_actor(request), enterprise_id=enterprise.pk).select_related(None)
    return {"shown": page_of(request, rows)}


def _inspection_list(request: Request, enterprise: Enterprise, _known: dict[str, Any]) -> dict[str, Any]:
    rows = list_inspections(required_actor(request), enterprise_id=enterprise.pk).select_related(None)
    return {"shown": page_of(request, rows)}


def _forgery_list(request: Request, enterprise: Enterprise, _known: dict[str, Any]) -> dict[str, Any]:
    rows = visible(required_actor(request), Forgery, enterprise_id=enterprise.pk).select_related(None)
    return {"forgeries": page_of(request, rows, "forgeries")}


def _obstruction_list(request: Request, enterprise: Enterprise, known: dict[str, Any]) -> dict[str, Any]:
    rows = visible(required_actor(request), Obstruction, enterprise_id=enterprise.pk).select_related(None)
    return {"obstructions": page_of(request, rows, "obstructions", known["figures"]["obstructions"])}


def _self_check_list(request: Request, enterprise: Enterprise, _known: dict[str, Any]) -> dict[str, Any]:
    rows = list_self_checks(required_actor(request), enterprise_id=enterprise.pk).select_related(None)
    return {"checks": page_of(request, rows)}


def _positions(request: Request, enterprise: Enterprise, _known: dict[str, Any]) -> dict[str, Any]:
    return shown_positions(required_actor(request), enterprise.pk)


register(
    *file_of(PenaltyPages(), "penalties", rank=45, strand=Strand.CASES, name="number"),
    Tab("hazards", _("Hazards"), "alert-triangle", 30, count="open_hazards"),
    Tab(POSITIONS, TITLE, "map-pin", 35, count="key_positions"),
    Tab("inspections", _("Inspections"), "clipboard-check", 40),
    Tab("work", _("Activities and self-checks"), "checklist", 70, halves=True),
    Panel("open_hazards", "overview", 10, "inspections/file_open_hazards.html", _open_hazards, aside=True),
    Panel("hazards", "hazards", 10, "inspections/file_hazards.html", _hazard_list),
    Panel("positions", POSITIONS, 10, "inspections/_positions.html", _positions),
    Panel("inspections", "inspections", 10, "inspections/file_inspections.html", _inspection_list),
    Panel("forgeries", "inspections", 20, "inspections/file_forgeries.html", _forgery_list),
    Panel("obstructions", "inspections", 30, "inspections/file_obstructions.html", _obstruction_list),
    Panel("self_checks", "work", 20, "inspections/file_self_checks.html", _self_check_list),
    Figure("open_hazards", lambda: count_of(_hazards().filter(closed_on=None))),
    Figure("obstructions", lambda: count_of(Obstruction.objects.all())),
    Figure("key_positions", lambda: count_of(KeyPosition.objects.filter(ended_on=None))),
    Figure(
        "inspections_year",
        lambda: count_of(_inspections().filter(inspected_on__gt=days_before_today(365))),
        label=_("Inspections, 12 months"),
        rank=10,
    ),
    Figure(
        "self_checks_28",
        lambda: count_of(_self_checks().filter(checked_on__gt=days_before_today(28))),
        label=_("Self-checks, 4 weeks"),
        rank=20,
        least=4,
    ),
    Figure("inspected_on", lambda: _latest("inspected_on")),
    Recording("inspections:inspection_check", _("Inspect by checklist"), "clipboard-check", 5),
    Recording("inspections:inspection_create", _("Record inspection"), "clipboard-plus", 10),
    Recording("inspections:hazard_create", _("Record hazard"), "alert-triangle", 20),
    Recording("inspections:self_check_create", _("Record self-check"), "checklist", 60),
    Recording("inspections:forgery_create", _("Record forgery"), "file-alert", 65),
    Mark(
        "forgery",
        Strand.INSPECTIONS,
        "file-alert",
        _forgeries,
        "found_on",
        lambda what, kind: (gettext("Forgery: %(what)s") % {"what": what}, word_of(ForgedKind, kind)),
        name="what",
        text="kind",
        page="inspections:forgery",
        tone="red",
    ),
    Recording("inspections:obstruction_create", _("Record obstruction"), "barrier-block", 66),
    Mark(
        "obstruction",
        Strand.INSPECTIONS,
        "barrier-block",
        _obstructions,
        "obstructed_on",
        lambda what, kind: (
            gettext("Inspection obstructed: %(what)s") % {"what": what},
            word_of(ObstructedBy, kind),
        ),
        name="what",
        text="kind",
        page="inspections:obstruction",
        tone="red",
    ),
    Mark(
        "inspection",
        Strand.INSPECTIONS,
        "clipboard-check",
        _inspections,
        "inspected_on",
        lambda kind, conclusion: (word_of(InspectionKind, kind), word_of(Conclusion, conclusion)),
        name="kind",
        text="conclusion",
        page="inspections:inspection",
    ),
    Mark(
        "hazard_found",
        Strand.INSPECTIONS,
        "alert-triangle",
        _hazards,
        "found_on",
        lambda item, place: (gettext("Hazard found: %(item)s") % {"item": item}, place),
        name="item",
        text="place",
        page="inspections:hazard",
        tone="yellow",
    ),
    Mark(
        "hazard_closed",
        Strand.INSPECTIONS,
        "circle-check",
        lambda: _hazards().exclude(closed_on=None),
        "closed_on",
        lambda item, place: (gettext("Hazard closed: %(item)s") % {"item": item}, place),
        name="item",
        text="place",
        page="inspections:hazard",
        tone="green",
        recorded="changed_at",
    ),
    *reopened_marks(
        Hazard,
        Strand.INSPECTIONS,
        _("Hazard closed: %(name)s"),
        _("Hazard reopened: %(name)s"),
        name="item",
        text="place",
    ),
    Mark(
        "self_check",
        Strand.OWN,
        "checklist",
        _self_checks,
        "checked_on",
        lambda target, findings: (
            gettext("Self-check: %(target)s") % {"target": word_of(CheckTarget, target)},
            findings,
        ),
        name="target",
        text="findings",
        page="inspections:self_check",
    ),
)
