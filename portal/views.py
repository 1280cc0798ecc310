"""The portal of an enterprise's people: their colour with what would better it, and what waits for them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise

from enterprises.models import Enterprise
from enterprises.selectors import get_enterprise, liaisons_now
from foundation.accounts.access import page
from foundation.accounts.actors import Actor
from foundation.contributions import measures
from foundation.contributions.measures import Act, Step
from foundation.ui import links
from inspections.acts import held_against
from inspections.models import Hazard, SelfCheck
from ratings.explain.rating import Why, why
from ratings.explain.spark import spark
from ratings.selectors import history
from ratings.simulate.obstacle import obstacle_sentences
from ratings.simulate.simulation import Plan, Simulation, Task, duties, lifted, simulate
from service.models import Activity

# the lists that an enterprise's people may open, by the records they show
LISTS = {
    Hazard: "inspections:hazards",
    SelfCheck: "inspections:self_checks",
    Activity: "service:activities",
}


def own_enterprise(actor: Actor) -> Enterprise:
    """The enterprise of the actor; Http404 if its people have none any more."""
    try:
        return get_enterprise(actor, actor.enterprise_id)
    except Enterprise.DoesNotExist as error:
        raise Http404 from error


@page("portal:my_enterprise")
def my_enterprise(request: HttpRequest) -> HttpResponse:
    """The colour in force and why, where the running quarter ends, and the acts that reach the next colour."""
    actor = request.actor
    enterprise = own_enterprise(actor)
    explained = why(actor, enterprise.pk)
    ratings = explained.history if explained else []
    simulation = simulate(actor, enterprise.pk, ratings=ratings)
    context = {
        "enterprise": enterprise,
        "why": explained,
        "places": places(explained) if explained else {},
        "held": held(explained) if explained else {},
        "latest": ratings[0] if ratings else None,
        "spark": spark(ratings[::-1]),
        "simulation": simulation,
        "plans": [shown_plan(simulation, each) for each in simulation.plans] if simulation else [],
        "obstacle": obstacle_sentences(simulation.book, simulation.obstacle) if simulation else [],
        "liaisons": liaisons_now(actor, [enterprise.pk]).get(enterprise.pk, []),
    }
    return render(request, "portal/my_enterprise.html", context)


@page("portal:my_tasks")
def my_tasks(request: HttpRequest) -> HttpResponse:
    """Everything that waits for the enterprise, the most urgent first, each one click away."""
    actor = request.actor
    enterprise = own_enterprise(actor)
    ratings = history(actor, enterprise_id=enterprise.pk)
    simulation = simulate(actor, enterprise.pk, ratings=ratings)
    today = timezone.localdate()
    offered = simulation.offers if simulation else duties(enterprise.pk, today)
    items = list(items_of(offered, simulation.gains if simulation else {}, today))
    context = {
        "enterprise": enterprise,
        "simulation": simulation,
        "today": today,
        "overdue": [each for each in items if each.when == OVERDUE],
        "now": [each for each in items if each.when == NOW],
        "later": [each for each in items if each.when == LATER],
        "police": [each for each in items if each.when == WITH_POLICE],
    }
    return render(request, "portal/my_tasks.html", context)


# --- the plan ----------------------------------------------------------------------------------------------------


def address(step: Step) -> str:
    """Where a step is done; empty where the enterprise's people have no page for it."""
    name, what = step.page
    if not name:
        return ""
    return links.to(name, what) if isinstance(what, int) else links.to(name, **(what or {}))


@dataclass(frozen=True)
class ShownTask:
    """A task as the page lists it."""

    task: Task
    url: str
    lifts: str


@dataclass(frozen=True)
class ShownPlan:
    """A plan with its tasks; ``first_url``: where to begin."""

    plan: Plan
    tasks: list[ShownTask]

    @property
    def first_url(self) -> str:
        return next((each.url for each in self.tasks if each.url), "")


def shown_plan(simulation: Simulation, plan: Plan) -> ShownPlan:
    tasks = [ShownTask(task, address(task.first), lifted(simulation, task)) for task in plan.tasks]
    return ShownPlan(plan, tasks)


def places(explained: Why) -> dict[str, str]:
    """Measure → the list of the records behind it in the rated quarter, where the enterprise's people have one."""
    found = {}
    days = {"since": explained.period.start.isoformat(), "until": explained.period.end.isoformat()}
    for code in explained.evaluation.measures:
        source = measures.source_of(code)
        if source and source.model in LISTS:
            # a hazard of before may have cost points in the quarter
            query = {"state": "all"} if source.model is Hazard else days
            found[code] = links.to(LISTS[source.model], **query)
    return found


def held(explained: Why) -> dict[str, list[Hazard]]:
    """Measure → the hazards that cost points in the rated quarter."""
    codes = {measure.code for line in explained.lost for measure in line.measures}
    return held_against(explained.rating.enterprise_id, explained.period, sorted(codes))


# --- what waits --------------------------------------------------------------------------------------------------

OVERDUE, NOW, LATER, WITH_POLICE = "overdue", "now", "later", "police"


@dataclass(frozen=True)
class Item:
    """One line of To do. ``gain``: points at the quarter's end if this alone is done, None where it is not known."""

    when: str
    icon: str
    title: str
    text: str | Promise
    due_on: dt.date
    has_deadline: bool
    gain: Decimal | None
    url: str


def items_of(
    offered: Iterable[tuple[Act, Step]], gains: dict[tuple[str, str], Decimal], today: dt.date
) -> Iterable[Item]:
    """Steps as lines: a record of its own is a line, other steps of an act share one for now and one for later.

    Left out is what is no duty and gains nothing.
    """
    rows: dict[tuple[str, str, str], list[tuple[Act, Step]]] = {}
    for act, step in offered:
        if not act.duty and not act.each and (act.code, step.key) not in gains:
            continue
        when = WITH_POLICE if act.who == measures.POLICE else LATER if step.from_on > today else NOW
        if when == NOW and step.due_on and step.due_on < today:
            when = OVERDUE
        rows.setdefault((act.code, when, step.key if act.each else ""), []).append((act, step))
    items = [_item(when, same, gains) for (_code, when, _key), same in rows.items()]
    return sorted(items, key=lambda item: (item.due_on, item.title))


def _item(when: str, same: list[tuple[Act, Step]], gains: dict[tuple[str, str], Decimal]) -> Item:
    act = same[0][0]
    first = min((step for _act, step in same), key=lambda step: step.asked_on)
    known = [gains[act.code, step.key] for _act, step in same if (act.code, step.key) in gains]
    return Item(
        when=when,
        icon=act.icon,
        title=first.record if act.each else act.told(len(same)),
        text=act.label if act.each else act.hint,
        due_on=first.due_on or first.by_on,
        has_deadline=when != WITH_POLICE and (not act.each or first.due_on is not None),
        gain=known[0] if known and len(same) == 1 else None,
        url=address(first),
    )
