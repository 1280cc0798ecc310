"""One spelling of user names, telephone numbers and codes of organisations, and people in order of pinyin."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from enterprises.selectors import list_officers
from foundation.accounts.actors import system_actor
from foundation.accounts.choices import Role
from foundation.accounts.models import Bureau, Station, User
from foundation.accounts.operations.organisations import create_bureau, create_station
from foundation.accounts.selectors import user_by_name
from foundation.identifiers import organisation_code, phone_number, user_name
from tests.factories import RoleGrantFactory, UserFactory
from tests.facts.people import Person
from tests.fixtures import City

SYSTEM = system_actor(bureau_id=0)


@pytest.mark.parametrize(
    "typed", ["zhou.ming", "ZHOU.ming", "ｚｈｏｕ．ｍｉｎｇ", " zhou.ming\u200b", "\u202azhou.ming\u202c"]
)
@pytest.mark.django_db
def test_a_user_name_is_one_in_each_spelling(typed: str) -> None:
    person = UserFactory(username="zhou.ming")
    assert user_by_name(typed) == person
    assert user_name(typed).lower() == "zhou.ming"


@pytest.mark.parametrize("typed", ["Ｂ－１", "B-1 ", "B-1\n", "B\u200b-1", "B‐1"])
@pytest.mark.django_db
def test_a_code_of_an_organisation_is_one_in_each_spelling(typed: str) -> None:
    bureau = create_bureau(actor=SYSTEM, code=typed, name="First")
    assert (bureau.code, organisation_code(typed)) == ("B-1", "B-1")
    with pytest.raises(ValidationError):
        create_bureau(actor=SYSTEM, code="B-1", name="Second")
    assert Bureau.objects.get(code=typed) == bureau
    station = create_station(actor=SYSTEM, bureau_id=bureau.pk, code=typed, name="Station")
    with pytest.raises(ValidationError):
        create_station(actor=SYSTEM, bureau_id=bureau.pk, code="B-1", name="Twin")
    assert Station.objects.get(code=typed) == station


@pytest.mark.django_db
def test_a_phone_has_plain_digits_and_is_found_so() -> None:
    person = UserFactory(phone="０５７１－8888\u200b")
    person.refresh_from_db()
    assert person.phone == "0571-8888" == phone_number("0571\u20138888")


def test_officers_are_listed_by_pinyin(city: City) -> None:
    for name in ("张伟", "曾志伟", "单田芳", "安华", "区大海", "欧阳修"):
        user = UserFactory(full_name=name)
        RoleGrantFactory(user=user, role=Role.OFFICER, station=city.first, bureau=city.bureau)
    order = ["安华", "区大海", "欧阳修", "单田芳", "曾志伟", "张伟"]
    actor = system_actor(bureau_id=city.bureau.pk, stations=[city.first.pk])
    assert [str(user) for user in list_officers(actor)] == order
    chief = Person(Role.CHIEF, station=city.first, name="Chief")
    page = chief.client.get(reverse("accounts:users"))
    listed = [user.full_name for user in page.context["table"].data if user.full_name != "Chief"]
    assert listed == order


@pytest.mark.django_db
def test_a_new_name_moves_the_person() -> None:
    person = UserFactory(full_name="张伟")
    person.full_name = "安华"
    person.save(update_fields=["full_name"])
    assert User.objects.get(pk=person.pk).sort_key == "an1hua2"
