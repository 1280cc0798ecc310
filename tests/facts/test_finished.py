"""A completed act is not repeated, and nothing is recorded for an enterprise off the register."""

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError

from enterprises.operations import set_inactive
from facts.staff.pages import kinds
from tests.factories import DisputeFactory, EnterpriseFactory, HazardFactory, IncidentFactory
from tests.facts.people import NOUNS, Noun, ago, ahead, chief, fresh, manager, officer, rows, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("noun", NOUNS, ids=str)
def test_nothing_is_recorded_from_the_day_an_enterprise_left_the_register(noun: Noun, city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    chief(city.first).act(
        set_inactive, enterprise_id=enterprise.pk, kind="closed", from_on=ago(5), reason="Gone"
    )
    person = officer(city.first)
    for day in (ago(5), today()):
        answer = person.post(
            noun.create, **noun.valid(enterprise=enterprise.pk) | {noun.day: day.isoformat()}
        )
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [noun.day]
    assert rows(noun.model, city.first) == []
    before = person.post(noun.create, **noun.valid(enterprise=enterprise.pk) | {noun.day: ago(6).isoformat()})
    assert before.status_code == 302
    # nor is a record moved there afterwards, whoever calls the operation
    (fact,) = rows(noun.model, city.first)
    pages = next(kind() for kind in kinds if kind.model is noun.model)
    with pytest.raises(ValidationError) as refused:
        person.act(pages.operations.correct, id=fact.pk, version=1, reason="So", **{noun.day: ago(5)})
    assert list(refused.value.error_dict) == [noun.day]
    person.act(pages.operations.correct, id=fact.pk, version=1, reason="So", note="Something else")


def test_a_closed_enterprise_offers_to_put_it_back_and_no_inspection(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    boss, person = chief(city.first), officer(city.first)
    assert "inspections/check" in boss.get("desk:file", enterprise.pk).context["primary"]["url"]
    boss.act(set_inactive, enterprise_id=enterprise.pk, kind="closed", from_on=ago(5), reason="Gone")
    assert boss.get("desk:file", enterprise.pk).context["primary"]["label"] == "Put back on the register"
    page = person.get("desk:file", enterprise.pk)
    assert page.context["primary"] is None
    assert "Off the register since" in page.content.decode()


def test_the_portal_of_a_closed_enterprise_still_answers(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    chief(city.first).act(
        set_inactive, enterprise_id=enterprise.pk, kind="suspended", from_on=ago(5), reason="Fire"
    )
    answer = manager(enterprise).post("inspections:hazard_create", item="Lock", found_on=today())
    assert answer.status_code == 422
    assert "found_on" in answer.context["form"].errors


@pytest.mark.parametrize("htmx", [True, False])
def test_an_act_that_was_done_says_so_instead_of_asking(htmx: bool, city: City) -> None:
    person = officer(city.first)
    of_ours = {"enterprise__station": city.first}
    done = [
        (
            "incidents:verify",
            IncidentFactory(occurred_on=ago(5), verified_on=ago(2), **of_ours),
            "already verified",
        ),
        (
            "disputes:settle",
            DisputeFactory(opened_on=ago(5), settled_on=ago(2), **of_ours),
            "already settled",
        ),
        ("inspections:hazard_close", HazardFactory(found_on=ago(5), closed_on=ago(2), **of_ours), "Closed"),
    ]
    for name, fact, words in done:
        answer = person.get(name, fact.pk, htmx=htmx)
        target = answer.headers["HX-Redirect"] if htmx else answer.url
        assert target.endswith(f"/{fact.pk}/")
        assert words in str(list(get_messages(answer.wsgi_request))[-1])
        assert fresh(fact).version == 1


def test_verifying_asks_who_is_at_fault_and_of_a_case_whether_duty_was_done(city: City) -> None:
    person = officer(city.first)
    call, case = (
        IncidentFactory(enterprise__station=city.first, kind=kind, occurred_on=ago(5))
        for kind in ("police_call", "criminal_case")
    )
    silent = {"version": 1, "verified_on": today()}
    assert list(person.post("incidents:verify", call.pk, **silent).context["form"].errors) == ["at_fault"]
    half = person.post("incidents:verify", case.pk, **silent, at_fault="true")
    assert list(half.context["form"].errors) == ["duty_fulfilled"]
    assert person.post("incidents:verify", call.pk, **silent, at_fault="false").status_code == 302
    assert (fresh(call).at_fault, fresh(call).duty_fulfilled) == (False, None)
    assert (
        person.post(
            "incidents:verify", case.pk, **silent, at_fault="true", duty_fulfilled="false"
        ).status_code
        == 302
    )
    assert (fresh(case).at_fault, fresh(case).duty_fulfilled) == (True, False)


def test_a_new_deadline_is_not_the_old_one(city: City) -> None:
    hazard = HazardFactory(enterprise__station=city.first, found_on=ago(5), due_on=ahead(3))
    page = officer(city.first).get("inspections:hazard_extend", hazard.pk).content.decode()
    assert f'value="{ahead(3)}"' not in page
