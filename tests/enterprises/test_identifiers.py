"""One spelling of each identifier, whichever way it comes in: page, operation, search, filters, unique key."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection

from enterprises.forms import InactivityForm
from enterprises.models import Enterprise
from enterprises.models.enterprise import validate_credit_code
from enterprises.operations import register_many
from foundation.accounts.actors import system_actor
from foundation.accounts.choices import Role
from foundation.accounts.selectors import find_enterprises
from foundation.identifiers import compact, phone_number
from tests.factories import DepartmentFactory, EnterpriseFactory
from tests.facts.people import Person
from tests.fixtures import City, scope_of
from tests.rest.keys import api

CODE = "91110000600037341L"
FULL_WIDTH = "９１１１００００６０００３７３４１Ｌ"
SPELLINGS = {
    "lower case": CODE.lower(),
    "full width": FULL_WIDTH,
    "blanks": " 9111 0000 6000 3734 1L ",
    "hyphens": "91110000-60003734-1L",
    "other hyphens": "91110000\u201360003734\u20111\uff0dL",
    "zero width": "9111\u200b0000\ufeff60003734\u20601L",
    "direction marks": "\u202d91110000600037341L\u202c",
    "ideographic blanks": "91110000\u3000600037341L\t",
    "variation selector": "91110000600037341L\ufe0e",
}


@pytest.fixture
def officer(city: City) -> Person:
    return Person(Role.OFFICER, station=city.first)


def register(person: Person, code: str, **more: Any) -> Any:
    entry = {"name": "安达化工", "credit_code": code, "since": "always", **more}
    return person.client.post("/enterprises/new/", entry)


def stored(city: City) -> list[str]:
    with scope_of(city.first, city.second):
        return list(Enterprise.objects.order_by("id").values_list("credit_code", flat=True))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_page_stores_each_spelling_of_a_code_as_one(city: City, officer: Person, spelling: str) -> None:
    assert register(officer, SPELLINGS[spelling]).status_code == 302
    assert stored(city) == [CODE]
    again = register(officer, CODE, name="石桥物流")
    assert again.status_code == 422
    assert list(again.context["form"].errors) == ["credit_code"]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_unique_key_sees_each_spelling(city: City, officer: Person, spelling: str) -> None:
    register(officer, CODE)
    assert register(officer, SPELLINGS[spelling], name="石桥物流").status_code == 422
    assert stored(city) == [CODE]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_operation_and_a_plain_query_use_the_same_spelling(city: City, spelling: str) -> None:
    actor = system_actor(bureau_id=city.bureau.pk, stations=[city.first.pk])
    with scope_of(city.first):
        register_many(actor, [{"station_id": city.first.pk, "name": "A", "credit_code": SPELLINGS[spelling]}])
        assert Enterprise.objects.get(credit_code=SPELLINGS[spelling]).credit_code == CODE
        Enterprise.objects.update(credit_code="")
        Enterprise.objects.update(credit_code=SPELLINGS[spelling])
    assert stored(city) == [CODE]


@pytest.mark.parametrize("code", [CODE + "9", CODE[:-1], "９" * 19, f"{CODE}-9"])
def test_a_code_of_another_length_is_refused_not_cut(city: City, officer: Person, code: str) -> None:
    assert list(register(officer, code).context["form"].errors) == ["credit_code"]
    actor = system_actor(bureau_id=city.bureau.pk, stations=[city.first.pk])
    with scope_of(city.first), pytest.raises(ValidationError):
        register_many(actor, [{"station_id": city.first.pk, "name": "A", "credit_code": code}])
    assert stored(city) == []


def test_the_browser_does_not_cut_a_pasted_code(city: City, officer: Person) -> None:
    page = officer.client.get("/enterprises/new/")
    for name in ("credit_code", "industry_code", "division_code"):
        assert "maxlength" not in page.context["form"][name].as_widget()


# built from the alphabet and the check character of GB 32100-2015
@pytest.mark.parametrize("code", ["N2110000MF00123456", "A1110000MK0012345X", "Y1110000MY00123450", CODE])
def test_each_registration_authority_is_valid(code: str) -> None:
    validate_credit_code(code)


@pytest.mark.parametrize(
    "code", ["B1110000600037341L", CODE[:-1] + "M", "9111000060003734I1", "9111A000600037341L", "1"]
)
def test_invalid_codes_stay_invalid(code: str) -> None:
    with pytest.raises(ValidationError):
        validate_credit_code(code)


@pytest.mark.parametrize("typed", [*SPELLINGS.values(), "6000-3734", "６０００３７", "9111 0000 6000 3734 1"])
def test_a_code_is_found_in_each_spelling_and_by_part(city: City, officer: Person, typed: str) -> None:
    register(officer, CODE)
    register(officer, "", name="石桥物流园")
    rows = officer.get("enterprises:list", q=typed).context["table"].data
    assert [row.name for row in rows] == ["安达化工"]
    found = api(DepartmentFactory(bureau=city.bureau)).get("/api/v1/enterprises/", {"q": typed}).json()
    assert [row["credit_code"] for row in found["results"]] == [CODE]
    with scope_of(city.first):
        actor = system_actor(bureau_id=city.bureau.pk, stations=[city.first.pk])
        assert [row.name for row in find_enterprises(actor, typed)] == ["安达化工"]


def test_blanks_in_a_search_still_separate_words(city: City, officer: Person) -> None:
    register(officer, "", name="3M 中国 A1")
    register(officer, CODE, name="石桥物流园")
    for typed, found in {"A1 3M": ["3M 中国 A1"], "3M 石桥": [], "石桥 物流": ["石桥物流园"]}.items():
        rows = officer.get("enterprises:list", q=typed).context["table"].data
        assert [row.name for row in rows] == found, typed


def test_the_enterprise_merged_into_is_found_by_each_spelling(city: City, officer: Person) -> None:
    register(officer, CODE)
    actor = system_actor(bureau_id=city.bureau.pk, stations=[city.first.pk])
    with scope_of(city.first):
        for typed in SPELLINGS.values():
            form = InactivityForm(
                {"kind": "merged", "from_on": "2026-01-01", "merged_into": typed, "reason": "x"}, actor=actor
            )
            assert form.is_valid(), form.errors
            assert form.cleaned_data["merged_into"].credit_code == CODE


def test_industry_division_and_phone_have_one_spelling_too(city: City, officer: Person) -> None:
    full = {
        "industry_code": "ｃ３６ ７０",
        "division_code": "３３０１０６",
        "phone": "０５７１－8888\u200b 1234 ",
    }
    assert register(officer, "", **full).status_code == 302
    with scope_of(city.first):
        made = Enterprise.objects.get()
        assert (made.industry_code, made.division_code, made.phone) == ("C3670", "330106", "0571-8888 1234")
    found = api(DepartmentFactory(bureau=city.bureau)).get("/api/v1/enterprises/", {"industry": "Ｃ３６"})
    assert len(found.json()["results"]) == 1


def test_a_normal_identifier_stays_as_it_is() -> None:
    for spelling in SPELLINGS.values():
        assert compact(spelling) == CODE == compact(compact(spelling))
    assert phone_number("（0571）8888　1234 转 8") == "(0571)8888 1234 转 8"
    assert compact("a\x00b") == "A\x00B"  # for the check that refuses it


# --- rows of earlier versions ------------------------------------------------------------------------------------------


def of_earlier_version(enterprise: Enterprise, **values: str) -> None:
    """Store values as they were before they had one spelling: past the model's fields."""
    with scope_of(enterprise.station), connection.cursor() as cursor:
        for column, value in values.items():
            cursor.execute(
                f"UPDATE enterprises_enterprise SET {column} = %s WHERE id = %s", [value, enterprise.pk]
            )


def migrate(city: City) -> None:
    migration = import_module("enterprises.migrations.0009_one_spelling")
    with scope_of(city.first, city.second):
        migration.respell(apps, SimpleNamespace(connection=connection))


def test_earlier_rows_get_one_spelling(city: City, officer: Person) -> None:
    alone, other_site = (
        EnterpriseFactory(station=city.first),
        EnterpriseFactory(station=city.first, site="Gate 2"),
    )
    of_earlier_version(alone, credit_code=FULL_WIDTH, industry_code="C３６", phone="０５７１")
    of_earlier_version(other_site, credit_code=CODE)
    assert officer.get("enterprises:list").status_code == 200
    migrate(city)
    assert stored(city) == [CODE, CODE]
    with scope_of(city.first):
        alone.refresh_from_db()
        assert (alone.industry_code, alone.phone) == ("C36", "0571")


def test_earlier_rows_with_the_same_code_stay_and_are_named(
    city: City, officer: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = EnterpriseFactory(station=city.first), EnterpriseFactory(station=city.second)
    of_earlier_version(first, credit_code=CODE)
    of_earlier_version(second, credit_code=FULL_WIDTH)
    migrate(city)
    assert stored(city) == [CODE, FULL_WIDTH]
    assert f"enterprise #{second.pk}: “{FULL_WIDTH}” is {CODE}, as is #{first.pk}" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        call_command("check_identifiers")
    assert ended.value.code == 3
    assert f"#{second.pk}" in capsys.readouterr().out
    chief = Person(Role.CHIEF, station=city.second)
    assert FULL_WIDTH in chief.client.get(f"/file/{second.pk}/").content.decode()

    with scope_of(city.second):
        Enterprise.objects.filter(pk=second.pk).update(credit_code="")
    call_command("check_identifiers")
    assert "one spelling" in capsys.readouterr().out
