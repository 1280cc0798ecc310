"""Answers and conclusion of a recorded inspection are corrected with a reason; what is as good as accepting needs somebody else."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from foundation.tenancy.scope import station_scope
from inspections.models import AnswerCorrection, CheckedItem, Hazard
from inspections.operations import correct_inspection
from tests.exports.reading import rows_of
from tests.factories import HazardFactory
from tests.facts.people import chief, fresh, numbered, officer, rows
from tests.fixtures import City
from tests.papers.test_records import visit_of

pytestmark = pytest.mark.django_db


def test_an_answer_is_corrected_and_its_hazard_stays(city: City) -> None:
    one, other = numbered(officer(city.first), "041201"), numbered(chief(city.first), "041202")
    third = officer(city.first)
    visit = visit_of(one, other, city)
    address = reverse("inspections:inspection_answer_correct", args=[visit.pk, "B06"])
    form = one.client.get(address).context["form"]
    guards = {name: form[name].value() for name in ("version", "acting", "form_key")}
    sent = guards | {"answer": "pass", "note": "仅存 21 天 <b>&", "reason": "看错了录像机"}
    refused = one.client.post(address, sent)
    assert "somebody else decides" in str(refused.context["form"].errors["answer"]), (
        "who inspected takes nothing back"
    )
    form = third.client.get(address).context["form"]
    guards = {name: form[name].value() for name in ("version", "acting", "form_key")}
    assert "reason" in third.client.post(address, sent | guards | {"reason": " "}).context["form"].errors
    always = third.client.post(address, sent | guards | {"answer": "maybe"})
    assert "answer" in always.context["form"].errors
    assert rows(AnswerCorrection, city.first) == []
    done = third.client.post(address, sent | guards, follow=True)
    assert "Its hazard was not" in done.text
    (correction,) = rows(AnswerCorrection, city.first)
    assert (correction.was_answer, correction.answer, correction.by_id) == ("fail", "pass", third.user.pk)
    (item,) = (each for each in rows(CheckedItem, city.first) if each.code == "B06")
    (hazard,) = rows(Hazard, city.first)
    assert (item.answer, item.hazard_id) == ("pass", hazard.pk)
    assert hazard.closed_on is None
    assert fresh(visit).conclusion == "rectify", "nothing else changes in silence"
    page = one.get("inspections:inspection", visit.pk).text
    assert "看错了录像机" in page
    head = {"accept-language": "zh-hans"}
    said = one.client.get(reverse("inspections:inspection", args=[visit.pk]), headers=head).text
    assert re.search(r"结果[：:]?\s*(不合格 → )?合格", re.sub(r"<[^>]+>", "", said)), (
        "in words, not as it is stored"
    )
    sheet = one.client.post(reverse("inspections:answers_given"), {"download": "xlsx"}, headers=head)
    assert "结果" in rows_of(sheet.content)[0], "a header that comes in again"
    assert "no hazard is recorded" not in one.get("inspections:inspection", visit.pk).text
    added = reverse("inspections:inspection_answer_correct", args=[visit.pk, "F02"])
    form = third.client.get(added).context["form"]
    more = {name: form[name].value() for name in ("version", "acting", "form_key")}
    assert third.client.post(added, sent | more | {"answer": "fail"}).status_code == 302
    page = one.get("inspections:inspection", visit.pk)
    (lacking,) = page.context["lacking"]
    assert "no hazard is recorded for it" in page.text
    words = lacking.question.hazard_words
    assert one.client.get(lacking.add_url).context["form"]["item"].value() == words
    with station_scope(one.actor.scope()):
        enterprise = visit.enterprise
    HazardFactory(enterprise=enterprise, inspection=visit, item=words, found_on=visit.inspected_on)
    assert one.get("inspections:inspection", visit.pk).context["lacking"] == []
    fourth = officer(city.first)
    form = fourth.client.get(address).context["form"]
    stale = {name: form[name].value() for name in ("acting", "form_key")} | {"version": 1}
    late = fourth.client.post(address, sent | stale | {"note": "again"})
    assert late.status_code == 422, "the page was stale"
    assert officer(city.second).client.get(address).status_code == 404


def test_only_somebody_else_makes_an_inspection_qualified(city: City) -> None:
    one, other = numbered(officer(city.first), "041201"), numbered(chief(city.first), "041202")
    third = officer(city.first)
    visit = visit_of(one, other, city)
    for person in (one, other):
        with station_scope(person.actor.scope()), pytest.raises(ValidationError) as error:
            correct_inspection(
                actor=person.actor, id=visit.pk, version=None, reason="其实合格", conclusion="qualified"
            )
        assert "conclusion" in error.value.message_dict
    with station_scope(one.actor.scope()):
        correct_inspection(
            actor=one.actor, id=visit.pk, version=None, reason="更严重", conclusion="unqualified"
        )
    with station_scope(third.actor.scope()):
        correct_inspection(
            actor=third.actor, id=visit.pk, version=None, reason="复核后合格", conclusion="qualified"
        )
    page = one.get("inspections:inspection", visit.pk).text
    assert "The conclusion was changed by" in page
    assert "复核后合格" in page
