"""What is drawn by lot here: closed hazards to be re-checked, and inspections."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from enterprises.choices import Colour, KeyUnitClass
from enterprises.industries import industry_name
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.contributions.lots import LotKind, Step, Waiting, register
from foundation.lots.models import Draw
from foundation.ui import links
from foundation.words import Words, labelled, listed
from inspections import drawn_visits, recheck_hand_over, rechecks
from inspections.access import Permission
from inspections.choices import Severity
from inspections.models import DrawnVisit, PlannedVisit
from inspections.planning.visits import is_open, list_visits
from inspections.selectors import list_hazards


def _filter(criteria: Mapping[str, Any]) -> Sequence[tuple[Words, str]]:
    severity = dict(Severity.choices).get(criteria.get("severity", ""))
    stations = criteria.get("station_names") or []
    parts = [
        (_("Station"), listed(stations)) if stations else None,
        (_("Closed"), f"{criteria['since']} – {criteria['until']}"),
        (_("Severity"), str(severity)) if severity else None,
        (_("Item"), criteria["item"]) if criteria.get("item") else None,
    ]
    return [part for part in parts if part]


def _terms(terms: Mapping[str, Any]) -> Sequence[tuple[Words, str]]:
    return [
        (_("Re-checked by"), str(terms.get("person_name", ""))),
        (_("Due on"), str(terms.get("due_on", ""))),
    ]


def _notes(actor: Actor, draw: Draw) -> Mapping[int, str]:
    rows = list(rechecks.rechecks_of_draw(draw))
    hazards = list_hazards(actor, voided=True).in_bulk([each.record_id for each in rows])
    found = {}
    for each in rows:
        if each.outcome:
            found[each.record_id] = f"{each.get_outcome_display()} · {each.on} · {each.by}"
        elif each.lapsed_at:  # whoever it was handed over to comes after it
            found[each.record_id] = _("not done: drawn again")
        elif each.record_id in hazards and hazards[each.record_id].is_voided:
            found[each.record_id] = _("voided before it was re-checked")
        elif each.record_id not in hazards or hazards[each.record_id].closed_on is None:
            found[each.record_id] = _("open again before it was re-checked")
        else:
            who = each.to_name or _("a superior who did not accept it")
            words = _("%(name)s is to re-check it by %(day)s")
            found[each.record_id] = words % {"name": who, "day": each.due_on.isoformat()}
    for pk, _people in draw.result:
        found.setdefault(pk, _("not taken up: reopened, handed over, or already waiting for a re-check"))
    return found


def _waiting(actor: Actor) -> Sequence[Waiting]:
    """What this person is to re-check, and for superiors what the person named can no longer do."""
    return [
        Waiting(
            labelled(
                _("Re-check by lot, to be handed over") if is_left else _("Re-check by lot"),
                f"{hazard} · {hazard.enterprise.name}",
            ),
            reverse("inspections:hazard", args=[hazard.pk]),
            recheck.due_on,
        )
        for hazard, recheck, is_left in recheck_hand_over.waiting_for(actor)
    ]


register(
    LotKind(
        rechecks.KIND,
        gettext_lazy("Re-checks of closed hazards"),
        "eye-check",
        Permission.DRAW_RECHECKS,
        Permission.DRAW_RECHECKS,
        "inspections:recheck_draw",
        "inspections:hazard",
        gettext_lazy("Draw re-checks"),
        pool=rechecks.closed_hazards,
        words=_filter,
        terms_words=_terms,
        drawn=rechecks.begin_rechecks,
        dropped=rechecks.drop_rechecks,
        notes=_notes,
        waiting=_waiting,
        check=rechecks.check_draw,
    )
)


def _enterprise_filter(criteria: Mapping[str, Any]) -> Sequence[tuple[Words, str]]:
    key_unit = criteria.get("key_unit", "")
    known = {"yes": _("Key units"), "no": _("Other enterprises")} | dict(KeyUnitClass.choices)
    parts = [
        (_("Station"), criteria["station_name"]),
        (_("Colour"), str(dict(Colour.choices).get(criteria.get("colour", ""), ""))),
        (_("Industry"), industry_name(criteria.get("industry", "")) or criteria.get("industry_name", "")),
        (_("Key security unit"), str(known.get(key_unit, ""))),
        (_("Street or township"), criteria.get("street", "")),
    ]
    return [part for part in parts if part[1]]


def _visit_terms(terms: Mapping[str, Any]) -> Sequence[tuple[Words, str]]:
    return [(_("Due on"), str(terms.get("due_on", "")))]


def _planned(actor: Actor, draw: Draw) -> dict[int, PlannedVisit]:
    """Return the visits that are planned at drawn enterprises and still to be made, by enterprise. One query."""
    rows = list_visits(actor).filter(is_open(), enterprise_id__in=[pk for pk, _people in draw.result])
    return {each.enterprise_id: each for each in rows.order_by("-on", "-pk")}


def _visit_steps(actor: Actor, draw: Draw) -> Mapping[int, Step]:
    """Return how each that waits is planned with those who were drawn, or where its visit is planned."""
    station_id = draw.criteria["station"]
    if not allows(actor, Permission.VIEW_PLAN) or station_id not in actor.stations:
        return {}
    may_plan = allows(actor, Permission.PLAN_VISITS)
    waiting: dict[int, set[int]] = {}
    rows = drawn_visits.waiting_visits().filter(draw_id=draw.pk)
    for pk, who in rows.values_list("enterprise_id", "officer_id"):
        waiting.setdefault(pk, set()).add(who)
    planned, back, found = _planned(actor, draw), reverse("lots:draw", args=[draw.pk]), {}
    for pk, people in draw.result:
        if pk not in waiting:
            continue
        if visit := planned.get(pk):
            shown = {
                "day": visit.on.isoformat(),
                "names": listed(each for each in (visit.officer_name, visit.second_name) if each),
            }
            if may_plan and set(visit.officer_ids) != waiting[pk]:
                words = (
                    _("Planned for %(day)s: %(names)s, before it was drawn. Give it to who was drawn.")
                    % shown
                )
                given = dict(zip(("officer", "second"), people, strict=False))
                url = links.to("inspections:plan_move", visit=visit.pk, **given)
                found[pk] = Step(words, links.and_back(url, back))
            else:
                words = _("Planned for %(day)s: %(names)s") % shown
                found[pk] = Step(words, reverse("inspections:plan_visit", args=[visit.pk]))
        elif may_plan:
            given = dict(zip(("officer", "second"), people, strict=False))
            url = links.to("inspections:plan_new", enterprise=pk, **given)
            found[pk] = Step(pgettext("verb", "Plan"), links.and_back(url, back), is_act=True)
    return found


def _visit_notes(actor: Actor, draw: Draw) -> Mapping[int, str]:
    done = drawn_visits.inspected_since(draw)
    visits = DrawnVisit.objects.filter(draw_id=draw.pk, station_id=draw.criteria["station"])
    lapsed_at: dict[int, Any] = {}
    for pk, at in visits.values_list("enterprise_id", "lapsed_at"):
        # one officer's row also lapses when a successor takes it over
        lapsed_at[pk] = at and lapsed_at.get(pk, at)
    found = {}
    for pk, _people in draw.result:
        if lapsed_at.get(pk):
            found[pk] = _("not inspected: drawn again")
        elif pk in done:
            inspection = done[pk]
            shown = {"day": inspection.inspected_on.isoformat(), "names": inspection.inspectors_shown or "–"}
            found[pk] = _("inspected on %(day)s: %(names)s") % shown
        elif pk not in lapsed_at:
            found[pk] = _(
                "not taken up: off the register, handed over, or already waiting for an inspection by lot"
            )
        else:
            found[pk] = _("to be inspected by %(day)s") % {
                "day": draw.due_on.isoformat() if draw.due_on else ""
            }
    return found


register(
    LotKind(
        drawn_visits.KIND,
        gettext_lazy("Inspections by lot"),
        "clipboard-check",
        Permission.DRAW_INSPECTIONS,
        Permission.VIEW_INSPECTIONS,
        "inspections:visit_draw",
        "desk:file",
        gettext_lazy("Draw inspections"),
        pool=drawn_visits.drawable,
        words=_enterprise_filter,
        terms_words=_visit_terms,
        drawn=drawn_visits.publish_visits,
        dropped=drawn_visits.drop_visits,
        notes=_visit_notes,
        steps=_visit_steps,
        open_to_station=True,
        per=drawn_visits.OFFICERS,
        check=drawn_visits.check_draw,
    )
)
