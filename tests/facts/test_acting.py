"""A record is written in the role under which its form was shown, or not at all."""

import re

import pytest

from foundation.accounts.choices import Role
from tests.factories import EnterpriseFactory, HazardFactory, RoleGrantFactory
from tests.facts.people import NOUNS, Noun, Person, ago, fresh, log, officer, rows, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db


def acting_of(page: str) -> str:
    found = re.search(r'name="acting" value="(\d+)"', page)
    assert found, "the form does not say under which role it was shown"
    return found[1]


@pytest.mark.parametrize("noun", NOUNS, ids=str)
def test_every_form_of_a_record_says_under_which_role_it_was_shown(noun: Noun, city: City) -> None:
    person = officer(city.first)
    fact = noun.factory(enterprise__station=city.first)
    forms = [
        person.get(noun.create),
        *(person.get(name, fact.pk, htmx=True) for name in (noun.correct, noun.void)),
    ]
    assert {acting_of(form.content.decode()) for form in forms} == {str(person.actor.grant_id)}


@pytest.mark.parametrize("noun", NOUNS, ids=str)
def test_nothing_is_written_in_another_role_than_the_form_was_shown_under(noun: Noun, city: City) -> None:
    person = officer(city.first)
    other = RoleGrantFactory(user=person.user, role=Role.OFFICER, station=city.second)
    fact = noun.factory(enterprise__station=city.first)
    elsewhere = EnterpriseFactory(station=city.second)
    before = person.actor.grant_id
    person.client.post("/people/act-as/", {"grant": other.pk})
    field, value = noun.change
    typed = {"acting": before, "version": 1, "reason": "Typed wrongly", field: value}

    new = person.post(noun.create, **noun.valid(enterprise=elsewhere.pk) | typed)
    answers = [
        new,
        person.post(noun.correct, fact.pk, **noun.valid(**typed)),
        person.post(noun.void, fact.pk, **typed),
    ]

    for answer in answers:
        page = answer.content.decode()
        assert answer.status_code == 422
        assert city.first.name in page
        assert city.second.name in page
        assert value in page
    assert (fresh(fact).version, rows(noun.model, city.second)) == (1, [])
    kept = noun.valid(enterprise=elsewhere.pk) | typed
    shown = person.post(noun.create, **kept | {"show_as": other.pk})
    assert (shown.status_code, rows(noun.model, city.second)) == (200, [])
    again = kept | {"acting": acting_of(shown.content.decode())}
    assert person.post(noun.create, **again).status_code == 302, (
        "having read it, the person may send it again"
    )


def test_an_act_is_done_in_the_role_it_was_shown_under(city: City) -> None:
    hazard = HazardFactory(enterprise__station=city.first, found_on=ago(5), rectified_on=ago(1))
    person: Person = officer(city.first)
    chief = RoleGrantFactory(user=person.user, role=Role.CHIEF, station=city.first)
    acting = acting_of(person.get("inspections:hazard_close", hazard.pk, htmx=True).content.decode())
    person.client.post("/people/act-as/", {"grant": chief.pk})
    form = {"version": 1, "closed_on": today()}
    refused = person.post("inspections:hazard_close", hazard.pk, htmx=True, acting=acting, **form)
    assert refused.status_code == 422
    assert "Officer" in refused.content.decode()
    assert log(city.first, object_id=hazard.pk) == []
    assert person.post("inspections:hazard_close", hazard.pk, acting=chief.pk, **form).status_code == 302
    assert fresh(hazard).closed_on == today()
