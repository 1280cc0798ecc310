"""QR codes at the door and check-ins: who learns what from a code, one visit for two phones, what the enterprise sees."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.access import NotAllowed, WrongState
from foundation.contributions.file import address_of
from foundation.inbox.models import Notification
from foundation.tenancy.scope import Audience, Scope, station_scope
from inspections.checkins import operations
from inspections.checkins.models import CheckIn, DoorSign
from inspections.checkins.operations import check_in, check_out, make_sign, renew_sign
from inspections.operations import create_inspection
from inspections.records import data_of
from tests.factories import DoorSignFactory, EnterpriseFactory, PlannedVisitFactory
from tests.facts.people import Person, ago, fresh, log, manager, officer, rows, supervisor, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db


def with_number(person: Person, number: str) -> Person:
    person.user.police_number = number
    person.user.save(update_fields=["police_number"])
    return person


@pytest.fixture
def two(city: City) -> tuple[Person, Person]:
    """Two officers of the first station who may inspect together."""
    return with_number(officer(city.first, "Li Wei"), "110001"), with_number(
        officer(city.first, "Sun Hao"), "110002"
    )


def door(sign: DoorSign) -> str:
    return reverse("checkins:door", args=[sign.code])


def test_from_the_code_at_the_door_to_the_inspection_and_what_the_enterprise_sees(
    city: City, two: tuple[Person, Person]
) -> None:
    first, second = two
    firm = EnterpriseFactory(station=city.first, name="Harbour Store")
    people = manager(firm)
    people.post("checkins:sign_make", firm.pk)
    (sign,) = rows(DoorSign, city.first)
    people.post("checkins:sign_make", firm.pk)
    assert len(rows(DoorSign, city.first)) == 1, "made twice it is the same"

    PlannedVisitFactory(
        enterprise=firm,
        since_on=today(),
        on=today(),
        approved_until=today(),
        paper_number="No. 6",
        officer_id=first.user.pk,
        second_id=second.user.pk,
    )
    page = first.client.get(door(sign))
    begun = page.context["form"].initial
    assert (begun["purpose"], begun["approval"]) == ("planned", "No. 6")
    assert set(begun["officers"]) == {first.user.pk, second.user.pk}
    assert page.headers["Permissions-Policy"] == "geolocation=(self)"
    assert "Harbour Store" in page.text
    (ahead,) = first.get("inspections:field_package").json()["enterprises"]
    assert ahead["planned"]["about"].endswith("with Officer Sun"), (
        "the phone says that it is planned, and with whom"
    )
    data = {"purpose": "planned", "approval": "No. 7", "officers": [first.user.pk]}
    refused = first.client.post(door(sign), data)
    assert refused.status_code == 422
    assert "At least two officers inspect" in refused.text
    assert rows(CheckIn, city.first) == []
    plain = first.get("inspections:inspection_check", enterprise=firm.pk).context["form"].initial
    assert set(plain["officers"]) == {first.user.pk, second.user.pk}, "as on the phone"
    data["officers"] = [first.user.pk, second.user.pk]
    done = first.client.post(
        door(sign), data | {"latitude": "31.230416", "longitude": "121.473701", "accuracy": "12"}
    )
    assert done.status_code == 302, done.context["form"].errors
    (visit,) = rows(CheckIn, city.first)
    assert done.url == reverse("checkins:visit", args=[visit.pk])
    assert (str(visit.latitude), str(visit.longitude)) == ("31.230", "121.474"), "no closer than 100 m"
    assert (visit.is_late, visit.approval, visit.names) == (False, "No. 7", "Li Wei 110001、Sun Hao 110002")

    third = with_number(officer(city.first, "Hu Min"), "110003")
    again = second.client.post(door(sign), data | {"officers": [second.user.pk, third.user.pk]})
    assert again.url == done.url, "a second phone is the same visit"
    assert second.client.get(door(sign)).url == done.url
    assert fresh(visit).names == "Li Wei 110001、Sun Hao 110002、Hu Min 110003", "who came later joined"
    with station_scope(Scope((city.first.pk,), bureau=city.bureau.pk, audience=Audience.SYSTEM)):
        assert Notification.objects.filter(user=people.user, code="check_in.arrive").count() == 1
    own = people.client.get(reverse("checkins:own")).text
    assert "There now" in own
    assert "No. 7" in own
    assert "31.230" not in own
    assert "Police are here now" in people.get("portal:my_enterprise").text
    there = first.get("checkins:visit", visit.pk).text
    assert "31.230" in there
    assert f'href="/field/?enterprise={firm.pk}"' in there, (
        "the page with photos, signatures and without network"
    )
    assert f'href="/inspections/check/?enterprise={firm.pk}"' in there, "the plain form stays"

    form = first.get("inspections:inspection_check", enterprise=firm.pk).context["form"]
    assert set(form.initial["officers"]) == {each.user.pk for each in (first, second, third)}
    inspection = first.act(
        create_inspection, enterprise_id=firm.pk, inspected_on=today(), conclusion="qualified"
    )
    came = timezone.localtime(visit.arrived_at)
    with station_scope(first.actor.scope()):
        paper = data_of(first.actor, inspection)
    assert (paper["began"], paper["ended"]) == (f"{came.hour}时{came.minute:02}分", "　时　分")
    visit = fresh(visit)
    assert (visit.inspection_id, visit.ended) == (inspection.pk, "inspected")
    assert visit.left_at is not None
    assert visit.minutes == 0
    assert "Checked in by QR code" in first.get("inspections:inspection", inspection.pk).text
    assert "There now" not in people.client.get(reverse("checkins:own")).text
    acts = [each.action for each in log(city.first, object_type="check_in")]
    assert acts == ["check_in.arrive", "check_in.join", "check_in.inspect"]


def test_nobody_else_learns_anything_from_a_code(city: City, two: tuple[Person, Person]) -> None:
    firm, other = EnterpriseFactory(station=city.first), EnterpriseFactory(station=city.first)
    sign = DoorSignFactory(enterprise=firm)
    stranger = two[0].client.get(reverse("checkins:door", args=["x" * 22]))
    assert stranger.status_code == 404
    for person in (officer(city.second), officer(city.elsewhere), manager(other)):
        answers = [person.client.get(url) for url in (door(sign), reverse("checkins:door", args=["x" * 22]))]
        assert [each.status_code for each in answers] == [404, 404]
        for text in (each.text for each in answers):
            assert firm.name not in text
        with pytest.raises((DoorSign.DoesNotExist, NotAllowed)):
            person.act(check_in, code=sign.code, purpose="visit", officers=[person.user.pk])
    assert manager(firm).client.get(door(sign)).url == reverse("checkins:own")
    assert supervisor(city.bureau).client.get(door(sign)).url == address_of(firm.pk, "visits")
    nobody = two[0].client
    nobody.logout()
    assert nobody.get(door(sign)).url == f"{reverse('account_login')}?next={door(sign)}"


def test_a_code_that_was_replaced_says_so_to_the_station_and_to_the_enterprise_alone(
    city: City, two: tuple[Person, Person]
) -> None:
    firm, (first, _second) = EnterpriseFactory(station=city.first), two
    people = manager(firm)
    old = first.act(make_sign, enterprise_id=firm.pk)
    with pytest.raises(ValidationError):
        people.act(renew_sign, enterprise_id=firm.pk, reason=" ")
    new = people.act(renew_sign, enterprise_id=firm.pk, reason="Copied by a stranger")
    page = first.client.get(door(old)).text
    assert "Copied by a stranger" in page
    assert door(new) in page
    with pytest.raises(WrongState, match="replaced"):
        first.act(check_in, code=old.code, purpose="visit", officers=[first.user.pk])
    assert "was replaced" in people.client.get(door(old), follow=True).text
    assert officer(city.second).client.get(door(old)).status_code == 404
    assert [each.action for each in log(city.first, object_type="door_sign")] == [
        "door_sign.make",
        "door_sign.renew",
    ]


def test_a_time_is_typed_later_marked_and_bounded_and_who_forgets_to_check_out_leaves_no_duration(
    city: City, two: tuple[Person, Person]
) -> None:
    firm, (first, second) = EnterpriseFactory(station=city.first), two
    sign = DoorSignFactory(enterprise=firm)
    both = [first.user.pk, second.user.pk]
    yesterday = timezone.now() - dt.timedelta(days=1)
    late = first.act(check_in, code=sign.code, purpose="planned", officers=both, arrived_at=yesterday)
    third = with_number(officer(city.first, "Zhou Min"), "110003")
    theirs = [second.user.pk, third.user.pk]
    joined = third.act(check_in, code=sign.code, purpose="planned", officers=theirs, arrived_at=yesterday)
    assert (joined.pk, fresh(late).officer_ids) == (late.pk, {*both, third.user.pk}), "typed by a colleague"
    again = first.act(check_in, code=sign.code, purpose="planned", officers=both, arrived_at=yesterday)
    assert late.pk == again.pk
    assert (late.is_late, late.is_open, late.left_at) == (True, False, None)
    for moment in (timezone.now() + dt.timedelta(hours=1), timezone.now() - dt.timedelta(days=5)):
        with pytest.raises(ValidationError) as error:
            first.act(check_in, code=sign.code, purpose="planned", officers=both, arrived_at=moment)
        assert set(error.value.message_dict) == {"arrived_at"}
    inspection = first.act(create_inspection, enterprise_id=firm.pk, inspected_on=ago(1))
    assert (fresh(late).inspection_id, fresh(late).left_at) == (inspection.pk, None)

    visit = first.act(check_in, code=sign.code, purpose="visit", officers=[first.user.pk])
    second.post("checkins:visit_join", visit.pk)
    second.post("checkins:visit_join", visit.pk)
    assert fresh(visit).names == "Li Wei 110001、Sun Hao 110002"
    first.act(create_inspection, enterprise_id=firm.pk, inspected_on=today())
    assert fresh(visit).is_open, "a visit that is no inspection does not end with one"
    page = first.get("checkins:visit", visit.pk).text
    assert "Check out and check in for an inspection" in page
    out = reverse("checkins:visit_out", args=[visit.pk])
    assert "The enterprise sees when you left" in first.client.get(out).text
    assert fresh(visit).is_open, "it asks before it acts"
    led = first.client.post(f"{out}?then=inspect")
    assert led.headers["Location"] == reverse("checkins:door", args=[sign.code])
    left_at = fresh(visit).left_at
    second.act(check_out, id=visit.pk)
    assert fresh(visit).left_at == left_at is not None
    with pytest.raises(WrongState):
        second.act(operations.join, id=visit.pk)


@override_settings(PUBLIC_URL="https://10.0.0.5:8443")
def test_signs_are_printed_one_by_one_and_for_many_of_the_list(
    city: City, two: tuple[Person, Person]
) -> None:
    firms = [EnterpriseFactory(station=city.first, name=f"Firm {n}") for n in range(3)]
    foreign = EnterpriseFactory(station=city.second, name="Foreign")
    DoorSignFactory(enterprise=firms[0])
    DoorSignFactory(enterprise=foreign)
    person = two[0]
    assert person.get("checkins:sign_print", firms[1].pk).status_code == 404
    page = person.get("checkins:sign_print", firms[0].pk, paper="a5").text
    assert "Firm 0" in page
    assert "<svg" in page
    assert "works on this computer only" not in page
    ids = ",".join(str(each.pk) for each in (*firms, foreign))
    url = reverse("enterprises:list")
    asked = person.client.post(
        url, {"bulk": "door_signs", "pick": [each.pk for each in firms], "picking": "1"}
    )
    form = asked.context["form"]
    answer = person.client.post(
        url,
        {
            "bulk": "door_signs",
            "step": "do",
            "pick": [each.pk for each in firms],
            "seen": asked.context["seen"],
            "signs": form["signs"].value(),
            "form_key": form["form_key"].value(),
            "acting": form["acting"].value(),
        },
        follow=True,
    )
    assert "3 door signs are ready." in answer.text
    assert len(rows(DoorSign, city.first)) == 3
    sheet = person.get("checkins:sign_sheet", of=ids).text
    assert sheet.count("door-qr") == 3
    assert "Foreign" not in sheet
