"""Police numbers: who has one, that it is one person's in a bureau, and who sees it."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from foundation.accounts import operations, selectors
from foundation.accounts.actors import system_actor
from foundation.accounts.choices import Role
from foundation.accounts.models import User
from tests.accounts.conftest import House, log_of, version_in

NUMBER = "041267"


def test_a_number_is_one_persons_in_the_police_of_a_bureau(house: House) -> None:
    """Given by the chief or by the person, in any spelling; the same in another bureau, but not twice in one."""
    officer, other = house.people["officer"], house.people["officer_second"]
    chief, url = house.client("chief"), reverse("accounts:user_edit", args=[officer.pk])
    typed = {"full_name": "Full officer", "phone": "", "email": ""}

    def save(number: str) -> int:
        data = typed | {"police_number": number, "version": version_in(chief, url)}
        return chief.post(url, data).status_code

    assert [save(each) for each in ("41267", "A41267", "0412677")] == [422] * 3, "six digits"
    assert save(" ０４１２６７ ") == 302
    assert User.objects.get(pk=officer.pk).police_number == NUMBER
    assert log_of(house.city)[-1].action == "user.edit"
    assert NUMBER in chief.get(reverse("accounts:users")).content.decode()
    assert NUMBER in chief.get(reverse("accounts:user", args=[officer.pk])).content.decode()

    second = house.client("officer_second")
    own = reverse("accounts:profile")
    data = typed | {"version": version_in(second, own)}
    answer = second.post(own, data | {"police_number": NUMBER})
    assert "police_number" in answer.context["form"].errors
    assert "Full officer" not in str(answer.context["form"].errors), "it is not said whose"
    assert second.post(own, data | {"police_number": "041309"}).status_code == 302
    operations.edit_profile(actor=house.actor("officer_elsewhere"), police_number=NUMBER)

    with pytest.raises(ValidationError):  # whoever comes with a taken number, too
        operations.create_user(
            actor=house.actor("supervisor"),
            username="newcomer",
            full_name="New Comer",
            role=Role.OFFICER,
            station_id=house.city.second.pk,
            police_number=NUMBER,
        )
    assert selectors.police_numbers(house.actor("chief")) == [("Full officer", NUMBER)]
    assert selectors.police_numbers(house.actor("supervisor")) == [
        ("Full officer", NUMBER),
        (other.full_name, "041309"),
    ]


@pytest.mark.parametrize("who", ["security_manager", "department_officer"])
def test_outside_the_police_there_is_none_to_enter_or_to_see(house: House, who: str) -> None:
    operations.edit_profile(actor=house.actor("officer"), police_number=NUMBER)
    client, url = house.client(who), reverse("accounts:profile")
    assert "police_number" not in client.get(url).context["form"].fields
    with pytest.raises(ValidationError):
        operations.edit_profile(actor=house.actor(who), police_number="041309")
    assert selectors.police_numbers(house.actor(who)) == []
    assert selectors.own_police_number(house.actor(who)) == ""


def test_a_role_in_another_bureau_needs_a_number_that_is_free_there(house: House) -> None:
    for name in ("officer", "officer_elsewhere"):
        operations.edit_profile(actor=house.actor(name), police_number=NUMBER)
    system = system_actor(bureau_id=house.city.other_bureau.pk)
    give = {"role": Role.OFFICER, "station_id": house.city.elsewhere.pk}
    officer = house.people["officer"].pk
    with pytest.raises(ValidationError):
        operations.grant_role(actor=system, user_id=officer, **give)
    operations.edit_profile(actor=house.actor("officer"), police_number="")
    assert operations.grant_role(actor=system, user_id=officer, **give).pk
