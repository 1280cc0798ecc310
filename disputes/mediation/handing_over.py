"""Planned sessions of an officer who leaves go to a successor."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from disputes.acting import record
from disputes.mediation.choices import Ended
from disputes.mediation.entering import entered_by
from disputes.mediation.planning import end
from disputes.models import Appointment, belonging_to
from enterprises.operations.register import lock_in_order
from foundation.accounts.actors import Actor
from foundation.accounts.models import User

HAND_OVER = "session_hand_over"  # of the log
_KEPT = ("on", "begins_at", "ends_at", "manner", "place")


def planned_at(stations: Collection[int]) -> QuerySet[Appointment]:
    """Return the planned sessions of stations that have not ended, of disputes that are not voided."""
    stands = Q(dispute__voided_at=None) | Q(dispute__merged_into_id__gt=0)
    return Appointment.objects.filter(
        stands, station_id__in=stations, ended_at=None, voided_at=None
    ).order_by()


def held_by(user_id: int) -> Q:
    """Return the condition on sessions that somebody is to hold."""
    return Q(officer_id=user_id) | Q(second_id=user_id)


def hand_over_sessions(*, actor: Actor, officer_id: int, station_id: int, successor: User | None) -> int:
    """Put a successor in the place of an officer on planned sessions. Return how many changed.

    A session is never changed: another one of the same time follows it. Who has no police number holds none, and who holds it
    already stays there once; then the officer who is left holds it alone. One that nobody is left for stays as it is: it
    stands on Today of the chief. Called within the station's scope, by whoever takes the role away.
    """
    rows = planned_at([station_id]).filter(held_by(officer_id))
    lock_in_order(rows.values_list("enterprise_id", flat=True))
    mine = rows.select_for_update(of=("self",), no_key=True).select_related("dispute__station")
    number = 0
    for planned in list(mine.order_by("pk")):
        people = _people(planned, officer_id, successor)
        if not people:
            continue
        end(actor, planned, Ended.MOVED)
        follows = Appointment(
            **{name: getattr(planned, name) for name in _KEPT},
            **_columns(people),
            **belonging_to(planned.dispute),
            **entered_by(actor),
            moves_id=planned.pk,
        )
        follows.save(force_insert=True)
        record(actor, planned.dispute, HAND_OVER, {"planned_for": planned.on})
        number += 1
    return number


def _people(planned: Appointment, leaver: int, successor: User | None) -> list[tuple[int, str, str]]:
    """Return id, name and police number of who holds a session once somebody has left: two at most, the first one first."""
    both = (
        (planned.officer_id, planned.officer_name, planned.officer_number),
        (planned.second_id, planned.second_name, planned.second_number),
    )
    found: list[tuple[int, str, str]] = []
    for id, name, number in both:
        if id == leaver and successor and successor.police_number:
            found.append((successor.pk, str(successor)[:80], successor.police_number))
        elif id and id != leaver:
            found.append((id, name, number))
    return list({each[0]: each for each in found}.values())


def _columns(people: list[tuple[int, str, str]]) -> dict[str, Any]:
    first, second = [*people, (None, "", "")][:2]
    names = ("id", "name", "number")
    return {f"officer_{name}": value for name, value in zip(names, first, strict=True)} | {
        f"second_{name}": value for name, value in zip(names, second, strict=True)
    }
