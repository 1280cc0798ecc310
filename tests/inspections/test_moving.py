"""A hazard that was recorded at the wrong enterprise is voided there and recorded anew where it was found."""

import hashlib

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse

from facts.attachments import attach, list_attachments, open_attachment
from foundation.accounts.access import NotAllowed, StaleRecord, WrongState
from foundation.periods import Period
from inspections import operations
from inspections.access import Permission
from inspections.choices import HazardState, Stage
from inspections.indicators.hazards import _hazards
from inspections.major import record_stage
from inspections.models import Hazard
from inspections.moving import move_hazard
from tests.attachments.test_attachments import PDF
from tests.factories import EnterpriseFactory, HazardFactory
from tests.facts.people import ago, ahead, chief, fresh, manager, officer, today
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


def test_a_copy_has_what_the_first_had_and_goes_back_again(city: City) -> None:
    """Graded as major, recorded by somebody who is no finder, with a photo; moved to B, and from there back to A."""
    a, b = (EnterpriseFactory(station=city.first) for _each in range(2))
    recorder, boss, third = officer(city.first), chief(city.first), officer(city.first)
    first = recorder.act(
        operations.create_hazard,
        enterprise_id=a.pk,
        item="Exit locked",
        origin="superior",
        found_on=ago(1),
        due_on=ahead(2),
        major=True,
    )
    added = {"permission": Permission.RECORD_HAZARDS, "model": Hazard, "id": first.pk}
    recorder.act(attach, **added, name="exit.pdf", data=PDF)
    move = {"version": None, "reason": "Next door"}
    at_b = boss.act(move_hazard, id=first.pk, enterprise_id=b.pk, **move)
    assert _open_major(city) == {b.pk: 1}
    assert at_b.recorded_by_id == recorder.user.pk
    with pytest.raises(WrongState, match="You reported this yourself"):
        recorder.act(move_hazard, id=at_b.pk, enterprise_id=a.pk, **move)
    with pytest.raises(WrongState, match="plan"):  # the rules for major hazards hold for the copy, too
        third.act(operations.close_hazard, id=at_b.pk)

    back = third.act(move_hazard, id=at_b.pk, enterprise_id=a.pk, **move)
    assert back.pk not in (first.pk, at_b.pk)
    assert _open_major(city) == {a.pk: 1}
    (file,) = third.act(list_attachments, fact=back)
    with open_attachment(file) as stream:
        assert hashlib.sha256(stream.read()).hexdigest() == file.sha256
    manager(a).act(record_stage, id=back.pk, version=None, stage=Stage.PLAN, plan="A second exit")
    page = reverse("inspections:hazard_move", args=[back.pk])
    assert page not in boss.get("inspections:hazard", back.pk).text
    with pytest.raises(WrongState, match="answered"):
        boss.act(move_hazard, id=back.pk, enterprise_id=b.pk, **move)


def _open_major(city: City) -> dict[int, int]:
    with scope_of(city.first):
        found = _hazards(Period.of(today()))
        return {row["enterprise_id"]: row["hazards_open_major"] for row in found if row["hazards_open_major"]}


def test_what_an_import_brought_is_read_as_it_is(city: City) -> None:
    hazard = HazardFactory(
        enterprise__station=city.first,
        external_key="moved:№1",
        found_on=ago(9),
        due_on=ago(3),
        extended_due_on=ahead(3),
        extension_granted_on=ago(4),
    )
    boss, target = chief(city.first), EnterpriseFactory(station=city.first)
    assert reverse("inspections:hazard_move", args=[hazard.pk]) not in (
        boss.get("inspections:hazard", hazard.pk).text
    )
    with pytest.raises(WrongState, match="decided"):  # its extension would be lost
        boss.act(move_hazard, id=hazard.pk, version=None, enterprise_id=target.pk, reason="Next door")


def test_an_overdue_one_gets_its_deadline_anew(city: City) -> None:
    """The enterprise where it was found has never heard of it."""
    first = HazardFactory(enterprise__station=city.first, found_on=ago(40), due_on=ago(9))
    boss, right = chief(city.first), EnterpriseFactory(station=city.first)
    copy = boss.act(move_hazard, id=first.pk, version=None, enterprise_id=right.pk, reason="Next door")
    assert (copy.found_on, copy.state) == (ago(40), HazardState.OPEN)
    assert copy.counted_as["start"] == today().isoformat()
    assert fresh(first).due_on == ago(9)
