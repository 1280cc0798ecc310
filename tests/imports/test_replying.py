"""A superior's problem list comes in, and how far its hazards are goes back in the same columns."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from foundation.accounts.models import AuditEntry
from foundation.tenancy.scope import station_scope
from inspections import operations
from inspections.models import Hazard
from tests.accounts.conftest import House, house, quick_passwords
from tests.imports.sheets import Person
from tests.imports.test_sheets import cells_of, workbook

__all__ = ["house", "quick_passwords"]
TITLE = ["2026 年督导检查问题清单", "", "", "", "", "", ""]
HEAD = ["序号", "单位名称", "存在问题", "检查日期", "整改情况（派出所填写）", "备注", "领导批示"]
ROWS: list[list[Any]] = [
    ["督-7", "Qinghe Foundry", "消防通道堵塞", "2026-09-01", "", "去年也有", "+1 请速办"],
    ["督-8", "Qinghe Foundry", "门锁损坏", "2026-09-02", "", "", "速办"],
    ["督-9", "没有这家单位", "无人值守", "2026-09-03", "", "", ""],
    ["合计", "", "3", "", "", "", ""],
]


@pytest.fixture
def chief(house: House) -> Person:
    return Person(house, "chief")


def test_the_progress_goes_back_in_the_columns_of_the_list(chief: Person) -> None:
    sheet = chief.upload(workbook([TITLE, HEAD, *ROWS]), "hazard", "督导清单.xlsx")
    assert sheet.layout["header_rows"] == [2]
    assert reverse("imports:sheet_reply", args=[sheet.pk]) not in chief.page(sheet).text
    sheet = chief.press(
        "write", chief.confirm(sheet, 单位名称="enterprise.name", 存在问题="item", 检查日期="found_on")
    )
    with station_scope(chief.actor.scope()):
        blocked, lock = Hazard.objects.order_by("pk")
        put_right = {"id": blocked.pk, "rectified_on": dt.date(2026, 9, 5), "submitted_by": "马师傅"}
        operations.rectify_hazard(actor=chief.actor, **put_right)
        operations.void_hazard(
            actor=chief.house.actor("officer"), id=lock.pk, version=None, reason="重复登记"
        )
    url = reverse("imports:sheet_reply", args=[sheet.pk])
    assert url in chief.page(sheet).text

    answer = chief.client.get(url)
    found = cells_of(answer.content)
    assert found[0][0] == TITLE[0]
    assert found[0][1] == ""
    assert found[1][:7] == HEAD  # their columns in their order, one of them filled
    assert found[1][7:] == [
        "Rectified on",
        "Measures of rectification",
        "Persons responsible",
        "Remarks on the rectification",  # theirs says something already
    ]
    assert [[str(each) for each in line[:4] + line[5:7]] for line in found[2:]] == [
        line[:4] + line[5:] for line in ROWS
    ]
    states = [line[4] for line in found[2:]]
    assert states[0] == "Waiting for re-inspection"
    assert states[1] == "Voided: 重复登记"
    assert states[2].startswith("Not taken over: ")
    assert states[3] == ""
    assert found[2][7] == dt.date(2026, 9, 5)
    with station_scope(chief.actor.scope()):
        entry = AuditEntry.objects.filter(action="export.take_away").latest("id")
    assert entry.after["rows"] == 3
