"""A notification is in the language of whoever reads it, also where its object's name has a word in it."""

import pytest
from django.utils import translation

from disputes.filing.leading import name_lead
from foundation.inbox.models import Notification
from foundation.inbox.notifying import together
from tests.factories import DisputeFactory
from tests.facts.people import ago, officer
from tests.fixtures import City
from tests.inbox.conftest import inbox_of

pytestmark = pytest.mark.django_db


def texts(row: Notification) -> tuple[str, str]:
    with translation.override("en"):
        english = row.text
    with translation.override("zh-hans"):
        return english, row.text


@pytest.mark.parametrize("writer", ["en", "zh-hans"])
def test_who_leads_a_dispute_reads_its_kind_in_the_own_language(city: City, writer: str) -> None:
    person, colleague = officer(city.first), officer(city.first)
    dispute = DisputeFactory(enterprise__station=city.first, kind="wages", summary="三个月工资未付")
    with translation.override(writer):
        person.act(name_lead, id=dispute.pk, version=None, officer_id=colleague.user.pk)
    (row,) = [each for each in inbox_of(colleague.actor) if each.code == "dispute.lead"]
    english, chinese = texts(row)
    assert "Wages · 三个月工资未付" in english
    assert "Wages" not in chinese
    assert "欠薪 · 三个月工资未付" in chinese


def test_of_many_too(city: City) -> None:
    person, colleague = officer(city.first), officer(city.first)
    both = [
        DisputeFactory(enterprise__station=city.first, opened_on=ago(5), kind=kind, summary=kind)
        for kind in ("wages", "injury", "wages", "other", "injury", "wages")
    ]
    with translation.override("en"), together("bulk:1"):
        for each in both:
            person.act(name_lead, id=each.pk, version=None, officer_id=colleague.user.pk)
    (row,) = inbox_of(colleague.actor)
    english, chinese = texts(row)
    assert "Wages · wages、Injury · injury、Wages · wages…" in english
    assert chinese.count("…") == english.count("…") == 1
    assert "欠薪 · wages、" in chinese
    assert not {"Wages", "Injury"} & set(chinese.replace("·", " ").split())
