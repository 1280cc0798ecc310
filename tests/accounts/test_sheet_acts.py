"""What rows of a list of people do, while somebody else changes the same people, on real connections."""

from threading import Event

import pytest
from django.db import transaction

from foundation.accounts.operations.duties import lock_people
from foundation.accounts.sheet_acts import Police
from foundation.tenancy.scope import station_scope
from tests.disputes.test_two_at_once import wait_until_somebody_waits
from tests.facts.people import chief, officer
from tests.fixtures import City
from tests.papers.test_numbers import at_once


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_rows_lock_people_in_the_order_of_whoever_else_locks_several(city: City) -> None:
    """Rows stand in any order; who takes a role away locks who leaves and who takes over by their ids."""
    head = chief(city.first)
    first, second = officer(city.first, "Officer An"), officer(city.first, "Officer Bo")
    assert first.user.pk < second.user.pk
    has_begun = Event()

    def take_over() -> list[str]:
        people = [second.user, first.user]
        rows = [{"username": each.username, "phone": "13800000731"} for each in people]
        with transaction.atomic(), station_scope(head.actor.scope()):
            acts = Police(head.actor)
            acts.look_up(rows)
            for place, row in enumerate(rows):
                acts.act(row, ["phone"])
                if not place:
                    has_begun.set()
                    wait_until_somebody_waits()
        return [row["phone"] for row in rows]

    def leave() -> int:
        has_begun.wait(30)
        with transaction.atomic(), station_scope(head.actor.scope()):
            lock_people(first.user.pk, {city.first.pk: second.user.pk})
        return 1

    assert at_once(2, lambda number: leave() if number else take_over()) == [["13800000731"] * 2, 1]
