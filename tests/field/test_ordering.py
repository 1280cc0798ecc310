"""The order about what a signed inspection found: by itself with the last photo, once, and never instead of a decision."""

import base64
from typing import Any

import pytest
from django.urls import reverse

from inspections.field.losing import awaited_photos, lose_photos
from inspections.models import Hazard, Inspection
from inspections.papers import ORDER
from inspections.record_form import RECORD
from papers.models import Paper
from papers.operations.issuing import void_paper
from papers.templates import publish_template
from tests.factories import EnterpriseFactory, LetterheadFactory
from tests.facts.people import ahead, rows, supervisor
from tests.field.phones import Phone, announced, answered, picture, signing_of
from tests.fixtures import City, scope_of
from tests.inspections.test_signing import drawn

pytestmark = pytest.mark.django_db
FAILED = "B06"
INK = base64.b64encode(drawn()).decode()


@pytest.fixture
def letterhead(city: City) -> None:
    LetterheadFactory(bureau=city.bureau, station=city.first)


def signed(
    phone: Phone, other: Phone, city: City, *, shown: bool = True, note: str = "仅存 21 天", **more: Any
) -> dict[str, Any]:
    """Return an inspection with one failed item, as a phone sends it once both sides have signed."""
    enterprise = EnterpriseFactory(station=city.first)
    item = answered(phone, other, enterprise, **more)
    due_on = ahead(5).isoformat()
    item["fields"] |= {f"answer-{FAILED}": ["fail"], f"note-{FAILED}": [note]}
    item["fields"] |= {f"place-{FAILED}": ["机房"], f"due_on-{FAILED}": [due_on]}
    if shown:
        item["fields"]["certificate_shown"] = ["on"]
    theirs = {"name": "王芳", "picture": INK}
    signing = signing_of(phone, other, item, theirs=theirs, conclusion="rectify", shown=shown)
    return item | {"signing": signing}


def arrive(phone: Phone, item: dict[str, Any]) -> Inspection:
    status, answer = phone.send(item)
    assert status == 200, answer
    return Inspection(pk=answer["inspection"])


def issued(city: City, form: Any = ORDER) -> list[Paper]:
    return [each for each in rows(Paper, city.first) if each.form == form.code]


@pytest.mark.usefixtures("letterhead")
def test_the_order_comes_with_the_last_photo(phone: Phone, other: Phone, city: City) -> None:
    photos = [picture(20), picture(90)]
    item = signed(phone, other, city, photos=announced((FAILED, photos[0]), ("", photos[1])))
    made = arrive(phone, item)
    assert len(issued(city, RECORD)) == 1
    assert phone.send_photo(item["key"], photos[0])[0] == 200
    assert issued(city) == []
    key = "8d3f9f0a-1111-4222-8333-444455556601"
    assert phone.send_photo(item["key"], photos[1], key)[0] == 200
    (order,), (hazard,) = issued(city), rows(Hazard, city.first)
    assert order.records == {"hazard": [hazard.pk]}
    assert order.issued_by_id == phone.person.user.pk
    assert (len(order.data["photos"]), order.data["certificate_shown"]) == (1, True)
    assert [each["number"] for each in order.data["officers_named"]] == ["041201", "041202"]
    # sent again, by whatever key, and signed again: no second one
    assert phone.send(item)[0] == 200
    assert phone.send_photo(item["key"], photos[1], key)[0] == 200
    assert phone.send_photo(item["key"], photos[1])[0] == 200
    page = phone.person.get("inspections:inspection", made.pk).text
    assert reverse("inspections:inspection_order", args=[made.pk]) not in page
    assert issued(city) == [order]


@pytest.mark.usefixtures("letterhead")
def test_without_photos_the_order_comes_with_the_record(phone: Phone, other: Phone, city: City) -> None:
    arrive(phone, signed(phone, other, city))
    assert (len(issued(city, RECORD)), len(issued(city))) == (1, 1)


@pytest.mark.usefixtures("letterhead")
def test_a_photo_that_cannot_be_read_holds_up_nothing(phone: Phone, other: Phone, city: City) -> None:
    item = signed(phone, other, city, photos=announced((FAILED, b"no picture")))
    arrive(phone, item)
    assert issued(city) == []
    assert phone.send_photo(item["key"], b"no picture")[0] == 422
    (order,) = issued(city)
    assert order.data["photos"] == []


@pytest.mark.usefixtures("letterhead")
def test_a_photo_that_is_lost_leaves_the_order_to_whoever_said_so(
    phone: Phone, other: Phone, city: City
) -> None:
    item = signed(phone, other, city, photos=announced((FAILED, picture(20)), ("", picture(90))))
    made = arrive(phone, item)
    with scope_of(city.first):
        lost, _left = awaited_photos(phone.person.actor, made)
    phone.person.act(lose_photos, id=made.pk, photos=[lost.pk], reason="手机坏了")
    assert issued(city) == []
    assert phone.send_photo(item["key"], picture(90))[0] == 200
    assert len(issued(city)) == 1, "nothing is awaited any more"


@pytest.mark.usefixtures("letterhead")
def test_whoever_voided_an_order_decides_about_another(phone: Phone, other: Phone, city: City) -> None:
    photo = picture(20)
    item = signed(phone, other, city, photos=announced(("", photo)))
    made = arrive(phone, item)
    order_url = reverse("inspections:inspection_order", args=[made.pk])
    assert phone.person.client.post(order_url).status_code == 302
    (order,) = issued(city)
    other.person.act(void_paper, id=order.pk, reason="发错了")
    assert phone.send_photo(item["key"], photo)[0] == 200
    assert [each.pk for each in issued(city)] == [order.pk]
    assert order_url in phone.person.get("inspections:inspection", made.pk).text


@pytest.mark.usefixtures("letterhead")
def test_what_nobody_has_signed_is_not_ordered_by_itself(phone: Phone, other: Phone, city: City) -> None:
    photo = picture(20)
    item = signed(phone, other, city, photos=announced(("", photo)))
    made = arrive(phone, item)
    correct = reverse("inspections:inspection_correct", args=[made.pk])
    form = other.person.client.get(correct).context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    sent = other.person.client.post(correct, values | {"note": "门卫一人", "reason": "漏记"})
    assert sent.status_code == 302, sent.context["form"].errors
    assert phone.send_photo(item["key"], photo)[0] == 200
    assert issued(city) == []

    # signed as it is by now, on the station's device, it is
    address = reverse("inspections:inspection_sign", args=[made.pk])
    shown = phone.person.client.get(address).context["form"]["shown"].value()
    data = {"way": "here", "shown": shown, "name": "王芳", "duty": "厂长"}
    data |= {f"picture_{n}": f"data:image/png;base64,{INK}" for n in range(3)}
    assert phone.person.client.post(address, data).status_code == 302
    assert len(issued(city)) == 1


@pytest.mark.usefixtures("letterhead")
def test_an_order_that_is_refused_refuses_no_record(phone: Phone, other: Phone, city: City) -> None:
    """The bureau's template says in any case that certificates were shown, and they were not."""
    supervisor(city.bureau).act(
        publish_template, form=ORDER, data=ORDER.shipped[1].read_bytes(), note="of before"
    )
    made = arrive(phone, signed(phone, other, city, shown=False))
    assert (len(issued(city, RECORD)), issued(city)) == (1, [])
    page = phone.person.get("inspections:inspection", made.pk).text
    assert reverse("inspections:inspection_order", args=[made.pk]) in page


def test_without_a_letterhead_nothing_is_issued(phone: Phone, other: Phone, city: City) -> None:
    arrive(phone, signed(phone, other, city))
    assert rows(Paper, city.first) == []


@pytest.mark.usefixtures("letterhead")
def test_characters_that_nobody_sees_are_no_correction(phone: Phone, other: Phone, city: City) -> None:
    """Found by walking: a note pasted from a chat had one. The page said "corrected since", and no order was issued."""
    pasted = "仅存\u200b 21 天\u202e"
    item = signed(phone, other, city, note=pasted)
    made = arrive(phone, item)
    (hazard,) = rows(Hazard, city.first)
    assert hazard.description == "仅存 21 天"
    assert len(issued(city)) == 1
    page = phone.person.get("inspections:inspection", made.pk).text
    assert "Corrected since it was signed" not in page
