"""The portal of an enterprise's people: their colour, what would improve it, and what they have to do."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from disputes.models import EnterpriseReport
from disputes.people.sides import own_sides
from disputes.reporting.submitting import waiting_proofs
from enterprises.choices import LiaisonKind
from enterprises.concerned import contact_at_station
from enterprises.models import Enterprise
from enterprises.selectors import get_enterprise, liaisons_now, own_inactivity
from facts.staff.pages import FactPages, kinds
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.contributions import measures
from foundation.contributions.measures import Act, Step
from foundation.deadlines.selectors import changes_of
from foundation.ui.shell import Contact
from foundation.ui.views import RecordPage
from foundation.words import Words, sentences
from inspections.acts import held_against
from inspections.checkins.selectors import there_now
from inspections.models import Hazard
from inspections.replies import reply_due_on
from inspections.selectors import PRESSING, Setback, list_hazards, setbacks, unanswered
from inspections.wording import setback_words
from portal.access import Permission
from ratings.explain.rating import Why, why
from ratings.explain.spark import spark
from ratings.explain.standard import describe
from ratings.explain.wording import plain
from ratings.plans import address, simulated
from ratings.selectors import adopted_standard, history
from ratings.simulate.simulation import Alone, Simulation, codes_in_words, duties, simulate
from ratings.standards.parsing import book_of
from ratings.standards.rules import Reaches


class OwnEnterprise(RecordPage):
    """A page about the actor's own enterprise; 404 if they no longer have one."""

    context_object_name = "enterprise"

    def find_record(self) -> Enterprise:
        return get_enterprise(self.actor, self.actor.enterprise_id)

    def whom_to_ask(self) -> dict[str, Any]:
        """Return the liaison officer, for what only the police can do. The foot of the page need not read it again."""
        serving = liaisons_now(self.actor, [self.record.pk]).get(self.record.pk, [])
        contact: Contact | None
        if serving:
            officer = serving[0].officer
            contact = Contact(str(officer), self.record.station.name, officer.phone)
        else:
            contact = contact_at_station(self.actor)
        self.request.contact = contact  # type: ignore[attr-defined]
        return {"liaison": next((each for each in serving if each.kind == LiaisonKind.MAIN), None)}


class MyEnterprise(OwnEnterprise):
    """The colour in force and why, the forecast for the running quarter, and the acts that reach the next colour."""

    permission = Permission.VIEW_OWN_ENTERPRISE
    template_name = "portal/my_enterprise.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        enterprise = self.record
        explained = why(self.actor, enterprise.pk)
        ratings = explained.history if explained else []
        simulation = simulate(self.actor, enterprise.pk, ratings=ratings)
        lists = places(self.actor, explained) if explained else {}
        return super().get_context_data(
            why=explained,
            places=lists,
            veto_place=veto_place(explained, lists) if explained else "",
            held=held(explained) if explained else {},
            latest=ratings[0] if ratings else None,
            spark=spark(ratings[::-1]),
            police_here=there_now(self.actor, enterprise.pk),
            **self.whom_to_ask(),
            **simulated(simulation, self.actor),
            **context,
        )


class HowDecided(OwnEnterprise):
    """The standard in words: what is measured, how the colour follows from it, and what every code means."""

    permission = Permission.VIEW_OWN_ENTERPRISE
    template_name = "portal/standard.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        standard = adopted_standard(self.actor)
        description = describe(book_of(standard.body)) if standard else None
        return super().get_context_data(standard=standard, description=description, **context)


class MyTasks(OwnEnterprise):
    """Everything that waits for the enterprise, the most urgent first, each with a link to do it."""

    permission = Permission.VIEW_OWN_TASKS
    template_name = "portal/my_tasks.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        enterprise, today = self.record, timezone.localdate()
        ratings = history(self.actor, enterprise_id=enterprise.pk)
        simulation = simulate(self.actor, enterprise.pk, ratings=ratings)
        offered = simulation.offers if simulation else duties(enterprise.pk, today)
        away = own_inactivity(self.actor)
        self.request.away, is_away = away, away is not None  # type: ignore[attr-defined]
        if is_away:  # nothing new is recorded, so only records of their own are left to work on
            offered = [(act, step) for act, step in offered if act.each]
        items = items_of(offered, simulation, today, self.actor)
        if not is_away:  # nobody replies meanwhile
            waiting_too = [*_to_answer(self.actor, today), *_to_pay(self.actor, today)]
            items = sorted([*items, *waiting_too], key=_urgency)
        self.request.badges = {"portal:my_tasks": sum(each.presses for each in items)}
        if is_away:
            items = [replace(each, when=RESTS) for each in items if each.when != WITH_POLICE]
        waiting = {when: [each for each in items if each.when == when] for when in WHEN}
        return super().get_context_data(
            simulation=simulation, today=today, **self.whom_to_ask(), **waiting, **context
        )


# --- where the points are ----------------------------------------------------------------------------------------


def places(actor: Actor, explained: Why) -> dict[str, str]:
    """Return, by measure, the list of its records in the rated quarter, if the enterprise's people have such a list."""
    lists: dict[type[Model], FactPages] = {
        kind.model: kind() for kind in kinds if allows(actor, kind.permission)
    }
    found = {}
    for code in explained.evaluation.measures:
        source = measures.source_of(code)
        if source and (pages := lists.get(source.model)):
            found[code] = f"{pages.url('list')}?{urlencode(pages.behind(explained.period))}"
    return found


def veto_place(explained: Why, lists: Mapping[str, str]) -> str:
    """Return the list of the records behind the veto that decided; "" if none did, or its people have no such list."""
    for veto in explained.book.vetoes:
        if veto.code == explained.rating.decided_by:
            return next((lists[code] for code in veto.when.measures() if code in lists), "")
    return ""


def held(explained: Why) -> dict[str, list[Hazard]]:
    """Return, by measure, the hazards that cost points in the rated quarter."""
    codes = {measure.code for line in explained.lost for measure in line.measures}
    return held_against(explained.rating.enterprise_id, explained.period, sorted(codes))


# --- the to-do list ----------------------------------------------------------------------------------------------

RECTIFY = "rectify"  # the act on hazards in inspections.acts
WHEN = REFUSED, OVERDUE, NOW, LATER, WITH_POLICE, RESTS = (
    "refused",
    "overdue",
    "now",
    "later",
    "police",
    "rests",
)
NOW_WITHIN = dt.timedelta(days=14)  # what is due later is not asked for now


@dataclass(frozen=True)
class Item:
    """An item of the to-do list. ``gain``: points at the quarter's end if only this is done, None if unknown.

    ``came_back``: why the police sent the record back; ``costs``: what it costs now, if it is overdue; ``asks``: the
    enterprise has to ask the police for it; ``way_out``: how a refusal ends; ``marks``: what to see at once.
    """

    when: str
    icon: str
    title: str
    text: Words
    due_on: dt.date
    has_deadline: bool
    gain: Decimal | None
    url: str
    came_back: str = ""
    costs: str = ""
    from_on: dt.date | None = None
    asks: bool = False
    way_out: str = ""
    marks: tuple[tuple[str, Words], ...] = ()  # tone and words
    presses: bool = False  # whether it is in the badge of the menu (count_pressing)


def items_of(
    offered: Sequence[tuple[Act, Step]], simulation: Simulation | None, today: dt.date, actor: Actor
) -> list[Item]:
    """Return steps as items. A record of its own is one item; the other steps of an act share one for each ``when``.

    What is no duty and gains nothing is left out, except what ends a red.
    """
    gains = simulation.gains if simulation else {}
    release = simulation.release if simulation else None
    hazards = _hazards(actor, offered)
    came_back = {str(number): each for number, each in setbacks(actor, hazards.values()).items()}
    rows: dict[tuple[str, str, str], list[tuple[Act, Step]]] = {}
    for act, step in offered:
        ends_red = release is not None and release.measure in step.latest
        if not act.duty and not act.each and not ends_red and (act.code, step.key) not in gains:
            continue
        setback = came_back.get(step.key) if act.code == RECTIFY else None
        when = REFUSED if setback and setback.act == "refuse" else _when(act, step, today)
        if when == LATER and setback:
            when = NOW
        rows.setdefault((act.code, when, step.key if act.each else ""), []).append((act, step))
    items = [
        _item(when, same, simulation, today, came_back, hazards, actor)
        for (_code, when, _key), same in rows.items()
    ]
    return sorted(items, key=_urgency)


def _urgency(item: Item) -> tuple[bool, dt.date, str]:
    return not item.came_back, item.due_on, item.title


def _to_answer(actor: Actor, today: dt.date) -> list[Item]:
    """Return the inspections that the enterprise has neither confirmed as read nor replied to."""
    found = []
    inspections = list(unanswered(actor))
    changes = changes_of(actor) if inspections else []
    for each in inspections:
        due_on = reply_due_on(actor, each, changes)
        found.append(
            Item(
                when=OVERDUE if due_on and due_on < today else NOW,
                icon="clipboard-check",
                title=str(each),
                text=_("Read the inspection, and confirm that you have read it or reply."),
                due_on=due_on or today,
                has_deadline=due_on is not None,
                gain=None,
                url=reverse("inspections:own_inspection", args=[each.pk]),
                presses=True,
            )
        )
    return found


def _to_pay(actor: Actor, today: dt.date) -> list[Item]:
    """Return the instalments of disputes that are overdue or due soon, the next one of each dispute."""
    rows = list(own_sides(actor).filter(owes__gt=0, owes_on__lte=today + NOW_WITHIN))
    waiting = waiting_proofs(actor, [each.dispute_id for each in rows])
    return [
        Item(
            when=OVERDUE if each.owes_on < today else NOW,
            icon="cash",
            title=_("Pay what you agreed · %(dispute)s") % {"dispute": each.get_kind_display()},
            text=_paying(each.owes, waiting.get(each.dispute_id)),
            due_on=each.owes_on,
            has_deadline=True,
            gain=None,
            url=reverse("disputes:own_disputes"),
            marks=(("blue", _("Proof sent")),) if each.dispute_id in waiting else (),
            presses=each.owes_on <= today + PRESSING,
        )
        for each in rows
        if each.owes and each.owes_on
    ]


def _paying(owes: Decimal, proof: EnterpriseReport | None) -> Words:
    owed = f"{owes:,.2f}"
    if proof is None:
        words = _("Then send the proof of payment to the station. You still owe %(owed)s yuan.")
        return words % {"owed": owed}
    words = _(
        "Your proof of %(day)s (%(paid)s yuan) waits for the station. Until it is confirmed, %(owed)s yuan stay open."
    )
    return words % {"day": proof.told_on.isoformat(), "paid": f"{proof.amount or 0:,.2f}", "owed": owed}


def _when(act: Act, step: Step, today: dt.date) -> str:
    if act.who == measures.POLICE:
        return WITH_POLICE
    if step.due_on and step.due_on < today:
        return OVERDUE
    return LATER if step.from_on > today or step.asked_on > today + NOW_WITHIN else NOW


def _hazards(actor: Actor, offered: Sequence[tuple[Act, Step]]) -> dict[str, Hazard]:
    """Return, by the key of its step, the hazards that the enterprise has to put right."""
    keys = {int(step.key) for act, step in offered if act.code == RECTIFY}
    if not keys:
        return {}
    rows = list_hazards(actor, enterprise_id=actor.enterprise_id).filter(pk__in=keys)
    return {str(hazard.pk): hazard for hazard in rows}


def _marks(setback: Setback | None, hazard: Hazard | None, today: dt.date) -> tuple[tuple[str, Words], ...]:
    """Return what a hazard shows at once: that it came back, that its day is near, that an extension is asked for."""
    found: list[tuple[str, Words]] = []
    if setback and setback.act != "refuse":
        found.append(("red", _("Sent back") if setback.act == "send_back" else _("Open again")))
    elif hazard and hazard.call_from_on is not None:  # nobody has opened it
        found.append(("blue", pgettext("hazard", "New")))
    if hazard and hazard.deadline_on and today <= hazard.deadline_on <= today + PRESSING:
        found.append(("yellow", _("Due soon")))
    if hazard and hazard.waits_for_answer:
        found.append(("blue", _("Extension asked for")))
    return tuple(found)


def _way_out(simulation: Simulation | None) -> str:
    """Return how a refusal ends, and what it leads to if the standard in force reads it."""
    vetoes = simulation.book.vetoes if simulation else ()
    if any(isinstance(veto.when, Reaches) and veto.when.measure == "hazards_refused" for veto in vetoes):
        return _(
            "If it is still refused at the end of the quarter, this alone makes you red. Put it right and submit it."
        )
    return _("Put it right and submit it.")


def _item(
    when: str,
    same: list[tuple[Act, Step]],
    simulation: Simulation | None,
    today: dt.date,
    came_back: dict[str, Setback],
    hazards: dict[str, Hazard],
    actor: Actor,
) -> Item:
    act = same[0][0]
    first = min((step for _act, step in same), key=lambda step: step.asked_on)
    gains = simulation.gains if simulation else {}
    alone = simulation.alone.get((act.code, first.key)) if simulation else None
    gain = gains.get((act.code, first.key)) if len(same) == 1 else _gain_of_all(simulation, same)
    if alone is not None:
        gain = alone.gain
    release = simulation.release if simulation else None
    ends_red = release is not None and release.measure in first.latest
    text = act.label if act.each else act.hint
    if ends_red and simulation and release:
        text = sentences(
            _("Red because of: %(codes)s.") % {"codes": codes_in_words(simulation.book, release.codes)},
            simulation.way_out,
        )
    url = address(first, actor)
    setback = came_back.get(first.key) if act.code == RECTIFY else None
    hazard = hazards.get(first.key) if act.code == RECTIFY else None
    return Item(
        when=when,
        icon=act.icon,
        title=first.record if act.each else act.task(len(same)),
        text=text,
        due_on=first.due_on or first.by_on,
        has_deadline=when != WITH_POLICE and (not act.each or first.due_on is not None),
        gain=gain,
        url=url,
        came_back=setback_words(setback) if setback else "",
        costs=_costs(simulation, act, first, alone) if when == OVERDUE and simulation else "",
        from_on=first.from_on if when == LATER and first.from_on > today and not ends_red else None,
        asks=act.who == measures.POLICE or not url,
        way_out=_way_out(simulation) if when == REFUSED else "",
        marks=_marks(setback, hazard, today),
        presses=hazard is not None
        and (
            setback is not None
            or hazard.call_from_on is not None
            or bool(hazard.deadline_on and hazard.deadline_on <= today + PRESSING)
        ),
    )


def _gain_of_all(simulation: Simulation | None, same: list[tuple[Act, Step]]) -> Decimal | None:
    """Return what several steps of an act add together, if they are all of its useful ones; None otherwise."""
    keys, act = {step.key for _act, step in same}, same[0][0]
    for task in simulation.tasks if simulation else ():
        if task.act.code == act.code and {step.key for step in task.steps} <= keys:
            return task.gain
    return None


def _costs(simulation: Simulation, act: Act, step: Step, alone: Alone | None) -> str:
    """Return what an overdue record costs now, as the plan of the simulation counts it."""
    if alone is None:
        return ""
    found = []
    if alone.gain > 0:
        points = plain(alone.gain.quantize(Decimal("0.1")))
        found.append(_("Costs %(points)s points now.") % {"points": points})
    if alone.lifts:
        found.append(
            _("Holds you back: %(codes)s.") % {"codes": codes_in_words(simulation.book, alone.lifts)}
        )
    together = next((task for task in simulation.tasks if task.act.code == act.code), None)
    if not found and together and together.gain > 0 and step.key in {each.key for each in together.steps}:
        values = {"points": plain(together.gain.quantize(Decimal("0.1"))), "number": len(together.steps)}
        found.append(_("Counts together with the others: all %(number)d cost %(points)s points.") % values)
    return sentences(*found) or _("Costs no points by the standard in force, but it still has to be done.")
