"""Sheets as offices write them: several tables on one sheet, rows that say nothing, numbers that lost their digits."""

from typing import Any

import pytest

from imports.choices import RowState
from tests.accounts.conftest import House, house, quick_passwords
from tests.imports.conftest import DataSet
from tests.imports.sheets import Person
from tests.sheets import lines, xlsx

__all__ = ["house", "quick_passwords"]
HEAD = ["序号", "单位名称", "经营地址", "负责人", "联系电话", "从业人员"]
NEW, REFUSED, LEFT_OUT = RowState.NEW, RowState.REFUSED, RowState.LEFT_OUT


def firm(number: int, **cells: Any) -> list[Any]:
    row = dict(
        zip(
            "abcdef",
            (number, f"清河{number}厂", f"站前街{number}号", "张建国", "13800000001", 12),
            strict=True,
        )
    )
    return list((row | cells).values())


def outcome(person: Person, rows: list[list[Any]], kind: str = "enterprise") -> dict[int, tuple[str, str]]:
    """Return of each row its state and the code of its first remark, and that the same content again changes nothing."""
    sheet = person.confirm(person.upload(xlsx(rows), kind=kind, name="list.xlsx"))
    found = person.rows(sheet)
    if NEW in {row.state for row in found.values()}:
        person.press("write", sheet)
        text = lines(rows).encode("gb18030")
        again = person.rows(person.confirm(person.upload(text, kind=kind)))
        assert not {NEW, RowState.CHANGED} & {row.state for row in again.values()}
    return {
        number: (row.state, next((each["code"] for each in row.remarks), "")) for number, row in found.items()
    }


def test_tables_one_below_the_other(house: House) -> None:
    """The first header counts, however many rows follow the second; other columns are another table."""
    second = ["序号", "企业名称", "电话", "地址"]
    assert outcome(
        Person(house, "chief"),
        [
            ["一、食品企业"],
            HEAD,
            firm(1),
            ["二、化工企业"],
            HEAD,
            *(firm(number) for number in (2, 3, 4)),
            ["三、个体工商户"],
            second,
            [1, "老王面馆", "13800000002", "西街2号"],
        ],
    ) == {
        3: (NEW, ""),
        4: (LEFT_OUT, "section"),
        5: (LEFT_OUT, "header"),
        **dict.fromkeys((6, 7, 8), (NEW, "")),
        9: (LEFT_OUT, "section"),
        10: (LEFT_OUT, "other_table"),
        11: (LEFT_OUT, "other_table"),
    }


def test_what_a_cell_says_instead_of_its_value(house: House) -> None:
    codes = [*HEAD[:2], "统一社会信用代码", *HEAD[2:]]
    code = "91510502MA00000016"
    rows = [firm(1), firm(2, e="1.38E+10"), firm(3, f="￥12"), firm(4, f="±12"), firm(5)]
    rows = [[*row[:2], code if row[0] in (1, 5) else "", *row[2:]] for row in rows]
    assert outcome(Person(house, "chief"), [codes, *rows]) == {
        2: (NEW, ""),
        3: (REFUSED, "digits_lost"),
        4: (NEW, "unit"),
        5: (REFUSED, "not_a_number"),
        6: (REFUSED, "code_in_file"),
    }


@pytest.mark.parametrize(
    ("kind", "rows", "expected"),
    [
        (
            "hazard",
            [
                ["单位名称", "隐患内容", "检查日期"],
                *[["Qinghe Foundry", item, "2026.3.2上午"] for item in ("无", "未发现隐患。", "无消防通道")],
            ],
            {2: (REFUSED, "invalid"), 3: (REFUSED, "invalid"), 4: (NEW, "")},
        ),
        (
            "person",
            [["姓名", "警号"], ["赵一", "041301"], ["赵五", "041301"], ["合计", "2人"]],
            {2: (NEW, ""), 3: (REFUSED, "repeated_key"), 4: (LEFT_OUT, "totals")},
        ),
    ],
)
def test_other_kinds(
    house: House, kind: str, rows: list[list[Any]], expected: dict[int, tuple[str, str]]
) -> None:
    assert outcome(Person(house, "chief"), rows, kind) == expected


def test_the_command_leaves_another_table_out_with_a_remark(data_set: DataSet) -> None:
    data_set.profile(firms='cells = "lenient"')
    other = "1,Lotus,N01,\n编号,电话,单位名称,负责人\n9,13800000001,Lamp,张建国\n"
    data_set.write("firms.csv", "no,name,station,code\n" + other)
    data_set.write("checks.csv", "id,no,day,ok,note\n")
    result = data_set.run()
    assert [(row, each.code) for _file, row, each in result.kept] == [(3, "other_table"), (4, "other_table")]
    assert [(each.becomes, each.taken) for each in result.tallies] == [("enterprise", 1), ("inspection", 0)]
