"""Incidents: verified once, not before they happened."""

import pytest
from django.core.exceptions import ValidationError

from incidents.operations import correct_incident, verify_incident
from incidents.staff.views import IncidentPages
from tests.factories import EnterpriseFactory, IncidentFactory
from tests.facts.people import ago, ahead, fresh, log, officer, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db


def test_an_incident_is_verified_once_and_not_before_it_happened(city: City) -> None:
    incident = IncidentFactory(enterprise__station=city.first, occurred_on=ago(5))
    person = officer(city.first)
    for day in (ago(6), ahead(1)):
        answer = person.post("incidents:verify", incident.pk, version=1, verified_on=day, at_fault="true")
        assert answer.status_code == 422
        assert "verified_on" in answer.context["form"].errors
    assert fresh(incident).verified_on is None
    form = {"verified_on": today(), "at_fault": "true", "duty_fulfilled": "false"}
    assert person.post("incidents:verify", incident.pk, version=1, **form).status_code == 302
    again = person.post("incidents:verify", incident.pk, version=2, **form)
    assert (again.status_code, again.url) == (302, f"/incidents/{incident.pk}/")
    now = fresh(incident)
    assert (now.verified_on, now.at_fault, now.duty_fulfilled, now.version) == (today(), True, False, 2)
    assert [entry.action for entry in log(city.first)] == ["incident.verify"]


CASE = {"kind": "criminal_case", "serious": True}


def test_whoever_recorded_a_verified_incident_does_not_change_what_was_verified(city: City) -> None:
    person, other = officer(city.first), officer(city.first)
    correct = IncidentPages().operations.correct
    enterprise = EnterpriseFactory(station=city.first)
    incident = person.act(
        IncidentPages().operations.create, enterprise_id=enterprise.pk, occurred_on=ago(5), **CASE
    )
    before = {"id": incident.pk, "reason": "Read it wrongly"}
    person.act(correct, **before, version=1, kind="police_call", serious=False)
    person.act(correct, **before, version=2, **CASE)
    answers = {"at_fault": True, "duty_fulfilled": False}
    other.act(verify_incident, id=incident.pk, verified_on=today(), **answers)

    wrong = {"kind": "complaint", "serious": False, "occurred_on": ago(4)}
    with pytest.raises(ValidationError) as refused:
        person.act(correct, **before, version=4, **wrong)
    assert set(refused.value.message_dict) == set(wrong)
    assert str(other.user) in refused.value.message_dict["kind"][0]
    person.act(correct, **before, version=4, summary="A lock was broken")
    other.act(correct, **before, version=5, **wrong)
    assert fresh(incident).kind == "complaint"


def test_a_verified_incident_that_becomes_a_case_needs_the_answer_that_verifying_asks_for(city: City) -> None:
    person = officer(city.first)
    incident = IncidentFactory(
        enterprise__station=city.first, occurred_on=ago(9), verified_on=ago(5), kind="police_call"
    )
    form = {name: str(getattr(incident, name)) for name in ("occurred_on", "verified_on", "summary", "note")}
    form |= {"kind": "criminal_case", "at_fault": "true", "reason": "So", "version": 1}
    answer = person.post("incidents:correct", incident.pk, **form)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"duty_fulfilled": ["Choose yes or no."]}
    assert person.post("incidents:correct", incident.pk, **form, duty_fulfilled="false").status_code == 302
    assert (fresh(incident).kind, fresh(incident).duty_fulfilled) == ("criminal_case", False)

    brought = IncidentFactory(  # an import did not say it
        enterprise__station=city.first, occurred_on=ago(9), verified_on=ago(5), kind="criminal_case"
    )
    person.act(correct_incident, id=brought.pk, version=1, reason="So", summary="A lock was broken")
