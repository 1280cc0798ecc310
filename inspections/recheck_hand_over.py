"""Handing a re-check over: to another person, because the one who was named has left or no longer sees the hazard."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from facts.four_eyes import is_among
from facts.operations import lock_fact
from facts.steps import steps_of
from foundation.accounts import auditing
from foundation.accounts.access import POLICE_ROLES, WrongState, allows, require
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import RoleGrant
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.inbox.notifying import notify
from inspections.access import Permission
from inspections.models import Hazard, Recheck, belonging_to
from inspections.rechecks import DUE, WAITS, accepted_by, knows_of, persons, waiting_recheck
from inspections.selectors import list_hazards

HAND_OVER = "recheck_hand_over"
MOST_SHOWN = 50


def takers(actor: Actor, hazard: Hazard, recheck: Recheck) -> list[tuple[int, str]]:
    """Return to whom a superior may hand a re-check over: those who may be named there and did not accept the hazard."""
    ids, names = accepted_by(hazard, steps_of(hazard))
    return [
        (pk, name)
        for pk, name in persons(actor, [hazard.station_id])
        if pk != recheck.to_id and pk not in ids and not is_among(name, names)
    ]


def refuses_hand_over(actor: Actor, recheck: Recheck | None) -> str:
    """Return why this actor cannot hand over the re-check of a hazard; empty if they can."""
    is_theirs = recheck is not None and allows(actor, Permission.DRAW_RECHECKS) and knows_of(actor, recheck)
    return "" if is_theirs else _("No re-check waits here that you could hand over.")


@transaction.atomic
@as_declared
def hand_over_recheck(*, actor: Actor, id: int, to: int, reason: str) -> Recheck:
    """Name another person for the re-check that waits for a hazard. The one before has lapsed; draw and day stay.

    Raise NotAllowed, Http404, WrongState if none waits that the actor knows of, ValidationError at ``to`` and ``reason``.
    """
    require(actor, Permission.DRAW_RECHECKS)
    hazard = lock_fact(actor, Hazard, id)
    old = waiting_recheck(hazard)
    if words := refuses_hand_over(actor, old):
        raise WrongState(words)
    assert old
    reason = required_reason(reason)
    named = dict(takers(actor, hazard, old))
    if to not in named:
        raise ValidationError({"to": _("Choose a person who did not accept the hazard.")})
    Recheck.objects.filter(pk=old.pk).update(lapsed_at=timezone.now())
    made = Recheck.objects.create(
        **belonging_to(hazard),
        draw_id=old.draw_id,
        by_bureau=old.by_bureau,
        due_on=old.due_on,
        to_id=to,
        to_name=named[to][:80],
    )
    auditing.record(
        actor=actor,
        action=kind_of_model(Hazard).action(HAND_OVER),
        target=hazard,
        before={"to": old.to_name},
        after={"to": made.to_name},
        reason=reason,
    )
    notify(
        DUE,
        to=Q(user_id=to, bureau_id=actor.bureau_id, role__in=POLICE_ROLES),
        key=f"{made.draw_id}:{made.pk}",
        object_id=made.draw_id,
        values={"number": 1, "day": made.due_on.isoformat()},
        actor=actor,
    )
    return made


def waiting_for(actor: Actor) -> list[tuple[Hazard, Recheck, bool]]:
    """Return what waits to be re-checked by this person, and for a superior also what nobody can do, the first due first.

    True stands with those whose person has left, or no longer sees the hazard. Two queries.
    """
    here = Q(station_id=OuterRef("station_id"), role__in=(Role.CHIEF, Role.OFFICER))
    bureau = Q(role=Role.SUPERVISOR, bureau_id=actor.bureau_id)
    live = RoleGrant.objects.filter(
        here | bureau, user_id=OuterRef("to_id"), revoked_at=None, user__is_active=True
    )
    asked = Q(to_id=actor.user_id)
    if allows(actor, Permission.DRAW_RECHECKS):
        known = Q() if actor.role == Role.SUPERVISOR else Q(by_bureau=False)
        asked |= Q(~Exists(live)) & known
    rows = Recheck.objects.filter(asked, WAITS, station_id__in=actor.stations)
    found = list(rows.order_by("due_on", "pk")[:MOST_SHOWN])
    hazards = list_hazards(actor).exclude(closed_on=None).in_bulk([each.record_id for each in found])
    return [
        (hazards[each.record_id], each, each.to_id != actor.user_id)
        for each in found
        if each.record_id in hazards
    ]
