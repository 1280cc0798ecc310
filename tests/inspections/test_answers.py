"""Both sides see the file: what the enterprise submits, with its photos; who opened it; extensions; what officers enter."""

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from foundation.accounts.access import WrongState
from foundation.attachments import files
from inspections import operations
from inspections.choices import HazardState
from inspections.models import Hazard, Submission
from inspections.selectors import count_pressing
from tests.attachments.pictures import photo
from tests.factories import EnterpriseFactory, HazardFactory
from tests.facts.people import Person, ago, ahead, chief, fresh, manager, officer, rows, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db
SCRIPT = {"X-Anqi-File": "1"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> None:
    backend = "django.core.files.storage.FileSystemStorage"
    kept = {files.ALIAS: {"BACKEND": backend, "OPTIONS": {"location": tmp_path}}}
    settings.STORAGES = {**settings.STORAGES, **kept}


@pytest.fixture
def hazard(city: City) -> Hazard:
    enterprise = EnterpriseFactory(station=city.first)
    found: Hazard = HazardFactory(enterprise=enterprise, found_on=ago(20), due_on=ahead(2))
    return found


def upload(person: Person, hazard: Hazard, name: str, content: bytes) -> Any:
    address = reverse("inspections:hazard_add_files", args=[hazard.pk])
    data = {"file": SimpleUploadedFile(name, content), "shows": "put_right"}
    return person.client.post(address, data, headers=SCRIPT).json()


def named(*contents: bytes) -> list[dict[str, str]]:
    return [
        {"name": f"IMG_{number}.jpg", "digest": hashlib.sha256(each).hexdigest()}
        for number, each in enumerate(contents, start=1)
    ]


def submit(person: Person, hazard: Hazard, *contents: bytes, **data: Any) -> Any:
    declared = json.dumps(named(*contents))
    given = {"reason": "Lamp replaced", "version": 1, "declared": declared, **data}
    address = reverse("inspections:hazard_rectify", args=[hazard.pk])
    return person.client.post(address, given, headers=SCRIPT)


def test_a_submission_is_complete_with_its_last_file_and_counts_from_when_it_was_declared(
    city: City, hazard: Hazard
) -> None:
    person = manager(hazard.enterprise)
    first, second, third = photo(), photo(seed=200), photo(seed=90)
    assert "submitted" not in upload(person, hazard, "IMG_1.jpg", first)
    with pytest.raises(WrongState, match="The police entered this record"):  # a photo does not make it theirs
        person.act(operations.HAZARD_WRITES.void, id=hazard.pk, version=1, reason="Not ours")
    assert submit(person, hazard, first, second).json() == {"missing": ["IMG_2.jpg"]}
    assert fresh(hazard).state is HazardState.OPEN
    page = person.get("inspections:hazard", hazard.pk).text
    assert "Not submitted yet" in page
    assert "Missing: IMG_2.jpg" in page
    assert "submitted" not in upload(person, hazard, "IMG_3.jpg", third)  # not one that was declared
    declared_on = today()
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=20), tick=False):
        person.client.force_login(person.user)
        back = reverse("inspections:hazard", args=[hazard.pk])
        assert upload(person, hazard, "IMG_2.jpg", second)["submitted"] == back
        now = fresh(hazard)
        assert (now.state, now.rectified_on) == (HazardState.SUBMITTED, declared_on)
        assert submit(person, hazard, first, second).json() == {"location": back}  # the answer was lost
        page = person.get("inspections:hazard", hazard.pk)
        assert page.context["receipt"].number == f"{hazard.pk}-1"
        assert page.context["receipt"].file_count == 2
        assert page.context["events"][0].text == "Lamp replaced"
    (made,) = rows(Submission, city.first)
    assert [each["name"] for each in made.files] == ["IMG_1.jpg", "IMG_2.jpg"]


def test_what_the_act_refuses_is_said_before_files_arrive(city: City, hazard: Hazard) -> None:
    answer = submit(manager(hazard.enterprise), hazard, photo(), put_right_on=ahead(1).isoformat())
    assert answer.status_code == 422
    assert "until today" in answer.json()["errors"][0]
    answer = submit(officer(city.first), hazard, photo(), rectified_on=ago(1).isoformat(), submitted_by="")
    assert answer.status_code == 422
    assert rows(Submission, city.first) == []


def test_no_list_of_files_stops_a_submission(city: City, hazard: Hazard) -> None:
    person = manager(hazard.enterprise)
    (file,) = named(photo())
    hidden = json.dumps([{**file, "name": "\x00照\ud800片.jpg"}])
    assert submit(person, hazard, declared=hidden).json() == {"missing": ["照片.jpg"]}
    deep = submit(person, hazard, declared="[" * 39_000)
    assert deep.json() == {"location": reverse("inspections:hazard", args=[hazard.pk])}


def test_it_is_withdrawn_on_any_day_until_an_officer_opens_it(city: City, hazard: Hazard) -> None:
    person, police = manager(hazard.enterprise), officer(city.first, name="Li Shan")
    content = photo()
    (added,) = upload(person, hazard, "IMG_1.jpg", content)["added"]
    submit(person, hazard, content)
    void = {"reason": "Blurred", "version": 2}
    assert person.client.post(added["void_url"], void).status_code == 422  # it belongs to the answer
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=3), tick=False):
        person.act(operations.withdraw_submission, id=hazard.pk, reason="One lamp is missing")
        assert fresh(hazard).state is not HazardState.SUBMITTED
        person.client.force_login(person.user)
        form = person.get("inspections:hazard_rectify", hazard.pk)
        assert form.context["form"]["reason"].value() == "Lamp replaced"
        assert [each.name for each in form.context["arrived"]] == ["IMG_1.jpg"]
        digest = form.context["arrived"][0].received_sha256
        submit(person, hazard, version=3, arrived=digest)
        police.client.force_login(police.user)
        police.get("inspections:hazard", hazard.pk)
        officer(city.first).get("inspections:hazard", hazard.pk)
        page = person.get("inspections:hazard", hazard.pk).text
        assert "Li Shan opened it on" in page
        with pytest.raises(WrongState, match="Li Shan opened it"):
            person.act(operations.withdraw_submission, id=hazard.pk, reason="Too late")
    first, second = rows(Submission, city.first)
    assert (first.opened_at, first.withdrawn_at is None) == (None, False)
    assert (second.opened_by, second.digests) == ("Li Shan", [digest])


def test_the_enterprise_reads_why_and_whom_to_call(city: City, hazard: Hazard) -> None:
    person, police = manager(hazard.enterprise), officer(city.first, name="Li Shan")
    police.user.phone = "8555 0186"
    police.user.save()
    assert person.act(count_pressing) == 1  # due in two days
    submit(person, hazard)
    assert person.act(count_pressing) == 0
    police.act(operations.send_back_hazard, id=hazard.pk, reason="Gate 3 is missing")
    assert person.act(count_pressing) == 1
    page = person.get("inspections:hazard", hazard.pk)
    assert [(each.text, each.by) for each in page.context["events"][:2]] == [
        ("Gate 3 is missing", "Li Shan · 8555 0186"),
        ("Lamp replaced", person.actor.name),
    ]
    assert "tel:8555%200186" in page.text
    tasks = person.get("portal:my_tasks").text
    assert "Sent back" in tasks
    assert "Gate 3 is missing" in tasks


def test_an_extension_asked_in_time_is_granted_after_the_deadline_and_then_the_hazard_is_overdue_no_more(
    city: City, hazard: Hazard
) -> None:
    person, police = manager(hazard.enterprise), officer(city.first)
    due_on, wanted_on = hazard.due_on, ahead(30)
    asked = person.act(
        operations.ask_extension, id=hazard.pk, extension_wanted_on=wanted_on, reason="Parts come late"
    )
    assert (asked.extension_asked_on, asked.deadline_on) == (today(), due_on)
    with pytest.raises(WrongState, match="not been answered"):
        person.act(operations.ask_extension, id=hazard.pk, extension_wanted_on=wanted_on, reason="Again")
    police.act(operations.decline_extension, id=hazard.pk, reason="Close the gate until then")
    with pytest.raises(ValidationError, match="Check the year"):  # which nobody could grant
        person.act(operations.ask_extension, id=hazard.pk, extension_wanted_on=ahead(3999), reason="Late")
    person.act(operations.ask_extension, id=hazard.pk, extension_wanted_on=wanted_on, reason="Really late")
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=5), tick=False):
        now = fresh(hazard)
        assert (now.state, now.waits_for_answer) == (HazardState.OVERDUE, True)
        police.client.force_login(police.user)
        page = police.get("inspections:hazard", hazard.pk).text
        assert "Really late" in page
        assert "Answer a request for an extension" in chief(city.first).get("desk:today").text
        with pytest.raises(ValidationError, match="This day has passed"):
            police.act(operations.extend_hazard, id=hazard.pk, extended_due_on=ago(1), reason="So")
        granted = police.act(
            operations.extend_hazard, id=hazard.pk, extended_due_on=wanted_on, reason="Agreed"
        )
        assert (granted.state, granted.extension_asked_on) == (HazardState.OPEN, None)
        # what was true stays: overdue between the deadline and the answer
        assert granted.state_on(due_on + dt.timedelta(days=1)) is HazardState.OVERDUE
        assert granted.deadline_as_of(due_on) == due_on
        person.client.force_login(person.user)
        told = [
            (each.title, each.text) for each in person.get("inspections:hazard", hazard.pk).context["events"]
        ]
        assert told[:4] == [
            ("Extension granted", "Agreed"),
            ("Extension asked for", "Really late"),
            ("Extension refused", "Close the gate until then"),
            ("Extension asked for", "Parts come late"),
        ]


def test_without_a_request_in_time_nothing_is_granted_after_the_deadline(city: City) -> None:
    late: Hazard = HazardFactory(
        enterprise=EnterpriseFactory(station=city.first), found_on=ago(20), due_on=ago(1)
    )
    police = officer(city.first)
    with pytest.raises(WrongState, match="The deadline has passed"):
        police.act(operations.extend_hazard, id=late.pk, extended_due_on=ahead(9), reason="So")
    with pytest.raises(WrongState, match="must be asked for before"):
        manager(late.enterprise).act(
            operations.ask_extension, id=late.pk, extension_wanted_on=ahead(9), reason="Please"
        )
    told = {"extension_wanted_on": ahead(9), "reason": "Letter", "extension_asked_by": "Ma"}
    with pytest.raises(ValidationError, match="must be asked for by then"):
        police.act(operations.ask_extension, id=late.pk, extension_asked_on=today(), **told)
    # a letter that came in time and is entered now
    police.act(operations.ask_extension, id=late.pk, extension_asked_on=ago(2), **told)
    police.act(operations.extend_hazard, id=late.pk, extended_due_on=ahead(9), reason="So")
    assert fresh(late).state is HazardState.OPEN


def test_what_an_officer_enters_from_paper_counts_as_the_enterprises(city: City, hazard: Hazard) -> None:
    police = officer(city.first, name="Li Shan")
    given = {
        "rectified_on": ago(1).isoformat(),
        "submitted_by": "Ma Ping",
        "reason": "By letter",
        "version": 1,
    }
    paper = SimpleUploadedFile("letter.jpg", photo())
    address = reverse("inspections:hazard_rectify", args=[hazard.pk])
    assert police.client.post(address, {**given, "file": paper}).status_code == 302
    (made,) = rows(Submission, city.first)
    assert (made.by, made.entered_by, len(made.files)) == ("Ma Ping", "Li Shan", 1)
    page = manager(hazard.enterprise).get("inspections:hazard", hazard.pk)
    assert page.context["events"][0].by == "Ma Ping, entered by Li Shan"
    assert "Li Shan entered it for you." in page.text
    assert "By letter" in page.text
