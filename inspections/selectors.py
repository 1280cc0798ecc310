"""Reads of inspections, hazards and self-checks."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.db.models import Count, DateField, Exists, Expression, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone

from enterprises.selectors import away_on, own_inactivity
from facts.models import FactStep
from facts.selectors import acts_on, visible
from facts.steps import acts_among
from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry
from foundation.contributions.audit import action_of
from foundation.database import caching
from foundation.searching import as_typed
from inspections.choices import ASKS_FOR_RECTIFICATION, HazardState
from inspections.lives import HAZARD_LIFE
from inspections.models import Forgery, Hazard, Inspection, Penalty, Reply, SelfCheck
from inspections.positions import same_place, same_place_as_outer


def list_inspections(
    actor: Actor, *, voided: bool = False, enterprise_id: int | None = None
) -> QuerySet[Inspection]:
    """Return the inspections this actor may see, latest first."""
    return visible(actor, Inspection, voided=voided, enterprise_id=enterprise_id)


def last_inspections(actor: Actor) -> QuerySet:
    """Return ``enterprise_id`` and ``last_inspected_on`` of each inspected enterprise, without voided inspections."""
    rows = visible(actor, Inspection).select_related(None).order_by()
    return rows.values("enterprise_id").annotate(last_inspected_on=Max("inspected_on"))


def list_self_checks(
    actor: Actor, *, voided: bool = False, enterprise_id: int | None = None
) -> QuerySet[SelfCheck]:
    """Return the self-checks this actor may see, latest first."""
    return visible(actor, SelfCheck, voided=voided, enterprise_id=enterprise_id)


def list_hazards(actor: Actor, *, voided: bool = False, enterprise_id: int | None = None) -> QuerySet[Hazard]:
    """Return the hazards this actor may see, each with ``deadline``, the deadline in force."""
    return visible(actor, Hazard, voided=voided, enterprise_id=enterprise_id).annotate(deadline=DEADLINE)


def hazard_for_page(actor: Actor, id: int) -> Hazard:
    """Return one hazard, voided or not, with its inspection and whether there is what most have none of. One query.

    Raise Http404 if this actor cannot see it.
    """
    of_it = {"enterprise_id": OuterRef("enterprise_id")}
    same_item = Q(item=OuterRef("item")) | Q(item_code=OuterRef("item_code")) & ~Q(item_code="")
    others = Hazard.objects.filter(same_item, same_place_as_outer(), **of_it).exclude(pk=OuterRef("pk"))
    forgeries = Forgery.objects.filter(**of_it, about_kind="hazard", about_id=OuterRef("pk"))
    rows = visible(actor, Hazard, voided=True).select_related("station", "inspection")
    found = rows.annotate(
        some_forgeries=Exists(forgeries),
        some_penalties=Exists(Penalty.objects.filter(**of_it, hazard_id=OuterRef("pk"))),
        some_others=Exists(others),
    )
    hazard = found.filter(pk=id).first()
    if hazard is None:
        raise Http404(f"no hazard {id}")
    hazard.has_forgeries, hazard.has_penalties = hazard.some_forgeries, hazard.some_penalties
    hazard.may_be_again = hazard.some_others
    return hazard


def hazards_of(actor: Actor, inspection: Inspection) -> list[Hazard]:
    """Return the hazards an inspection found, without voided ones."""
    return list(
        visible(actor, Hazard, enterprise_id=inspection.enterprise_id)
        .filter(inspection=inspection)
        .order_by("id")
    )


def voided_of(actor: Actor, inspection: Inspection) -> list[Hazard]:
    """Return the hazards of an inspection that were voided, with it or one by one."""
    rows = visible(actor, Hazard, voided=True, enterprise_id=inspection.enterprise_id)
    return list(rows.filter(inspection=inspection).exclude(voided_at=None))


def visit_left_empty(actor: Actor, hazard: Hazard) -> Inspection | None:
    """Return the inspection that asks for rectification and has no other hazard than this one."""
    visit = hazard.inspection
    if visit is None or visit.is_voided or visit.conclusion not in ASKS_FOR_RECTIFICATION:
        return None
    return None if any(each.pk != hazard.pk for each in hazards_of(actor, visit)) else visit


@dataclass(frozen=True)
class Setback:
    """Why a hazard waits for its enterprise again: the code of the act, ``send_back``, ``refuse`` or ``reopen``.

    ``by`` and ``reason`` are empty for a refusal of which the log knows nothing, such as an imported one.
    """

    act: str
    on: dt.date
    by: str = ""
    reason: str = ""


def setbacks(
    actor: Actor,
    hazards: Iterable[Hazard],
    entries_of: Mapping[int, list[AuditEntry]] | None = None,
    steps: Iterable[FactStep] | None = None,
) -> dict[int, Setback]:
    """Return by id the last setback of those hazards that wait for their enterprise. Two queries, none without such.

    ``entries_of``, ``steps``: the acts on them and their steps, if they are at hand.
    """
    waiting = {
        hazard.pk: hazard
        for hazard in hazards
        if hazard.rectified_on is None and hazard.closed_on is None and not hazard.is_voided
    }
    found = {
        number: Setback("refuse", hazard.refused_on)
        for number, hazard in waiting.items()
        if hazard.refused_on
    }
    if entries_of is None:
        entries_of = acts_on(actor, waiting.values())
    entries_of = {number: each for number, each in entries_of.items() if number in waiting}
    if steps is None:
        steps = FactStep.objects.filter(kind="hazard", record_id__in=entries_of).order_by("id")
    steps_of: dict[int, list[FactStep]] = {}
    for step in map(copy, steps):
        steps_of.setdefault(step.record_id, []).append(step)
    for number, entries in entries_of.items():
        if setback := _last_setback(waiting[number], entries, steps_of.get(number, [])):
            found[number] = setback
    return found


def _last_setback(hazard: Hazard, entries: Iterable[AuditEntry], steps: Iterable[FactStep]) -> Setback | None:
    """Return the newest act among the entries, newest first, that set the hazard back; none from before it was closed."""
    for entry in entries:
        act = action_of(entry.action)
        code = act.code.rpartition(".")[2] if act else ""
        if code == "close":
            return None
        if code == "refuse" and hazard.refused_on:  # otherwise a correction took the refusal back
            return Setback(code, hazard.refused_on, entry.actor_name, entry.reason)
        if code in ("send_back", "reopen"):
            # the step is the newest of its act; a later withdrawal also replaced something
            step = next((each for each in acts_among(steps) if each.act == code), None)
            on = step.on if step else timezone.localdate(entry.at)
            return Setback(code, on, entry.actor_name, entry.reason)
    return None


PRESSING = dt.timedelta(days=2)


PRESSING_KEPT_S = 60


def pressing_count(actor: Actor) -> int:
    """Return the same as ``count_pressing`` for the badge of every page: cached, so that a page costs no further query."""
    return caching.remembered(
        _pressing_key(actor.enterprise_id), lambda: count_pressing(actor), PRESSING_KEPT_S
    )


def forget_pressing(enterprise_id: int) -> None:
    """Let the badge of an enterprise's people be counted again, now and when the transaction is committed."""
    forget = partial(caching.forget, _pressing_key(enterprise_id))
    forget()
    transaction.on_commit(forget, robust=True)


def _pressing_key(enterprise_id: int) -> caching.Key:
    return ("inspections:pressing", enterprise_id, timezone.localdate().isoformat())


ANSWERED_WITHIN = dt.timedelta(days=60)  # older inspections, also imported ones, ask for no answer any more


def unanswered(actor: Actor) -> QuerySet[Inspection]:
    """Return the recent inspections that the enterprise has neither confirmed as read nor replied to, the oldest first."""
    today = timezone.localdate()
    answers = Reply.objects.filter(enterprise_id=OuterRef("enterprise_id"), inspection_id=OuterRef("pk"))
    rows = visible(actor, Inspection, enterprise_id=actor.enterprise_id).order_by("inspected_on", "pk")
    return rows.filter(~Exists(answers), inspected_on__range=(today - ANSWERED_WITHIN, today))


def count_pressing(actor: Actor) -> int:
    """Return how many things an enterprise should look at first.

    Hazards that are new, sent back or opened again, refused, overdue or due in two days, and inspections without an answer.
    """
    came_back = FactStep.objects.filter(
        enterprise_id=OuterRef("enterprise_id"),
        kind="hazard",
        record_id=OuterRef("pk"),
        act__in=("send_back", "reopen"),
    )
    rows = list_hazards(actor, enterprise_id=actor.enterprise_id).select_related(None).order_by()
    is_pressing = (
        Q(call_from_on__isnull=False)
        | Q(refused_on__isnull=False)
        | Q(deadline__lte=timezone.localdate() + PRESSING)
    )
    number = rows.filter(is_pressing | Q(Exists(came_back)), closed_on=None, rectified_on=None).count()
    visits = unanswered(actor).count()
    return number + (visits if visits and own_inactivity(actor) is None else 0)


def same_again(actor: Actor, hazard: Hazard) -> list[Hazard]:
    """Return the hazards with the same item at the same place within twelve months before or after, the latest first.

    Items are the same by their code of the bureau's list where both have one, else by their text; places by their key
    position where both have one, else by their text. One query.
    """
    same = Q(item=hazard.item)
    if hazard.item_code:
        same = Q(item_code=hazard.item_code) | Q(item=hazard.item, item_code="")
    rows = visible(actor, Hazard, enterprise_id=hazard.enterprise_id).select_related(None)
    near = Q(found_on__range=(hazard.found_on - YEAR, hazard.found_on + YEAR))
    at = same_place(hazard.place, hazard.key_position_id)
    found = rows.filter(same, near, at).exclude(pk=hazard.pk)
    return list(found.order_by("-found_on", "-pk")[:MOST_AGAIN])


MOST_AGAIN = 10


def items_of_open(actor: Actor, text: str = "", items: Sequence[str] = (), *, most: int) -> list[str]:
    """Return what is said to be wrong in hazards that are not closed, the most frequent first.

    With ``text``: where it occurs; with ``items``: those of them that are said.
    """
    rows = visible(actor, Hazard).select_related(None).filter(closed_on=None)
    rows = rows.filter(item__in=items) if items else rows.filter(as_typed(text, ("item",)))
    found = rows.order_by().values("item").annotate(number=Count("pk")).order_by("-number", "item")
    return [row["item"] for row in found[:most]]


def names_of_hazards(actor: Actor, ids: Sequence[int]) -> dict[int, str]:
    """Return those of these hazards that the actor may see in words with their enterprises, in the order of ``ids``."""
    found = list_hazards(actor, voided=True).in_bulk(list(ids))
    return {pk: f"{found[pk]} · {found[pk].enterprise}" for pk in ids if pk in found}


def enterprises_of_hazards(actor: Actor, ids: Sequence[int]) -> dict[int, int]:
    """Return the ids of the enterprises by hazard, of those that the actor may see."""
    rows = visible(actor, Hazard, voided=True).select_related(None).filter(pk__in=list(ids)).order_by()
    return dict(rows.values_list("pk", "enterprise_id"))


def open_by_deadline(actor: Actor, enterprise_id: int) -> QuerySet[Hazard]:
    """Return the hazards of an enterprise that are not closed, soonest deadline first."""
    rows = list_hazards(actor, enterprise_id=enterprise_id).filter(closed_on=None).select_related(None)
    return rows.order_by(DEADLINE.asc(nulls_last=True), "pk")


YEAR = dt.timedelta(days=365)
ON_TIME, LATE, JUDGED, OVERDUE_NOW = "on_time", "late", "judged", "overdue"
NOT_DUE, NO_DEADLINE = "not_due", "no_deadline"


def inspections_within_a_year(today: dt.date) -> QuerySet[Inspection]:
    """Return the inspections of an outer query's enterprise within the last twelve months."""
    return Inspection.objects.filter(
        enterprise=OuterRef("pk"), voided_at=None, inspected_on__gt=today - YEAR, inspected_on__lte=today
    )


def timely(value: str, today: dt.date) -> Q:
    """Return a condition on hazards by their deadline, on rows annotated with ``deadline``.

    ON_TIME: closed, and submitted (or, if nobody did, closed) by the deadline, as a rating counts it. LATE: closed after
    it or without one (unless it stood still), or past it and not submitted. JUDGED is both. OVERDUE_NOW: past it and not submitted, of an
    enterprise on the register.

    What is open at such enterprises is OVERDUE_NOW, NOT_DUE or NO_DEADLINE. What was submitted waits for the police, so
    it is never overdue.
    """
    closed, open_ = Q(closed_on__isnull=False), terms_of_open(today)
    in_time = Q(rectified_on__lte=F("deadline")) | Q(rectified_on=None, closed_on__lte=F("deadline"))
    in_time |= Q(suspended_on__isnull=False)  # it was closed while its deadline stood still
    too_late = Q(rectified_on__gt=F("deadline")) | Q(rectified_on=None, closed_on__gt=F("deadline"))
    past = open_[OVERDUE_NOW]
    conditions: dict[str, Q] = {
        ON_TIME: closed & in_time,
        LATE: past | (closed & (too_late | Q(deadline=None, suspended_on=None))),
        JUDGED: closed | past,
    }
    if value in conditions:
        return conditions[value]
    return open_[value] & Q(~Exists(away_on(today, "enterprise_id")))


def terms_of_open(today: dt.date) -> dict[str, Q]:
    """Return the conditions of what is open by its deadline, each hazard in one, whether or not its enterprise is on the register."""
    return {
        OVERDUE_NOW: Q(closed_on=None, rectified_on=None, deadline__lt=today),
        NOT_DUE: Q(closed_on=None)
        & (Q(deadline__gte=today) | Q(deadline__lt=today, rectified_on__isnull=False)),
        NO_DEADLINE: Q(closed_on=None, deadline=None),
    }


MAJOR_TODAY = Q(major_from_on__isnull=False, major_until_on=None)  # the condition of Hazard.severity
DEADLINE = Coalesce("extended_due_on", "due_on", output_field=DateField())


def in_state(state: str, today: dt.date | Expression | None = None) -> Q:
    """Return the condition for hazards in this state today, on rows annotated with ``deadline``."""
    if state == HazardState.VOIDED:
        return Q(voided_at__isnull=False)
    return HAZARD_LIFE.where(state, today=today)


def hazard_counts(actor: Actor) -> dict[str, int]:
    """Count the hazards in each state that still needs work. Closed ones are too many to count."""
    rows = visible(actor, Hazard).select_related(None).filter(closed_on=None).annotate(deadline=DEADLINE)
    return HAZARD_LIFE.count_live(rows)
