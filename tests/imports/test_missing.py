"""A new list of the year says who is no longer in it."""

from typing import Any

import pytest
from django.urls import reverse

from enterprises.models import Enterprise
from foundation.tenancy.scope import station_scope
from imports.choices import RowState
from imports.models import Upload
from imports.operations.missing import not_in
from tests.accounts.conftest import House, house, quick_passwords
from tests.exports.reading import lines_of, taken
from tests.factories import EnterpriseFactory, InactivityFactory
from tests.imports.sheets import Person
from tests.imports.test_sheets import REGISTER, enterprises

__all__ = ["house", "quick_passwords"]


@pytest.fixture
def chief(house: House) -> Person:
    person = Person(house, "chief")
    person.press("write", person.confirm(person.upload(REGISTER), 登记日期="registered_on"))
    return person


def missing(person: Person, sheet: Upload) -> list[str]:
    with station_scope(person.actor.scope()):
        return [each.name for each in not_in(person.actor, sheet)]


def test_who_is_on_the_register_and_not_in_the_list(house: House, chief: Person) -> None:
    first, second = house.city.first, house.city.second
    EnterpriseFactory(station=second, name="Of another station")
    away = EnterpriseFactory(station=first, name="Closed long ago")
    InactivityFactory(enterprise=away, from_on="2026-01-01")
    EnterpriseFactory(station=first, name="茶馆", credit_code="91110108551385082Q", site="分店")
    sheet = chief.confirm(chief.upload(REGISTER), 登记日期="registered_on")
    # the row with faults names one that is here, the twin may be here
    assert missing(chief, sheet) == ["茶馆", "Qinghe Foundry"]

    page = chief.page(sheet).content.decode()
    url = reverse("imports:sheet_missing", args=[sheet.pk])
    assert url in page
    page = chief.client.get(url).content.decode()
    assert "茶馆" in page
    assert reverse("enterprises:inactivity", args=[house.enterprise.pk]) in page
    header, *rows = lines_of(taken(chief.client, url, "csv").content)
    assert [row[0] for row in rows] == ["茶馆", "Qinghe Foundry"]
    assert header[-1] == "Number in Anqi"


def test_what_was_written_is_in_it_and_nothing_is_done_by_itself(chief: Person) -> None:
    new = REGISTER.replace("清河机械厂,91110108551385082Q", "新来的,")
    sheet = chief.confirm(chief.upload(new), 登记日期="registered_on")
    sheet = chief.press("write", sheet)
    assert sheet.counts[RowState.WRITTEN] == 1
    assert missing(chief, sheet) == ["清河机械厂", "Qinghe Foundry"]
    assert {"Qinghe Foundry", "清河机械厂"} <= enterprises(chief).keys()
    again = chief.press("undo", sheet)
    assert "新来的" not in missing(chief, again)


def test_a_supervisor_learns_it_of_the_stations_in_the_list(house: House, chief: Person) -> None:
    EnterpriseFactory(station=house.city.second, name="Of another station")
    supervisor = Person(house, "supervisor")
    text = f"单位名称,统一社会信用代码,派出所\n清河机械厂,91110108551385082Q,{house.city.first.name}\n"
    sheet = supervisor.confirm(supervisor.upload(text))
    assert missing(supervisor, sheet) == ["老灶火锅店", "Qinghe Foundry"]


def test_no_other_sheet_has_such_a_page(house: House, chief: Person) -> None:
    visits = "被检查单位,检查日期,检查类型,检查结果\n清河机械厂,2026-03-02,,合格\n"
    sheet = chief.confirm(chief.upload(visits, kind="inspection"))
    url = reverse("imports:sheet_missing", args=[sheet.pk])
    assert url not in chief.page(sheet).content.decode()
    assert chief.client.get(url).status_code == 404
    own = chief.upload(REGISTER)
    url = reverse("imports:sheet_missing", args=[own.pk])
    assert Person(house, "chief_second").client.get(url).status_code == 404
    with station_scope(chief.actor.scope()):
        assert Enterprise.objects.count() == 3


def test_rows_with_faults_are_looked_for_in_parts(
    chief: Person, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    """However many spellings they have: not all of them in one statement."""
    names = [f"无此日{number}" for number in range(7)] + ["清河机械厂"]
    sheet = chief.confirm(
        chief.upload("单位名称,登记日期\n" + "".join(f"{name},2026-02-30\n" for name in names)),
        登记日期="registered_on",
    )
    assert sheet.counts[RowState.REFUSED] == 8
    monkeypatch.setattr("imports.operations.missing.PART", 3)
    with django_assert_max_num_queries(20) as asked:
        assert missing(chief, sheet) == ["老灶火锅店", "Qinghe Foundry"]
    assert not any("无此日0" in each["sql"] and "无此日6" in each["sql"] for each in asked)


def test_what_is_missing_is_not_said_while_too_many_rows_stand_for_nothing(
    chief: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = chief.confirm(
        chief.upload("单位名称,登记日期\n甲,2026-02-30\n乙,2026-02-30\n"), 登记日期="registered_on"
    )
    url = reverse("imports:sheet_missing", args=[sheet.pk])
    assert "清河机械厂" in chief.client.get(url).content.decode()
    monkeypatch.setattr("imports.operations.missing.MOST_UNKNOWN", 1)
    page = chief.client.get(url).content.decode()
    assert "rows stand for no enterprise yet" in page
    assert "清河机械厂" not in page
