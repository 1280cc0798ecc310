"""Today: what is due in a station this week, in order of urgency, each with one click to act."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When, Window
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.selectors import list_disputes, open_disputes, overdue_disputes
from enterprises.choices import Colour, LiaisonKind
from enterprises.models import Enterprise, Liaison
from enterprises.selectors import liaisons_now
from enterprises.selectors import visible as visible_enterprises
from facts.selectors import on_register_today
from foundation.accounts.access import page
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.periods import Period
from foundation.ui import links
from inspections.choices import HazardState
from inspections.models import Inspection
from inspections.selectors import in_state, list_hazards

MINE, STATION = "mine", "station"
DAYS_AHEAD = 7
SHOWN = 8  # rows of a section; the rest is one click away


@dataclass
class Item:
    """One thing that is due."""

    enterprise: Enterprise
    title: str
    url: str
    due_on: dt.date | None = None
    on: dt.date | None = None
    line: str = ""
    is_major: bool = False
    act_label: str | Promise = ""
    act_url: str = ""
    is_dialog: bool = False
    liaison: str = ""


@dataclass
class Section:
    """Things of one kind that are due. ``total`` counts all of them, ``items`` are the most urgent."""

    code: str
    title: str | Promise
    icon: str
    tone: str  # "red" asks for something now
    all_url: str = ""
    total: int = 0
    items: list[Item] = field(default_factory=list)


@page("desk:today")
def today(request: HttpRequest) -> HttpResponse:
    """The page; ``?whose=`` switches between the enterprises of the person as liaison and the whole station."""
    actor = request.actor
    whose = request.GET.get("whose", "")
    whose = whose if whose in (MINE, STATION) else usual(actor)
    sections = sections_of(actor, whose)
    return render(request, "desk/today.html", {
        "whose": whose, "today": timezone.localdate(), "sections": [each for each in sections if each.total],
        "stats": [each for each in sections if each.code != "soon"], "is_empty": not any(each.total for each in sections),
        "urgent": sum(each.total for each in sections if each.tone == "red"),
    })  # fmt: skip


def usual(actor: Actor) -> str:
    """Whose work somebody sees first: an officer the own, a chief the station's."""
    return MINE if actor.role == Role.OFFICER else STATION


def due_count(actor: Actor) -> int:
    """The figure beside Today in the navigation: what is overdue or due today. One statement."""
    whose, day = usual(actor), timezone.localdate()
    hazards = _of(actor, whose, list_hazards(actor)).filter(in_state(HazardState.OVERDUE))
    disputes = _of(actor, whose, list_disputes(actor)).filter(overdue_disputes())
    inspections = _enterprises(actor, whose).filter(next_inspection_on__lte=day)
    ids = [rows.order_by().values_list("pk") for rows in (hazards, disputes, inspections)]
    return ids[0].union(*ids[1:], all=True).count()


def sections_of(actor: Actor, whose: str) -> list[Section]:
    """All sections, the most urgent kind first; one statement each, and one for the liaison officers of all rows."""
    day = timezone.localdate()
    until = day + dt.timedelta(days=DAYS_AHEAD)
    sections = [
        _overdue_hazards(actor, whose),
        _red_without_inspection(actor, whose, day),
        _inspections_due(actor, whose, day, until),
        _for_reinspection(actor, whose),
        _disputes_due(actor, whose, until),
        _hazards_soon(actor, whose, until),
        _without_liaison(actor, whose),
    ]
    ids = {item.enterprise.pk for section in sections for item in section.items}
    serving = liaisons_now(actor, sorted(ids))
    for section in sections:
        for item in section.items:
            found = serving.get(item.enterprise.pk)
            item.liaison = str(found[0].officer) if found else ""
    return sections


def _overdue_hazards(actor: Actor, whose: str) -> Section:
    section = Section(
        "overdue",
        _("Overdue hazards"),
        "alert-triangle",
        "red",
        links.to("inspections:hazards", state="overdue"),
    )
    rows = _of(actor, whose, list_hazards(actor)).filter(
        in_state(HazardState.OVERDUE) | in_state(HazardState.REFUSED)
    )
    is_major = Case(
        When(major_from_on__isnull=False, major_until_on=None, then=Value(True)), default=Value(False),
        output_field=BooleanField(),
    )  # fmt: skip
    rows = rows.annotate(is_major=is_major).order_by("-is_major", F("deadline").asc(nulls_last=True), "pk")
    for hazard in _first(section, rows):
        section.items.append(
            _hazard(hazard, act_label=_("Look at it"), act_url=links.to("inspections:hazard", hazard.pk))
        )
    return section


def _hazards_soon(actor: Actor, whose: str, until: dt.date) -> Section:
    section = Section(
        "soon", _("Hazards due within seven days"), "clock", "", links.to("inspections:hazards", state="open")
    )
    rows = _of(actor, whose, list_hazards(actor)).filter(in_state(HazardState.OPEN), deadline__lte=until)
    for hazard in _first(section, rows.order_by("deadline", "pk")):
        section.items.append(
            _hazard(hazard, act_label=_("Look at it"), act_url=links.to("inspections:hazard", hazard.pk))
        )
    return section


def _for_reinspection(actor: Actor, whose: str) -> Section:
    section = Section(
        "reinspection",
        _("Waiting for re-inspection"),
        "checks",
        "",
        links.to("inspections:hazards", state="submitted"),
    )
    rows = _of(actor, whose, list_hazards(actor)).filter(in_state(HazardState.SUBMITTED))
    for hazard in _first(section, rows.order_by("rectified_on", "pk")):
        item = _hazard(
            hazard, act_label=_("Accept and close"), act_url=links.to("inspections:hazard_close", hazard.pk)
        )
        item.due_on, item.on, item.is_dialog = None, hazard.rectified_on, True
        section.items.append(item)
    return section


def _disputes_due(actor: Actor, whose: str, until: dt.date) -> Section:
    section = Section(
        "disputes", _("Disputes to settle"), "users", "", links.to("disputes:list", state="open")
    )
    rows = _of(actor, whose, list_disputes(actor)).filter(open_disputes(), due_on__lte=until)
    for dispute in _first(section, rows.order_by("due_on", "pk")):
        section.items.append(Item(
            dispute.enterprise, dispute.summary, links.to("disputes:detail", dispute.pk), due_on=dispute.due_on,
            line=dispute.enterprise.name, act_label=pgettext_lazy("act", "Settled"), act_url=links.to("disputes:settle", dispute.pk),
            is_dialog=True,
        ))  # fmt: skip
    return section


def _inspections_due(actor: Actor, whose: str, day: dt.date, until: dt.date) -> Section:
    section = Section("inspections", _("Inspections due"), "clipboard-check", "")
    rows = (
        _enterprises(actor, whose).filter(next_inspection_on__lte=until).exclude(_red_and_not_inspected(day))
    )
    for enterprise in _first(section, rows.order_by("next_inspection_on", "pk")):
        section.items.append(_to_inspect(enterprise, due_on=enterprise.next_inspection_on))
    return section


def _red_without_inspection(actor: Actor, whose: str, day: dt.date) -> Section:
    section = Section(
        "red",
        _("Red, and not inspected this quarter"),
        "traffic-lights",
        "red",
        links.to("enterprises:list", colour="red"),
    )
    rows = _enterprises(actor, whose).filter(_red_and_not_inspected(day))
    for enterprise in _first(section, rows.order_by(F("next_inspection_on").asc(nulls_first=True), "pk")):
        section.items.append(_to_inspect(enterprise, due_on=enterprise.next_inspection_on))
    return section


def _without_liaison(actor: Actor, whose: str) -> Section:
    """Nobody's enterprises: also shown to those who look at their own, for they are the ones to take them over."""
    section = Section(
        "liaison",
        _("Without a liaison officer"),
        "user-question",
        "",
        links.to("enterprises:list", liaison="none"),
    )
    serving = Liaison.objects.filter(
        enterprise=OuterRef("pk"), station_id__in=actor.stations, kind=LiaisonKind.MAIN, until_on=None
    )
    rows = _enterprises(actor, STATION).filter(~Exists(serving))
    for enterprise in _first(section, rows.order_by("sort_key", "pk")):
        section.items.append(Item(
            enterprise, enterprise.name, links.to("desk:file", enterprise.pk), line=enterprise.address,
            act_label=_("Assign"), act_url=links.to("enterprises:liaison", enterprise.pk),
        ))  # fmt: skip
    return section


def _red_and_not_inspected(day: dt.date) -> Q:
    inspected = Inspection.objects.filter(
        enterprise=OuterRef("pk"), voided_at=None, inspected_on__gte=Period.of(day).start
    )
    return Q(colour=Colour.RED) & ~Exists(inspected)


def _hazard(hazard: Any, **act: Any) -> Item:
    return Item(
        hazard.enterprise, str(hazard), links.to("inspections:hazard", hazard.pk), due_on=hazard.deadline_on,
        line=hazard.enterprise.name, is_major=hazard.severity == "major", **act,
    )  # fmt: skip


def _to_inspect(enterprise: Enterprise, *, due_on: dt.date | None) -> Item:
    url = links.to("inspections:inspection_create", enterprise=enterprise.pk)
    return Item(
        enterprise, enterprise.name, links.to("desk:file", enterprise.pk), due_on=due_on, line=enterprise.address,
        act_label=_("Record an inspection"), act_url=url,
    )  # fmt: skip


def _enterprises(actor: Actor, whose: str) -> QuerySet[Enterprise]:
    """The enterprises on the register today, of the station or of the person as liaison officer or deputy."""
    rows = visible_enterprises(actor).filter(on_register_today())
    return rows.filter(pk__in=_looked_after(actor)) if whose == MINE else rows


def _of(actor: Actor, whose: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(enterprise_id__in=_looked_after(actor)) if whose == MINE else rows


def _looked_after(actor: Actor) -> QuerySet[Any]:
    return Liaison.objects.filter(
        station_id__in=actor.stations, officer_id=actor.user_id, until_on=None
    ).values("enterprise_id")


def _first(section: Section, rows: QuerySet[Any]) -> Iterable[Any]:
    """The first rows of a section, all of them counted in the same statement."""
    found = list(rows.annotate(in_all=Window(Count("*")))[:SHOWN])
    section.total = found[0].in_all if found else 0
    return found
