"""The pages of an enterprise's people while it is off the register: why, whom to ask, and no work that is refused."""

import datetime as dt
import re
from typing import Any

import pytest

from enterprises.models import Enterprise
from enterprises.operations.leaving import set_inactive
from inspections.operations import rectify_hazard
from tests.factories import EnterpriseFactory, HazardFactory, InactivityFactory, SelfCheckFactory
from tests.facts.people import ago, ahead, chief, fresh, manager, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db
REASON = "Licence expired. Bring the new one."
PAGES = ("portal:my_enterprise", "portal:my_tasks", "inspections:hazards", "inspections:self_checks")


@pytest.fixture
def own(city: City) -> Enterprise:
    return EnterpriseFactory(station=city.first, registered_on=None)


def suspend(city: City, own: Enterprise, day: dt.date, kind: str = "suspended") -> Any:
    person = chief(city.first)
    person.act(set_inactive, enterprise_id=own.pk, kind=kind, from_on=day, reason=REASON, over_records=True)
    return person


@pytest.mark.parametrize("name", PAGES)
def test_each_page_says_since_when_why_and_whom_to_ask(city: City, own: Enterprise, name: str) -> None:
    person = manager(own)
    assert "Off the register" not in person.get(name).content.decode()
    asked = suspend(city, own, ago(3))
    page = person.get(name).content.decode()
    assert f"Off the register since {ago(3)} (Suspended)" in page
    assert REASON in page
    assert f"what it takes to be put back: {asked.user.full_name}" in " ".join(page.split())


def test_a_reason_from_before_stays_with_the_police(city: City, own: Enterprise) -> None:
    InactivityFactory(enterprise=own, kind="suspended", from_on=ago(3), reason="Under investigation")
    page = manager(own).get("portal:my_tasks").content.decode()
    assert "Off the register since" in page
    assert "Under investigation" not in page


def test_only_work_that_is_possible_is_asked_for(city: City, own: Enterprise) -> None:
    hazard = HazardFactory(enterprise=own, item="Dark corner", found_on=ago(20), due_on=ahead(8))
    SelfCheckFactory(enterprise=own, checked_on=ago(20))
    person = manager(own)
    before = person.get("portal:my_tasks").content.decode()
    assert re.search(
        r"Hold (a|\d+) self-check", before
    )  # early in a week those of the next ones are asked for, too
    suspend(city, own, ago(3))
    answer = person.get("portal:my_tasks")
    page = answer.content.decode()
    assert "self-check" not in page.split("portal-nav")[0].split('id="content"')[1].lower()
    assert [item.title for item in answer.context["rests"]] == [str(hazard)]
    assert not any(answer.context[when] for when in ("overdue", "now", "later"))
    assert "Report a hazard" not in page
    assert "Dark corner" in person.get("inspections:hazards").content.decode()  # not an empty list
    # what the page offers is possible
    person.act(rectify_hazard, id=hazard.pk)
    assert fresh(hazard).rectified_on == today()


@pytest.mark.parametrize("name", ["inspections:hazards", "inspections:self_checks", "service:activities"])
def test_lists_offer_no_new_record(city: City, own: Enterprise, name: str) -> None:
    person = manager(own)
    assert person.get(name).context["create_url"]
    suspend(city, own, ago(3))
    assert not person.get(name).context["create_url"]


def test_a_self_check_leads_to_no_new_hazard(city: City, own: Enterprise) -> None:
    check = SelfCheckFactory(enterprise=own, checked_on=ago(5))
    person = manager(own)
    assert person.get("inspections:self_check", check.pk).context["buttons"]
    suspend(city, own, ago(3))
    assert not person.get("inspections:self_check", check.pk).context["buttons"]


def test_a_closed_enterprise_is_not_told_to_wait(city: City, own: Enterprise) -> None:
    suspend(city, own, ago(3), kind="closed")
    page = manager(own).get("portal:my_tasks").content.decode()
    assert "(Closed)" in page
    assert "until you are back" not in page


def test_the_police_read_no_such_note(city: City, own: Enterprise) -> None:
    suspend(city, own, ago(3))
    assert "portal-away" not in chief(city.first).get("inspections:hazards").content.decode()
