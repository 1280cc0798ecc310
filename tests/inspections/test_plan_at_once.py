"""What two do to the plan at once, and what an operation of the plan does not leave out without a word."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from foundation.accounts.access import StaleRecord
from inspections.models import Absence, PlannedVisit
from inspections.planning.absences import add_absence
from inspections.planning.capping import publish_rule
from inspections.planning.planning import move_visits, plan_visits
from tests.factories import EnterpriseFactory, PlannedVisitFactory
from tests.facts.people import Person, ahead, fresh, numbered, officer, rows, supervisor, today
from tests.fixtures import City
from tests.papers.test_numbers import at_once


def pair(city: City) -> tuple[Person, Person]:
    return numbered(officer(city.first), "041267"), numbered(officer(city.first), "041268")


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_an_absence_that_is_sent_twice_at_once_is_one(city: City) -> None:
    one, other = pair(city)

    def enter(number: int) -> Any:
        who = (one, other)[number % 2]
        return who.act(
            add_absence,
            station_id=city.first.pk,
            officer_id=one.user.pk,
            kind="leave",
            from_on=today(),
            until_on=ahead(3),
        )

    made = at_once(6, enter)
    assert one.act(lambda actor: Absence.objects.filter(officer_id=one.user.pk).count()) == 1
    assert sum(isinstance(each, ValidationError) for each in made) == 5


@pytest.mark.django_db
def test_all_enterprises_are_planned_or_none(city: City) -> None:
    one, other = pair(city)
    firm, elsewhere = EnterpriseFactory(station=city.first), EnterpriseFactory(station=city.second)
    given = {"on": ahead(1), "officer_id": one.user.pk, "second_id": other.user.pk}
    with pytest.raises(Http404):
        one.act(plan_visits, enterprise_ids=[firm.pk, elsewhere.pk], **given)
    assert not rows(PlannedVisit, city.first)


@pytest.mark.django_db
def test_a_visit_that_a_colleague_moved_is_not_moved_over_it(city: City) -> None:
    one, other = pair(city)
    visit = PlannedVisitFactory(
        enterprise=EnterpriseFactory(station=city.first),
        on=ahead(1),
        approve_by=ahead(1),
        since_on=today(),
        officer_id=one.user.pk,
        second_id=other.user.pk,
    )
    given = {"ids": [visit.pk], "officer_id": one.user.pk, "second_id": other.user.pk}
    other.act(move_visits, **given, on=ahead(4), versions={visit.pk: visit.version})
    with pytest.raises(StaleRecord):
        one.act(move_visits, **given, on=ahead(2), versions={visit.pk: visit.version})
    assert fresh(visit).on == ahead(4)


@pytest.mark.django_db
def test_a_rule_that_is_published_twice_is_one(city: City) -> None:
    boss = supervisor(city.bureau)
    given = {"effective_from": today(), "published": "No. 7", "per_day": 6, "red": 12}
    first, again = (boss.act(publish_rule, **given) for _twice in range(2))
    assert first.pk == again.pk
    assert boss.act(publish_rule, **given | {"red": 10}).pk != first.pk
