"""What pickers answer, twins while typing, and fields that take what was typed without scripts."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enterprises.models import Enterprise
from enterprises.search_keys import search_text, sort_key
from foundation.accounts.choices import Role
from tests.factories import EnterpriseFactory
from tests.facts.people import Person
from tests.fixtures import City, scope_of

CODE = "91110000600037341L"


def enterprise(station: Any, name: str, **fields: Any) -> Enterprise:
    known = {each: fields.get(each, "") for each in ("credit_code", "address")}
    text = search_text(name=name, **known)
    return EnterpriseFactory(station=station, name=name, search_text=text, sort_key=sort_key(name), **fields)


@pytest.fixture
def officer(city: City) -> Person:
    return Person(Role.OFFICER, station=city.first, name="周志远")


def answer(person: Person, name: str, **query: str) -> tuple[list[str], list[str]]:
    """Return the values that were found, and those that were named."""
    response = person.get(f"enterprises:pick_{name}", **query)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    found = json.loads(response.content)
    return [each["value"] for each in found["found"]], [each["value"] for each in found["named"]]


def test_enterprises_of_others_are_neither_found_nor_named(city: City, officer: Person) -> None:
    mine = enterprise(city.first, "清河机械")
    others = [enterprise(city.second, "清河食品"), enterprise(city.elsewhere, "清河钢构")]
    ids = ",".join(str(each.pk) for each in (*others, mine))
    assert answer(officer, "enterprise", q="清河", named=ids) == ([str(mine.pk)], [str(mine.pk)])
    assert answer(officer, "enterprise", q="qinghe")[0] == [str(mine.pk)]
    assert answer(officer, "enterprise", q="")[0] == []  # a register is too long to begin with
    assert answer(officer, "enterprise", named="x,-1,99999999999999999999,\x00")[1] == []


def test_streets_and_areas_begin_with_those_of_ones_own_enterprises(city: City, officer: Person) -> None:
    for number in range(3):
        enterprise(city.first, f"甲{number}", street="望江街道", division_code="310115")
    enterprise(city.first, "乙", street="石桥镇", division_code="110105")
    enterprise(city.second, "丙", street="外站街道", division_code="440113")
    assert answer(officer, "street", q="")[0] == ["望江街道", "石桥镇"]
    assert answer(officer, "street", q="", beside="110105")[0] == ["石桥镇", "望江街道"]
    assert answer(officer, "street", q="wj")[0] == answer(officer, "street", q="望")[0] == ["望江街道"]
    assert answer(officer, "street", named="外站街道,石桥镇")[1] == ["石桥镇"]
    assert answer(officer, "area", q="")[0][:3] == ["310115", "110105", "110000"]
    assert answer(officer, "area", named="110105,310103,1")[1] == ["110105"]  # no former one


def test_officers_are_those_of_the_station(city: City, officer: Person) -> None:
    Person(Role.OFFICER, station=city.second, name="外站人")
    Person(Role.CHIEF, station=city.first, name="何国强")
    assert set(answer(officer, "officer", q="")[0]) == {"何国强", "周志远"}
    assert answer(officer, "officer", q="zzy")[0] == ["周志远"]


@pytest.mark.parametrize("name", ["industry", "area", "street", "enterprise", "officer"])
def test_an_answer_costs_the_same_with_many_rows(name: str, city: City, officer: Person) -> None:
    counts = []
    for size in (2, 30):
        for number in range(size):
            enterprise(city.first, f"清河{size}{number}", street=f"第{number}街道", division_code="110105")
        officer.get(f"enterprises:pick_{name}")
        with CaptureQueriesContext(connection) as queries:
            answer(officer, name, q="q" if name == "enterprise" else "", named="1,2,C36,110105")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10


def twins_of(person: Person, **typed: str) -> str:
    response = person.client.get(reverse("enterprises:twins"), typed)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        {"credit_code": CODE},
        {"credit_code": "９１１１００００ 6000-37341l"},
        {"name": "清河铭洲（机械）有限公司"},
        {"name": " 清河铭洲(机械) 有限公司"},
        {"name": "清河铭洲机械有限公司"},
        {"name": "清河铭洲机械厂", "address": "东江区创业路 18 号"},
        {"name": "清河名洲机械有限公司", "address": "创业路18号"},  # mistyped
    ],
)
def test_a_twin_is_noticed(typed: dict[str, str], city: City, officer: Person) -> None:
    there = enterprise(
        city.first, "清河铭洲（机械）有限公司", credit_code=CODE, address="清河市东江区创业路18号"
    )
    assert f"/file/{there.pk}/" in twins_of(officer, **typed)


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"name": "清"},
        {"name": "清河铭洲机械厂"},  # alike, but nobody knows where
        {"name": "清河铭洲机械厂", "address": "东江区创业路 19 号"},
        {"name": "铭", "credit_code": CODE[:17]},
        {"name": "\x00", "credit_code": "x" * 500},
    ],
)
def test_another_enterprise_is_no_twin(typed: dict[str, str], city: City, officer: Person) -> None:
    enterprise(city.first, "清河铭洲（机械）有限公司", credit_code=CODE, address="清河市东江区创业路18号")
    assert "/file/" not in twins_of(officer, **typed)


def test_twins_tell_nothing_of_other_stations(city: City, officer: Person) -> None:
    for station in (city.second, city.elsewhere):
        enterprise(station, "清河铭洲", credit_code=CODE, address="创业路18号")
    assert (
        twins_of(officer, name="清河铭洲", credit_code=CODE, address="创业路18号").strip()
        == twins_of(officer).strip()
    )


def test_an_address_is_proposed_to_the_form(city: City, officer: Person) -> None:
    shown = officer.get("enterprises:read_address", address="北京市朝阳区望京街道6号").content.decode()
    assert "北京市朝阳区" in shown
    assert "110105" in shown
    assert officer.get("enterprises:read_address", address="Main Street").content.decode().strip() == ""


def test_a_new_enterprise_needs_a_name_and_since_when(city: City, officer: Person) -> None:
    page = officer.get("enterprises:create").content.decode()
    assert '<details class="later">' in page
    refused = officer.post("enterprises:create", name="安达", since="always", headcount="many")
    assert refused.status_code == 422
    assert '<details class="later" open>' in refused.content.decode()  # where the fault is
    code = {"industry_code": "c3670", "division_code": "110105", "street": "望京街道"}
    assert officer.post("enterprises:create", name="安达", since="always", **code).status_code == 302
    with scope_of(city.first):
        saved = Enterprise.objects.get(name="安达")
    assert (saved.industry_code, saved.division_code, saved.street) == ("C3670", "110105", "望京街道")


def test_the_words_of_a_value_come_with_the_field(city: City, officer: Person) -> None:
    there = enterprise(city.first, "安达", industry_code="C3670", division_code="310103", street="五里桥街道")
    page = officer.get("enterprises:edit", there.pk).content.decode()
    assert '<div class="picker-said quiet">C3670 汽车零部件及配件制造</div>' in page
    assert '<div class="picker-said quiet">上海市卢湾区</div>' in page
    assert (
        officer.post(
            "enterprises:edit",
            there.pk,
            name="安达",
            version=1,
            industry_code="C3670",
            division_code="310103",
        ).status_code
        == 302
    )


def test_the_register_is_filtered_by_an_industry_of_any_level(city: City, officer: Person) -> None:
    enterprise(city.first, "甲", industry_code="C3670")
    enterprise(city.first, "乙", industry_code="C13")
    for code, found in (("C", ["甲", "乙"]), ("C36", ["甲"]), ("c3670", ["甲"]), ("C99", [])):
        listed = officer.get("enterprises:list", section=code)
        assert {row.name for row in listed.context["table"].data} == set(found)
    assert "C36 汽车制造业" in officer.get("enterprises:list", section="C36").content.decode()
