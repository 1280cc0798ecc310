"""Visits of an officer who leaves go to a successor."""

from django.db.models import Q

from enterprises.operations.register import lock_in_order
from foundation.accounts import auditing
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from inspections.models import PlannedVisit
from inspections.planning.visits import is_open

HAND_OVER = "planned_visit.hand_over"


def hand_over_visits(*, actor: Actor, officer_id: int, station_id: int, successor: User | None) -> int:
    """Give an officer's visits that are still to be made to a successor, or leave their place empty. Return how many.

    Called within the station's scope, by whoever takes the role away. A successor who is on a visit already stays there
    once; one without a police number is named on none, as by :func:`inspections.planning.visits.team_of`.
    """
    if successor and not successor.police_number:
        successor = None
    of_theirs = Q(officer_id=officer_id) | Q(second_id=officer_id)
    rows = PlannedVisit.objects.filter(is_open(), of_theirs, station_id=station_id)
    lock_in_order(rows.values_list("enterprise_id", flat=True))  # the chief may be approving them
    mine = rows.select_for_update(of=("self",), no_key=True).select_related("enterprise")
    number = 0
    for visit in mine.order_by("pk"):
        names = {visit.officer_id: visit.officer_name, visit.second_id: visit.second_name}
        people = [who for who in (visit.officer_id, visit.second_id) if who and who != officer_id]
        if successor and successor.pk not in people:
            people.insert(0 if visit.officer_id == officer_id else len(people), successor.pk)
            names[successor.pk] = str(successor)[:80]
        people += [0] * (2 - len(people))
        before = {name: getattr(visit, name) for name in ("officer_name", "second_name")}
        visit.officer_id, visit.second_id = people
        visit.officer_name, visit.second_name = (names.get(who, "") if who else "" for who in people)
        visit.version += 1
        visit.save()
        after = {name: getattr(visit, name) for name in before}
        auditing.record(actor=actor, action=HAND_OVER, target=visit, before=before, after=after)
        number += 1
    return number
