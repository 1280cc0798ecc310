"""Screening for disputes: a nil report with one tap, once a month; a missed month on Today."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from disputes.models import Dispute, Screening
from enterprises.models import Enterprise
from tests.factories import EnterpriseFactory, LiaisonFactory, ScreeningFactory
from tests.facts.people import Person, ahead, chief, log, officer, rows, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(city: City) -> Person:
    return officer(city.first)


def looked_after(city: City, person: Person) -> Enterprise:
    made = EnterpriseFactory(station=city.first)
    LiaisonFactory(enterprise=made, officer=person.user, from_on=dt.date(2026, 1, 1))
    return made


def test_one_tap_reports_one_or_all_shown_once_a_month(city: City, person: Person) -> None:
    mine, other, third = (looked_after(city, person) for _number in range(3))
    page = person.get("disputes:screenings")
    assert [each.pk for each in page.context["shown"]] == sorted([mine.pk, other.pk, third.pk])
    for _again in range(2):
        assert person.post("disputes:screenings_report", enterprise=[mine.pk, other.pk]).status_code == 302
    found = person.post("disputes:screenings_report", enterprise=third.pk, found="1")
    assert f"enterprise={third.pk}&heard=screening" in found.url
    assert 'value="screening" selected' in person.client.get(found.url).content.decode()
    reported = rows(Screening, city.first)
    assert [(each.enterprise_id, each.found) for each in reported] == [
        (mine.pk, False),
        (other.pk, False),
        (third.pk, True),
    ]
    void = {"reason": "It was another one"}
    later = time_machine.travel(timezone.now() + dt.timedelta(minutes=11), tick=True)
    with later:
        page = person.get("disputes:screenings")
        assert not any(each.may_undo or each.may_void for each in page.context["done"]), "only colleagues"
        person.post("disputes:screenings_undo", screening=[reported[0].pk])
        assert rows(Screening, city.first)[0].voided_at is None, "too late: it counts in the rating"
    own = person.post("disputes:screening_void", reported[0].pk, **void)
    assert own.status_code == 422, "it counts in the rating, so nobody voids their own"
    assert chief(city.first).post("disputes:screening_void", reported[0].pk, **void).status_code == 302
    assert [each.pk for each in person.get("disputes:screenings").context["shown"]] == [mine.pk]
    foreign = EnterpriseFactory(station=city.second)
    assert person.post("disputes:screenings_report", enterprise=[foreign.pk]).status_code == 404
    gone = EnterpriseFactory(station=city.first, registered_on=ahead(9))
    assert person.post("disputes:screenings_report", enterprise=[gone.pk]).status_code == 404
    assert len(rows(Screening, city.first)) == 3
    assert rows(Dispute, city.first) == []


def test_a_wrong_tap_is_undone_by_whoever_made_it(city: City, person: Person) -> None:
    """All that one tap reported together, and of a page that is not new any more nothing that others reported."""
    before, *firms = (looked_after(city, person) for _number in range(3))
    person.post("disputes:screenings_report", enterprise=before.pk)
    reported = person.post("disputes:screenings_report", enterprise=[each.pk for each in firms], whose="mine")
    page = person.client.get(reported.url)
    just = [each.pk for each in page.context["just"]]
    assert {each.enterprise_id for each in page.context["just"]} == {each.pk for each in firms}
    colleague = officer(city.first)
    assert colleague.post("disputes:screenings_undo", screening=just).status_code == 404
    for _again in range(2):
        assert person.post("disputes:screenings_undo", screening=just).status_code == 302
    assert len(log(city.first, action="screening.undo")) == 2
    assert {each.pk for each in person.get("disputes:screenings").context["shown"]} == {
        each.pk for each in firms
    }
    person.post("disputes:screenings_report", enterprise=firms[0].pk)
    standing = [each.enterprise_id for each in rows(Screening, city.first) if each.voided_at is None]
    assert standing == [before.pk, firms[0].pk]


def test_an_earlier_month_is_looked_up(city: City, person: Person) -> None:
    with time_machine.travel("2026-07-10 10:00+08:00", tick=True):
        person.client.force_login(person.user)
        done, missed = (looked_after(city, person) for _number in range(2))
        ScreeningFactory(enterprise=done, screened_on=dt.date(2026, 6, 3))
        address = reverse("disputes:screenings")
        page = person.client.get(address + person.get("disputes:screenings").context["earlier"])
        assert [each.pk for each in page.context["shown"]] == [missed.pk]
        assert [each.row.enterprise_id for each in page.context["done"]] == [done.pk]
        assert not page.context["may"]
        assert page.context["later"] == "?whose=mine"
        for wrong in ("2026-08", "2026-13", "0001-01", "x"):
            assert person.client.get(f"{address}?month={wrong}").status_code == 404


def test_a_report_says_what_it_did(city: City, person: Person) -> None:
    """Of a page that is not new any more, too: nothing is lost, and nothing is called nothing that was found."""
    one, other, third = (looked_after(city, person) for _number in range(3))
    gone = EnterpriseFactory(station=city.first, registered_on=ahead(9))

    def said(**data: Any) -> str:
        answer = person.client.post(reverse("disputes:screenings_report"), data, follow=True)
        return " ".join(map(str, answer.context["messages"]))

    assert said(enterprise=[one.pk, gone.pk]) == "1 enterprise: nothing. 1 is not on your register any more."
    assert "was screened on" in (again := said(enterprise=one.pk, found="1"))
    assert "nothing was found then" in again
    assert "one enterprise at a time" in said(enterprise=[other.pk, third.pk], found="1")
    assert said(enterprise=other.pk, found="1") == "The screening was recorded. Now record what you found."
    assert said(enterprise=[other.pk, third.pk]) == (
        "1 enterprise: nothing. 1 was reported with a dispute before; that stands."
    )
    assert [each.found for each in rows(Screening, city.first)] == [False, True, False]


def test_a_missed_month_is_on_today_until_the_next_screening(city: City, person: Person) -> None:
    """A station that has never screened anybody is not told that it missed a month."""
    with time_machine.travel("2026-07-10 10:00+08:00", tick=True):
        one, other = (looked_after(city, person) for _number in range(2))

        def due() -> dict[int, dt.date]:
            sections = {each.code: each for each in person.get("desk:today").context["sections"]}
            found = sections.get("screenings")
            return {item.row.key: item.row.due_on for item in found.items} if found else {}

        assert due() == {}
        ScreeningFactory(enterprise=one, screened_on=dt.date(2026, 6, 3))
        assert due() == {other.pk: dt.date(2026, 6, 30)}
        page = person.client.get(f"{reverse('disputes:screenings')}?enterprise={other.pk}")
        assert [each.pk for each in page.context["shown"]] == [other.pk]
        person.post("disputes:screenings_report", enterprise=other.pk)
        assert due() == {}
    with time_machine.travel("2026-07-27 10:00+08:00", tick=True):
        person.client.force_login(person.user)
        assert due() == {one.pk: dt.date(2026, 7, 31)}


def test_the_list_of_the_month_takes_the_same_statements_however_many(city: City, person: Person) -> None:
    def statements() -> int:
        assert person.get("disputes:screenings").status_code == 200
        with CaptureQueriesContext(connection) as found:
            person.get("disputes:screenings")
        return len(found)

    for number in range(2):
        ScreeningFactory(enterprise=looked_after(city, person), screened_on=today(), found=bool(number))
        looked_after(city, person)
    few = statements()
    for _number in range(8):
        ScreeningFactory(enterprise=looked_after(city, person), screened_on=today())
        looked_after(city, person)
    assert statements() == few <= 12
