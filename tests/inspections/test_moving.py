"""A hazard that was recorded at the wrong enterprise is voided there and recorded anew where it was found."""

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse

from facts.attachments import attach, list_attachments
from foundation.accounts.access import NotAllowed, StaleRecord, WrongState
from inspections import operations
from inspections.access import Permission
from inspections.choices import HazardState
from inspections.models import Hazard
from inspections.moving import move_hazard
from tests.attachments.test_attachments import PDF
from tests.factories import EnterpriseFactory, HazardFactory
from tests.facts.people import ago, ahead, chief, fresh, manager, officer
from tests.fixtures import City, scope_of

pytestmark = pytest.mark.django_db


def test_it_is_void_and_copy_and_leads_both_ways(city: City) -> None:
    wrong, right = (EnterpriseFactory(station=city.first, name=name) for name in ("Wrong Co", "Right Co"))
    finder, boss = officer(city.first, name="Wang Wei"), chief(city.first)
    hazard = finder.act(
        operations.create_hazard,
        enterprise_id=wrong.pk,
        item="Exit locked",
        place="Gate 2",
        found_on=ago(1),
        due_on=ahead(2),
    )
    photo = finder.act(
        attach,
        permission=Permission.RECORD_HAZARDS,
        model=Hazard,
        id=hazard.pk,
        name="exit.pdf",
        data=PDF,
    )
    move = {"id": hazard.pk, "version": 1, "enterprise_id": right.pk, "reason": "Next door"}
    with pytest.raises(WrongState, match="You reported this yourself"):
        finder.act(move_hazard, **move)
    with pytest.raises(NotAllowed):
        manager(wrong).act(move_hazard, **move)
    with pytest.raises(StaleRecord):
        boss.act(move_hazard, **move | {"version": 7})
    with pytest.raises(ValidationError, match="already"):
        boss.act(move_hazard, **move | {"enterprise_id": wrong.pk})
    with pytest.raises(Http404):
        boss.act(move_hazard, **move | {"enterprise_id": EnterpriseFactory(station=city.second).pk})
    assert fresh(hazard).state is not HazardState.VOIDED

    form = {"enterprise": right.pk, "reason": "Next door", "version": 1}
    answer = boss.client.post(reverse("inspections:hazard_move", args=[hazard.pk]), form)
    with scope_of(city.first):
        copy = Hazard.objects.get(enterprise=right)
    assert answer.url == reverse("inspections:hazard", args=[copy.pk])
    boss.client.post(reverse("inspections:hazard_move", args=[hazard.pk]), form)
    assert boss.act(move_hazard, **move) == copy  # again: no second copy
    old = fresh(hazard)
    assert old.is_voided
    assert f"number {copy.pk}" in old.void_reason
    for name in ("item", "place", "found_on", "due_on", "counted_as", "origin", "found_by"):
        assert getattr(copy, name) == getattr(old, name)
    (file,) = boss.act(list_attachments, fact=copy)
    assert (file.sha256, file.key, file.added_by) == (photo.sha256, photo.key, "Wang Wei")

    assert answer.url in boss.get("inspections:hazard", hazard.pk).text
    assert reverse("inspections:hazard", args=[hazard.pk]) in boss.get("inspections:hazard", copy.pk).text
    assert "Right Co" not in manager(wrong).get("inspections:hazard", hazard.pk).text
    with pytest.raises(WrongState, match="You reported this yourself"):  # the finder still accepts nothing
        finder.act(operations.close_hazard, id=copy.pk)


def test_what_was_answered_or_decided_stays(city: City) -> None:
    wrong, right = EnterpriseFactory(station=city.first), EnterpriseFactory(station=city.first)
    boss, people = chief(city.first), manager(wrong)
    hazard = HazardFactory(enterprise=wrong, found_on=ago(3), due_on=ahead(9))
    move = {"id": hazard.pk, "version": None, "enterprise_id": right.pk, "reason": "Next door"}
    people.act(operations.rectify_hazard, id=hazard.pk)
    page = reverse("inspections:hazard_move", args=[hazard.pk])
    assert page not in boss.get("inspections:hazard", hazard.pk).text
    with pytest.raises(WrongState, match="answered"):
        boss.act(move_hazard, **move)
    boss.act(operations.send_back_hazard, id=hazard.pk, reason="Not lit")
    with pytest.raises(WrongState, match="answered"):
        boss.act(move_hazard, **move)
