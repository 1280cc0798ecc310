"""A board under a search counts what the search leaves, says where the rest is, and what is wrong with an address."""

import pytest
from django.urls import reverse

from tests.factories import EnterpriseFactory, HazardFactory, InactivityFactory
from tests.facts.people import NOUNS, Noun, ago, ahead, chief, supervisor
from tests.fixtures import City

pytestmark = pytest.mark.django_db
BOARD = "inspections:hazards"


def counts(answer: object) -> dict[str, object]:
    return {str(tab["label"]): tab["count"] for tab in answer.context["tabs"]}  # type: ignore[attr-defined]


@pytest.fixture
def away(city: City) -> None:
    """One open hazard of an enterprise on the register, two of a suspended one."""
    here = EnterpriseFactory(station=city.first, name="华宁集团")
    gone = EnterpriseFactory(station=city.first, name="安达化工")
    InactivityFactory(enterprise=gone, kind="suspended", from_on=ago(3))
    HazardFactory(enterprise=here, found_on=ago(9), due_on=ahead(8))
    HazardFactory.create_batch(2, enterprise=gone, found_on=ago(9), due_on=ahead(8))


@pytest.mark.usefixtures("away")
def test_tabs_count_what_a_search_leaves(city: City) -> None:
    person = chief(city.first)
    assert counts(person.get(BOARD))["All unfinished"] == 1
    answer = person.get(BOARD, q="安达化工")
    assert counts(answer)["All unfinished"] == 0
    assert counts(answer)["Not on the register"] == 2
    assert all("q=" in tab["url"] for tab in answer.context["tabs"])
    page = answer.content.decode()
    assert "longer period" not in page
    assert "Not on the register: 2" in page
    away = next(tab for tab in answer.context["tabs"] if str(tab["label"]) == "Not on the register")
    assert not person.client.get(reverse(BOARD) + away["url"]).context["is_empty"]


@pytest.mark.usefixtures("away")
def test_the_search_as_you_type_brings_its_tabs(city: City) -> None:
    person = chief(city.first)
    headers = {"HX-Request": "true", "HX-Target": "results"}
    page = person.client.get(reverse(BOARD), {"q": "安达化工"}, headers=headers).content.decode()
    assert 'id="list-tabs" hx-swap-oob="true"' in page
    assert "<html" not in page


@pytest.mark.parametrize("noun", NOUNS, ids=str)
def test_a_period_that_ends_before_it_begins_is_a_fault(city: City, noun: Noun) -> None:
    answer = chief(city.first).get(noun.list, since="2026-05-02", until="2026-05-01")
    assert [error for _label, error in answer.context["invalid"]] == ["This day is before the first one."]
    assert not chief(city.first).get(noun.list, since="2026-05-01", until="2026-05-01").context["invalid"]


def test_so_it_is_in_the_audit_log(city: City) -> None:
    answer = supervisor(city.bureau).get("accounts:audit", since="2026-05-02", until="2026-05-01")
    assert "This day is before the first one." in answer.content.decode()


def test_a_choice_that_does_not_exist_is_no_moved_page(city: City) -> None:
    person = chief(city.first)
    query = reverse("desk:today") + "?whose=zz"
    answer = person.client.get(query)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "handed over" not in page
    assert f'href="{query.split("?")[0]}"' in page
    assert "handed over" in person.client.get("/inspections/hazards/99999999/").content.decode()
