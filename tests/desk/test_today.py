"""Today: what is due, whose it is, and how many queries it takes."""

import datetime as dt
import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from desk.open_work import BANDS, due_count
from desk.today import SHOWN, in_walk
from facts.staff.pages import kinds
from foundation.tenancy.scope import station_scope
from tests.factories import (
    DisputeFactory,
    EnterpriseFactory,
    HazardFactory,
    InactivityFactory,
    IncidentFactory,
    InspectionFactory,
    LiaisonFactory,
    factory_of,
)
from tests.facts.people import Person, ago, ahead, chief, manager, officer, supervisor, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db


def sections(person: Person, **query: str) -> dict[str, int]:
    answer = person.get("desk:today", **query)
    assert answer.status_code == 200
    return {section.code: section.total for section in answer.context["sections"]}


def items_of(person: Person, **query: str) -> list[Any]:
    groups = person.get("desk:today", **query).context["groups"]
    return [item for group in groups for item in group.items]


def listed(person: Person, url: str) -> int:
    """Return the number of records in a list, on all its pages."""
    answer = person.client.get(url)
    assert not answer.context["invalid"]
    with station_scope(person.actor.scope()):
        return int(answer.context["filter"].qs.count())


def badge(person: Person) -> int:
    actor = person.actor
    with station_scope(actor.scope()), CaptureQueriesContext(connection) as queries:
        number = due_count(actor)
    assert len(queries) == 1
    return number


def test_the_head_of_today_counts_what_the_badge_counts(city: City) -> None:
    boss = chief(city.first)
    enterprise = EnterpriseFactory(station=city.first, next_inspection_on=ago(40))
    HazardFactory(enterprise=enterprise, found_on=ago(9), due_on=ago(1))
    HazardFactory(enterprise=enterprise, found_on=ago(9), due_on=ahead(3))
    answer = boss.get("desk:today")
    assert answer.context["urgent"] == badge(boss) == 2
    assert "2 overdue or due today" in answer.content.decode()


def test_the_badge_of_every_page_is_counted_again_after_each_act(city: City) -> None:
    person, colleague = chief(city.first), officer(city.first)
    enterprise = EnterpriseFactory(station=city.first)

    def shown() -> list[int]:
        page = person.get("inspections:hazards").content.decode()
        return [int(number) for number in re.findall(r'class="side-badge">(\d+)<', page)]

    assert shown() == []
    HazardFactory(enterprise=enterprise, found_on=ago(9), due_on=ago(1))
    assert shown() == []  # nobody did anything, so the count of a minute ago is shown
    answer = person.post(
        "enterprises:liaison", enterprise.pk, officer=colleague.user.pk, kind="main", on=ago(0).isoformat()
    )
    assert answer.status_code == 302
    assert shown() == [1]


def test_a_quiet_day_says_so(city: City) -> None:
    person = chief(city.first)
    assert sections(person) == {}
    assert "Nothing is due" in person.get("desk:today").content.decode()
    assert badge(person) == 0


def test_everything_due_is_shown_once_in_its_section_and_nothing_of_others(city: City) -> None:
    person = chief(city.first)
    for station in (city.first, city.second):
        one = EnterpriseFactory(station=station, next_inspection_on=ahead(3))
        EnterpriseFactory(station=station, next_inspection_on=ahead(30))
        away = EnterpriseFactory(station=station, next_inspection_on=ago(3))
        InactivityFactory(enterprise=away, from_on=ago(10))
        EnterpriseFactory(station=station, colour="red", next_inspection_on=ago(1))
        inspected = EnterpriseFactory(station=station, colour="red", next_inspection_on=today())
        InspectionFactory(enterprise=inspected, inspected_on=today())
        HazardFactory(enterprise=one, found_on=ago(9), due_on=ago(1))
        HazardFactory(enterprise=one, found_on=ago(9), due_on=ahead(3))
        HazardFactory(enterprise=one, found_on=ago(9), due_on=ahead(30))
        HazardFactory(enterprise=one, found_on=ago(9), due_on=ago(1), rectified_on=ago(2))
        HazardFactory(enterprise=one, found_on=ago(9), due_on=ago(1), closed_on=ago(2))
        DisputeFactory(enterprise=one, opened_on=ago(9), due_on=ago(1))
        DisputeFactory(enterprise=one, opened_on=ago(9), due_on=ahead(60))
    assert sections(person) == {
        "overdue": 1,
        "red": 1,
        "inspections": 2,
        "reinspection": 1,
        "disputes": 1,
        "soon": 1,
        "liaison": 4,
    }
    assert badge(person) == 4  # an overdue hazard and dispute, two inspections due


def test_an_officer_sees_their_own_first_and_the_station_on_demand(city: City) -> None:
    person, colleague = officer(city.first), officer(city.first)
    for owner in (person, colleague):
        enterprise = EnterpriseFactory(station=city.first, next_inspection_on=today())
        LiaisonFactory(enterprise=enterprise, officer=owner.user, from_on=ago(9))
    former = EnterpriseFactory(station=city.first, next_inspection_on=today())
    LiaisonFactory(enterprise=former, officer=person.user, from_on=ago(9), until_on=ago(1))
    assert sections(person) == {"inspections": 1, "liaison": 1}
    assert sections(person, whose="station") == {"inspections": 3, "liaison": 1}
    assert person.get("desk:today", whose="nonsense").status_code == 404
    assert badge(person) == 1


def test_a_voided_inspection_does_not_count_as_held(city: City) -> None:
    red = EnterpriseFactory(station=city.first, colour="red")
    person = chief(city.first)
    assert sections(person)["red"] == 1
    inspection = InspectionFactory(enterprise=red, inspected_on=today())
    assert "red" not in sections(person)
    person.post("inspections:inspection_void", inspection.pk, version=1, reason="was elsewhere")
    assert sections(person)["red"] == 1


def test_the_page_costs_the_same_with_few_and_many(city: City) -> None:
    person = chief(city.first)
    costs = []
    for size in (5, 40):
        for _ in range(size):
            one = EnterpriseFactory(station=city.first, next_inspection_on=today(), colour="red")
            HazardFactory(enterprise=one, found_on=ago(9), due_on=ago(1))
            DisputeFactory(enterprise=one, opened_on=ago(9), due_on=ago(1))
            for kind in kinds:  # also kinds of added apps
                factory_of(kind.model)(enterprise=one)
        person.get("desk:today")
        with CaptureQueriesContext(connection) as queries:
            answer = person.get("desk:today")
        costs.append(len(queries))
    shown = [item for section in answer.context["sections"] for item in section.items]
    assert len(shown) == SHOWN < answer.context["total"]
    assert costs[1] <= costs[0] <= 18  # fewer, if the most urgent of many are of fewer kinds


def test_what_a_person_reported_is_marked_as_waiting_for_another(city: City) -> None:
    """Each button of Today leads to a form that the operation takes; without one the row says that a colleague decides."""
    one = EnterpriseFactory(station=city.first, next_inspection_on=today(), colour="red")
    recorder, colleague = chief(city.first), chief(city.first)
    mine = {"recorded_by_id": recorder.user.pk}
    for more in ({}, mine):
        HazardFactory(enterprise=one, found_on=ago(9), due_on=ago(1), rectified_on=ago(2), **more)
        DisputeFactory(enterprise=one, opened_on=ago(9), due_on=ago(1), **more)
        IncidentFactory(enterprise=one, occurred_on=ago(9), **more)
    HazardFactory(
        enterprise=one, found_on=ago(9), rectified_on=ago(1), found_by=f"Li, {recorder.user.full_name}"
    )
    decided = {"reinspection", "disputes", "incidents_unverified"}
    for person, number in ((recorder, 4), (colleague, 0)):
        answer = person.get("desk:today")
        items = [item for section in answer.context["sections"] for item in section.items]
        marked = [item for item in items if item.for_another]
        assert len(marked) == number
        assert {item.work.code for item in marked} <= decided
        assert answer.content.decode().count("A colleague decides") == number
        for item in items:
            assert item.for_another or item.offers
            for offer in item.offers:
                opened = person.client.get(offer.url)
                assert opened.status_code == 200
                assert "You reported this yourself" not in opened.content.decode()


def test_an_act_in_a_row_leaves_the_list_where_it_is(city: City) -> None:
    """With scripts the form opens in the row, without them on its page, from which it leads back."""
    person = chief(city.first)
    one = EnterpriseFactory(station=city.first, next_inspection_on=ahead(60))
    hazards = [HazardFactory(enterprise=one, found_on=ago(9), rectified_on=ago(day)) for day in (2, 1)]
    query = {"by": "street", "whose": "station"}
    items = {item.row.key: item for item in items_of(person, **query) if item.work.code == "reinspection"}
    accept, send_back = items[hazards[0].pk].offers
    assert [str(each.label) for each in (accept, send_back)] == ["Accept and close", "Send back"]
    row = {"HX-Request": "true", "HX-Target": f"act-{items[hazards[0].pk].key}"}
    form = person.client.get(accept.url, headers=row).content.decode()
    assert f'hx-target="#{row["HX-Target"]}"' in form
    assert "modal-title" not in form
    wrong = person.client.post(accept.url, {"version": 1, "closed_on": ""}, headers=row)
    assert wrong.status_code == 422
    assert f'hx-target="#{row["HX-Target"]}"' in wrong.content.decode()
    values = {"version": 1, "closed_on": today().isoformat()}
    answer = person.client.post(accept.url, values, headers=row)
    assert answer.status_code == 204
    told = json.loads(answer.headers["HX-Trigger"])
    assert told == {"anqi:done": {}, "anqi:message": {"text": "The hazard is closed.", "level": "success"}}
    again = person.client.get(accept.url, headers=row)  # somebody was quicker: the row learns it too
    assert again.status_code == 204
    assert "“Closed”" in json.loads(again.headers["HX-Trigger"])["anqi:message"]["text"]
    left = [item for item in items_of(person, **query) if item.work.code == "reinspection"]
    assert [item.row.key for item in left] == [hazards[1].pk]

    plain = person.client.get(left[0].offers[0].url).content.decode()
    back = f"{reverse('desk:today')}?by=street&amp;whose=station"
    assert f'href="{back}"' in plain  # to cancel leads back as well
    answer = person.client.post(left[0].offers[0].url, values)
    assert answer.url == back.replace("&amp;", "&")
    elsewhere = reverse("inspections:hazard_reopen", args=[hazards[1].pk])
    for address in ("https://example.org/", "//example.org/", "/\\\\example.org"):
        opened = person.client.get(elsewhere, {"back": address}).content.decode()
        assert "example.org" not in opened.split("confirm-foot")[1]


def test_the_list_is_by_urgency_or_by_street_and_each_count_is_what_it_leads_to(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.today.SHOWN", 4)
    person = chief(city.first)
    for street in ("Bank Street", "", "Ash Lane"):
        one = EnterpriseFactory(station=city.first, street=street, next_inspection_on=ahead(60))
        for due_on, more in (
            (ahead(3), {}),
            (ago(1), {}),
            (today(), {"major_from_on": ago(9)}),
            (None, {}),
        ):
            HazardFactory(enterprise=one, found_on=ago(9), due_on=due_on, **more)

    def pages(url: str) -> list[Any]:
        """Return the items of a list, on all its pages."""
        found: list[Any] = []
        while url:
            answer = person.client.get(url)
            found += [item for group in answer.context["groups"] for item in group.items]
            url = answer.context["next_url"]
        return found

    answer = person.get("desk:today")
    total, urgent = answer.context["total"], answer.context["urgent"]
    everything = pages(reverse("desk:today"))
    assert len(everything) == len({item.key for item in everything}) == total == 15
    assert urgent == 6
    assert [item.row.grave for item in everything[:6]] == [True] * 3 + [False] * 3, "major ones first"
    codes = [item.band for item in everything]
    assert codes == sorted(codes, key=list(BANDS).index)
    for by in ("", "street"):
        query = {"by": by} if by else {}
        url, seen = f"{reverse('desk:today')}?{urlencode(query)}", 0
        while url:
            answer = person.client.get(url)
            for group in answer.context["groups"]:
                assert group.url or group.total == len(group.items)
                if group.url:
                    assert len(pages(group.url)) == group.total, (by, group.code)
                    seen += 1
            url = answer.context["next_url"]
        assert seen
    streets = list(dict.fromkeys(item.row.street for item in pages(f"{reverse('desk:today')}?by=street")))
    assert streets == ["Ash Lane", "Bank Street", ""]
    for section in answer.context["sections"]:
        assert listed(person, section.all_url) == section.total
    paper = person.get("desk:today_paper", when="urgent")
    assert [(group.code, group.total) for group in paper.context["groups"]] == [
        ("Ash Lane", 2),
        ("Bank Street", 2),
        ("", 2),
    ]
    for wrong in ({"street": "\x00x"}, {"page": "9" * 5_000}, {"page": "²"}):
        assert person.get("desk:today", **wrong).status_code == 200
    assert person.get("desk:today", page="99").context["shown_range"] == "1–4", "the last row was done"


def test_the_bureau_opens_the_work_of_each_of_its_stations(city: City) -> None:
    boss = supervisor(city.bureau)
    for station in (city.first, city.second, city.elsewhere):
        one = EnterpriseFactory(station=station, next_inspection_on=ahead(60))
        HazardFactory(enterprise=one, found_on=ago(9), due_on=ago(1))
    answer = boss.get("desk:station_today", city.first.pk)
    assert answer.context["total"] == 2
    items = [item for section in answer.context["sections"] for item in section.items]
    assert not any(item.offers for item in items if item.work.code == "overdue"), "the station's own acts"
    for section in answer.context["sections"]:
        assert listed(boss, section.all_url) == section.total
    assert boss.get("desk:station_today", city.elsewhere.pk).status_code == 404
    assert chief(city.first).get("desk:station_today", city.first.pk).status_code == 403


def test_today_is_for_stations(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    assert supervisor(city.bureau).get("desk:today").status_code == 403
    assert manager(enterprise).get("desk:today").status_code == 403


def test_a_week_is_seven_days_ahead(city: City) -> None:
    for days in (7, 8):
        EnterpriseFactory(station=city.first, next_inspection_on=today() + dt.timedelta(days=days))
    assert sections(chief(city.first))["inspections"] == 1


def test_the_worksheet_is_in_the_order_of_a_walk() -> None:
    walked = ["胜利路2号", "胜利路10号", "胜利路10号3单元", "胜利路甲8号", "１2号"]
    assert sorted(walked[2::-1], key=in_walk) == walked[:3]
    assert len(sorted(walked, key=in_walk)) == len(walked), "whatever an address begins with"
