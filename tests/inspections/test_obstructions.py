"""Obstruction of an inspection: from the inspection's page to the page of the enterprise."""

import pytest
from django.urls import reverse

from foundation.accounts.access import WrongState
from inspections.choices import FindingState
from inspections.models import Obstruction
from inspections.obstructing import (
    ask_to_withdraw_obstruction,
    confirm_obstruction,
    create_obstruction,
    void_obstruction,
    withdraw_obstruction,
)
from tests.factories import EnterpriseFactory, InspectionFactory
from tests.facts.people import ago, fresh, manager, officer, rows, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db


def test_what_officers_met_with_is_confirmed_by_another_and_then_seen(city: City) -> None:
    inspection = InspectionFactory(enterprise__station=city.first, inspected_on=ago(3))
    finder, other, person = officer(city.first), officer(city.first), manager(inspection.enterprise)
    page = reverse("inspections:obstruction_create")
    link = f"{page}?enterprise={inspection.enterprise_id}&inspection={inspection.pk}"
    shown = finder.get("inspections:inspection", inspection.pk).text
    assert link.replace("&", "&amp;") in shown
    form = finder.client.get(link).context["form"]
    assert form.initial["obstructed_on"] == ago(3)
    sent = {
        "kind": "withheld",
        "what": "The footage of the night was kept back",
        "by_whom": "Manager Ma",
        "evidence": "Recording 0417",
        "obstructed_on": ago(3),
        "inspection_id": inspection.pk,
    }
    answer = finder.post("inspections:obstruction_create", **sent, enterprise=inspection.enterprise_id)
    assert answer.status_code == 302
    (obstruction,) = rows(Obstruction, city.first)
    assert obstruction.inspection_id == inspection.pk
    assert (
        reverse("inspections:obstruction", args=[obstruction.pk])
        in finder.get("inspections:inspection", inspection.pk).text
    )
    assert (
        reverse("inspections:inspection", args=[inspection.pk])
        in finder.get("inspections:obstruction", obstruction.pk).text
    )

    with pytest.raises(WrongState, match=str(other.user)):
        finder.act(confirm_obstruction, id=obstruction.pk, confirmed_on=today())
    assert person.get("inspections:obstruction", obstruction.pk).status_code == 404
    other.act(confirm_obstruction, id=obstruction.pk, confirmed_on=today())
    assert "footage" in person.get("inspections:obstruction", obstruction.pk).text

    # never erased: what was confirmed is not voided, and takes two to be withdrawn
    with pytest.raises(WrongState, match="another decides"):
        other.act(void_obstruction, id=obstruction.pk, version=None, reason="Another night")
    asked = {"id": obstruction.pk, "reason": "Another night"}
    finder.act(ask_to_withdraw_obstruction, **asked)
    with pytest.raises(WrongState, match="yourself"):
        finder.act(withdraw_obstruction, **asked, withdrawn_on=today())
    other.act(withdraw_obstruction, **asked, withdrawn_on=today())
    assert fresh(obstruction).state is FindingState.WITHDRAWN
    assert person.get("inspections:obstruction", obstruction.pk).status_code == 200


def test_an_inspection_of_another_enterprise_is_left_out(city: City) -> None:
    enterprise, elsewhere = (
        EnterpriseFactory(station=city.first),
        InspectionFactory(enterprise__station=city.first),
    )
    fields = {"kind": "refused", "what": "Gate shut", "by_whom": "A guard", "evidence": "Two officers"}
    made = officer(city.first).act(
        create_obstruction,
        enterprise_id=enterprise.pk,
        inspection_id=elsewhere.pk,
        obstructed_on=today(),
        **fields,
    )
    assert made.inspection_id is None
