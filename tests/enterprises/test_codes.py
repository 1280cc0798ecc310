"""Industries and areas are found by word, code and pinyin; addresses are read."""

import csv
from pathlib import Path

import pytest

from enterprises import areas, industries
from enterprises.addresses import Place, place_of
from enterprises.pickers import area_choice, industry_choice

SOURCE = Path("../shared/data/cn_codes")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", "A"),
        ("c", "C"),
        ("C36", "C36"),
        ("36", "C36"),
        ("3670", "C3670"),
        ("Ｃ３６７０", "C3670"),
        ("汽车零部件", "C367"),
        ("qiche", "C36"),
        ("qczzy", "C36"),
        ("huoguo", "H62"),  # an everyday word
        ("制造 汽车", "C36"),
        ("zhizao qiche", "C36"),
    ],
)
def test_an_industry_is_found(text: str, first: str) -> None:
    assert industries.table().search(text)[0] == first


def test_a_code_is_followed_by_those_below_it() -> None:
    assert industries.table().search("C362")[:2] == ["C362", "C3620"]
    assert industries.table().path("C3670") == ("C", "C36", "C367")
    assert len(industries.table().search("")) == 20
    assert areas.table().search("1101")[:2] == ["110100", "110101"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", "110000"),
        ("110105", "110105"),
        ("44", "440000"),
        ("朝阳区", "110105"),
        ("cyq", "110105"),
        ("beijing chaoyang", "110105"),
        ("长春 朝阳", "220104"),
    ],
)
def test_an_area_is_found(text: str, first: str) -> None:
    assert areas.table().search(text)[0] == first


def test_a_text_that_names_only_what_stands_above_finds_that() -> None:
    assert areas.table().search("广州") == ["440100"]
    assert industries.table().search("xyzzy") == areas.table().search("xyzzy") == []


def test_names_of_areas_leave_out_levels_that_only_collect() -> None:
    assert areas.area_name("110105") == "北京市朝阳区"
    assert areas.area_name("419001") == "河南省济源市"
    assert areas.area_name("441900") == "广东省东莞市"
    assert areas.area_name("439901") == ""


def test_a_code_that_was_abolished_stays_readable_and_is_not_offered() -> None:
    assert area_choice("310103").text == "上海市卢湾区"
    assert "2011" in area_choice("310103").note
    assert areas.table().search("卢湾区") == areas.table().search("310103") == []
    assert (area_choice("439901").text, industry_choice("C3777").text) == ("439901", "C3777")
    assert "铁路、船舶" in industry_choice("C3777").note  # what it stood under


@pytest.mark.skipif(not SOURCE.exists(), reason="needs ../shared/data")
def test_the_tables_are_those_of_the_source() -> None:
    whole = {}
    for file, zeros in (("provinces", 4), ("cities", 2), ("areas", 0)):
        with (SOURCE / f"{file}.csv").open(encoding="utf-8") as rows:
            whole |= {row["code"] + "0" * zeros: row["name"] for row in csv.DictReader(rows)}
    assert areas.table().names == whole
    with (SOURCE / "gbt4754_2017.csv").open(encoding="utf-8") as rows:
        assert industries.names() == {row["code"]: row["name"] for row in csv.DictReader(rows)}


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("北京市朝阳区望京街道阜通东大街6号", Place("110105", "望京街道")),
        ("北京市 朝阳区，望京 街道", Place("110105", "望京街道")),
        ("中国上海市浦东新区张江镇祖冲之路", Place("310115", "张江镇")),
        ("广东省广州市番禺区大石街道105国道", Place("440113", "大石街道")),
        ("广东东莞长安镇", Place("441900", "长安镇")),
        ("四川省成都市双流区东升街道办事处", Place("510116", "东升街道")),
        ("内蒙古赤峰市红山区", Place("150402")),
        ("朝阳市双塔区", Place("211302")),
        ("吉林省吉林市船营区", Place("220204")),
        ("苏州市工业园区星湖街1号", Place("320500")),
        ("广东广州番禺大石镇", Place("440100")),  # where the city's part is not clear, no street either
        ("清河市东江区望江街道望江路1号", Place("", "望江街道")),  # no such area
        ("朝阳区建国路88号", Place()),  # there are two
        ("Main Street 5", Place()),
        ("", Place()),
    ],
)
def test_an_address_is_read(address: str, place: Place) -> None:
    assert place_of(address) == place


def test_what_the_readers_own_enterprises_have_decides() -> None:
    assert place_of("朝阳区建国路88号", near=["110105"]) == Place("110105")
    assert place_of("丰台区大红门街道", near=["110105"]) == Place("110106", "大红门街道")
    assert place_of("朝阳区建国路88号", near=["110105", "220104"]) == Place()
    assert place_of("望江88号", streets=["望江街道"]) == Place("", "望江街道")
    assert place_of("望江路88号", streets=["望江街道"]) == Place()  # a road of that name may be anywhere
