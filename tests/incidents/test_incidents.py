"""Incidents: verified once, not before they happened."""

import pytest

from tests.factories import IncidentFactory
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
