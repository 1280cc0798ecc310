"""The list of a large bureau: the same pages as for a small one, its count cached for a minute per query and scope."""

import itertools
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enterprises.models import Enterprise
from enterprises.staff import pagination as paging
from enterprises.staff import views
from enterprises.tables import SORTS
from foundation.accounts.choices import Role
from tests.factories import EnterpriseFactory
from tests.facts.people import Person
from tests.fixtures import City, scope_of

MANY = 23


@pytest.fixture
def supervisor(city: City, monkeypatch: pytest.MonkeyPatch) -> Person:
    """A supervisor of 23 enterprises, which count as many; 5 per page, the first 10 and every 3rd key cached."""
    cache.clear()
    monkeypatch.setattr(views, "PAGE", 5)
    monkeypatch.setattr(paging, "FIRST", 10)
    monkeypatch.setattr(paging, "STEP", 3)
    monkeypatch.setattr(paging, "DEEP", 4)
    monkeypatch.setattr(paging, "LARGE", MANY)
    for number in range(MANY):
        EnterpriseFactory(
            station=city.first if number % 2 else city.second,
            sort_key=f"{number * 7 % MANY // 2:02}",
            search_text="found" if number % 3 else "rare found",
            score=None if number % 5 == 0 else number * 3 % 10,
            colour=("red", "yellow", "green", "grey")[number % 4],
        )
    return Person(Role.SUPERVISOR, bureau=city.bureau, station=None)


def listed(answer: Any) -> list[int]:
    return [row.pk for row in answer.context["table"].data]


@pytest.mark.parametrize("sort", [sign + name for sign, name in itertools.product(("", "-"), SORTS)])
def test_every_page_equals_that_of_a_short_list(
    supervisor: Person, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [listed(supervisor.get("enterprises:list", sort=sort, page=page)) for page in range(1, 6)]
    again = [listed(supervisor.get("enterprises:list", sort=sort, page=page)) for page in range(1, 6)]
    cache.clear()
    monkeypatch.setattr(paging, "LARGE", MANY + 1)
    plain = [listed(supervisor.get("enterprises:list", sort=sort, page=page)) for page in range(1, 6)]
    assert pages == plain == again
    assert len({pk for page in pages for pk in page}) == MANY


@pytest.mark.parametrize("sort", ["name", "-name", "score"])
@pytest.mark.parametrize("text", ["rare", "found", "nothing"])
def test_a_search_lists_what_it_does_in_a_small_bureau(
    supervisor: Person, text: str, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pages() -> list[Any]:
        found = [supervisor.get("enterprises:list", q=text, sort=sort, page=page) for page in range(1, 6)]
        return [(listed(page), page.context["total"]) for page in found]

    shown, again = pages(), pages()
    monkeypatch.setattr(paging, "LARGE", MANY + 1)
    assert shown == again == pages()


def test_a_page_deep_in_the_list_skips_few_entries(supervisor: Person) -> None:
    with CaptureQueriesContext(connection) as queries:
        listed(supervisor.get("enterprises:list", page=3))
    (read,) = [each["sql"] for each in queries if "LIMIT 5" in each["sql"] and "sort_key" in each["sql"]]
    assert "OFFSET 1" in read  # 10 are before the page; the key of the 10th is known


def test_a_count_is_cached_by_query_and_scope(supervisor: Person, city: City) -> None:
    def counted(person: Person, **query: Any) -> int:
        return person.get("enterprises:list", **query).context["total"]

    assert (counted(supervisor), counted(supervisor, colour="red")) == (MANY, 6)
    officer, stranger = (
        Person(Role.OFFICER, station=city.first),
        Person(Role.SUPERVISOR, bureau=city.other_bureau, station=None),
    )
    EnterpriseFactory(station=city.first, colour="red")
    assert (counted(supervisor), counted(supervisor, colour="red")) == (MANY, 6)
    assert counted(supervisor, station=city.first.pk) == 12  # first request with this filter
    assert (counted(officer), counted(officer, colour="red")) == (12, 1)  # a station's list is always counted
    assert counted(stranger) == 0
    cache.clear()
    assert counted(supervisor) == MANY + 1


def test_an_enterprise_that_left_is_not_shown_from_a_cached_page(supervisor: Person, city: City) -> None:
    shown = listed(supervisor.get("enterprises:list", sort="-score"))
    with scope_of(city.first, city.second, city.elsewhere):
        Enterprise.objects.filter(pk=shown[0]).update(station=city.elsewhere, bureau=city.other_bureau)
    assert listed(supervisor.get("enterprises:list", sort="-score")) == shown[1:]
