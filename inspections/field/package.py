"""What a phone loads ahead: the checklists as forms, and the enterprises that are due, with what was left open at each."""

import datetime as dt
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.models import Enterprise, Liaison
from enterprises.selectors import list_enterprises, on_register, visible
from facts.selectors import visible as visible_facts
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import User
from foundation.database.composing import DAYS_AHEAD
from inspections.checkins.selectors import Expected, expected, signs_of
from inspections.checklists.answering import eligible_officers
from inspections.checklists.choosing import lists_for
from inspections.checklists.content import Content, ListKind, together
from inspections.checklists.publishing import Version, versions_in_force
from inspections.choices import VisitSource
from inspections.drawn_visits import waiting_visits
from inspections.models import Hazard, Inspection, PlannedVisit
from inspections.planning.visits import is_open
from inspections.staff.checking_forms import CheckingForm, write_lists
from inspections.staff.checking_pages import proposals, why_not_close

MOST = 60  # enterprises that are loaded ahead
MOST_FOUND = 20


def due_here(actor: Actor) -> list[Enterprise]:
    """Return the enterprises that wait for an inspection by this person, the most urgent first. One query.

    First those that the plan gives the person until tomorrow, also what was left over; then those drawn by lot for the
    person, and those in charge of an officer, of a chief all of the station, that are due within seven days or were never
    inspected.
    """
    today = timezone.localdate()
    visits = PlannedVisit.objects.filter(_mine(actor))
    drawn = waiting_visits().filter(officer_id=actor.user_id).values("enterprise_id")
    inspected = Inspection.objects.filter(enterprise=OuterRef("pk"), voided_at=None)
    due = Q(next_inspection_on__lte=today + DAYS_AHEAD) | Q(next_inspection_on=None) & ~Q(Exists(inspected))
    if actor.role == Role.OFFICER:
        mine = Liaison.objects.filter(officer_id=actor.user_id, until_on=None)
        due &= Q(pk__in=mine.values("enterprise_id"))
    planned_on = Subquery(visits.filter(enterprise_id=OuterRef("pk")).order_by("on").values("on")[:1])
    rows = visible(actor).filter(on_register(today)).annotate(planned_on=planned_on)
    rows = rows.filter(Q(planned_on__isnull=False) | Q(pk__in=drawn) | due)
    order = [F(each).asc(nulls_last=True) for each in ("planned_on", "next_inspection_on")]
    return list(rows.order_by(*order, "pk")[:MOST])


def found_here(actor: Actor, text: str) -> list[Enterprise]:
    """Return the enterprises on the register with these words, at most MOST_FOUND. One query."""
    return list(list_enterprises(actor, text=text).order_by("name", "pk")[:MOST_FOUND])


@dataclass
class Package:
    """What the phone keeps. ``forms`` are by the checklists that they ask, and shared by enterprises.

    ``html`` of a form has the fields of :class:`CheckingForm` and nothing about an enterprise.
    """

    day: dt.date
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    enterprises: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"day": self.day.isoformat(), "forms": self.forms, "enterprises": self.enterprises}


def package(actor: Actor, enterprises: Sequence[Enterprise], kinds: Iterable[ListKind] = ()) -> Package:
    """Return what a phone needs to inspect these enterprises. A constant number of queries.

    ``kinds``: the checklists to be asked instead of those that are proposed for each.
    """
    found = Package(timezone.localdate())
    versions = versions_in_force(actor, list(ListKind))
    due, people = proposals(actor), _people(actor, enterprises)
    left_open = _left_open(actor, enterprises)
    coming = expected(actor, [each.pk for each in enterprises])
    planned, drawn = _planned(actor, enterprises), _drawn(actor, enterprises)
    signs = {each.enterprise_id: each.code for each in signs_of(actor, [one.pk for one in enterprises])}
    named = list(kinds)
    for each in enterprises:
        asked = {kind: versions[kind] for kind in named or lists_for(each)}
        lists = write_lists((kind, version.number) for kind, version in asked.items())
        key = f"{each.station_id} {lists}"
        if key not in found.forms:
            content = together(version.content for version in asked.values())
            form = blank_form(actor, content, people.get(each.station_id, []), due)
            found.forms[key] = as_form(form, asked)
        hazards = left_open.get(each.pk, [])
        form = blank_form(actor, Content(), [], due, [(one, why_not_close(actor, one)) for one in hazards])
        visit = planned.get(each.pk)
        found.enterprises.append(
            {
                "id": each.pk,
                "name": each.name,
                "address": each.address,
                "due": _day(visit.on if visit else _earliest(drawn.get(each.pk), each.next_inspection_on)),
                "drawn": str(VisitSource.LOT.label) if each.pk in drawn else "",
                "planned": visit and {"about": _about(actor, visit)},
                "form": key,
                "again": again_html(form) if hazards else "",
                "left": len(hazards),
                "sign": signs.get(each.pk, ""),
                "expected": _as_expected(coming.get(each.pk)),
            }
        )
    return found


def _mine(actor: Actor) -> Q:
    """Return the condition on visits that the plan gives the person until tomorrow, also what was left over."""
    until = timezone.localdate() + dt.timedelta(days=1)
    return is_open() & (Q(officer_id=actor.user_id) | Q(second_id=actor.user_id)) & Q(on__lte=until)


def _planned(actor: Actor, enterprises: Sequence[Enterprise]) -> dict[int, PlannedVisit]:
    """Return the person's next planned visit of each enterprise. One query."""
    rows = PlannedVisit.objects.filter(_mine(actor), enterprise_id__in=[each.pk for each in enterprises])
    return {each.enterprise_id: each for each in rows.order_by("-on", "-pk")}


def _drawn(actor: Actor, enterprises: Sequence[Enterprise]) -> dict[int, dt.date]:
    """Return until when the person inspects those of these enterprises that were drawn by lot. One query."""
    rows = waiting_visits().filter(
        officer_id=actor.user_id, enterprise_id__in=[each.pk for each in enterprises]
    )
    return {each.enterprise_id: each.due_on for each in rows.order_by("-due_on")}


def _earliest(*days: dt.date | None) -> dt.date | None:
    return min((each for each in days if each), default=None)


def _about(actor: Actor, visit: PlannedVisit) -> str:
    """Return what the visit is for, with whom, and whether it may be made."""
    other = visit.second_name if visit.officer_id == actor.user_id else visit.officer_name
    return " · ".join(
        [
            str(visit.get_source_display()),
            *([_("with %(who)s") % {"who": other}] if other else []),
            *([] if visit.is_approved else [_("not approved yet")]),
        ]
    )


def _as_expected(found: Expected | None) -> dict[str, Any] | None:
    return found and {"on": _day(found.on), "kind": str(found.kind), "officers": found.officers}


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def blank_form(
    actor: Actor,
    content: Content,
    officers: Sequence[User],
    due: Any,
    seen: Sequence[tuple[Hazard, str]] = (),
) -> CheckingForm:
    """Return an empty form, in which the person is among the officers."""
    return CheckingForm(
        content=content, officers=officers, due=due, seen=seen, initial={"officers": [actor.user_id]}
    )


def as_form(
    form: CheckingForm, versions: dict[ListKind, Version], unasked: Container[str] = ()
) -> dict[str, Any]:
    """Return a form as the phone keeps it: how it looks, and the texts of the summary that is signed.

    ``unasked``: codes that are no longer asked, and only stand there because they were answered before.
    """
    return {
        "lists": [{"kind": str(kind), "number": version.number} for kind, version in versions.items()],
        "names": [f"{kind.label} {version.number}" for kind, version in versions.items()],
        "html": form_html(form, versions),
        "questions": [
            {
                "code": each.code,
                "ask": each.ask,
                "words": each.words,
                "hazard": each.hazard,
                "critical": each.critical,
                "unasked": each.code in unasked,
            }
            for each in form.content.questions
        ],
        "officers": [
            {"id": pk, "name": name, "police_number": number} for pk, (name, number) in form.here.items()
        ],
    }


def form_html(form: CheckingForm, versions: dict[ListKind, Version]) -> str:
    """Return the items and the end of a form as the phone shows them, without what was left open before."""
    context = {
        "form": form,
        "versions": list(versions.values()),
        "sections": list(form.sections()),
        "people": form.people(),
        "total": len(form.content.questions),
        "on_phone": True,
    }
    return render_to_string("inspections/_field_form.html", context)


def again_html(form: CheckingForm) -> str:
    """Return the hazards that were left open before, to be seen again."""
    return render_to_string("inspections/_checking_again.html", {"again": form.again(), "on_phone": True})


def _people(actor: Actor, enterprises: Sequence[Enterprise]) -> dict[int, list[User]]:
    """Return who may be named as having inspected, by station."""
    of_station = {each.station_id: each.pk for each in enterprises}
    return {station: eligible_officers(actor, pk) for station, pk in of_station.items()}


def _left_open(actor: Actor, enterprises: Sequence[Enterprise]) -> dict[int, list[Hazard]]:
    rows: QuerySet[Hazard] = visible_facts(actor, Hazard).filter(
        enterprise_id__in=[each.pk for each in enterprises], closed_on=None
    )
    found: dict[int, list[Hazard]] = {}
    for each in rows.select_related("inspection").order_by("found_on", "pk"):
        found.setdefault(each.enterprise_id, []).append(each)
    return found
