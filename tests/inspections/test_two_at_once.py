"""Two people who act on the same hazards in other orders, on real connections: neither waits for the other for ever."""

import contextlib
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest

from enterprises import operations
from enterprises.bulk import SetClass
from foundation.bulk import operations as bulk
from foundation.bulk.acts import BulkAct
from foundation.bulk.models import BulkRun
from inspections import accepting
from inspections.bulk import Accept
from tests.factories import EnterpriseFactory, HazardFactory
from tests.facts.people import Person, ago, ahead, fresh, officer, today
from tests.fixtures import City
from tests.papers.test_numbers import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def slow(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Let an operation wait after each call for the other person, who may be waiting for a lock."""
    both, operation = Barrier(2), getattr(module, name)

    def slowly(**given: Any) -> Any:
        done = operation(**given)
        with contextlib.suppress(BrokenBarrierError):
            both.wait(1)
        return done

    monkeypatch.setattr(module, name, slowly)


def of_two(people: list[Person], act: BulkAct, ids: list[int], **arguments: str) -> list[Any]:
    """Return what becomes of an act that two people do at once, each with the rows in another order."""
    run = BulkRun(arguments=arguments)

    def do(number: int) -> Any:
        picked = ids if number else ids[::-1]
        return people[number].act(lambda actor: bulk._do(actor, act, picked, run))

    return at_once(2, do)


def test_a_class_is_set_by_one_and_is_so_already_for_the_other(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    firms = [EnterpriseFactory(station=city.first) for _each in range(2)]
    slow(monkeypatch, operations, "set_key_unit_class")
    people = [officer(city.first), officer(city.first)]
    found = of_two(people, SetClass(), [each.pk for each in firms], key_unit_class="4")
    assert sorted(each[:2] for each in found) == [(0, 2), (2, 0)], found


def test_the_second_finds_accepted_what_the_first_accepted(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = {"found_on": ago(9), "due_on": ahead(3), "rectified_on": ago(1), "found_by": "Finder Fan"}
    hazards = [HazardFactory(enterprise=EnterpriseFactory(station=city.first), **days) for _each in range(2)]
    people = [officer(city.first), officer(city.first)]
    slow(monkeypatch, accepting, "accept_rectification")
    found = of_two(people, Accept(), [each.pk for each in hazards], closed_on=today().isoformat())
    assert sorted(each[0] for each in found) == [0, 2], found
    assert {each.closed_on for each in map(fresh, hazards)} == {today()}
