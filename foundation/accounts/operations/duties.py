"""Handing over what stands in a person's name."""

from collections.abc import Collection, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from foundation.accounts import access, auditing, selectors
from foundation.accounts.access import Permission
from foundation.accounts.actors import Actor
from foundation.accounts.choices import AuditAction
from foundation.accounts.duties import as_system, held_at, stations_of_person, successors_of
from foundation.accounts.models import User
from foundation.arguments import as_declared
from foundation.contributions.duties import lock_all

Successors = Mapping[int, int | None]  # station → person; None: nobody for now


@transaction.atomic
@as_declared
def hand_over_duties(*, actor: Actor, user_id: int, successors: Successors, reason: str = "") -> int:
    """Give everything in a person's name at the actor's stations to successors. Return how much changed.

    Raise NotAllowed, User.DoesNotExist (not visible), WrongState (there is nothing), ValidationError as pass_on.
    """
    access.require(actor, Permission.MANAGE_PEOPLE)
    lock_people(user_id, successors)
    user = selectors.list_users(actor).select_for_update(of=("self",)).get(pk=user_id)
    moved = pass_on(actor, user, stations_of_person(actor, user.pk), successors, reason=reason)
    if not moved:
        raise access.WrongState(_("Nothing stands in this person's name any more."))
    return moved


def lock_people(user_id: int, successors: Successors) -> None:
    """Lock who hands over and who takes over, in the order of their ids: two may hand over to each other at once."""
    people = {user_id, *(each for each in successors.values() if each)}
    list(User.objects.filter(pk__in=people).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def pass_on(
    actor: Actor, user: User, stations: Collection[int], successors: Successors, *, reason: str = ""
) -> int:
    """Give everything in a person's name at these stations to the successor named for each. Return how much changed.

    The caller opens the transaction, has checked the person and holds the rows of all (``lock_people``). Raise ValidationError on
    ``successor_<station>`` if a station with something to hand over has no answer, or one who does not work there.
    """
    errors, moved = {}, 0
    for held in held_at(user.pk, stations):
        station, name = held.station, f"successor_{held.station.pk}"
        if station.pk not in successors:
            errors[name] = _("Say who takes over at %(station)s, or that nobody does for now.") % {
                "station": station
            }
            continue
        chosen = successors[station.pk]
        # locked before the check, so that the successor does not leave at the same moment
        User.objects.select_for_update(no_key=True).filter(pk=chosen or 0).first()
        successor = successors_of(user.pk, station.pk).filter(pk=chosen or 0).first()
        if chosen is not None and successor is None:
            errors[name] = _("Choose somebody who works at %(station)s.") % {"station": station}
            continue
        with as_system(station):
            lock_all([duty for duty, _number in held.counts], user.pk, station.pk)
            given = {
                duty.code: duty.hand_over(actor, user.pk, station.pk, chosen) for duty, _number in held.counts
            }
            auditing.record(
                actor=actor,
                action=AuditAction.HAND_OVER_DUTIES,
                target=user,
                after={"successor": str(successor or ""), **given},
                reason=reason,
                place=(station.bureau_id, station.pk),
            )
        moved += sum(given.values())
    if errors:
        raise ValidationError(errors)
    return moved
