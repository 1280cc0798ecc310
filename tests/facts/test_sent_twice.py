"""A form that arrives twice makes one record: double click, resubmission after Back, retry after a lost response."""

import re
from typing import Any

import pytest
from django.contrib.messages import get_messages

from disputes.models import Dispute
from enterprises.models import Enterprise
from inspections.models import Hazard, Inspection
from tests.factories import EnterpriseFactory
from tests.facts.people import DISPUTE, NOUNS, Noun, ahead, chief, log, manager, officer, rows
from tests.fixtures import City
from tests.ground.test_broker_gone import no_broker  # noqa: F401

pytestmark = pytest.mark.django_db
each_noun = pytest.mark.parametrize("noun", NOUNS, ids=str)


def key_on(page: str) -> str:
    found = re.search(r'name="form_key" value="([0-9a-f-]{36})"', page)
    assert found, "the form has no key"
    return found[1]


@each_noun
def test_a_form_sent_twice_makes_one_record(noun: Noun, city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    person = officer(city.first)
    key = key_on(person.get(noun.create).content.decode())
    assert key != key_on(person.get(noun.create).content.decode()), "each form has a key of its own"
    wrong = person.post(
        noun.create, **noun.valid(enterprise=enterprise.pk, form_key=key) | {noun.day: "soon"}
    )
    assert key_on(wrong.content.decode()) == key, "kept while errors are put right"

    first = person.post(noun.create, **noun.valid(enterprise=enterprise.pk, form_key=key))
    again = person.post(noun.create, **noun.valid(enterprise=enterprise.pk, form_key=key))

    assert (first.status_code, again.status_code) == (302, 302)
    assert first.url == again.url
    assert "This has already been recorded." in [str(each) for each in get_messages(again.wsgi_request)]
    (fact,) = rows(noun.model, city.first)
    assert fact.external_key == f"form:{key}"
    assert len(log(city.first, action=f"{noun}.create")) == 1


def test_an_inspection_sent_twice_has_its_hazards_once(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    person = officer(city.first)
    data = {
        "enterprise": enterprise.pk,
        "inspected_on": ahead(0),
        "kind": "routine",
        "conclusion": "rectify",
        "inspectors": "Li, Wang",
        "form_key": key_on(person.get("inspections:inspection_create").content.decode()),
        "hazards-TOTAL_FORMS": 1,
        "hazards-INITIAL_FORMS": 0,
        "hazards-0-item": "Lock",
        "hazards-0-due_on": ahead(9),
    }
    for _ in range(2):
        assert person.post("inspections:inspection_create", **data).status_code == 302
    assert len(rows(Inspection, city.first)) == len(rows(Hazard, city.first)) == 1


@each_noun
def test_going_back_and_typing_something_else_makes_a_second_record(
    noun: Noun, city: City, django_capture_on_commit_callbacks: Any
) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    person = officer(city.first)
    key = key_on(person.get(noun.create).content.decode())
    typed = noun.valid(enterprise=enterprise.pk, form_key=key)
    with django_capture_on_commit_callbacks(execute=True):
        person.post(noun.create, **typed)
    other = noun.another | {"note": "The second of this day"}
    asked = person.post(noun.create, **typed | other)
    assert asked.status_code == 422
    assert "The second of this day" in asked.content.decode()
    new = key_on(asked.content.decode())
    second = person.post(noun.create, **typed | other | {"form_key": new})
    assert second.status_code == 302
    assert sorted(each.note for each in rows(noun.model, city.first))[-1] == "The second of this day"
    assert len(rows(noun.model, city.first)) == 2


@pytest.mark.drill
@each_noun
def test_without_a_cache_the_same_is_recognised_and_nothing_else_is_lost(
    noun: Noun,
    city: City,
    no_broker: None,  # noqa: F811
) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    person = officer(city.first)
    key = key_on(person.get(noun.create).content.decode())
    typed = noun.valid(enterprise=enterprise.pk, form_key=key)
    first = person.post(noun.create, **typed)
    same = person.post(noun.create, **typed)
    assert (same.status_code, same.url) == (302, first.url)
    other = person.post(noun.create, **typed | {"note": "The second of this day"})
    assert other.status_code == 422
    assert "not saved yet" in other.content.decode()
    assert "The second of this day" in other.content.decode()
    new = key_on(other.content.decode())
    second = typed | noun.another | {"note": "The second", "form_key": new}
    assert person.post(noun.create, **second).status_code == 302
    assert len(rows(noun.model, city.first)) == 2


@pytest.mark.parametrize("junk", ["", "x", "\x00", "form:1", "9" * 4000, "<b>"])
def test_an_invalid_form_key_is_ignored(junk: str, city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    person = officer(city.first)
    for _ in range(2):
        assert (
            person.post(
                "disputes:create", **DISPUTE.valid(enterprise=enterprise.pk, form_key=junk)
            ).status_code
            == 302
        )
    assert [each.external_key for each in rows(Dispute, city.first)] == ["", ""]


def test_the_portal_has_a_key_too(city: City) -> None:
    person = manager(EnterpriseFactory(station=city.first))
    key_on(person.get("inspections:hazard_create").content.decode())


def test_an_enterprise_of_the_same_name_is_asked_about(city: City) -> None:
    person = chief(city.first)
    data = {"name": "Sanhe Kilns", "since": "always"}
    assert person.post("enterprises:create", **data).status_code == 302
    (first,) = rows(Enterprise, city.first)

    again = person.post("enterprises:create", **data)

    assert again.status_code == 422
    assert "An enterprise with this name already exists." in again.content.decode()
    assert f"/file/{first.pk}/" in again.content.decode()
    assert len(rows(Enterprise, city.first)) == 1
    assert person.post("enterprises:create", **data, all_the_same="yes").status_code == 302
    assert len(rows(Enterprise, city.first)) == 2


@pytest.mark.parametrize(
    "again",
    ["三河砖瓦厂（东区）有限公司", "三河砖瓦厂(东区) 有限公司", "三河砖瓦厂（东区）\u200b有限公司"],
)
def test_a_name_is_the_same_in_each_spelling(city: City, again: str) -> None:
    person = chief(city.first)
    for name, status in (
        ("三河砖瓦厂(东区)有限公司", 302),
        (again, 422),
        ("三河砖瓦厂(东区)有限公司分厂", 302),
    ):
        assert person.post("enterprises:create", name=name, since="always").status_code == status, name
    assert len(rows(Enterprise, city.first)) == 2
