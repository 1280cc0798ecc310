"""What phones send arrives once, is judged by the rules of the page, and is complete with all its photos."""

import datetime as dt
import hashlib
import uuid
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from facts.models import Attachment
from foundation.accounts.models import AuditEntry, RoleGrant, Session
from foundation.accounts.sessions import row_key_of
from foundation.field.models import FieldReceipt
from foundation.tenancy.scope import station_scope
from inspections.checkins.operations import check_in, check_out
from inspections.checklists.content import Content, ListKind, Section
from inspections.checklists.shipped import shipped
from inspections.field.arriving import photos_of
from inspections.models import CheckRecord, Hazard, Inspection, Signing
from inspections.operations import void_inspection
from inspections.records import BLANK_TIME, data_of
from tests.factories import (
    ChecklistFactory,
    DoorSignFactory,
    EnterpriseFactory,
    InspectionFactory,
    LiaisonFactory,
    PlannedVisitFactory,
    RoleGrantFactory,
)
from tests.facts.people import chief, numbered, officer, rows
from tests.field.phones import INSPECTION, PACKAGE, Phone, announced, answered, picture, signing_of
from tests.fixtures import City, scope_of

pytestmark = pytest.mark.django_db


def test_a_key_that_arrived_for_another_enterprise_records_nothing(
    phone: Phone, other: Phone, city: City
) -> None:
    item = answered(phone, other, EnterpriseFactory(station=city.first))
    assert phone.send(item)[0] == 200
    elsewhere = item | {"enterprise": EnterpriseFactory(station=city.first).pk}
    assert phone.send(elsewhere)[0] == 422
    out_of_reach = item | {"enterprise": EnterpriseFactory(station=city.second).pk}
    assert phone.send(out_of_reach)[0] in (404, 422)
    status, answer = phone.send(out_of_reach | {"key": str(uuid.uuid4())})
    assert (status, "not at your station any more" in answer["words"]) == (404, True)
    assert len(rows(Inspection, city.first)) == 1


def test_an_inspection_arrives_once_with_its_hazard_and_all_photos(
    phone: Phone, other: Phone, city: City
) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    found, again, whole = picture(10), picture(90), picture(170)
    fields = {"answer-B06": ["fail"], "note-B06": ["21 天"]}
    photos = announced(("B06", found), ("B06", again), ("", whole))
    item = answered(phone, other, enterprise, fields=fields, photos=photos)
    assert phone.send_photo(item["key"], found)[0] == 404  # its inspection comes first

    status, answer = phone.send(item)
    assert (status, answer["key"], answer["photos"]) == (200, item["key"], 3)
    assert phone.send(item) == (200, answer)
    assert phone.send(item | {"photos": photos[:1]})[0] == 422  # the same key for something else
    assert other.send(item)[0] == 422  # somebody else's key
    (inspection,) = rows(Inspection, city.first)
    (hazard,) = rows(Hazard, city.first)
    assert (hazard.description, hazard.counted_as is not None) == (
        "21 天",
        True,
    )  # the server proposed its deadline

    page = phone.client.get(answer["url"]).content.decode()
    assert "B06.jpg" in page
    status, said = phone.send_photo(item["key"], picture(200))  # announced by nobody
    assert (status, "No inspection to which this photo belongs" in said["words"]) == (404, True)
    key = str(uuid.uuid4())
    assert phone.send_photo(item["key"], found, key)[1]["missing"] == ["B06 B06.jpg", "visit.jpg"]
    assert phone.send_photo(item["key"], found, key)[0] == 200  # its answer was lost
    assert phone.send_photo(item["key"], again, key)[0] == 422
    assert phone.send_photo(item["key"], again)[1]["missing"] == ["visit.jpg"]
    assert phone.send_photo(item["key"], whole)[1]["missing"] == []
    files = {(each.record_id, each.kind): each.shows for each in rows(Attachment, city.first)}
    assert files == {(hazard.pk, "hazard"): "found", (inspection.pk, "inspection"): ""}
    assert len(rows(Attachment, city.first)) == 3
    assert "data-awaited" not in phone.client.get(answer["url"]).content.decode()


def test_a_photo_that_will_never_come_is_lost_with_a_reason_and_taken_if_it_comes_after_all(
    phone: Phone, other: Phone, city: City
) -> None:
    gone, late = picture(15), picture(75)
    photos = announced(("", gone), ("", late))
    item = answered(phone, other, EnterpriseFactory(station=city.first), photos=photos)
    answer = phone.send(item)[1]
    address = reverse("inspections:inspection_photos_lost", args=[answer["inspection"]])
    page = Client()
    page.force_login(phone.person.user)
    assert address in page.get(answer["url"]).content.decode()
    (inspection,) = rows(Inspection, city.first)
    with station_scope(phone.person.actor.scope()):
        both = [str(each.pk) for each in photos_of(phone.person.actor, inspection)]
    assert page.post(address, {"photos": both, "reason": ""}).status_code == 422
    assert page.post(address, {"photos": [], "reason": "手机落水"}).status_code == 422
    assert page.post(address, {"photos": both, "reason": "手机落水损坏"}).status_code == 302

    shown = page.get(answer["url"]).content.decode()
    assert shown.count("data-lost") == 2
    assert "手机落水损坏" in shown
    assert address not in shown  # nothing is awaited
    assert page.get(f"{answer['url']}").status_code == 200
    with station_scope(phone.person.actor.scope()):
        entry = AuditEntry.objects.get(action="inspection.photos_lost")
    assert (entry.object_id, entry.reason) == (inspection.pk, "手机落水损坏")
    assert entry.after["photos"]

    assert phone.send_photo(item["key"], late)[0] == 200
    assert page.get(answer["url"]).content.decode().count("data-lost") == 1
    assert len(rows(Attachment, city.first)) == 1


def test_what_the_server_cannot_read_is_said_and_blocks_no_other_photo(
    phone: Phone, other: Phone, city: City
) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    poison, good = b"<svg onload=alert(1)>", picture(30)
    item = answered(phone, other, enterprise, photos=announced(("", poison), ("", good)))
    assert phone.send(item)[0] == 200
    status, answer = phone.send_photo(item["key"], poison)
    assert (status, answer["refused"]) == (422, "faults")
    assert answer["errors"]["file"]
    assert phone.send_photo(item["key"], good)[1]["missing"] == []
    (inspection,) = rows(Inspection, city.first)
    with station_scope(phone.person.actor.scope()):
        refused = [each.refused for each in photos_of(phone.person.actor, inspection)]
    assert refused[0]
    assert not refused[1]

    late = picture(60)
    item = answered(phone, other, EnterpriseFactory(station=city.first), photos=announced(("", late)))
    voided = phone.send(item)[1]["inspection"]
    third = chief(city.first)
    with station_scope(third.actor.scope()):
        void_inspection(actor=third.actor, id=voided, version=None, reason="Twice")
    assert phone.send_photo(item["key"], late)[0] == 422


def test_faults_are_named_by_field_and_nothing_is_kept(phone: Phone, other: Phone, city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    item = answered(phone, other, enterprise, fields={"officers": [str(phone.person.user.pk)]})
    status, answer = phone.send(item)
    assert (status, answer["refused"], list(answer["errors"])) == (422, "faults", ["officers"])
    assert not rows(Inspection, city.first)
    with station_scope(phone.person.actor.scope()):
        assert not FieldReceipt.objects.exists()
    assert phone.send(item | {"fields": {}})[0] == 422
    assert phone.send(item | {"key": "x"})[0] == 400
    assert phone.send({"key": item["key"], "photos": [{}]})[0] == 400
    foreign = EnterpriseFactory(station=city.second)
    assert phone.send(item | {"enterprise": foreign.pk})[0] == 404


def test_what_no_page_of_ours_wrote_is_refused_and_not_an_error(
    phone: Phone, other: Phone, city: City
) -> None:
    enterprise, data = EnterpriseFactory(station=city.first), picture(70)
    item = answered(phone, other, enterprise)
    for digest in ("\0" * 64, "g" * 64, "A" * 64, ""):
        assert phone.send(item | {"photos": [{"code": "", "name": "x", "sha256": digest}]})[0] == 400
    nested = phone.client.post(
        reverse(INSPECTION),
        "[" * 100_000,
        content_type="application/json",
        headers={"X-Anqi-Owner": phone.owner},
    )
    assert nested.status_code == 400
    odd = {"code": "B\0\ud800", "name": "\ud800.jpg", "sha256": hashlib.sha256(data).hexdigest()}
    item["fields"] |= {"note": ["\ud800 \0"], "camera": ["\ud800"]}
    assert phone.send(item | {"photos": [odd]})[0] == 200
    key = str(uuid.uuid4())
    assert phone.send_photo(item["key"], data, key)[0] == 200
    assert phone.send_photo(key, data)[0] == 404  # the key of a photo is not that of an inspection


def test_a_role_given_anew_finds_what_had_arrived(phone: Phone, other: Phone, city: City) -> None:
    """The receipt belongs to the former grant; the phone, which knows person and role, sends again."""
    enterprise, data = EnterpriseFactory(station=city.first), picture(80)
    item = answered(phone, other, enterprise, photos=announced(("", data)))
    status, answer = phone.send(item)
    assert status == 200
    RoleGrant.objects.filter(user=phone.person.user).update(revoked_at=timezone.now())
    RoleGrantFactory(user=phone.person.user, role="officer", station=city.first, bureau=city.bureau)
    phone.client.force_login(phone.person.user)
    assert phone.whoami()["owners"][0][0] == phone.owner
    assert phone.send(item) == (200, answer)
    assert phone.send_photo(item["key"], data)[1]["missing"] == []
    assert len(rows(Inspection, city.first)) == 1


def test_two_phones_at_one_enterprise(phone: Phone, other: Phone, city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    first = answered(phone, other, enterprise)
    assert phone.send(first)[0] == 200
    second = answered(other, phone, enterprise, fields={"answer-B06": ["fail"], "note-B06": ["Gone"]})
    status, answer = other.send(second)
    assert (status, answer["refused"], answer["theirs"]["B06"]) == (422, "also", ["pass", ""])
    assert str(phone.person.user) in answer["words"]
    (form,) = phone.load(enterprise)["forms"].values()
    assert answer["asked"]["B06"] in form["html"], "the phone names the item by its words"
    assert len(rows(Inspection, city.first)) == 1
    assert other.send(second | {"key": str(uuid.uuid4()), "anyway": True})[0] == 200


def test_a_superseded_checklist_keeps_what_is_still_asked(phone: Phone, other: Phone, city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    item = answered(phone, other, enterprise)
    before = shipped(ListKind.ORDINARY)
    gone, *kept = before.questions
    item["fields"] |= {f"answer-{gone.code}": ["fail"], f"note-{gone.code}": ["No rules"]}
    sections = Content((Section("Gate", "", tuple(kept)),)).stored()
    ChecklistFactory(bureau=city.bureau, kind="ordinary", number=2, sections=sections)
    status, answer = phone.send(item)
    assert (status, answer["refused"], answer["former"]) == (422, "superseded", "ordinary:1")
    assert answer["form"]["lists"] == [{"kind": "ordinary", "number": 2}]
    assert [each["code"] for each in answer["form"]["questions"] if each["unasked"]] == [gone.code]
    assert "No rules" not in answer["form"]["html"]  # the phone has the answers
    fields = item["fields"] | {"lists": ["ordinary:2"], "former": [answer["former"]]}
    again = item | {"key": str(uuid.uuid4()), "fields": fields}
    assert phone.send(again)[0] == 200
    (hazard,) = rows(Hazard, city.first)
    assert (hazard.item_code, hazard.description) == (gone.code, "No rules")


def hour_of(at: dt.datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.hour}时{local.minute:02}分"


def test_both_sides_sign_what_is_recorded(phone: Phone, other: Phone, city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first, responsible_person="马振华", security_chief="宋长林")
    item = answered(phone, other, enterprise, fields={"camera": ["0417"], "camera_at": ["09:15"]})
    refused = {"refused": True, "reason": "In a hurry", "witness": "Li"}
    signing = signing_of(phone, other, item, theirs=refused, camera="0417 09:15")
    changed = item | {"fields": item["fields"] | {"answer-B06": ["n_a"]}, "key": str(uuid.uuid4())}
    assert phone.send(changed | {"signing": signing})[0] == 422  # something else was signed
    assert phone.send(item | {"signing": signing | {"signatures": ["x"]}})[0] == 400
    begun = timezone.now() - dt.timedelta(minutes=1)
    sent = item | {"signing": signing, "begun_at": begun.isoformat()}
    assert phone.send(sent)[0] == 200
    (kept,) = rows(Signing, city.first)
    assert kept.summary_sha256 == signing["sha256"]

    # the record says from when to when; of who refused to sign it names nobody
    (made,) = rows(Inspection, city.first)
    (record,) = rows(CheckRecord, city.first)
    assert record.begun_at == begun
    with scope_of(city.first):
        said = data_of(phone.person.actor, made)
        assert said["ended"] == hour_of(dt.datetime.fromisoformat(signing["signatures"][0]["signed_at"]))
        is_same_day = timezone.localdate(begun) == made.inspected_on
        assert said["began"] == (hour_of(begun) if is_same_day else BLANK_TIME)
    assert said["camera"] == "0417，09时15分起录制"
    assert said["person"] == "", "who refused to sign did not say who they are"


def test_a_phone_learns_in_json_who_is_logged_in(phone: Phone, other: Phone, city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    item = answered(phone, other, enterprise)
    phone.owner, mine = other.owner, phone.owner
    assert phone.send(item) == (409, {"refused": "other"})  # kept under somebody else
    phone.owner = mine

    session = Session.objects.get(pk=row_key_of(phone.client.session.session_key or ""))
    before = session.seen_at
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=settings.IDLE_TIMEOUT_S / 2)):
        assert phone.whoami()["status"] == 200
        assert Session.objects.get(pk=session.pk).seen_at == before  # asking by itself is no activity
        phone.client.get(reverse("field:whoami"), headers={"X-Anqi-Field": "busy"})
        assert Session.objects.get(pk=session.pk).seen_at != before
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=settings.IDLE_TIMEOUT_S * 3)):
        assert phone.send(item) == (401, {"refused": "login"})
        assert phone.whoami()["status"] == 401
    assert (
        Client().get(reverse(PACKAGE)).status_code == 302
    )  # a person in a browser still meets the login page
    strict = Client(enforce_csrf_checks=True, headers={"X-Anqi-Field": "1"})
    strict.force_login(phone.person.user)
    answer = strict.post(reverse(INSPECTION), "{}", content_type="application/json")
    assert (answer.status_code, answer.json()["refused"]) == (403, "csrf")


def test_the_package_costs_the_same_for_many(
    phone: Phone, city: City, django_assert_max_num_queries: Any
) -> None:
    few = [EnterpriseFactory(station=city.first, key_unit_class=each) for each in ("", "6")]
    many = [EnterpriseFactory(station=city.first) for _ in range(20)]
    counts = []
    for group in (few, few + many):
        with django_assert_max_num_queries(40) as counted:
            answer = phone.client.get(reverse(PACKAGE), {"enterprise": [each.pk for each in group]})
        assert len(answer.json()["enterprises"]) == len(group)
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_the_form_begins_with_who_checked_in_else_with_who_is_planned(
    city: City, phone: Phone, other: Phone
) -> None:
    firm, today = EnterpriseFactory(station=city.first), timezone.localdate()
    pair = sorted([phone.person.user.pk, other.person.user.pk])

    def begins() -> Any:
        (found,) = phone.load(firm)["enterprises"]
        return found["expected"]

    assert begins() is None
    visit = {"enterprise": firm, "source": "complaint", "officer_id": pair[0], "second_id": pair[1]}
    with station_scope(phone.person.actor.scope()):
        PlannedVisitFactory(**visit, on=today + dt.timedelta(days=2))
        assert begins() is None
        PlannedVisitFactory(**visit, on=today + dt.timedelta(days=1))
    assert begins()["on"] == (today + dt.timedelta(days=1)).isoformat()
    with station_scope(phone.person.actor.scope()):
        PlannedVisitFactory(**visit, on=today)
    planned = {"on": today.isoformat(), "kind": "complaint", "officers": pair}
    assert begins() == planned
    sign = DoorSignFactory(enterprise=firm)
    assert phone.load(firm)["enterprises"][0]["sign"] == sign.code, "scanned without network it is found"
    third = numbered(officer(city.first, "Hu Min"), "041203").user.pk
    people = [phone.person.user.pk, third]
    came = phone.person.act(check_in, code=sign.code, purpose="visit", officers=people)
    assert begins() == planned, "a visit is no inspection"
    phone.person.act(check_out, id=came.pk)
    came = phone.person.act(check_in, code=sign.code, purpose="planned", officers=people)
    assert begins() == planned | {"officers": sorted(people)}
    phone.person.act(check_out, id=came.pk)
    phone.person.act(check_in, code=sign.code, purpose="reinspection", officers=people)
    assert begins() == planned | {"kind": "reinspection", "officers": sorted(people)}


def test_the_page_and_its_worker_have_nobodys_data(phone: Phone) -> None:
    page = phone.client.get("/field/")
    assert str(phone.person.user) not in page.content.decode()
    assert "csrf" not in page.content.decode()
    assert page.content == Client().get("/field/").content
    worker = phone.client.get("/sw.js")
    assert (worker["Content-Type"], worker["Cache-Control"]) == ("text/javascript; charset=utf-8", "no-cache")
    assert "worker-src 'self'" in page["Content-Security-Policy"]


def test_what_the_plan_gives_a_person_is_loaded_first(city: City, phone: Phone, other: Phone) -> None:
    today = timezone.localdate()
    never, planned, later, done, of_others = (
        EnterpriseFactory(station=city.first, name=f"Firm {n}") for n in range(5)
    )
    with station_scope(phone.person.actor.scope()):
        LiaisonFactory(enterprise=never, officer=phone.person.user)
        for firm, second, on in (
            (planned, phone, today),
            (later, phone, today + dt.timedelta(days=3)),
            (done, phone, today),
            (of_others, None, today),
        ):
            PlannedVisitFactory(
                enterprise=firm,
                on=on,
                officer_id=other.person.user.pk,
                second_id=second.person.user.pk if second else 0,
            )
        InspectionFactory(enterprise=done, inspected_on=today)
    loaded = phone.client.get(reverse(PACKAGE)).json()
    assert [each["name"] for each in loaded["enterprises"]] == ["Firm 1", "Firm 0"]


def test_a_day_is_judged_as_the_form_reads_it(phone: Phone, other: Phone, city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    today = timezone.localdate()
    for nonsense in ("9999-12-31", "0001-01-01", "yesterday", ""):
        sent = answered(phone, other, enterprise, fields={"inspected_on": [nonsense]})
        status, answer = phone.send(sent)
        assert (status, "inspected_on" in answer.get("errors", {})) == (422, True), (nonsense, answer)
    assert phone.send(answered(phone, other, enterprise))[0] == 200
    spelled = {"inspected_on": [f"{today.year}/{today.month}/{today.day}"]}
    status, answer = phone.send(answered(phone, other, enterprise, fields=spelled))
    assert (status, answer.get("refused")) == (422, "also"), answer
    assert len(rows(Inspection, city.first)) == 1
