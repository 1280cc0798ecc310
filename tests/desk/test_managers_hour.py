"""The hour of an enterprise's security manager: every page says what happened, why, and what to do next."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from enterprises.models import Enterprise
from foundation.accounts.choices import Role
from foundation.tenancy.scope import Audience
from inspections import operations
from inspections.models import Hazard
from ratings.engine.judging import judge
from ratings.explain.rating import decision, measures_of
from ratings.operations import issue_interim_vetoes
from ratings.operations.evaluations import bureau_actor
from ratings.selectors import in_force
from ratings.standards.parsing import book_of
from tests.desk.portals import TODAY, adopt, day, lines, rate
from tests.factories import (
    ActivityFactory,
    EnterpriseFactory,
    HazardFactory,
    IncidentFactory,
    InspectionFactory,
    LiaisonFactory,
    RoleGrantFactory,
    SelfCheckFactory,
    UserFactory,
)
from tests.facts.people import Person, fresh, manager, officer, supervisor
from tests.fixtures import City, scope_of_bureau
from tests.ratings.conftest import standard

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[Any]:
    with time_machine.travel(f"{TODAY} 10:00+08:00", tick=True) as travelled:
        yield travelled


@pytest.fixture
def own(city: City) -> Enterprise:
    own: Enterprise = EnterpriseFactory(station=city.first, name="安达化工", registered_on=None)
    LiaisonFactory(enterprise=own, officer=UserFactory(full_name="周志远", phone="13800001111"))
    return own


# --- a hazard that came back ----------------------------------------------------------------------------------------


def came_back(own: Enterprise, police: Person, boss: Person) -> Hazard:
    hazard: Hazard = HazardFactory(
        enterprise=own, item="Broken lock", found_on=day("11-02"), due_on=day("11-25")
    )
    boss.act(operations.rectify_hazard, id=hazard.pk)
    police.act(operations.send_back_hazard, id=hazard.pk, reason="The bolt still hangs loose")
    return hazard


def test_why_a_hazard_came_back_is_first_on_its_record_and_on_the_to_do_row(
    city: City, own: Enterprise
) -> None:
    police, boss = officer(city.first, "周警官"), manager(own)
    hazard = came_back(own, police, boss)
    page = boss.get("inspections:hazard", hazard.pk).content.decode()
    said = page.index("The bolt still hangs loose")
    assert page.index("<h1") < said < page.index("fact-fields")
    assert "周警官" in page
    assert "Submit as rectified" in page
    tasks = boss.get("portal:my_tasks")
    (item,) = [each for each in tasks.context["now"] if each.came_back]
    sent_back_on = fresh(hazard).earlier_until_on
    assert item.came_back == f"Sent back on {sent_back_on}: The bolt still hangs loose"
    assert lines(tasks, "now")[0] == "Broken lock · Gate 2"
    assert "The bolt still hangs loose" in boss.get("inspections:hazards").content.decode()
    # the police see it too; a neighbour sees nothing
    assert "The bolt still hangs loose" in police.get("inspections:hazard", hazard.pk).content.decode()
    neighbour = manager(EnterpriseFactory(station=city.first))
    assert "hangs loose" not in neighbour.get("portal:my_tasks").content.decode()
    # once submitted again, it has not come back
    boss.act(operations.rectify_hazard, id=hazard.pk)
    page = boss.get("inspections:hazard", hazard.pk).content.decode()
    assert "hangs loose" not in page[: page.index("fact-fields")]
    assert "hangs loose" in page  # what happened stays


def test_why_a_hazard_counts_as_refused_is_said_too(city: City, own: Enterprise) -> None:
    police, boss = officer(city.first, "周警官"), manager(own)
    hazard = HazardFactory(enterprise=own, item="Blocked exit", found_on=day("11-02"), due_on=day("11-25"))
    police.act(
        operations.refuse_hazard, id=hazard.pk, reason="The owner will not pay", refused_on=day("11-17")
    )
    page = boss.get("inspections:hazard", hazard.pk).content.decode()
    assert "The police recorded that rectification is refused" in page
    assert "The owner will not pay" in page
    assert (
        "Recorded as refused on 2026-11-17: The owner will not pay"
        in boss.get("portal:my_tasks").content.decode()
    )
    imported = HazardFactory(enterprise=own, found_on=day("11-02"), refused_on=day("11-10"))
    assert "No reason was recorded." in boss.get("inspections:hazard", imported.pk).content.decode()


def test_the_officer_is_told_who_reads_the_reason(city: City, own: Enterprise) -> None:
    hazard = HazardFactory(
        enterprise=own, found_on=day("11-02"), due_on=day("11-25"), rectified_on=day("11-10")
    )
    page = officer(city.first).get("inspections:hazard_send_back", hazard.pk, htmx=True).content.decode()
    assert "The enterprise reads this, with your name." in page


# --- an interim veto ------------------------------------------------------------------------------------------------


@pytest.fixture
def vetoed(city: City, own: Enterprise, now: Any) -> Enterprise:
    """Green with 100 points for the last quarter, red today because of a death two days ago."""
    adopt(city, standard())
    ActivityFactory.create_batch(10, enterprise=own, kind="training", held_on=day("08-10"))
    InspectionFactory(enterprise=own, inspected_on=day("08-10"), conclusion="rectify")
    with time_machine.travel("2026-10-04 00:30+08:00", tick=True):
        rate(city, "2026Q3")
    IncidentFactory(enterprise=own, kind="death", occurred_on=day("11-16"), verified_on=day("11-16"))
    with scope_of_bureau(city.bureau, Audience.SYSTEM):
        assert issue_interim_vetoes(bureau=city.bureau)
    assert fresh(own).colour == "red"
    return own


@pytest.mark.parametrize("who", ["manager", "officer"])
def test_an_interim_veto_says_what_changed_today_and_why(city: City, vetoed: Enterprise, who: str) -> None:
    if who == "manager":
        pages = [manager(vetoed).get("portal:my_enterprise")]
    else:
        person = officer(city.first)
        pages = [person.get("desk:file_tab", vetoed.pk, "rating"), person.get("desk:file", vetoed.pk)]
    for answer in pages:
        page = answer.content.decode()
        assert "hanged today" in page
        assert "2026-11-16" in page
        assert "never" not in page.split("Groups and criteria")[0].replace("never inspected", "")
        head = re.split("portal-columns|file-body", page)[0]
        assert "100.0 of 100" not in " ".join(re.sub("<[^>]+>", " ", head).split())
        assert 'class="kpi"' not in head


def test_a_list_names_the_day_of_the_veto_and_not_never(city: City, vetoed: Enterprise) -> None:
    """A list explains each rating from what is stored, which ends with the quarter."""
    with scope_of_bureau(city.bureau, Audience.SYSTEM):
        rating = in_force(bureau_actor(city.bureau.pk)).get(enterprise=vetoed)
        book, values = book_of(rating.evaluation.standard.body), measures_of(rating, rating.evaluation)
    found = decision(book, rating, values, rating.decided_by)
    assert (found.code, found.fact) == ("V1", "recorded on 2026-11-18, after the quarter")


def test_the_way_out_of_red_is_on_the_to_do_list_with_whom_to_ask(city: City, vetoed: Enterprise) -> None:
    boss = manager(vetoed)
    answer = boss.get("portal:my_tasks")
    (item,) = answer.context["police"]
    assert item.title == "Ask the police for an inspection"
    assert "on 2026-11-19 or later" in item.text  # red since today: an inspection of today does not count
    page = answer.content.decode()
    assert "Red because of: V1 Death; M2" in page
    assert "周志远" in page
    assert 'href="tel:13800001111"' in page
    colour = boss.get("portal:my_enterprise").content.decode()
    assert "This quarter ends red, whatever is done." in page
    assert answer.context["simulation"].way_out in page
    assert answer.context["simulation"].way_out in colour


def test_simulator_and_engine_agree_on_the_day_that_ends_the_red(
    city: City, vetoed: Enterprise, now: Any
) -> None:
    """What the simulator offers has its effect on every day it offers, the first and the last."""
    simulation = manager(vetoed).get("portal:my_tasks").context["simulation"]
    (step,) = [step for act, step in simulation.offers if act.code == "qualified"]
    before, values = simulation.before, dict(simulation.measures)
    free = {"last_grave_on": values["last_grave_on"] - 90, "trainings": 10}  # the veto's own quarter is over
    for offered, colour in [
        (step.from_on - dt.timedelta(days=1), "red"),
        (step.from_on, "yellow"),
        (step.by_on, "yellow"),
    ]:
        judged = judge(
            simulation.book,
            values | free | {"inspections": 1, "last_qualified_on": offered.toordinal()},
            before=before,
        )
        assert judged.colour == colour, offered


def test_the_last_day_is_not_offered_if_it_cannot_count(city: City, own: Enterprise, now: Any) -> None:
    adopt(city, standard())
    ActivityFactory.create_batch(10, enterprise=own, kind="training", held_on=day("08-10"))
    InspectionFactory(enterprise=own, inspected_on=day("08-10"), conclusion="rectify")
    with time_machine.travel("2026-10-04 00:30+08:00", tick=True):
        rate(city, "2026Q3")
    now.move_to(dt.datetime(2026, 12, 31, 2, tzinfo=dt.UTC))
    IncidentFactory(enterprise=own, kind="death", occurred_on=day("12-31"), verified_on=day("12-31"))
    with scope_of_bureau(city.bureau, Audience.SYSTEM):
        assert issue_interim_vetoes(bureau=city.bureau)
    simulation = manager(own).get("portal:my_tasks").context["simulation"]
    assert [act.code for act, _step in simulation.offers if act.code == "qualified"] == []
    assert simulation.release.from_on == dt.date(2027, 1, 1)


# --- advice has its button, or says whom to ask ---------------------------------------------------------------------


@pytest.fixture
def busy(city: City, own: Enterprise) -> Enterprise:
    """Overdue, due and submitted hazards, one of them major, and missing self-checks."""
    adopt(city)
    InspectionFactory(enterprise=own, inspected_on=day("10-16"), conclusion="rectify")
    for number in range(9):
        HazardFactory(enterprise=own, item=f"Late {number}", found_on=day("10-01"), due_on=day("11-10"))
    HazardFactory(
        enterprise=own, item="Major", found_on=day("10-01"), due_on=day("11-12"), major_from_on=day("10-01")
    )
    HazardFactory(enterprise=own, item="Due", found_on=day("10-16"), due_on=day("11-27"))
    HazardFactory(
        enterprise=own, item="Sent in", found_on=day("10-16"), due_on=day("11-12"), rectified_on=day("11-10")
    )
    for week in range(30):
        SelfCheckFactory(enterprise=own, checked_on=day("04-01") + dt.timedelta(weeks=week), target="vehicle")
    return own


def test_each_advised_act_has_its_page_or_says_whom_to_ask(city: City, busy: Enterprise) -> None:
    boss = manager(busy)
    answer = boss.get("portal:my_enterprise")
    html = answer.content.decode()
    for plan in answer.context["plans"]:
        assert plan.first_url
        for task in plan.tasks:
            assert task.is_asked_for or task.url
            assert all(url for _record, url in task.records if not task.is_asked_for)
        if any(task.is_asked_for for task in plan.tasks):
            assert "Ask 周志远" in html
    for item in (
        each
        for name in ("overdue", "now", "later", "police")
        for each in boss.get("portal:my_tasks").context[name]
    ):
        assert item.url or item.asks, item.title


def test_the_main_button_leads_to_something_the_enterprise_can_do(city: City, busy: Enterprise) -> None:
    boss = manager(busy)
    for plan in boss.get("portal:my_enterprise").context["plans"]:
        first = next(task for task in plan.tasks if not task.is_asked_for)
        assert plan.first_url == first.url
        page = boss.client.get(plan.first_url)
        assert page.context.get("buttons") or page.context.get("form")


def test_a_supervisor_is_shown_no_link_that_is_closed_to_them(city: City, busy: Enterprise) -> None:
    person = supervisor(city.bureau)
    html = person.get("desk:advice", busy.pk).content.decode()
    for url in set(re.findall(r'href="(/[^"]+)"', html.split('class="advice"')[1])):
        assert person.client.get(url.replace("&amp;", "&")).status_code == 200, url


def test_every_overdue_item_says_what_it_costs_as_the_plan_counts_it(city: City, busy: Enterprise) -> None:
    answer = manager(busy).get("portal:my_tasks")
    overdue, simulation = answer.context["overdue"], answer.context["simulation"]
    assert len(overdue) == 10
    assert all(item.costs for item in overdue)
    together = next(task for task in simulation.tasks if task.act.code == "rectify")
    assert together.gain > 0
    for item in overdue:
        alone = simulation.alone["rectify", item.url.strip("/").split("/")[-1]]
        assert item.gain == alone.gain
        if alone.gain > 0:
            assert f"Costs {alone.gain.normalize():f} points now." in item.costs
        elif not alone.lifts:
            assert "with the others" in item.costs or "Costs no points" in item.costs
    assert any("X1" in item.costs for item in overdue if item.title.startswith("Major"))


# --- lists ----------------------------------------------------------------------------------------------------------


def test_hazards_open_on_everything_unfinished_the_overdue_first(city: City, busy: Enterprise) -> None:
    for person, last in ((manager(busy), "Sent in"), (officer(city.first), "Due")):
        answer = person.get("inspections:hazards")
        rows = re.findall(r'cell-title"><a[^>]*>([^<·]+) · ', answer.content.decode())
        assert len(rows) == 12
        assert rows[0].startswith("Late")
        assert rows[-1] == last
        (tab,) = [each for each in answer.context["tabs"] if each["active"]]
        assert (str(tab["label"]), tab["count"]) == ("All unfinished", 12)


def test_rows_are_titled_by_what_they_are_about(city: City, busy: Enterprise) -> None:
    ActivityFactory(enterprise=busy, topic="Fire drill at night", held_on=day("11-01"))
    boss, police = manager(busy), officer(city.first)
    for name, title in [
        ("inspections:hazards", "Late 0 · Gate 2"),
        ("inspections:self_checks", "Vehicles"),
        ("service:activities", "Fire drill at night"),
    ]:
        titles = re.findall(r'cell-title"><a[^>]*>([^<]+)</a>', boss.get(name).content.decode())
        assert title in titles
        assert busy.name not in titles
        assert busy.name in police.get(name).content.decode()


def test_a_manager_of_several_enterprises_sees_which_is_which(city: City, busy: Enterprise) -> None:
    boss = manager(busy)
    other = EnterpriseFactory(station=city.first, name="另一家")
    assert busy.name not in boss.get("inspections:hazards").content.decode().split("<main")[1]
    RoleGrantFactory(
        user=boss.user,
        role=Role.SECURITY_MANAGER,
        station=city.first,
        enterprise_id=other.pk,
        enterprise_name=other.name,
    )
    hazard = Hazard.objects.filter(enterprise=busy)
    with scope_of_bureau(city.bureau, Audience.SYSTEM):
        number = hazard.first().pk  # type: ignore[union-attr]
    for page in (boss.get("inspections:hazards"), boss.get("inspections:hazard", number)):
        assert busy.name in page.content.decode().split("<main")[1]


# --- dialogs, codes, dead ends --------------------------------------------------------------------------------------


def test_each_dialog_names_what_it_acts_on(city: City, busy: Enterprise) -> None:
    police = officer(city.first)
    hazard = HazardFactory(enterprise=busy, item="Named", found_on=day("11-02"), due_on=day("11-25"))
    for name in ("close", "refuse", "extend", "major", "void"):
        for htmx in (True, False):
            page = police.get(f"inspections:hazard_{name}", hazard.pk, htmx=htmx).content.decode()
            assert "Named · Gate 2" in page.split("confirm-head")[1].split("confirm-body")[0]
            assert busy.name in page.split("confirm-head")[1].split("confirm-body")[0]
    page = manager(busy).get("inspections:hazard_rectify", hazard.pk, htmx=True).content.decode()
    assert "Named · Gate 2" in page
    page = police.get("enterprises:liaison", busy.pk, htmx=True).content.decode()
    assert busy.name in page.split("confirm-head")[1].split("confirm-body")[0]


def test_codes_have_their_words_and_a_page(city: City, busy: Enterprise) -> None:
    rate(city, "2026Q3")
    boss = manager(busy)
    assert reverse("portal:standard") in boss.get("portal:my_enterprise").content.decode()
    page = boss.get("portal:standard").content.decode()
    for code in ("F1", "F2", "M1", "M2", "N1", "N2", "V1", "X1", "A4"):
        assert code in page
    quarters = officer(city.first).get("desk:file_tab", busy.pk, "rating")
    for rating in quarters.context["quarters"]:
        assert not rating.decided_by or rating.decided_words != rating.decided_by


def test_without_a_standard_the_page_of_codes_leads_on(city: City, own: Enterprise) -> None:
    assert reverse("portal:my_tasks") in manager(own).get("portal:standard").content.decode()


@pytest.mark.parametrize("which", ["busy", "vetoed", "own"])
def test_no_link_of_the_portal_is_a_dead_end(which: str, city: City, request: pytest.FixtureRequest) -> None:
    """Follow every link of the enterprise's people: none answers 403 or 404, none leads to a page of the police."""
    boss = manager(request.getfixturevalue(which))
    waiting, seen = [reverse("portal:my_enterprise")], set()
    while waiting:
        url = waiting.pop()
        path = url.split("?")[0]
        if path in seen or len(seen) > 60 or path.startswith(("/static/", "/accounts/", "/i18n/", "/api/")):
            continue
        seen.add(path)
        answer = boss.client.get(url, follow=True)
        assert answer.status_code == 200, url
        html = answer.content.decode()
        assert "portal-main" in html, url
        links = re.findall(r'href="(/[^"#]*)', html)
        waiting += [link.replace("&amp;", "&") for link in links]
    assert reverse("portal:my_tasks") in seen
