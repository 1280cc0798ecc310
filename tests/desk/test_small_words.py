"""Small things that pages said wrongly: figures of nothing, a day that cannot be, blanks between Chinese sentences."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from disputes.operations import reopen_dispute, settle_dispute
from enterprises import operations as register
from facts.models import FactStep
from facts.operations import correct_step
from foundation.periods import Period
from foundation.words import sentences
from inspections import operations
from inspections.access import Permission
from inspections.models import Hazard
from tests.factories import DisputeFactory, EnterpriseFactory, HazardFactory, InspectionFactory
from tests.facts.people import ago, ahead, chief, fresh, officer, rows, supervisor, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db


def test_sentences_follow_each_other_as_the_language_has_it() -> None:
    with translation.override("zh-hans"):
        assert sentences("甲。", "乙。") == "甲。乙。"
    with translation.override("en"):
        assert sentences("One.", "Two.") == "One. Two."


@pytest.mark.parametrize("code", ["2026Q3", "2026q3", " ２０２６Ｑ３ ", "２０２６ｑ３"])
def test_a_quarter_is_read_in_any_width_and_case(code: str) -> None:
    assert Period.parse(code).code == "2026Q3"


def test_a_new_bureau_shows_no_rate_of_nothing(city: City) -> None:
    page = supervisor(city.bureau).get("desk:bureau").content.decode()
    assert "0 ÷ 0" not in page
    assert "stat-unit" not in page


def test_who_left_today_does_not_come_back_today(city: City) -> None:
    boss, enterprise = chief(city.first), EnterpriseFactory(station=city.first)
    for day, initial in ((ago(9), today()), (today(), None)):
        leave = {"enterprise_id": enterprise.pk, "kind": "suspended", "from_on": day, "reason": "Rebuilt"}
        boss.act(register.set_inactive, **leave)
        form = boss.get("enterprises:inactivity", enterprise.pk).context["form"]
        assert form["on"].value() == initial or form["on"].value()() == initial
        if initial:
            boss.act(register.reactivate, enterprise_id=enterprise.pk, on=today(), reason="Back")


def test_a_step_that_others_need_is_refused_at_the_tick(city: City) -> None:
    person, hazard = (
        officer(city.first),
        HazardFactory(enterprise__station=city.first, found_on=ago(9), due_on=ahead(9)),
    )
    person.act(operations.rectify_hazard, id=hazard.pk, rectified_on=ago(5), submitted_by="李强")
    person.act(operations.send_back_hazard, id=hazard.pk, sent_back_on=ago(4), reason="No")
    submitted = next(each for each in rows(FactStep, city.first) if each.act == "rectify")
    with pytest.raises(ValidationError) as refused:
        person.act(
            correct_step,
            permission=Permission.CORRECT_HAZARDS,
            model=Hazard,
            id=hazard.pk,
            version=None,
            step=submitted.pk,
            never=True,
            reason="Slip",
        )
    assert list(refused.value.error_dict) == ["never"]


def test_a_step_shows_no_change_to_the_same(city: City) -> None:
    person, hazard = (
        officer(city.first),
        HazardFactory(enterprise__station=city.first, found_on=ago(9), due_on=ahead(9)),
    )
    person.act(operations.rectify_hazard, id=hazard.pk, rectified_on=ago(5), submitted_by="李强")
    person.act(operations.send_back_hazard, id=hazard.pk, sent_back_on=ago(4), reason="No")
    sent_back = rows(FactStep, city.first)[-1]
    person.act(operations.rectify_hazard, id=hazard.pk, rectified_on=ago(3), submitted_by="李强")
    said = {"permission": Permission.CORRECT_HAZARDS, "model": Hazard, "id": hazard.pk, "version": None}
    person.act(correct_step, **said, step=sent_back.pk, never=True, reason="Of another hazard")
    events = person.get("inspections:hazard", hazard.pk).context["events"]
    assert all(before != after for event in events for _field, before, after in event.changes)


def test_a_hazard_says_that_its_inspection_was_voided(city: City) -> None:
    visit = InspectionFactory(enterprise__station=city.first, inspected_on=ago(3))
    hazard = HazardFactory(enterprise=visit.enterprise, inspection=visit, found_on=ago(3))
    boss = chief(city.first)
    link = reverse("inspections:inspection", args=[visit.pk])
    assert "voided" not in boss.get("inspections:hazard", hazard.pk).content.decode().partition(link)[2][:300]
    boss.act(operations.void_inspection, id=visit.pk, version=None, reason="Another firm")
    assert fresh(visit).is_voided
    assert "voided" in boss.get("inspections:hazard", hazard.pk).content.decode().partition(link)[2][:300]


def test_a_far_deadline_of_a_reopened_dispute_is_refused_in_true_words(city: City) -> None:
    person, dispute = officer(city.first), DisputeFactory(enterprise__station=city.first, opened_on=ago(400))
    person.act(settle_dispute, id=dispute.pk, settled_on=ago(300))
    with pytest.raises(ValidationError, match="or opened again"):
        person.act(reopen_dispute, id=dispute.pk, reopened_on=ago(1), due_on=ahead(900), reason="Again")
