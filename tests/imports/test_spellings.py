"""One list as different programs and hands write it: once it is in, every other spelling of it changes nothing."""

import csv
import io
from collections.abc import Callable

import pytest

from tests.accounts.conftest import House, house, quick_passwords
from tests.factories import EnterpriseFactory
from tests.imports.sheets import Person

__all__ = ["house", "quick_passwords"]
Table = list[list[str]]
LISTS: dict[str, Table] = {
    "enterprise": [
        ["企业编号", "企业名称", "地址", "责任人", "联系电话", "从业人数", "登记日期"],
        ["QH-1", "清河湖畔餐馆", "湖滨路12号", "张建国", "13800000731", "64", "2025-03-04"],
        ["QH-2", "望江宾馆", "望江路3号", "李桂芳", "0830-1234567", "8", "2024-11-20"],
    ],
    "inspection": [
        ["被检查单位", "检查日期", "检查类别", "检查结果", "检查人员"],
        ["Lotus", "2026-03-04", "日常检查", "合格", "王芳、李明"],
        ["Lamp", "2026-03-05", "日常检查", "限期整改", "王芳、赵强"],
    ],
    "hazard": [
        ["企业名称", "发现日期", "隐患内容", "部位", "整改期限", "级别"],
        ["Lotus", "2026-03-04", "疏散通道堵塞", "二楼东侧", "2026-03-18", "一般"],
        ["Lamp", "2026-03-05", "消防栓无水", "仓库", "2026-03-25", "一般"],
    ],
    "dispute": [
        ["涉事单位", "受理日期", "纠纷类型", "纠纷内容", "涉及人数", "化解期限"],
        ["Lotus", "2026-03-04", "劳资纠纷", "拖欠工资三个月", "12", "2026-04-03"],
        ["Lamp", "2026-03-05", "劳资纠纷", "解除合同补偿", "1", "2026-04-04"],
    ],
}
DAYS = ("日期", "期限")
WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")


def text_of(table: Table, delimiter: str = ",") -> str:
    into = io.StringIO()
    csv.writer(into, delimiter=delimiter, lineterminator="\r\n").writerows(table)
    return into.getvalue()


def with_days(table: Table, form: Callable[[str, str, str], str]) -> Table:
    spoken = [place for place, name in enumerate(table[0]) if name.endswith(DAYS)]
    return [table[0]] + [
        [form(*cell.split("-")) if place in spoken else cell for place, cell in enumerate(row)]
        for row in table[1:]
    ]


def with_units(table: Table) -> Table:
    counted = [place for place, name in enumerate(table[0]) if name.endswith("人数")]
    return [table[0]] + [
        [f"{cell}人" if place in counted else cell for place, cell in enumerate(row)] for row in table[1:]
    ]


def widened(table: Table) -> Table:
    """Return the table with digits of an input method; an address is a text, of which that is another spelling."""
    spelled = [
        [cell if name == "地址" else cell.translate(WIDE) for name, cell in zip(table[0], row, strict=True)]
        for row in table[1:]
    ]
    return [table[0], *spelled]


def with_frame(table: Table) -> Table:
    wide = len(table[0])
    title, foot = ["清河派出所台账", *[""] * (wide - 1)], ["合计", *[""] * (wide - 2), str(len(table) - 1)]
    return [[*row, "", ""] for row in (title, *table, foot, ["制表人：王姐", *[""] * (wide - 1)])]


SPELLINGS: dict[str, tuple[str, Callable[[Table], bytes]]] = {
    "utf-8 with a mark": ("csv", lambda table: text_of(table).encode("utf-8-sig")),
    "gb18030": ("csv", lambda table: text_of(table).encode("gb18030")),
    "utf-16": ("csv", lambda table: text_of(table, "\t").encode("utf-16")),
    "semicolons": ("csv", lambda table: text_of(table, ";").encode()),
    "full-width digits": (
        "csv",
        lambda table: text_of(widened(table)).encode(),
    ),
    "dotted days": (
        "csv",
        lambda table: text_of(with_days(table, lambda y, m, d: f"{y}.{int(m)}.{int(d)}")).encode(),
    ),
    "Chinese days": (
        "csv",
        lambda table: text_of(with_days(table, lambda y, m, d: f"{y}年{int(m)}月{int(d)}日")).encode(),
    ),
    "days with a time": (
        "csv",
        lambda table: text_of(with_days(table, lambda y, m, d: f"{y}/{int(m)}/{int(d)} 0:00")).encode(),
    ),
    "days without signs": (
        "csv",
        lambda table: text_of(with_days(table, lambda y, m, d: y + m + d)).encode(),
    ),
    "units": ("csv", lambda table: text_of(with_units(table)).encode()),
    "title, total, empty columns": ("csv", lambda table: text_of(with_frame(table)).encode()),
    "rows turned round": ("csv", lambda table: text_of([table[0], *table[:0:-1]]).encode()),
    "columns turned round": ("csv", lambda table: text_of([row[::-1] for row in table]).encode()),
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(LISTS))
def test_every_spelling_of_a_list_that_is_in_is_the_same(house: House, kind: str) -> None:
    if kind != "enterprise":
        for name in ("Lotus", "Lamp"):
            EnterpriseFactory(station=house.city.first, name=name)
    chief, table = Person(house, "chief"), LISTS[kind]
    sheet = chief.press("write", chief.confirm(chief.upload(text_of(table), kind=kind)))
    assert {row.state for row in chief.rows(sheet).values()} == {"written"}, [
        r.remarks for r in chief.rows(sheet).values()
    ]
    wrong = {}
    for name, (ending, spell) in SPELLINGS.items():
        sheet = chief.confirm(chief.upload(spell(table), kind=kind, name=f"{name}.{ending}"))
        rows = [row for row in chief.rows(sheet).values() if row.state != "left_out"]
        if [row.state for row in rows] != ["same", "same"]:
            wrong[name] = [(row.state, row.cells, row.remarks) for row in chief.rows(sheet).values()]
    assert not wrong
