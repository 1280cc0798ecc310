"""The same form sent twice at once, on real connections: one does it, the other is told why not."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from deliveries.models import Subscription
from deliveries.operations import create_subscription
from foundation.accounts.choices import Role
from foundation.accounts.models import Department, Station, User
from foundation.accounts.operations import create_department, create_station, create_user
from foundation.deadlines.feeds import make_feed
from foundation.deadlines.models import CalendarFeed
from tests.factories import DepartmentFactory
from tests.facts.people import Person, chief, officer, supervisor
from tests.fixtures import City
from tests.papers.test_numbers import at_once

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]
TIMES = 6


def told(answers: list[Any]) -> list[str]:
    """Return what those were told who were refused; anything but a sentence at a field is a fault."""
    others = [each for each in answers if isinstance(each, Exception)]
    assert all(isinstance(each, ValidationError) for each in others), others
    return [str(each) for each in others]


def test_a_person_is_invited_once(city: City) -> None:
    head = chief(city.first)

    def invite(number: int) -> Any:
        return head.act(
            create_user,
            username="Li.Wei" if number % 2 else "li.wei",
            full_name="Li Wei",
            role="officer",
            station_id=city.first.pk,
        )

    assert len(told(at_once(TIMES, invite))) == TIMES - 1
    assert User.objects.filter(username__iexact="li.wei").count() == 1


def test_an_organisation_is_opened_once(city: City) -> None:
    boss = Person(Role.OPERATOR)
    made: dict[str, Any] = {
        "station": lambda n: boss.act(
            create_station, bureau_id=city.bureau.pk, code=f"N{n % 2}", name="North Gate"
        ),
        "department": lambda n: boss.act(
            create_department, bureau_id=city.bureau.pk, code=f"F{n % 2}", name="Fire", kind="fire"
        ),
    }
    for create in made.values():
        assert len(told(at_once(TIMES, create))) == TIMES - 1
    assert boss.act(lambda actor: Station.objects.filter(name="North Gate").count()) == 1
    assert boss.act(lambda actor: Department.objects.filter(name="Fire").count()) == 1


def test_a_department_subscribes_once_under_a_title(city: City) -> None:
    boss, department = supervisor(city.bureau), DepartmentFactory(bureau=city.bureau)

    def subscribe(_number: int) -> Any:
        return boss.act(create_subscription, department_id=department.pk, title="Red ones", whole_bureau=True)

    assert len(told(at_once(TIMES, subscribe))) == TIMES - 1
    assert boss.act(lambda actor: Subscription.objects.filter(title="Red ones").count()) == 1


def test_a_role_has_one_calendar_address(city: City) -> None:
    person: Person = officer(city.first)
    assert not told(at_once(TIMES, lambda _number: person.act(make_feed)))
    assert person.act(lambda actor: CalendarFeed.objects.filter(grant_id=actor.grant_id).count()) == 1
