"""What an enterprise's people may still do with their own records: put them right on the day they entered them."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from enterprises.models import Enterprise
from foundation.accounts.access import NotAllowed, WrongState
from inspections import operations
from inspections.choices import HazardState
from inspections.models import Hazard, SelfCheck
from service.models import Activity
from service.operations import ACTIVITY_WRITES
from tests.factories import EnterpriseFactory
from tests.facts.people import ACTIVITY, HAZARD, SELF_CHECK, Noun, Person, fresh, log, manager, officer, rows
from tests.fixtures import City

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 18)
WRITES: dict[Any, Any] = {
    Hazard: operations.HAZARD_WRITES,
    SelfCheck: operations.SELF_CHECK_WRITES,
    Activity: ACTIVITY_WRITES,
}
OWN = pytest.mark.parametrize("noun", [HAZARD, SELF_CHECK, ACTIVITY], ids=str)


@pytest.fixture(autouse=True)
def now() -> Iterator[Any]:
    with time_machine.travel(f"{TODAY} 10:00+08:00", tick=True) as travelled:
        yield travelled


@pytest.fixture
def own(city: City) -> Enterprise:
    return EnterpriseFactory(station=city.first, name="安达化工")


def typed(noun: Noun, **more: Any) -> dict[str, Any]:
    """Return valid input of today."""
    days = {noun.day: TODAY.isoformat()} | ({"due_on": "2026-11-30"} if noun is HAZARD else {})
    return noun.valid(**days | more)


def record(noun: Noun, person: Person) -> Any:
    """Record something through the page, as the enterprise's people or the police."""
    more = {} if person.actor.is_enterprise else {"enterprise": own_of(person).pk}
    answer = person.post(noun.create, **typed(noun, **more))
    assert answer.status_code == 302, answer.context["form"].errors
    return rows(noun.model, person.actor_station)[-1]


def own_of(person: Person) -> Enterprise:
    return person.own


@pytest.fixture
def boss(own: Enterprise) -> Any:
    person: Any = manager(own)
    person.actor_station, person.own = own.station, own
    return person


@pytest.fixture
def police(own: Enterprise) -> Any:
    person: Any = officer(own.station)
    person.actor_station, person.own = own.station, own
    return person


def at(now: Any, person: Person, moment: dt.datetime) -> None:
    """Continue later: the session has ended, and the person logs in again."""
    now.move_to(moment)
    person.client = Client()
    person.client.force_login(person.user)


def change(noun: Noun, fact: Any, person: Any, **more: Any) -> Any:
    name, value = noun.change
    data = typed(noun, **({name: value} | more))
    return person.post(noun.correct, fact.pk, **data, version=fresh(fact).version, reason="Mistyped")


@OWN
def test_an_own_record_is_corrected_and_withdrawn_the_same_day_with_its_history(
    noun: Noun, boss: Any, city: City
) -> None:
    fact = record(noun, boss)
    page = boss.get(noun.detail, fact.pk)
    assert page.context["correct_url"]
    assert "Possible until the end of today." in page.content.decode()
    assert boss.get(noun.correct, fact.pk).status_code == 200
    assert change(noun, fact, boss).status_code == 302
    assert getattr(fresh(fact), noun.change[0]) == noun.change[1]
    page = boss.get(noun.detail, fact.pk)
    assert [event.text for event in page.context["events"]] == ["Mistyped", ""]
    assert boss.get(noun.void, fact.pk, htmx=True).status_code == 200
    assert boss.post(noun.void, fact.pk, reason="Twice", version=2).status_code == 302
    assert fresh(fact).is_voided
    assert [(each.role, each.reason) for each in log(city.first, object_id=fact.pk)] == [
        ("security_manager", ""),
        ("security_manager", "Mistyped"),
        ("security_manager", "Twice"),
    ]


@OWN
def test_on_the_next_day_only_the_police_can(noun: Noun, boss: Any, now: Any) -> None:
    fact = record(noun, boss)
    at(now, boss, dt.datetime(2026, 11, 18, 15, 59, tzinfo=dt.UTC))
    assert boss.get(noun.detail, fact.pk).context["correct_url"]
    at(now, boss, dt.datetime(2026, 11, 18, 16, 1, tzinfo=dt.UTC))  # past midnight in Shanghai
    page = boss.get(noun.detail, fact.pk)
    assert page.context["correct_url"] == page.context["void_url"] == ""
    assert "Now only the police can." in page.content.decode()
    assert boss.get(noun.correct, fact.pk).status_code == 302
    assert change(noun, fact, boss).status_code == 422
    assert boss.post(noun.void, fact.pk, reason="Twice", version=1).status_code == 422
    assert fresh(fact).version == 1


@OWN
def test_not_once_the_police_have_worked_with_it(noun: Noun, boss: Any, police: Any) -> None:
    fact = record(noun, boss)
    name, value = noun.change
    arguments = {"id": fact.pk, "version": 1, "reason": "Internal words"}
    police.act(WRITES[noun.model].correct, **arguments, **{name: value})
    page = boss.get(noun.detail, fact.pk)
    assert page.context["correct_url"] == ""
    assert "Internal words" not in page.content.decode()  # the reason of a correction stays with the police
    with pytest.raises(WrongState):
        boss.act(WRITES[noun.model].void, id=fact.pk, version=2, reason="Twice")
    with pytest.raises(WrongState):
        boss.act(WRITES[noun.model].correct, id=fact.pk, version=2, reason="Twice", **{name: "Other"})


@OWN
def test_what_the_police_entered_is_theirs(noun: Noun, boss: Any, police: Any) -> None:
    fact = record(noun, police)
    assert boss.get(noun.detail, fact.pk).context["correct_url"] == ""
    assert change(noun, fact, boss).status_code == 422
    with pytest.raises(WrongState):
        boss.act(WRITES[noun.model].void, id=fact.pk, version=1, reason="Not ours")


def test_only_the_fields_they_entered_and_by_the_rules_of_a_new_record(boss: Any) -> None:
    fact = record(HAZARD, boss)
    correct = operations.HAZARD_WRITES.correct
    for field, value in [("closed_on", TODAY), ("note", "x"), ("origin", "police"), ("rectified_on", TODAY)]:
        with pytest.raises(NotAllowed):
            boss.act(correct, id=fact.pk, version=1, reason="Better", **{field: value})
    data = HAZARD.valid(found_on=TODAY.isoformat(), due_on="2027-06-01")
    answer = boss.post(HAZARD.correct, fact.pk, **data, version=1, reason="Longer")
    assert (answer.status_code, "at most 30 days" in answer.content.decode()) == (422, True)
    check = record(SELF_CHECK, boss)
    data = SELF_CHECK.valid(checked_on="2026-11-01")
    assert boss.post(SELF_CHECK.correct, check.pk, **data, version=1, reason="Older").status_code == 422


def test_another_enterprise_sees_nothing_of_it(boss: Any, city: City) -> None:
    fact = record(HAZARD, boss)
    stranger = manager(EnterpriseFactory(station=city.first))
    for page in (HAZARD.correct, HAZARD.void):
        assert stranger.get(page, fact.pk).status_code == 404
        assert stranger.post(page, fact.pk, version=1, reason="Mine").status_code == 404


# --- withdrawing a submission ---------------------------------------------------------------------------------------


def submitted(boss: Any) -> Hazard:
    number = len(rows(HAZARD.model, boss.actor_station))
    answer = boss.post(HAZARD.create, **typed(HAZARD, item=f"Alarm {number} dead"))
    assert answer.status_code == 302, answer.context["form"].errors
    hazard: Hazard = rows(HAZARD.model, boss.actor_station)[-1]
    boss.act(operations.rectify_hazard, id=hazard.pk, version=1)
    return hazard


def test_a_submission_is_withdrawn_the_same_day(boss: Any, city: City) -> None:
    hazard = submitted(boss)
    page = boss.get(HAZARD.detail, hazard.pk)
    assert "Withdraw the submission" in page.content.decode()
    answer = boss.post("inspections:hazard_withdraw", hazard.pk, reason="The lock is missing", version=2)
    assert answer.status_code == 302
    assert fresh(hazard).state is HazardState.OPEN
    assert [each.action for each in log(city.first, object_id=hazard.pk)][1:] == [
        "hazard.rectify",
        "hazard.withdraw",
    ]
    boss.act(operations.rectify_hazard, id=hazard.pk)  # and again once it is done
    assert fresh(hazard).state is HazardState.SUBMITTED


def test_what_the_pages_say_to_an_enterprise(boss: Any) -> None:
    """Nothing of what only the police do, and no field that it does not fill in."""
    hazard = record(HAZARD, boss)
    dialog = boss.get("inspections:hazard_rectify", hazard.pk).content.decode()
    assert "It counts as rectified today, 2026-11-18." in dialog
    assert "This date decides" not in dialog
    form = boss.get(HAZARD.correct, hazard.pk).content.decode()
    assert "sent back, reopened, extended" not in form
    tomorrow = (TODAY + dt.timedelta(days=1)).isoformat()
    answer = change(HAZARD, hazard, boss, found_on=tomorrow)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"found_on"}
    answer = boss.post(HAZARD.create, **typed(HAZARD, found_on=tomorrow))
    assert set(answer.context["form"].errors) == {"found_on"}
    boss.act(operations.rectify_hazard, id=hazard.pk)
    assert "correct-step" not in boss.get(HAZARD.detail, hazard.pk).content.decode()


def test_not_after_an_act_of_the_police(boss: Any, police: Any) -> None:
    later, graded, by_police = submitted(boss), submitted(boss), record(HAZARD, boss)
    police.act(operations.mark_major, id=graded.pk, reason="So")
    police.act(operations.rectify_hazard, id=by_police.pk, rectified_on=TODAY, submitted_by="Ma")
    for hazard in (graded, by_police):
        with pytest.raises(WrongState):
            boss.act(operations.withdraw_submission, id=hazard.pk, reason="Not done")
    with pytest.raises(NotAllowed):
        police.act(operations.withdraw_submission, id=later.pk, reason="Not ours")


def test_why_it_was_sent_back_stays_in_the_history_of_the_enterprise(boss: Any, police: Any) -> None:
    hazard = submitted(boss)
    police.act(operations.send_back_hazard, id=hazard.pk, reason="The lock is still missing.")
    police.act(operations.mark_major, id=hazard.pk, reason="A tip by its storeman")
    boss.act(operations.rectify_hazard, id=hazard.pk)
    page = boss.get(HAZARD.detail, hazard.pk).content.decode()
    assert "The lock is still missing." in page
    assert "A tip by its storeman" not in page


def test_lists_and_labels_have_chinese_marks_on_chinese_pages(boss: Any) -> None:
    hazard = submitted(boss)
    url = reverse(HAZARD.detail, args=[hazard.pk])
    page = boss.client.get(url, headers={"accept-language": "zh-hans"}).content.decode()
    assert "待整改、已逾期" in page
    assert not re.search(r"[\u4e00-\u9fff](: |, )", page)
