"""A refusal says its true cause, and a log entry what was really done."""

from typing import Any

import pytest
from django.contrib.messages import get_messages

from enterprises.models import Enterprise
from facts.own import is_by_enterprise
from inspections.models import Hazard, Inspection
from inspections.operations import close_hazard, rectify_hazard, send_back_hazard, withdraw_submission
from tests.factories import EnterpriseFactory, HazardFactory
from tests.facts.people import INSPECTION, ago, ahead, chief, fresh, log, manager, officer, rows, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(city: City) -> Enterprise:
    return EnterpriseFactory(station=city.first, registered_on=None)


@pytest.fixture
def hazard(own: Enterprise) -> Hazard:
    return HazardFactory(enterprise=own, found_on=ago(20), due_on=ahead(8), found_by="Li, Wang")


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def withdrawal(person: Any, hazard: Hazard) -> str:
    answer = person.get("inspections:hazard", hazard.pk)
    return next(str(why) for label, why in answer.context["missing"] if "Withdraw" in str(label))


def test_a_submission_sent_back_is_not_refused_for_its_day(
    city: City, own: Enterprise, hazard: Hazard
) -> None:
    person, police = manager(own), officer(city.first)
    person.act(rectify_hazard, id=hazard.pk)
    person.act(withdraw_submission, id=hazard.pk, reason="too early")
    person.act(rectify_hazard, id=hazard.pk)
    opened = fresh(hazard).version
    police.act(send_back_hazard, id=hazard.pk, reason="The lamp is still out")
    assert "sent back" in withdrawal(person, hazard)
    # the form was open meanwhile: it is not answered with the withdrawal before
    answer = person.post("inspections:hazard_withdraw", hazard.pk, version=opened, reason="not yet")
    assert "sent back" in said(answer)[-1]


def test_a_closed_hazard_has_no_submission_to_withdraw(city: City, own: Enterprise, hazard: Hazard) -> None:
    officer(city.first).act(close_hazard, id=hazard.pk)
    assert f"closed on {today()}" in withdrawal(manager(own), hazard)


def test_extending_a_closed_hazard_is_refused_for_its_state(city: City, own: Enterprise) -> None:
    hazard = HazardFactory(enterprise=own, found_on=ago(20), due_on=None, closed_on=ago(3))
    answer = officer(city.first).get("inspections:hazard", hazard.pk)
    why = {str(label): str(why) for label, why in answer.context["missing"]}
    assert why["Extend the deadline"].startswith("Possible only in the state")


def test_who_recorded_a_submission_is_told_that(city: City, own: Enterprise, hazard: Hazard) -> None:
    boss = chief(city.first)
    boss.act(rectify_hazard, id=hazard.pk, submitted_by="Guard Sun")
    note = boss.get("inspections:hazard", hazard.pk).context["by_another"]["why"]
    assert note.startswith("You recorded the submission of the enterprise")
    alone = HazardFactory(enterprise=own, found_on=ago(20), recorded_by_id=boss.user.pk)
    assert (
        boss.get("inspections:hazard", alone.pk).context["by_another"]["why"].startswith("You reported this")
    )


def test_closing_at_once_is_not_logged_as_a_re_inspection(
    city: City, own: Enterprise, hazard: Hazard
) -> None:
    person = officer(city.first)
    person.act(close_hazard, id=hazard.pk)
    page = person.get("inspections:hazard", hazard.pk)
    titles = [str(event.title) for event in page.context["events"]]
    assert titles[0] == "Closed as put right"
    assert not is_by_enterprise(log(city.first)[-1])


def test_an_inspection_sent_again_after_going_back_is_saved_already(
    city: City, own: Enterprise, django_capture_on_commit_callbacks: Any
) -> None:
    """The browser brings back the form, but no empty rows."""
    person = officer(city.first)
    key = {"form_key": "0" * 8 + "-0000-4000-8000-" + "0" * 12}
    with django_capture_on_commit_callbacks(execute=True):
        first = person.post(INSPECTION.create, **INSPECTION.valid(enterprise=own.pk), **key)
    assert first.status_code == 302
    again = INSPECTION.valid(enterprise=own.pk) | {"hazards-TOTAL_FORMS": "2"}
    answer = person.post(INSPECTION.create, **again, **key)
    assert answer.status_code == 302
    assert answer.url == first.url
    assert said(answer)[-1] == "This has already been recorded."
    assert len(rows(Inspection, city.first)) == 1
    other = person.post(INSPECTION.create, **again | {"note": "another"}, **key)
    assert "already submitted with different content" in other.content.decode()
