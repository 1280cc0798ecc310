"""Signatures of an inspection: both sides, the summary that was shown, what is kept of it."""

import base64
import datetime as dt
import hashlib
import io
import json
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageDraw

from foundation.accounts.access import WrongState
from foundation.tenancy.scope import station_scope
from inspections.checklists.answering import CheckSheet, Given
from inspections.checklists.content import ListKind
from inspections.checklists.shipped import shipped
from inspections.checklists.summary import canonical, sha256_of, summary_of
from inspections.models import Inspection, Signature, Signing
from inspections.operations import create_inspection, sign_inspection
from inspections.records import data_of
from inspections.signing import SignatureGiven, SigningGiven, open_signature, signings_of
from tests.factories import EnterpriseFactory, InspectionFactory
from tests.facts.people import ago, chief, numbered, officer, rows
from tests.fixtures import City

pytestmark = pytest.mark.django_db
TODAY = ago(0)


def drawn(*, ink: bool = True) -> bytes:
    """Return a signature as a phone sends it: dark on transparent."""
    image = Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    if ink:
        ImageDraw.Draw(image).line([(20, 90), (120, 20), (280, 100)], fill="black", width=5)
    into = io.BytesIO()
    image.save(into, "PNG")
    return into.getvalue()


def test_a_phone_signs_with_what_it_records(city: City) -> None:
    one, other = numbered(officer(city.first), "041201"), numbered(chief(city.first), "041202")
    enterprise = EnterpriseFactory(station=city.first, name="甲&乙 ‹测试>")
    answers = {each.code: Given("pass") for each in shipped(ListKind.ORDINARY).questions}
    answers["B06"] = Given("fail", note="21 天", place="机房", due_on=TODAY + dt.timedelta(days=5))
    sheet = CheckSheet(
        lists=[(ListKind.ORDINARY, 1)],
        answers=answers,
        officers=[one.user.pk, other.user.pk],
        certificate_shown=True,
        camera="0417",
    )

    def officers() -> list[dict[str, Any]]:
        return [
            {"id": each.user.pk, "name": str(each.user), "police_number": each.user.police_number}
            for each in (one, other)
        ]

    asked = shipped(ListKind.ORDINARY).questions
    (failed,) = (each for each in asked if each.code == "B06")
    shown = {  # as the phone makes it
        "v": 1,
        "enterprise": {"id": enterprise.pk, "name": "甲乙 as it was called last week"},
        "kind": "routine",
        "day": str(TODAY),
        "officers": officers(),
        "lists": [{"kind": "ordinary", "number": 1}],
        "answers": [
            {
                "code": each.code,
                "ask": each.ask,
                "answer": answers[each.code].answer,
                "note": answers[each.code].note,
            }
            for each in asked
        ],
        "failed": [
            {
                "code": "B06",
                "hazard": failed.hazard,
                "note": "21 天",
                "place": "机房",
                "major": False,
                "on_the_spot": False,
                "due_on": str(answers["B06"].due_on),
            }
        ],
        "again": [],
        "conclusion": "rectify",
        "shown": True,
        "camera": "0417",
        "note": "",
    }
    now = timezone.now()
    both = [SignatureGiven("officer", now, user_id=each.user.pk, picture=drawn()) for each in (one, other)]
    theirs = SignatureGiven("enterprise", now, name="王芳", duty="保卫科长", picture=drawn())
    given = SigningGiven(shown, [*both, theirs], sha256=sha256_of(shown))

    def record(signing: SigningGiven, key: str = "") -> Inspection:
        with station_scope(one.actor.scope()):
            return create_inspection(
                actor=one.actor,
                enterprise_id=enterprise.pk,
                kind="routine",
                inspected_on=TODAY,
                external_key=key or f"form:{uuid.uuid4()}",
                sheet=sheet,
                signing=signing,
            )

    def refused(signing: SigningGiven) -> dict[str, Any]:
        with pytest.raises(ValidationError) as error:
            record(signing)
        assert rows(Inspection, city.first) == [], "nothing is recorded if the signatures are refused"
        return error.value.message_dict

    assert str(other.user) in str(refused(replace(given, signatures=[both[0], theirs])))
    assert "enterprise has not signed" in str(refused(replace(given, signatures=both)))
    assert "something else" in str(
        refused(replace(given, summary=shown | {"conclusion": "qualified"}, sha256=""))
    )
    assert "digest" in str(refused(replace(given, sha256="0" * 64)))
    assert "not readable" in str(refused(replace(given, summary=shown | {"camera": 0.5}, sha256="")))
    empty = replace(theirs, picture=drawn(ink=False))
    assert "signatures-2.picture" in refused(replace(given, signatures=[*both, empty]))
    no_witness = replace(theirs, picture=b"", refused=True, reason="没有授权", witness=" ")
    assert "signatures-2.witness" in refused(replace(given, signatures=[*both, no_witness]))
    stranger = SignatureGiven("officer", now, user_id=officer(city.first).user.pk, picture=drawn())
    assert "each once" in str(refused(replace(given, signatures=[*both, stranger, theirs])))

    made = record(given)
    (signing,) = rows(Signing, city.first)
    assert signing.summary == shown
    assert signing.summary_sha256 == hashlib.sha256(canonical(shown)).hexdigest()
    assert json.loads(canonical(signing.summary)) == shown
    signed = rows(Signature, city.first)
    assert [(each.side, each.police_number or each.duty) for each in signed] == [
        ("officer", "041201"),
        ("officer", "041202"),
        ("enterprise", "保卫科长"),
    ]
    with station_scope(one.actor.scope()):
        with open_signature(one.actor, made, signed[2].pk) as stream, Image.open(stream) as image:
            assert image.getpixel((0, 0)) == (255, 255, 255), "ink on white is read in the dark, too"
        (found,) = signings_of(one.actor, made)
        assert len(found.signatures.all()) == 3
        paper, at = data_of(one.actor, made), timezone.localtime(now)
        assert (paper["person"], paper["ended"]) == ("王芳（保卫科长）", f"{at.hour}时{at.minute:02}分")
        # afterwards, what is recorded reads as what was signed
        again = summary_of(one.actor, made)
        assert again | {"enterprise": shown["enterprise"]} == shown
        late = replace(given, summary=again, sha256="", way="here")
        (second, third) = (sign_inspection(actor=one.actor, id=made.pk, signing=late) for _time in range(2))
        assert second == third != found, "the same is signed once"
    stranger_there = officer(city.second)
    with station_scope(stranger_there.actor.scope()):
        with pytest.raises(Http404):
            open_signature(stranger_there.actor, made, signed[2].pk)
        assert Signature.objects.count() == Signing.objects.count() == 0


def test_canonical_bytes_are_those_that_a_browser_writes() -> None:
    """As JSON.stringify of sorted keys, which front/ computes on the phone."""
    summary = {
        "note": 'a"\\\n\u2028é𠮷',
        "b": [True, 1, ""],
        "answers": [{"code": "A", "ask": "甲&乙 ‹测试>"}],
    }
    assert canonical(summary).decode() == (
        '{"answers":[{"ask":"甲&乙 ‹测试>","code":"A"}],"b":[true,1,""],"note":"a\\"\\\\\\n\u2028é𠮷"}'
    )


def test_an_inspection_is_signed_afterwards_on_a_screen_or_on_paper(city: City) -> None:
    one, other = numbered(officer(city.first), "041201"), numbered(chief(city.first), "041202")
    enterprise = EnterpriseFactory(station=city.first)
    both = f"{one.user}, {other.user}"
    visit, second = (
        InspectionFactory(enterprise=enterprise, inspectors=both, inspected_on=ago(days)) for days in (1, 3)
    )
    address = reverse("inspections:inspection_sign", args=[visit.pk])
    page = one.client.get(address)
    shown = page.context["form"]["shown"].value()
    assert shown in page.text, "the digest is printed where it is signed"
    ink = f"data:image/png;base64,{base64.b64encode(drawn()).decode()}"
    data = {"way": "here", "shown": shown, "picture_0": ink, "picture_1": ink, "name": "王芳", "duty": "厂长"}

    unsigned = one.client.post(address, data)
    assert unsigned.status_code == 422
    assert "picture_2" in unsigned.context["form"].errors
    assert ink in unsigned.text, "what was signed already stays"
    no_witness = one.client.post(address, data | {"refused": "on", "reason": "没有授权"})
    assert "witness" in no_witness.context["form"].errors
    changed = one.client.post(address, data | {"shown": "0" * 64, "picture_2": ink})
    assert "something else" in changed.text
    assert rows(Signing, city.first) == []

    assert (
        one.client.post(
            address, data | {"refused": "on", "reason": "没有授权", "witness": "李四"}
        ).status_code
        == 302
    )
    (signing,) = rows(Signing, city.first)
    # the page says what is to be done next, first to sign; of an old inspection nobody asks for it any more
    old = InspectionFactory(enterprise=enterprise, inspectors=both, inspected_on=ago(90))
    pages = {
        each.pk: one.client.get(reverse("inspections:inspection", args=[each.pk]))
        for each in (visit, second, old)
    }
    labels = {pk: str(each.context["buttons"][0].label) for pk, each in pages.items()}
    assert [labels[each.pk] for each in (visit, second, old)] == [
        "Add a hazard",
        "Sign, or add the signed paper",
        "Add a hazard",
    ]
    assert ['href="#signatures"' in each.text for each in pages.values()] == [False, True, False]
    assert 'href="#papers"' in pages[visit.pk].text
    log = one.client.get(reverse("inspections:inspection", args=[visit.pk])).text
    assert "the enterprise refused to sign" in log
    assert "Signed by both sides" not in log
    assert (signing.way, signing.summary_sha256) == ("here", shown)
    signed = rows(Signature, city.first)
    assert [(each.user_id, each.name, each.refused) for each in signed] == [
        (0, str(one.user), False),
        (0, str(other.user), False),
        (0, "王芳", True),
    ]
    page = one.get("inspections:inspection", visit.pk)
    assert "没有授权" in page.text
    picture = reverse("inspections:inspection_signature", args=[visit.pk, signed[0].pk])
    assert picture in page.text
    assert one.client.get(picture).headers["Content-Type"] == "image/png"
    assert officer(city.second).client.get(picture).status_code == 404
    elsewhere = reverse("inspections:inspection_signature", args=[second.pk, signed[0].pk])
    assert one.client.get(elsewhere).status_code == 404, "not through another inspection"
    assert "signed as it is" in one.client.get(address, follow=True).text

    paper = reverse("inspections:inspection_sign", args=[second.pk])
    shown = one.client.get(paper).context["form"]["shown"].value()
    data = {"way": "paper", "shown": shown, "name": "王芳"}
    assert "paper" in one.client.post(paper, data).context["form"].errors
    scan = SimpleUploadedFile("scan.png", drawn(), content_type="image/png")
    assert one.client.post(paper, data | {"paper": scan}).status_code == 302
    (signing,) = (each for each in rows(Signing, city.first) if each.inspection_id == second.pk)
    kept = one.client.get(reverse("inspections:inspection_signed_paper", args=[second.pk, signing.pk]))
    assert kept.headers["Content-Disposition"].startswith("attachment")


def test_who_must_sign_does_not_depend_on_what_a_device_says(city: City) -> None:
    one, other = numbered(officer(city.first), "041201"), numbered(chief(city.first), "041202")
    inspection = InspectionFactory(
        enterprise=EnterpriseFactory(station=city.first), inspectors=f"{one.user}、{other.user}"
    )
    with station_scope(one.actor.scope()):
        shown = summary_of(one.actor, inspection)
    now = timezone.now()

    def sign(summary: dict[str, Any], *names: str, at: dt.datetime = now, **more: Any) -> Signing:
        given = [SignatureGiven("officer", at, name=name, picture=drawn()) for name in names]
        given.append(SignatureGiven("enterprise", at, name="王芳", picture=drawn(), **more))
        with station_scope(one.actor.scope()):
            return sign_inspection(actor=one.actor, id=inspection.pk, signing=SigningGiven(summary, given))

    both = (str(one.user), str(other.user))
    first, second = shown["officers"]
    forged = [first | {"police_number": "041299"}, second]
    for officers in (
        [{"id": 0, "name": both[0]}, second],  # no police number
        [first | {"police_number": 41201}, second],
        [first | {"rank": "x"}, second],
        5,
    ):
        with pytest.raises(ValidationError):
            sign(shown | {"officers": officers}, *both)
    with pytest.raises(ValidationError):
        sign(shown | {"officers": forged}, both[0])  # the other would not have to sign
    with pytest.raises(ValidationError):
        sign(shown | {"remark": "added by a device"}, *both)
    for year in (1, 9999):
        with pytest.raises(ValidationError):
            sign(shown, *both, at=now.replace(year=year, month=1, day=1))
    assert not rows(Signing, city.first)
    sign(shown | {"officers": forged}, *both, refused=True, reason="In a hurry", witness="Li")
    kept = rows(Signature, city.first)
    assert "041299" not in {each.police_number for each in kept}
    assert [(each.refused, each.key) for each in kept if each.side == "enterprise"] == [(True, "")]
    with pytest.raises(WrongState):
        sign(shown | {"officers": forged}, *both)  # not as if it had been taken
    assert len(rows(Signing, city.first)) == 1
