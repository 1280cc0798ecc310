"""Lenient files are read as people write them; all others take what they always took."""

import datetime as dt
from typing import Any

import pytest

from foundation.contributions.sheets import targets
from imports.profile import DATE_FORMATS, FieldSpec
from imports.remarks import Refused
from imports.rows import Row
from imports.values import maker


def read(field: str, text: str, *, kind: str = "enterprise", lenient: bool = True, **more: Any) -> Any:
    spec = FieldSpec(columns=("c",), date_formats=DATE_FORMATS, **more)
    make, _nothing = maker(targets[kind], field, spec, lenient=lenient)
    try:
        return make(Row(2, [text], {"c": 0}, frozenset()))
    except Refused as refused:
        return refused.remark.code, refused.remark.values.get("proposal")


@pytest.mark.parametrize("text", ["√", "✓", "✔", "是", "有", "Y", "ｙ", "1", "TRUE", "对", "V", "☑"])
def test_yes(text: str) -> None:
    assert read("dangerous_goods", text) is True


@pytest.mark.parametrize("text", ["×", "✗", "否", "无", "N", "0", "没有", "X", "☐"])
def test_no(text: str) -> None:
    assert read("dangerous_goods", text) is False


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("１２０", 120),
        ("1,200", 1200),
        ("1，200", 1200),
        ("88人", 88),
        ("８８ 人", 88),
        ("1.2万", 12000),
        ("30.0", 30),
        ("约120人", ("not_a_number", "120")),
        ("120余", ("not_a_number", "120")),
        ("100-200人", ("not_a_number", None)),
        ("二十余", ("not_a_number", None)),
        ("-5", ("not_a_number", None)),
    ],
)
def test_numbers(text: str, value: object) -> None:
    assert read("headcount", text) == value


@pytest.mark.parametrize(
    ("field", "text", "strict", "lenient"),
    [
        ("registered_on", "20190305", ("not_a_date", None), dt.date(2019, 3, 5)),
        ("registered_on", "43529", ("not_a_date", None), dt.date(2019, 3, 5)),
        ("registered_on", "2019年3月5日", dt.date(2019, 3, 5), dt.date(2019, 3, 5)),
        ("registered_on", "1949-10-01", dt.date(1949, 10, 1), ("year_out_of_range", None)),
        ("registered_on", "2022年7月", ("not_a_date", None), ("month_only", "2022-07-01")),
        ("registered_on", "3/5/2024", ("not_a_date", None), ("day_or_month_first", "2024-03-05")),
        ("dangerous_goods", "✓", ("not_yes_or_no", None), True),
        ("protection_level", "一级", ("not_a_choice", None), "1"),
        ("protection_level", "Level two", ("not_a_choice", None), "2"),
        ("protection_level", "3", "3", "3"),
        ("headcount", "约120人", ("not_a_number", None), ("not_a_number", "120")),
    ],
)
def test_a_profile_takes_what_it_always_took(field: str, text: str, strict: object, lenient: object) -> None:
    assert read(field, text, lenient=False) == strict
    assert read(field, text) == lenient


def test_a_value_list_forgets_width_and_blanks() -> None:
    assert read("industry_code", "餐　饮", mapping={"餐饮": "H62"}) == "H62"
    assert read("industry_code", "餐　饮", mapping={"餐饮": "H62"}, lenient=False) == ("not_a_choice", None)
    assert read("kind", "日常", kind="inspection", mapping={"日常": "routine"}, unknown="accept") == "routine"
    assert (
        read("kind", "专项检查", kind="inspection", mapping={"日常": "routine"}, unknown="accept")
        == "special"
    )


def test_a_cell_is_split() -> None:
    assert read("legal_representative", "张三 13800000000", how="split", part="name") == "张三"
    assert read("phone", "张三 13800000000", how="split", part="phone") == "13800000000"
    assert read("phone", "张三", how="split", part="phone") == ""
    assert read("phone", "张三138", how="split", part="phone") == ("not_split", None)
