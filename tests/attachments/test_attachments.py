"""Photos and files of records: who adds, sees and takes them away, once each, and where their bytes are."""

import datetime as dt
import io
import os
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from enterprises.choices import InactiveReason
from enterprises.operations import hand_over
from facts import attachments
from facts.models import Attachment
from foundation.attachments import files, keeping
from inspections.models import Hazard
from tests.attachments.pictures import drawn, photo
from tests.factories import EnterpriseFactory, HazardFactory, InactivityFactory
from tests.facts.people import Person, chief, log, manager, officer, rows, today
from tests.fixtures import City, scope_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 contract"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> None:
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {
        **settings.STORAGES,
        files.ALIAS: {"BACKEND": backend, "OPTIONS": {"location": tmp_path}},
    }


@pytest.fixture
def hazard(city: City) -> Hazard:
    found: Hazard = HazardFactory(enterprise=EnterpriseFactory(station=city.first))
    return found


def sent(*contents: bytes) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(f"IMG_{number}.jpg", each) for number, each in enumerate(contents)]


def add(person: Person, hazard: Hazard, *contents: bytes, one: bool = False, **data: Any) -> Any:
    return person.client.post(
        reverse("inspections:hazard_add_files", args=[hazard.pk]),
        {"file": sent(*contents), **data},
        headers={"X-Anqi-File": "1"} if one else {},
    )


def address(page: str, hazard: Hazard, attachment: Attachment) -> str:
    return reverse(f"inspections:hazard_{page}", args=[hazard.pk, attachment.pk])


def void(reason: str) -> dict[str, str]:
    return {"reason": reason, "version": "1"}


def of(hazard: Hazard) -> list[Attachment]:
    return rows(Attachment, hazard.station)


def test_both_sides_add_and_see_the_same_file(city: City, hazard: Hazard) -> None:
    police, theirs = officer(city.first), manager(hazard.enterprise)
    assert add(police, hazard, photo(), PDF, shows="found").status_code == 302
    answer = add(theirs, hazard, photo(seed=200), one=True, shows="put_right")
    before, paper, after = of(hazard)
    (said,) = answer.json()["added"]
    assert (said["id"], said["received"]) == (after.pk, after.received_sha256)
    assert [(each.shows, each.by_enterprise) for each in (before, paper, after)] == [
        ("found", False),
        ("", False),
        ("put_right", True),
    ]
    for person in (police, theirs):
        page = person.get("inspections:hazard", hazard.pk).text
        assert page.index("As found") < page.index("Put right")
        for each in (before, paper, after):
            got = person.client.get(address("file", hazard, each))
            assert got.headers["Content-Type"] == each.content_type
            assert got.headers["Cache-Control"] == "private, no-cache"
            assert "sandbox" in got.headers["Content-Security-Policy"]
            assert got.headers["X-Content-Type-Options"] == "nosniff"
            assert got.headers["Content-Disposition"].startswith("attachment" if each is paper else "inline")
            tag = got.headers["ETag"]
            again = person.client.get(address("file", hazard, each), headers={"If-None-Match": tag})
            assert (again.status_code, again.content) == (304, b"")
        assert (
            person.client.get(address("file_small", hazard, before)).headers["Content-Type"] == "image/jpeg"
        )
        assert person.client.get(address("file_small", hazard, paper)).status_code == 404
    assert [entry.action for entry in log(city.first)] == ["hazard.attach"] * 3


def test_the_same_file_comes_once(city: City, hazard: Hazard) -> None:
    person = officer(city.first)
    first = add(person, hazard, photo(), one=True).json()
    assert add(person, hazard, photo(), one=True).json() == first
    assert add(person, hazard, photo(), photo()).status_code == 302
    assert len(of(hazard)) == 1


def test_of_several_files_all_or_none(city: City, hazard: Hazard) -> None:
    answer = add(officer(city.first), hazard, photo(), b"<svg/>")
    assert answer.status_code == 422
    assert "IMG_1.jpg: Only photos" in answer.text
    assert of(hazard) == []


def test_who_may_not(city: City, hazard: Hazard) -> None:
    add(officer(city.first), hazard, photo())
    (kept,) = of(hazard)
    other: Hazard = HazardFactory(enterprise=hazard.enterprise)
    for stranger in (
        officer(city.second),
        manager(EnterpriseFactory(station=city.first)),
        chief(city.elsewhere),
    ):
        assert stranger.client.get(address("file", hazard, kept)).status_code == 404
        assert stranger.client.get(address("file_small", hazard, kept)).status_code == 404
        assert add(stranger, hazard, photo(seed=200)).status_code == 404
    # under another record of the same enterprise it is not there, nor under one that a stranger may see
    theirs: Hazard = HazardFactory(enterprise=EnterpriseFactory(station=city.second))
    for person, record in ((officer(city.first), other), (officer(city.second), theirs)):
        for page in ("file", "file_small"):
            assert person.client.get(address(page, record, kept)).status_code == 404
    # without a login, nothing at all
    for page in ("file", "file_small"):
        assert Client().get(address(page, hazard, kept)).status_code in (302, 401, 403)


def test_only_the_police_see_what_is_not_shared(
    city: City, hazard: Hazard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hazard, "files_are_shared", False)
    theirs = manager(hazard.enterprise)
    add(officer(city.first), hazard, photo())
    add(theirs, hazard, photo(seed=200))
    police_own, own = of(hazard)
    assert theirs.client.get(address("file", hazard, police_own)).status_code == 404
    assert theirs.client.get(address("file", hazard, own)).status_code == 200


def test_it_is_taken_away_with_a_reason_and_stays_named(city: City, hazard: Hazard) -> None:
    person = officer(city.first)
    add(person, hazard, photo())
    (kept,) = of(hazard)
    assert person.client.post(address("void_file", hazard, kept), void("")).status_code == 422
    person.client.post(address("void_file", hazard, kept), void("Another gate"))
    assert person.client.get(address("file", hazard, kept)).status_code == 404
    page = person.get("inspections:hazard", hazard.pk).text
    assert "Another gate" in page
    assert kept.name in page
    add(person, hazard, photo())  # it may come again
    assert [each.is_voided for each in of(hazard)] == [True, False]


def test_an_enterprise_takes_its_own_away_on_the_same_day(city: City, hazard: Hazard) -> None:
    theirs = manager(hazard.enterprise)
    add(officer(city.first), hazard, photo())
    add(theirs, hazard, photo(seed=200))
    polices, own = of(hazard)
    theirs.client.post(address("void_file", hazard, polices), void("ours"))
    assert not of(hazard)[0].is_voided
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=1)):
        late = manager(hazard.enterprise)  # whose session began then
        late.client.post(address("void_file", hazard, own), void("too late"))
    assert not of(hazard)[1].is_voided
    theirs.client.post(address("void_file", hazard, own), void("the wrong gate"))
    assert of(hazard)[1].is_voided


def test_who_found_it_takes_away_nothing_that_the_enterprise_sent(city: City) -> None:
    finder = officer(city.first)
    hazard = HazardFactory(
        enterprise=EnterpriseFactory(station=city.first), recorded_by_id=finder.actor.user_id
    )
    add(manager(hazard.enterprise), hazard, photo())
    (theirs,) = of(hazard)
    finder.client.post(address("void_file", hazard, theirs), void("it shows something else"))
    assert not of(hazard)[0].is_voided
    officer(city.first).client.post(address("void_file", hazard, theirs), void("it shows something else"))
    assert of(hazard)[0].is_voided


def test_nothing_is_added_to_what_rests(city: City, hazard: Hazard) -> None:
    theirs = manager(hazard.enterprise)
    InactivityFactory(enterprise=hazard.enterprise, kind=InactiveReason.SUSPENDED)
    assert add(theirs, hazard, photo(), one=True).json()["errors"] == [
        "Your enterprise is not on the register now, so nothing can be added."
    ]
    person = officer(city.first)
    person.post(
        "inspections:hazard_void", hazard.pk, reason="Recorded twice, see the other", version=hazard.version
    )
    assert add(chief(city.first), hazard, photo()).status_code in (302, 422)
    assert of(hazard) == []


def test_another_day_of_the_camera_is_pointed_out(city: City, hazard: Hazard) -> None:
    add(officer(city.first), hazard, photo(taken="2020:05:06 10:00:00"), shows="found")
    page = officer(city.first).get("inspections:hazard", hazard.pk).text
    assert "taken on" in page
    assert "2020-05-06" in page


def test_bytes_without_a_row_are_swept(city: City, hazard: Hazard) -> None:
    add(officer(city.first), hazard, photo())
    (kept,) = of(hazard)
    bureau_id = city.bureau.pk
    lost = files.put(bureau_id, b"lost", b"small")
    fresh = files.put(bureau_id, b"not a day old")
    storage = storages[files.ALIAS]
    for name in (kept.key, kept.key + files.SMALL, lost, lost + files.SMALL):
        os.utime(storage.path(name), (0, 0))
    assert keeping.forget_unnamed(bureau_id) == 2
    assert all(storage.exists(name) for name in (kept.key, kept.key + files.SMALL, fresh))
    assert not storage.exists(lost)


def test_what_is_lost_or_changed_is_named(city: City, hazard: Hazard) -> None:
    for number in range(4):
        add(officer(city.first), hazard, photo(seed=number))
    lost, small_lost, changed, _sound = of(hazard)
    storage = storages[files.ALIAS]
    storage.delete(lost.key)
    storage.delete(small_lost.key + files.SMALL)
    Path(storage.path(changed.key)).write_bytes(b"another picture")
    told = io.StringIO()
    with pytest.raises(CommandError, match="3 of 4 files"):
        call_command("check_attachments", stderr=told)
    assert told.getvalue().splitlines() == [
        f"lost: {lost.key} (facts.attachment {lost.pk})",
        f"thumbnail lost: {small_lost.key} (facts.attachment {small_lost.pk})",
        f"changed: {changed.key} (facts.attachment {changed.pk})",
    ]


def test_lost_bytes_are_no_fault_of_the_reader(city: City, hazard: Hazard) -> None:
    person = officer(city.first)
    add(person, hazard, photo())
    (kept,) = of(hazard)
    storages[files.ALIAS].delete(kept.key)
    assert person.client.get(address("file", hazard, kept)).status_code == 404
    assert person.client.get(address("file_small", hazard, kept)).status_code == 200


def test_they_move_with_the_enterprise(city: City, hazard: Hazard) -> None:
    add(officer(city.first), hazard, photo())
    (kept,) = of(hazard)
    chief(city.first).act(
        hand_over,
        enterprise_id=hazard.enterprise_id,
        to_station_id=city.second.pk,
        on=today(),
        reason="Moved there",
    )
    assert officer(city.second).client.get(address("file", hazard, kept)).status_code == 200
    assert officer(city.first).client.get(address("file", hazard, kept)).status_code == 404


def test_the_police_read_where_a_photo_was_used_before(city: City, hazard: Hazard) -> None:
    """Sent once more for another hazard, smaller and with less quality; a picture of something else is left alone."""
    before = HazardFactory(enterprise=EnterpriseFactory(station=city.first, name="安达化工"))
    elsewhere = HazardFactory(enterprise=EnterpriseFactory(station=city.second, name="宏远机械"))
    police = officer(city.first)
    for record in (before, elsewhere):
        add(officer(record.station), record, drawn(5, 1200))
    add(police, hazard, drawn(5, 700), drawn(6, 1200))
    same, other = own = [each for each in of(hazard) if each.record_id == hazard.pk]
    with scope_of(city.first):
        told = attachments.alike(police.actor, hazard, own)
    assert {pk: [each.record_id for each in like] for pk, like in told.items()} == {same.pk: [before.pk]}
    page = " ".join(
        police.client.get(reverse("inspections:hazard", args=[hazard.pk])).content.decode().split()
    )
    assert page.count("looks like a photo at 安达化工: hazard") == 1
    assert reverse("inspections:hazard", args=[before.pk]) in page
    assert other.difference_hash != same.difference_hash
    assert attachments.alike(manager(hazard.enterprise).actor, hazard, own) == {}
