"""The enterprise's own pages: My colour with the acts that improve it, and To do."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enterprises.models import Enterprise
from foundation.accounts.choices import Role
from tests.desk.portals import TODAY, adopt, day, lines, rate
from tests.factories import (
    ActivityFactory,
    EnterpriseFactory,
    HazardFactory,
    IncidentFactory,
    InspectionFactory,
    LiaisonFactory,
    SelfCheckFactory,
)
from tests.facts.people import Person, fresh
from tests.fixtures import City

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(f"{TODAY} 10:00+08:00", tick=True):
        yield


@pytest.fixture
def own(city: City) -> Enterprise:
    """Self-checks in all weeks but three, an overdue hazard and one due; 61.5 points and red since the summer."""
    own = EnterpriseFactory(
        station=city.first, name="安达化工", colour="red", score="61.5", registered_on=None
    )
    neighbour = EnterpriseFactory(station=city.first, name="邻居企业", colour="green")
    for month in ("07", "08"):
        InspectionFactory(enterprise=own, inspected_on=day(f"{month}-16"), conclusion="qualified")
    InspectionFactory(enterprise=own, inspected_on=day("10-16"), conclusion="qualified")
    HazardFactory(enterprise=own, item="Broken lock", found_on=day("10-16"), due_on=day("11-16"))
    HazardFactory(enterprise=own, item="Dark corner", found_on=day("10-16"), due_on=day("11-27"))
    HazardFactory(
        enterprise=own,
        item="Dead alarm",
        found_on=day("10-16"),
        due_on=day("11-27"),
        rectified_on=day("11-10"),
    )
    HazardFactory(enterprise=neighbour, item="Not yours", found_on=day("10-16"), due_on=day("11-16"))
    for week in range(30):
        SelfCheckFactory(enterprise=own, checked_on=day("04-01") + dt.timedelta(weeks=week), target="vehicle")
    ActivityFactory(enterprise=own, kind="education", held_on=day("03-18"))
    return own


@pytest.mark.parametrize("role", [Role.SECURITY_MANAGER, Role.ENTERPRISE_STAFF])
def test_the_enterprise_sees_its_colour_and_what_improves_it(city: City, own: Enterprise, role: str) -> None:
    adopt(city)
    rate(city, "2026Q3")
    answer = Person(role, enterprise=own).get("portal:my_enterprise")
    page = answer.content.decode()
    own = fresh(own)
    assert f"{own.score:.1f}" in page
    assert "43 days left" in page
    assert "Not yours" not in page
    assert "邻居企业" not in page
    simulation, plan = answer.context["simulation"], answer.context["plans"][0]
    assert simulation.end.score < simulation.best_score
    assert f"{simulation.end.score:.1f} → <b>{plan.plan.judgement.score:.1f}" in page
    assert plan.first_url in page
    assert plan.tasks[0].url == plan.first_url
    for each in plan.tasks:
        assert each.task.title in page
        assert f"+{each.task.gain:.1f}" in page
    hazards = [record for each in plan.tasks for record in each.task.records]
    assert set(hazards) <= {"Broken lock · Gate 2", "Dark corner · Gate 2", "Dead alarm · Gate 2"}
    assert hazards


def test_every_lost_point_leads_to_its_records(city: City, own: Enterprise) -> None:
    adopt(city)
    rate(city, "2026Q3")
    page = Person(Role.SECURITY_MANAGER, enterprise=own).get("portal:my_enterprise")
    places = page.context["places"]
    assert places["self_check_weeks"].endswith("self-checks/?since=2026-07-01&until=2026-09-30")
    assert {"hazards_overdue", "legal_education_year"} <= set(places)
    assert not {"incidents", "inspections"} & set(places)  # none of their pages is open to an enterprise
    html = page.content.decode()
    lost = page.context["why"].lost
    assert lost
    assert all(str(line.label) in html for line in lost)
    for address in set(places.values()):
        assert Person(Role.SECURITY_MANAGER, enterprise=own).client.get(address).status_code == 200


def test_the_hazards_that_cost_points_are_named(city: City, own: Enterprise) -> None:
    def hazard(item: str, found: str, due: str, closed: str | None) -> None:
        HazardFactory(
            enterprise=own,
            item=item,
            found_on=day(found),
            due_on=day(due),
            closed_on=day(closed) if closed else None,
        )

    hazard("Late", "07-16", "07-30", "08-02")
    hazard("In time", "07-16", "07-30", "07-30")
    hazard("Still open", "08-16", "08-30", None)
    hazard("Before", "04-16", "04-30", "05-30")
    adopt(city)
    rate(city, "2026Q3")
    page = Person(Role.SECURITY_MANAGER, enterprise=own).get("portal:my_enterprise")
    held = {code: [hazard.item for hazard in found] for code, found in page.context["held"].items() if found}
    assert held == {"hazards_closed": ["Late"], "hazards_overdue": ["Still open"]}
    assert (
        f'href="{reverse("inspections:hazard", args=[page.context["held"]["hazards_closed"][0].pk])}"'
        in page.content.decode()
    )


def test_out_of_reach_shows_its_reason_and_the_quarter(city: City, own: Enterprise) -> None:
    adopt(city)
    IncidentFactory(enterprise=own, kind="death", occurred_on=day("11-02"), verified_on=day("11-03"))
    answer = Person(Role.SECURITY_MANAGER, enterprise=own).get("portal:my_enterprise")
    page = answer.content.decode()
    assert answer.context["plans"] == []
    assert "Why yellow is out of reach this quarter" in page
    assert any("Veto V1" in sentence for sentence in answer.context["obstacle"])
    assert not any("possible from" in sentence for sentence in answer.context["obstacle"])
    way_out = answer.context["simulation"].way_out
    assert way_out.startswith("This quarter ends red, whatever is done.")
    assert "2026-11-18 or later, yellow is possible from Q1 2027" in way_out
    assert way_out in page


BONUS = """
code = "bonus"
title = "Bonus"
[colours]
green = 85
yellow = 70
[[groups]]
code = "A"
points = 100
label = "Checks"
[[groups]]
code = "E"
points = 5
bonus = true
label = "Extra"
[[criteria]]
code = "A1"
group = "A"
points = 10
label = "Checks"
rule = "flag"
measure = "self_checks"
[[criteria]]
code = "E1"
group = "E"
points = 2
label = "Education"
rule = "flag"
measure = "legal_education_year"
"""


def test_a_bonus_is_added_and_does_not_start_full(city: City, own: Enterprise) -> None:
    adopt(city, BONUS)
    rate(city, "2026Q3")
    page = Person(Role.SECURITY_MANAGER, enterprise=own).get("portal:my_enterprise").content.decode()
    assert "2.00 own points, added to the score." in page
    assert "the group starts with all its points" not in page


VISIT = "Routine inspection 2026-10-16"  # nobody has confirmed it or replied


def test_without_a_standard_the_pages_work_and_show_duties(city: City, own: Enterprise) -> None:
    LiaisonFactory(enterprise=own)
    person = Person(Role.SECURITY_MANAGER, enterprise=own)
    page = person.get("portal:my_enterprise").content.decode()
    assert "61.5" in page
    assert "Not simulated" in page
    answer = person.get("portal:my_tasks")
    assert lines(answer, "overdue") == ["Broken lock · Gate 2"]
    assert lines(answer, "now") == ["Hold a self-check", "Dark corner · Gate 2", VISIT]
    SelfCheckFactory(enterprise=own, checked_on=TODAY)
    assert lines(person.get("portal:my_tasks"), "now") == ["Dark corner · Gate 2", VISIT]


def test_to_do_is_sorted_by_urgency_and_one_click_away(city: City, own: Enterprise) -> None:
    adopt(city)
    person = Person(Role.SECURITY_MANAGER, enterprise=own)
    answer = person.get("portal:my_tasks")
    page = answer.content.decode()
    assert lines(answer, "overdue") == ["Broken lock · Gate 2"]
    assert lines(answer, "now") == ["Hold a self-check", "Dark corner · Gate 2", VISIT]
    assert lines(answer, "later")[-2:] == ["Hold a legal education session", "Hold an emergency drill"]
    last = max(item.due_on for item in answer.context["now"])
    assert last <= TODAY + dt.timedelta(days=14)
    for item in answer.context["later"]:  # not due for long, or not possible before
        assert item.due_on > last or item.from_on > TODAY
    assert lines(answer, "police") == ["Dead alarm · Gate 2"]
    assert "2 days overdue" in page
    assert "Not yours" not in page
    urls = [item.url for name in ("overdue", "now", "later") for item in answer.context[name]]
    assert all(urls)
    assert all(person.client.get(url).status_code == 200 for url in urls)
    # it is in the navigation
    assert reverse("portal:my_tasks") in person.get("portal:my_enterprise").content.decode()


def test_a_refusal_comes_first_with_its_way_out(city: City, own: Enterprise) -> None:
    HazardFactory(
        enterprise=own,
        item="Refused lock",
        found_on=day("10-16"),
        due_on=day("12-30"),
        refused_on=day("11-01"),
    )
    HazardFactory(enterprise=own, item="Far", found_on=day("10-16"), due_on=day("12-30"))
    person = Person(Role.SECURITY_MANAGER, enterprise=own)
    assert lines(person.get("portal:my_tasks"), "refused") == ["Refused lock · Gate 2"]
    assert "this alone makes you red" not in person.get("portal:my_tasks").content.decode()  # no standard
    adopt(city)
    answer = person.get("portal:my_tasks")
    page = answer.content.decode()
    assert lines(answer, "refused") == ["Refused lock · Gate 2"]
    assert "Refused lock · Gate 2" not in lines(answer, "now") + lines(answer, "later")
    assert "Far · Gate 2" in lines(answer, "later")
    assert page.index("this alone makes you red") < page.index("Broken lock")


def test_nothing_to_do_says_so(city: City) -> None:
    own = EnterpriseFactory(station=city.first)
    SelfCheckFactory(enterprise=own, checked_on=TODAY)
    page = Person(Role.SECURITY_MANAGER, enterprise=own).get("portal:my_tasks").content.decode()
    assert "Nothing is waiting for you." in page


@pytest.mark.parametrize("name", ["portal:my_enterprise", "portal:my_tasks"])
def test_more_records_take_no_more_queries(city: City, own: Enterprise, name: str) -> None:
    adopt(city)
    for period in ("2025Q4", "2026Q1", "2026Q2", "2026Q3"):
        rate(city, period)
    person = Person(Role.SECURITY_MANAGER, enterprise=own)

    def count() -> int:
        person.get(name)
        with CaptureQueriesContext(connection) as queries:
            assert person.get(name).status_code == 200
        return len([each for each in queries if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    few = count()
    HazardFactory.create_batch(30, enterprise=own, found_on=day("10-16"), due_on=day("11-27"))
    InspectionFactory.create_batch(3, enterprise=own, inspected_on=day("10-20"))
    # two of them for the inspections that wait for an answer, two for what the forecast counts of disputes, one for what is owed
    assert count() == few <= 23


def test_the_police_have_no_portal(city: City) -> None:
    officer = Person(Role.OFFICER, station=city.first)
    assert officer.get("portal:my_enterprise").status_code == 403
    assert officer.get("portal:my_tasks").status_code == 403


def test_the_officer_reads_the_same_advice_on_the_file(city: City, own: Enterprise) -> None:
    adopt(city)
    mine = Person(Role.SECURITY_MANAGER, enterprise=own).get("portal:my_enterprise").context["plans"]
    officer = Person(Role.OFFICER, station=city.first)
    assert (
        reverse("desk:advice", args=[own.pk])
        in officer.get("desk:file_tab", own.pk, "rating").content.decode()
    )
    for htmx in (True, False):
        answer = officer.get("desk:advice", own.pk, htmx=htmx)
        assert answer.context["plans"] == mine
        assert ("<html" in answer.content.decode()) is not htmx
    stranger = Person(Role.OFFICER, station=city.elsewhere)
    assert stranger.get("desk:advice", own.pk).status_code == 404
    assert Person(Role.SECURITY_MANAGER, enterprise=own).get("desk:advice", own.pk).status_code == 403
