"""Bureaus, stations and departments through the operator's pages."""

from typing import Any

import pytest
from django.urls import reverse

from foundation.accounts import operations
from foundation.accounts.choices import AuditAction
from foundation.accounts.models import Bureau, Department, Station
from tests.accounts.conftest import House, acts_of, log_of, version_in
from tests.factories import StationFactory

BUREAU = {"code": "QH", "name": "Qinghe Bureau", "rates_from": " ２０２６q3", "cut_off_days": "5"}


def test_the_operator_builds_a_bureau(house: House) -> None:
    operator = house.client("operator")
    assert operator.post(reverse("accounts:bureau_create"), BUREAU).status_code == 302
    bureau = Bureau.objects.get(code="QH")
    assert (bureau.rates_from, bureau.cut_off_days) == ("2026Q3", 5)
    station = {"code": "01", "name": "Riverside"}
    assert operator.post(reverse("accounts:station_create", args=[bureau.pk]), station).status_code == 302
    department = {"code": "F", "name": "Fire", "kind": "fire"}
    assert (
        operator.post(reverse("accounts:department_create", args=[bureau.pk]), department).status_code == 302
    )
    made = Station.objects.get(bureau=bureau)
    url = reverse("accounts:station_edit", args=[made.pk])
    rename = {"name": "Riverside East", "version": version_in(operator, url)}
    assert operator.post(url, rename).status_code == 302
    url = reverse("accounts:department_edit", args=[Department.objects.get(bureau=bureau).pk])
    change = {"name": "Fire and rescue", "kind": "fire", "version": version_in(operator, url)}
    assert operator.post(url, change).status_code == 302
    made.refresh_from_db()
    assert (made.code, made.name) == ("01", "Riverside East")
    assert operator.get(reverse("accounts:bureau", args=[bureau.pk])).status_code == 200
    log = operator.get(reverse("accounts:audit")).content.decode()
    for words in (
        "Opened a bureau",
        "Opened a police station",
        "Renamed a police station",
        "Added a department",
    ):
        assert words in log


@pytest.mark.parametrize("who", ["officer", "chief", "supervisor", "security_manager", "department_officer"])
def test_other_roles_are_refused(house: House, who: str) -> None:
    client, bureau = house.client(who), house.city.bureau
    for name, args in (
        ("bureau_create", []),
        ("bureau_edit", [bureau.pk]),
        ("station_create", [bureau.pk]),
        ("station_edit", [house.city.first.pk]),
        ("department_create", [bureau.pk]),
        ("department_edit", [house.department.pk]),
    ):
        assert (
            client.post(reverse(f"accounts:{name}", args=args), BUREAU | {"kind": "fire"}).status_code == 403
        )
    assert not Bureau.objects.filter(name=BUREAU["name"]).exists()
    assert acts_of(house.city) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"code": ""}, "This field is required"),
        ({"code": "has space"}, "Use only letters, digits"),
        ({"code": "taken"}, "already in use"),
        ({"name": "x" * 121}, "at most 120"),
        ({"rates_from": "2026-3"}, "2026Q3"),
        ({"cut_off_days": "61"}, "less than or equal to 60"),
        ({"cut_off_days": "-1"}, "greater than or equal to 0"),
        ({"cut_off_days": "9" * 30}, "less than or equal"),
        ({"cut_off_days": "soon"}, "whole number"),
    ],
)
def test_invalid_bureaus_are_reported_at_the_field(house: House, change: dict, words: str) -> None:
    Bureau.objects.create(code="taken", name="Taken")
    before = Bureau.objects.count()
    answer = house.client("operator").post(reverse("accounts:bureau_create"), BUREAU | change)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Bureau.objects.count() == before


def test_a_station_code_is_unique_in_its_bureau(house: House) -> None:
    operator = house.client("operator")
    url = reverse("accounts:station_create", args=[house.city.bureau.pk])
    answer = operator.post(url, {"code": house.city.first.code, "name": "Again"})
    assert answer.status_code == 422
    assert "code" in answer.context["form"].errors
    assert (
        operator.post(url, {"code": house.city.elsewhere.code, "name": "Same code, other bureau"}).status_code
        == 302
    )


def test_organisations_are_no_twins_but_for_case_width_and_blanks(house: House) -> None:
    operator, bureau = house.client("operator"), house.city.bureau
    wide = "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in bureau.code)
    for twin in ({"code": wide.swapcase()}, {"name": f" {bureau.name.upper()} "}):
        answer = operator.post(reverse("accounts:bureau_create"), BUREAU | twin)
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == list(twin)
    first, second = house.city.first, house.city.second
    url = reverse("accounts:station_create", args=[bureau.pk])
    assert operator.post(url, {"code": f"{first.code} x", "name": first.name.swapcase()}).status_code == 422
    rename = reverse("accounts:station_edit", args=[second.pk])
    data = {"name": first.name.swapcase(), "version": version_in(operator, rename)}
    assert operator.post(rename, data).status_code == 422


def test_two_operators_at_once(house: House) -> None:
    operator, bureau = house.client("operator"), house.city.bureau
    url = reverse("accounts:bureau_edit", args=[bureau.pk])
    data = {"name": "First", "rates_from": "", "cut_off_days": "3", "version": version_in(operator, url)}
    assert operator.post(url, data).status_code == 302
    late = operator.post(url, data | {"name": "Second"})
    assert late.status_code == 422
    assert late.context["others"] == [("Name", "First", "Second")]
    assert operator.post(url, data | {"version": ""}).status_code == 422
    bureau.refresh_from_db()
    assert bureau.name == "First"
    entry = next(entry for entry in log_of(house.city) if entry.action == AuditAction.EDIT_BUREAU)
    assert list(entry.after) == ["name"], "only what changed"


def test_the_pages_cost_the_same(house: House, django_assert_max_num_queries: Any) -> None:
    for number in range(40):
        StationFactory(bureau=house.city.bureau, code=f"more-{number}")
    operator = house.client("operator")
    operator.get("/people/me/")
    with django_assert_max_num_queries(12):
        operator.get(reverse("accounts:bureaus"))
    with django_assert_max_num_queries(12):
        operator.get(reverse("accounts:bureau", args=[house.city.bureau.pk]))


def test_whoever_lost_the_last_role_is_told_and_can_log_out(house: House) -> None:
    client = house.client("officer")
    for grant in house.people["officer"].grants.filter(revoked_at=None):
        operations.revoke_role(actor=house.actor("chief"), grant_id=grant.pk, reason="moved on")
    client.force_login(house.people["officer"])
    answer = client.get("/", follow=True)
    assert answer.status_code == 200
    assert "You have no role yet" in answer.content.decode()
    assert reverse("account_logout") in answer.content.decode()
    assert client.post(reverse("enterprises:create"), {}).status_code == 403
