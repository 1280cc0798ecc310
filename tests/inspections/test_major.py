"""A major hazard: guarantees, plan, expert review and acceptance before it is closed; listed supervision by the bureau."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from foundation.accounts.access import NotAllowed, WrongState
from foundation.tenancy.scope import station_scope
from inspections import major, operations
from inspections.accepting import judge_acceptance
from inspections.choices import Stage
from inspections.models import Hazard, MajorStage
from inspections.moving import move_hazard
from tests.factories import EnterpriseFactory, HazardFactory
from tests.facts.people import (
    Person,
    ago,
    ahead,
    chief,
    fresh,
    log,
    manager,
    officer,
    rows,
    supervisor,
    today,
)
from tests.fixtures import City

pytestmark = pytest.mark.django_db
GUARANTEES: dict[str, Any] = {
    "measures": "New wall",
    "funds": "20,000 yuan",
    "until": ahead(20),
    "responsible": "Manager Ma",
    "contingency": "Guards close the yard",
    "interim": "A guard day and night",
}
EXPERTS = {"experts": "Prof. Qian", "unit": "Institute of Safety", "opinion": "Sound"}


@pytest.fixture
def hazard(city: City) -> Hazard:
    enterprise = EnterpriseFactory(station=city.first)
    found: Hazard = HazardFactory(enterprise=enterprise, found_on=ago(20), due_on=ahead(2))
    return found


def stage(person: Person, hazard: Hazard, code: Stage, **told: Any) -> Any:
    return person.act(major.record_stage, id=hazard.pk, version=None, stage=code, **told)


def refused(person: Person, hazard: Hazard) -> str:
    with pytest.raises(WrongState) as error:
        person.act(operations.close_hazard, id=hazard.pk)
    with station_scope(person.actor.scope()):
        judged = judge_acceptance(actor=person.actor, hazard_ids=[hazard.pk], closed_on=today())
    assert list(judged.refused.values()) == [str(error.value)]  # the same with many
    return str(error.value)


def test_it_is_accepted_after_plan_review_and_acceptance_by_experts(city: City, hazard: Hazard) -> None:
    own, head = manager(hazard.enterprise), chief(city.first)
    with pytest.raises(WrongState, match="not major"):
        stage(own, hazard, Stage.PLAN, plan="Wall")
    officer(city.first).act(operations.mark_major, id=hazard.pk, on=today(), reason="The wall leans")
    page = own.get("inspections:hazard", hazard.pk)
    assert page.context["governance"].may_record
    with pytest.raises(ValidationError) as error:
        stage(own, hazard, Stage.GUARANTEES, **(GUARANTEES | {"funds": " ", "until": None}))
    assert set(error.value.message_dict) == {"funds", "until"}
    address = reverse("inspections:hazard_stage", args=[hazard.pk, "guarantees"])
    until = ahead(20).isoformat()
    given = GUARANTEES | {"until": until, "on": today().isoformat(), "version": fresh(hazard).version}
    assert own.client.post(address, given).status_code == 302
    assert "A guard day and night" in head.get("inspections:hazard", hazard.pk).text
    own.act(operations.rectify_hazard, id=hazard.pk)
    assert "none yet" in refused(head, hazard)
    stage(own, hazard, Stage.PLAN, plan="Wall")
    assert "not reviewed" in refused(head, hazard)
    with pytest.raises(ValidationError) as error:  # an officer enters it for a person of the enterprise
        stage(head, hazard, Stage.REVIEW, passed=False, **EXPERTS)
    assert set(error.value.message_dict) == {"reported_by"}
    stage(head, hazard, Stage.REVIEW, passed=False, reported_by="Manager Ma", **EXPERTS)
    assert "did not pass" in refused(head, hazard)
    stage(own, hazard, Stage.REVIEW, passed=True, **EXPERTS)
    assert "not accepted" in refused(head, hazard)
    stage(own, hazard, Stage.ACCEPTANCE, passed=True, **EXPERTS)
    head.act(operations.close_hazard, id=hazard.pk)
    assert fresh(hazard).closed_on == today()
    acts = [each.action for each in log(city.first, object_id=hazard.pk)]
    assert acts.count("hazard.major_review") == 2


def test_what_was_major_before_these_rules_is_accepted_as_before(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    old = HazardFactory(enterprise=enterprise, found_on=ago(20), major_from_on=ago(20), rectified_on=ago(1))
    head = chief(city.first)
    stage(manager(enterprise), old, Stage.PLAN, plan="Wall")  # of its own accord
    shown = head.get("inspections:hazard", old.pk).context["governance"]
    assert (shown.missing, shown.guaranteed_by) == ("", None)
    head.act(operations.close_hazard, id=old.pk)
    assert fresh(old).closed_on == today()


def test_reopened_moved_or_corrected_a_major_hazard_begins_anew(city: City, hazard: Hazard) -> None:
    head, own = officer(city.first), manager(hazard.enterprise)
    head.act(operations.mark_major, id=hazard.pk, on=ago(9), reason="The wall leans")
    (begun,) = rows(MajorStage, city.first)
    assert (begun.on, begun.due_on > today()) == (ago(9), True)  # it could not be known before it was said
    for code, told in ((Stage.PLAN, {"plan": "Wall"}), (Stage.REVIEW, EXPERTS), (Stage.ACCEPTANCE, EXPERTS)):
        stage(own, hazard, code, passed=True, **told)
    head.act(operations.close_hazard, id=hazard.pk)
    head.act(operations.reopen_hazard, id=hazard.pk, reopened_on=today(), due_on=ahead(9), reason="It leans")
    assert "none yet" in refused_at_once(head, hazard)

    ended = HazardFactory(
        enterprise=hazard.enterprise,
        found_on=ago(9),
        due_on=ahead(9),
        major_from_on=ago(9),
        major_until_on=ago(2),
    )
    right = EnterpriseFactory(station=city.first)
    head.act(
        operations.correct_hazard,
        id=ended.pk,
        version=1,
        major_until_on=None,
        reason="It was major all the time",
    )
    assert "none yet" in refused_at_once(head, ended)
    copy = head.act(move_hazard, id=ended.pk, version=None, enterprise_id=right.pk, reason="Next door")
    assert "none yet" in refused_at_once(head, copy)


def refused_at_once(person: Person, hazard: Hazard) -> str:
    with pytest.raises(WrongState) as error:
        person.act(operations.close_hazard, id=hazard.pk)
    return str(error.value)


def test_the_bureau_lists_a_hazard_until_it_lifts_that_and_the_enterprise_sees_it(
    city: City, hazard: Hazard
) -> None:
    above, own = supervisor(city.bureau), manager(hazard.enterprise)
    listing = {"id": hazard.pk, "version": None, "reason": "Overdue for weeks"}
    with pytest.raises(NotAllowed):
        chief(city.first).act(major.list_hazard_for_supervision, **listing)
    assert "Put under listed supervision" in above.get("inspections:hazard", hazard.pk).text
    address = reverse("inspections:hazard_supervise", args=[hazard.pk])
    given = {"reason": "Overdue for weeks", "number": "督〔2026〕3号", "listed_on": today().isoformat()}
    assert above.client.post(address, given | {"version": 1}).status_code == 302
    with pytest.raises(WrongState, match="already"):
        above.act(major.list_hazard_for_supervision, **listing)
    text = own.get("inspections:hazard", hazard.pk).text
    assert "督〔2026〕3号" in text
    assert "Under listed supervision" in text
    above.act(major.lift_supervision, id=hazard.pk, version=None, reason="Put right")
    assert "Listed supervision lifted" in own.get("inspections:hazard", hazard.pk).text
    with pytest.raises(WrongState):
        above.act(major.lift_supervision, id=hazard.pk, version=None, reason="Again")
