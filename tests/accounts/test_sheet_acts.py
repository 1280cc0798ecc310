"""What rows of a list of people do, while somebody else changes the same people, on real connections."""

from threading import Event
from typing import Any

import pytest
from django.db import transaction

from enterprises import bulk
from enterprises.operations import liaison
from foundation.accounts.operations.duties import lock_people
from foundation.accounts.operations.people import disable_user
from foundation.accounts.sheet_acts import Police
from foundation.tenancy.scope import station_scope
from tests.disputes.test_two_at_once import wait_until_somebody_waits
from tests.factories import EnterpriseFactory, LiaisonFactory
from tests.facts.people import Person, chief, officer, today
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
            acts.lock_people(rows)
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


def is_active_after_leaving(actor: Person, leaves: Person, stays: Person) -> bool:
    """Disable somebody whose work a colleague of the station takes over."""
    successors = {stays.actor.station_id: stays.user.pk}
    gone = actor.act(disable_user, user_id=leaves.user.pk, reason="Has moved", successors=successors)
    return bool(gone.is_active)


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_who_takes_over_is_assigned_while_somebody_else_leaves(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One gives an enterprise to the officer who takes it over from whom another one disables: people, then enterprises."""
    firm = EnterpriseFactory(station=city.first)
    head, other = chief(city.first), chief(city.first)
    leaves, stays = officer(city.first, "Officer An"), officer(city.first, "Officer Bo")
    LiaisonFactory(enterprise=firm, officer=leaves.user)
    has_begun = Event()
    checked = liaison._check_input

    def check_slowly(*given: Any) -> None:
        has_begun.set()
        wait_until_somebody_waits()
        checked(*given)

    monkeypatch.setattr(liaison, "_check_input", check_slowly)

    def assign() -> Any:
        return head.act(
            liaison.assign_liaison, enterprise_ids=[firm.pk], officer_id=stays.user.pk, on=today()
        )

    def leave() -> bool:
        has_begun.wait(30)
        return is_active_after_leaving(other, leaves, stays)

    assert at_once(2, lambda number: leave() if number else assign()) == [1, False]


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_who_takes_over_many_is_assigned_while_somebody_else_leaves(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    firms = [EnterpriseFactory(station=city.first) for _number in range(2)]
    head, other = chief(city.first), chief(city.first)
    leaves, stays = officer(city.first, "Officer An"), officer(city.first, "Officer Bo")
    for firm in firms:
        LiaisonFactory(enterprise=firm, officer=leaves.user)
    has_begun = Event()
    locked = bulk.lock_in_order

    def lock_slowly(ids: Any) -> None:
        locked(ids)
        has_begun.set()
        wait_until_somebody_waits()

    monkeypatch.setattr(bulk, "lock_in_order", lock_slowly)
    act, ids = bulk.AssignOfficer(), [firm.pk for firm in firms]
    arguments = {"officer_id": stays.user.pk, "kind": "main", "on": today().isoformat()}

    def assign(actor: Any) -> bool:
        with transaction.atomic():
            act.lock(actor, ids, arguments)
            act.perform(actor, ids, arguments)
        return True

    def leave() -> bool:
        has_begun.wait(30)
        return is_active_after_leaving(other, leaves, stays)

    assert at_once(2, lambda number: leave() if number else head.act(assign)) == [True, False]
