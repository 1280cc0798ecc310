"""The table in a sheet is found: titles, levels of a header, totals and notes."""

import pytest

from foundation.contributions.sheets import targets
from imports.layouts import Note, Table, find_table, header_digest, joined
from imports.naming import words_of

WORDS = frozenset().union(*(words_of(each) for each in targets))


def table(*rows: str, start: int = 1) -> Table:
    return find_table([(number, row.split("|")) for number, row in enumerate(rows, start)], WORDS)


DATA = ["1|清河宏远化工|站前街27号|120|4", "2|北岸物流园|北岸路5号|412|12", "3|东港冷链|港城路88号|88|2"]


def test_a_plain_header() -> None:
    found = table("序号|单位名称|地址|从业人员|保安", *DATA)
    assert found.header_rows == (1,)
    assert found.header == ["序号", "单位名称", "地址", "从业人员", "保安"]
    assert (found.first_row, found.last_row, found.notes) == (2, None, ())


def test_titles_above_and_totals_and_notes_below() -> None:
    found = table(
        "清河区重点单位底册||||",
        "填报单位：开发区派出所||||填报日期：2024年3月5日",
        "||||",
        "序号|单位名称|地址|从业人员|保安",
        *DATA,
        "合计|3||620|18",
        "||||",
        "注：1.本表一式两份；2.电话填写手机号。||||",
        "制表人：张三||审核人：李四||",
    )
    assert (found.header_rows, found.first_row, found.last_row) == ((4,), 5, 7)
    assert [(each.code, each.row) for each in found.notes] == [
        ("title", 1),
        ("title", 2),
        ("totals", 8),
        ("note", 10),
        ("note", 11),
    ]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("序号|单位名称|地址|从业人员|", "|||合计|其中保安"),  # as CSV
        ("序号|单位名称|地址|从业人员|从业人员", "序号|单位名称|地址|合计|其中保安"),  # merged cells filled
        ("序号|单位名称|地址|从业人员|从业人员", "|||合计|其中保安"),
    ],
)
def test_two_levels(upper: str, lower: str) -> None:
    found = table("重点单位底册||||", upper, lower, *DATA)
    assert found.header_rows == (2, 3)
    assert found.header == ["序号", "单位名称", "地址", "从业人员｜合计", "从业人员｜其中保安"]
    assert found.first_row == 4


def test_units_below_the_names() -> None:
    found = table("序号|单位名称|地址|从业人员|保安", "|||（人）|（人）", *DATA)
    assert found.header_rows == (1, 2)
    assert found.header[3:] == ["从业人员｜（人）", "保安｜（人）"]


@pytest.mark.parametrize("first", ["名称|地址||电话", "单位名称|负责人|手机|"])
def test_a_record_with_empty_cells_is_no_second_level(first: str) -> None:
    found = table(first, "老灶火锅|||", "周记面馆|西街2号|周强|", "美家五金|||13800000001")
    assert found.header_rows == (1,)


def test_a_header_said_twice_is_no_second_level() -> None:
    found = table("单位名称|地址", "单位名称|地址", "甲店|西街1号")
    assert (found.header_rows, found.notes) == ((1,), (Note("header", 2, "单位名称"),))


def test_a_merged_title_is_no_header() -> None:
    title = "|".join(["清河区重点单位底册"] * 5)
    found = table(title, "序号|单位名称|地址|从业人员|保安", *DATA)
    assert (found.header_rows, found.notes) == ((2,), (Note("title", 1, "清河区重点单位底册"),))


def test_names_that_nobody_knows() -> None:
    found = table("甲|乙|丙", "1|2023-01-02|120", "2|2023-01-03|130")
    assert (found.header_rows, found.header) == ((1,), ["甲", "乙", "丙"])


def test_doubles_and_columns_without_a_name() -> None:
    found = table("单位名称|电话|电话||||备注", "老灶火锅|1|2|有|||x", "周记面馆|1|2||||")
    assert found.header == ["单位名称", "电话", "电话 (2)", "[D]", "", "", "备注"]
    assert [each.row for each in found.notes if each.code == "empty_column"] == [4, 5]


def test_the_sheet_is_cut_within_the_table() -> None:
    assert table("单位名称|地址", "甲店|西街1号").last_row is None


def test_totals_in_the_middle_end_nothing() -> None:
    found = table("序号|单位名称|地址|从业人员|保安", DATA[0], "小计|1||120|4", *DATA[1:], "总计|3||620|18")
    assert found.last_row == 5
    assert [each.row for each in found.notes] == [3, 6]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("合计|3||620|18", "totals"),
        ("|合　计||620|18", "totals"),
        ("Total|3||620|18", "totals"),
        ("备注：以上单位均已核实||||", "note"),
        ("填表人：张三|||联系电话：13800000001|", "note"),
        ("1、本表由派出所填写，每季度上报一次||||", "note"),
        ("一、化工企业|一、化工企业|一、化工企业|一、化工企业|一、化工企业", "section"),
        ("序号|单位名称|地址|从业人员|保安", "header"),
    ],
)
def test_rows_that_are_no_records(row: str, code: str) -> None:
    found = table("序号|单位名称|地址|从业人员|保安", *DATA).ends_at(99, row.split("|"))
    assert found is not None
    assert (found.code, found.row) == (code, 99)


@pytest.mark.parametrize(
    "row",
    [
        "4|合计餐饮管理公司|西街1号|12|1",
        "Total|Total Energies|西街1号|12|1",
        "|老灶火锅站前店|||",
        "5|备注文化传媒|西街1号||",
        "说明书印刷厂|||5|",
        "||||",
    ],
)
def test_rows_that_are_records(row: str) -> None:
    assert table("序号|单位名称|地址|从业人员|保安", *DATA).ends_at(9, row.split("|")) is None


def test_an_empty_sheet() -> None:
    assert table() == Table((), [], 1, None, ())
    assert table("||", "").header == []


def test_the_digest_forgets_spelling_only() -> None:
    one = header_digest(["单位名称", "从业人员｜合计", "Phone"])
    assert one == header_digest(["单 位 名 称", "从业人员｜合计", "ｐｈｏｎｅ"])
    assert one != header_digest(["从业人员｜合计", "单位名称", "Phone"])
    assert header_digest(["a", "b"]) != header_digest(["ab"])


def test_levels_are_joined_once() -> None:
    rows = [["序号", "联系方式", "", "联系方式"], ["", "手机", "住址", "手机"]]
    assert joined(rows) == ["序号", "联系方式｜手机", "联系方式｜住址", "联系方式｜手机 (2)"]
