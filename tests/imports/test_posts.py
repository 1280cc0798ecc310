"""Liaison officers designated by a sheet."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enterprises.models import Liaison
from foundation.accounts.access import Role, WrongState
from foundation.tenancy.scope import station_scope
from imports.choices import RowState
from imports.operations.undoing import undo
from tests.accounts.conftest import House, house, quick_passwords
from tests.factories import EnterpriseFactory, LiaisonFactory, RoleGrantFactory, UserFactory
from tests.imports.sheets import Person

__all__ = ["house", "quick_passwords"]
LIST = (
    "单位名称,责任民警,起始日期\n"
    "Qinghe Foundry,李明,2026-03-02\n"
    "老灶火锅店,张伟,\n"
    "茶馆,王丽,\n"
    "北岸物流园,无名,\n"
    "南街超市,李明,2099-01-01\n"
)


@pytest.fixture
def chief(house: House) -> Person:
    station = house.city.first
    for name in ("李明", "张伟", "王丽"):
        RoleGrantFactory(user=UserFactory(full_name=name), role=Role.OFFICER, station=station)
    firms = {
        name: EnterpriseFactory(station=station, name=name)
        for name in ("老灶火锅店", "茶馆", "北岸物流园", "南街超市")
    }
    wang = UserFactory(full_name="赵敏")
    RoleGrantFactory(user=wang, role=Role.OFFICER, station=station)
    LiaisonFactory(enterprise=firms["老灶火锅店"], officer=wang, from_on="2026-01-05")
    there = RoleGrantFactory(user=UserFactory(full_name="钱进"), role=Role.OFFICER, station=station).user
    LiaisonFactory(enterprise=firms["茶馆"], officer=there, from_on="2026-01-05")
    return Person(house, "chief")


def serving(person: Person) -> dict[str, str]:
    with station_scope(person.actor.scope()):
        rows = Liaison.objects.filter(until_on=None).select_related("enterprise", "officer")
        return {row.enterprise.name: row.officer.full_name for row in rows}


def test_officers_are_designated_as_the_list_says(chief: Person) -> None:
    sheet = chief.confirm(chief.upload(LIST, kind="liaison"))
    states = {
        number: (row.state, [each["code"] for each in row.remarks])
        for number, row in chief.rows(sheet).items()
    }
    assert states == {
        2: (RowState.NEW, []),
        3: (RowState.CHANGED, ["differs"]),
        4: (RowState.CHANGED, ["differs"]),
        5: (RowState.REFUSED, ["no_such_officer"]),
        6: (RowState.REFUSED, ["not_designated"]),
    }
    assert serving(chief) == {"老灶火锅店": "赵敏", "茶馆": "钱进"}  # nothing is done yet
    assert "老灶火锅店" in chief.page(sheet, "?tab=changed").content.decode()

    sheet = chief.press("write", chief.press("choose", sheet, row=3, choice="update"))
    assert serving(chief) == {"Qinghe Foundry": "李明", "老灶火锅店": "张伟", "茶馆": "钱进"}
    states = {number: row.state for number, row in chief.rows(sheet).items()}
    assert states[2] == states[3] == RowState.WRITTEN
    assert states[4] == RowState.CHANGED
    with station_scope(chief.actor.scope()), pytest.raises(WrongState, match="stay"):
        undo(actor=chief.actor, run_id=sheet.last_run_id)
    again = chief.confirm(chief.upload(LIST, kind="liaison"))
    states = {number: row.state for number, row in chief.rows(again).items()}
    assert states[2] == states[3] == RowState.SAME


def test_enterprises_are_locked_in_one_order_whatever_the_order_of_the_rows(chief: Person) -> None:
    """Otherwise two lists with the same enterprises in another order would wait for each other."""
    text = "单位名称,责任民警\n南街超市,李明\nQinghe Foundry,李明\n"
    sheet = chief.confirm(chief.upload(text, kind="liaison"))
    with CaptureQueriesContext(connection) as caught:
        chief.press("write", sheet)
    locking = re.compile(r'FROM "enterprises_enterprise".*FOR (NO KEY )?UPDATE')
    first = next(each["sql"] for each in caught if locking.search(each["sql"]))
    assert "ORDER BY 1 ASC" in first
    assert re.search(r"IN \(\d+, \d+\)", first), "all of the list at once"
    assert {"南街超市", "Qinghe Foundry"} <= set(serving(chief))


def test_only_who_may_designate_brings_such_a_list(house: House, chief: Person) -> None:
    page = reverse("imports:sheets")
    assert 'value="liaison"' in chief.client.get(page).content.decode()
    supervisor = Person(house, "supervisor")
    assert 'value="liaison"' not in supervisor.client.get(page).content.decode()
    url = reverse("imports:template", args=["liaison"])
    assert chief.client.get(url).status_code == 200
    assert supervisor.client.get(url).status_code == 404


def test_an_officer_of_another_station_is_none_of_the_own(house: House, chief: Person) -> None:
    other = UserFactory(full_name="外来")
    RoleGrantFactory(user=other, role=Role.OFFICER, station=house.city.second)
    sheet = chief.confirm(chief.upload("单位名称,责任民警\n茶馆,外来\n", kind="liaison"))
    (row,) = chief.rows(sheet).values()
    assert [each["code"] for each in row.remarks] == ["no_such_officer"]
