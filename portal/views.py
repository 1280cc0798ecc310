"""The portal of an enterprise's people: their colour, what would improve it, and what they have to do."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.utils import timezone

from enterprises.models import Enterprise
from enterprises.selectors import get_enterprise, liaisons_now
from facts.staff.pages import FactPages, kinds
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.contributions import measures
from foundation.contributions.measures import Act, Step
from foundation.ui.views import RecordPage
from foundation.words import Words
from inspections.acts import held_against
from inspections.models import Hazard
from portal.access import Permission
from ratings.explain.rating import Why, why
from ratings.explain.spark import spark
from ratings.plans import address, simulated
from ratings.selectors import history
from ratings.simulate.simulation import duties, simulate


class OwnEnterprise(RecordPage):
    """A page about the actor's own enterprise; 404 if they no longer have one."""

    context_object_name = "enterprise"

    def find_record(self) -> Enterprise:
        return get_enterprise(self.actor, self.actor.enterprise_id)


class MyEnterprise(OwnEnterprise):
    """The colour in force and why, the forecast for the running quarter, and the acts that reach the next colour."""

    permission = Permission.VIEW_OWN_ENTERPRISE
    template_name = "portal/my_enterprise.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        enterprise = self.record
        explained = why(self.actor, enterprise.pk)
        ratings = explained.history if explained else []
        simulation = simulate(self.actor, enterprise.pk, ratings=ratings)
        return super().get_context_data(
            why=explained,
            places=places(self.actor, explained) if explained else {},
            held=held(explained) if explained else {},
            latest=ratings[0] if ratings else None,
            spark=spark(ratings[::-1]),
            liaisons=liaisons_now(self.actor, [enterprise.pk]).get(enterprise.pk, []),
            **simulated(simulation),
            **context,
        )


class MyTasks(OwnEnterprise):
    """Everything that waits for the enterprise, the most urgent first, each with a link to do it."""

    permission = Permission.VIEW_OWN_TASKS
    template_name = "portal/my_tasks.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        enterprise, today = self.record, timezone.localdate()
        ratings = history(self.actor, enterprise_id=enterprise.pk)
        simulation = simulate(self.actor, enterprise.pk, ratings=ratings)
        offered = simulation.offers if simulation else duties(enterprise.pk, today)
        items = items_of(offered, simulation.gains if simulation else {}, today)
        waiting = {when: [each for each in items if each.when == when] for when in WHEN}
        return super().get_context_data(simulation=simulation, today=today, **waiting, **context)


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


def held(explained: Why) -> dict[str, list[Hazard]]:
    """Return, by measure, the hazards that cost points in the rated quarter."""
    codes = {measure.code for line in explained.lost for measure in line.measures}
    return held_against(explained.rating.enterprise_id, explained.period, sorted(codes))


# --- the to-do list ----------------------------------------------------------------------------------------------

WHEN = OVERDUE, NOW, LATER, WITH_POLICE = "overdue", "now", "later", "police"


@dataclass(frozen=True)
class Item:
    """An item of the to-do list. ``gain``: points at the quarter's end if only this is done, None if unknown."""

    when: str
    icon: str
    title: str
    text: Words
    due_on: dt.date
    has_deadline: bool
    gain: Decimal | None
    url: str


def items_of(
    offered: Iterable[tuple[Act, Step]], gains: dict[tuple[str, str], Decimal], today: dt.date
) -> list[Item]:
    """Return steps as items. A record of its own is one item; the other steps of an act share one for each ``when``.

    What is no duty and gains nothing is left out.
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
        title=first.record if act.each else act.task(len(same)),
        text=act.label if act.each else act.hint,
        due_on=first.due_on or first.by_on,
        has_deadline=when != WITH_POLICE and (not act.each or first.due_on is not None),
        gain=known[0] if known and len(same) == 1 else None,
        url=address(first),
    )
