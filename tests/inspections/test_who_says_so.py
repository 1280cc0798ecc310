"""Nobody of the police stands in for the enterprise or for a witness, and words that nobody sees are none."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from disputes.models import EnterpriseReport
from disputes.reporting.submitting import report_dispute
from inspections.calling import note_call
from inspections.checklists.summary import summary_of
from inspections.models import HazardCall, PlannedVisit, Reply, Signing
from inspections.planning.planning import plan_visits
from inspections.replies import reply_to
from inspections.signing import SignatureGiven, SigningGiven, sign_inspection
from tests.factories import EnterpriseFactory, HazardFactory, InspectionFactory, LetterheadFactory
from tests.facts.people import Person, ahead, numbered, officer, rows, today
from tests.fixtures import City
from tests.inspections.test_signing import drawn

pytestmark = pytest.mark.django_db
UNSEEN = ("\u200b\u200b", "\u3164", "\u2800\u115f")


def refused(person: Person, operation: Any, **given: Any) -> set[str]:
    with pytest.raises(ValidationError) as error:
        person.act(operation, **given)
    return set(error.value.message_dict)


@pytest.fixture
def police(city: City) -> Person:
    return numbered(officer(city.first, "周志远"), "041267")


def test_who_answered_for_the_enterprise_is_no_officer(city: City, police: Person) -> None:
    visit = InspectionFactory(enterprise__station=city.first, inspectors="周志远、陈岚", inspected_on=today())
    for name in ("周 志远", "陈岚"):
        given = {"id": visit.pk, "said": "已整改。", "way": "call", "by": name}
        assert refused(police, reply_to, **given) == {"by"}
    assert not rows(Reply, city.first)
    firm = EnterpriseFactory(station=city.first)
    told = {"enterprise_id": firm.pk, "about": "dispute", "kind": "wages", "said": "欠薪。", "way": "call"}
    assert refused(police, report_dispute, **told, by="周志远") == {"by"}
    assert not rows(EnterpriseReport, city.first)
    hazard = HazardFactory(enterprise=firm, found_by="陈岚、李珊")
    for name in ("陈岚", "周志远"):
        assert refused(police, note_call, id=hazard.pk, spoke_with=name, said="知道了。") == {"spoke_with"}
    assert not rows(HazardCall, city.first)


def test_who_signs_for_the_enterprise_or_saw_its_refusal_is_no_officer(city: City, police: Person) -> None:
    visit = InspectionFactory(
        enterprise__station=city.first,
        inspectors="周志远、陈岚",
        inspected_on=today(),
        conclusion="qualified",
    )
    shown: Any = police.act(lambda actor: summary_of(actor, visit))
    now = timezone.now()
    own = [
        SignatureGiven("officer", now, user_id=each["id"] or 0, name=each["name"], picture=drawn())
        for each in shown["officers"]
    ]
    signed = SignatureGiven("enterprise", now, name="王芳", picture=drawn())
    no = replace(signed, picture=b"", refused=True, reason="没有授权", witness="社区 李红")
    given = SigningGiven(shown, [*own, signed])
    at = f"signatures-{len(own)}."
    for wrong, field in ((replace(signed, name="陈 岚"), "name"), (replace(no, witness="陈岚"), "witness")):
        signing = replace(given, signatures=[*own, wrong])
        assert refused(police, sign_inspection, id=visit.pk, signing=signing) == {at + field}
    assert not rows(Signing, city.first)
    police.act(sign_inspection, id=visit.pk, signing=replace(given, signatures=[*own, no]))


@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
def test_a_reason_that_nobody_sees_is_none(city: City, police: Person, unseen: str) -> None:
    second = numbered(officer(city.first), "041268")
    LetterheadFactory(bureau=city.bureau, station=city.first)
    firm = EnterpriseFactory(station=city.first)
    plan = {
        "enterprise_ids": [firm.pk],
        "on": ahead(1),
        "officer_id": police.user.pk,
        "second_id": second.user.pk,
    }
    assert refused(police, plan_visits, **plan, urgent=True, urgent_reason=unseen) == {"urgent_reason"}
    assert refused(police, plan_visits, **plan, source="ordered", reference=unseen) == {"reference"}
    assert not rows(PlannedVisit, city.first)
