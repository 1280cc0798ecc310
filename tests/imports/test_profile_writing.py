"""A profile written from confirmed columns is read back to the same file, and imports what was confirmed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.contributions.sheets import Target, targets
from imports.layouts import Table, find_table
from imports.naming import BY_CODE, BY_NAME, BY_NUMBER, KEY, STATION, words_of
from imports.operations import run_import
from imports.profile_reading import load
from imports.profile_writing import Options, spec_of, toml_of
from imports.proposing import Column, propose
from imports.remarks import ImportFailed, Report
from imports.targets import is_enterprise
from tests.imports.conftest import COMMAND

NAMES = st.lists(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(str.strip),
    min_size=12,
    max_size=30,
    unique=True,
)


def confirmed(target: Target, names: list[str], draw: Callable[[st.SearchStrategy], Any]) -> list[Column]:
    """Return columns that fill all a kind must have, and some others in every way."""
    wanted = [KEY, *target.required]
    if target.of_enterprise:
        any_of = [STATION] if is_enterprise(target) else [BY_CODE, BY_NUMBER, BY_NAME]
        wanted.append(draw(st.sampled_from(any_of)))
    others = [each for each in target.fields if each not in wanted]
    wanted += draw(st.lists(st.sampled_from(others), unique=True, max_size=4))
    columns, left = [], list(enumerate(names))
    for field in wanted:
        choices = (
            [str(key) for key, _label in target.fields[field].flatchoices if key]
            if field in target.fields and target.fields[field].choices
            else []
        )
        ways = ["plain"] + (["map", "fixed"] if choices else ["join", "either"])
        how = draw(st.sampled_from(ways))
        if how == "fixed":
            columns.append(Column(-1, "", (field,), how, {"": choices[0]}, settled=True))
            continue
        mapping = (
            draw(
                st.dictionaries(
                    st.text(st.characters(codec="utf-8"), max_size=8), st.sampled_from([*choices, ""])
                )
            )
            if how == "map"
            else {}
        )
        for _number in range(2 if how in ("join", "either") and len(left) > 8 else 1):
            place, name = left.pop(0)
            columns.append(Column(place, name, (field,), how, mapping, settled=True))
    if "phone" in target.fields and "phone" not in wanted and "legal_representative" not in wanted:
        place, name = left.pop(0)
        columns.append(Column(place, name, ("legal_representative", "phone"), "split", settled=True))
    return columns + [Column(place, name, settled=True) for place, name in left[:3]]


@given(st.data(), NAMES, st.sampled_from([each.code for each in targets]))
def test_a_written_profile_is_read_to_the_same_file(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, names: list[str], code: str
) -> None:
    target = targets[code]
    columns = confirmed(target, names, data.draw)
    options = Options(
        "报表 1.xlsx",
        title='底册 "新"',
        sheet=data.draw(st.text(st.characters(codec="utf-8"), max_size=5)),
        station="N01",
    )
    table = Table((3, 4), names, 5, None, ())
    path = tmp_path_factory.getbasetemp() / "written.toml"
    path.write_text(toml_of(target, table, columns, options), encoding="utf-8", newline="")
    profile = load(str(path))
    assert profile.files == (spec_of(target, table, columns, options),)
    assert profile.title == options.title
    assert profile.files[0].layout.header_row == 3
    assert profile.files[0].header_rows == 2


def test_what_is_missing_is_said() -> None:
    target = targets["inspection"]
    with pytest.raises(ImportFailed, match="inspected_on"):
        spec_of(target, Table((1,), ["单位"], 2, None, ()), [Column(0, "单位", (BY_NAME,))], Options("a.csv"))


SHEET = """重点单位底册,,,,,,,,
序号,单位名称,信用代码,法人及电话,从业人员,,纳管时间,行业,是否涉危
,,,,合计,其中保安,,,
1,清河宏远化工有限公司,91510502MA6200001X,张建国 13800000731,１２０,4,2019.3.5,危化,√
2,北岸物流园,,李桂芳/13900000205,412人,12,20200418,物流,×
3,东港冷链仓储有限公司,,王海,"1,200",2,44197,仓储,无
4,老灶火锅,,陈敏 0830-0000298,35,1,2022年7月,餐饮,否
合计,4,,,1767,19,,,
注：本表一式两份,,,,,,,,
"""


@pytest.mark.django_db
def test_a_sheet_as_people_write_it(tmp_path: Path, query: Callable[..., list[tuple]]) -> None:
    target = targets["enterprise"]
    (tmp_path / "底册.csv").write_text(SHEET.replace("91510502MA6200001X", ""), encoding="utf-8")
    lines = [
        (number, row.replace('"1,200"', "1200").split(","))
        for number, row in enumerate(SHEET.splitlines(), 1)
    ]
    table = find_table(lines, words_of(target))
    assert table.header_rows == (2, 3)
    columns = propose(
        target,
        table.header,
        [row for number, row in lines if table.first_row <= number <= (table.last_row or 99)],
    )
    path = tmp_path / "own.toml"
    path.write_text(toml_of(target, table, columns, Options("底册.csv", station="N01")), encoding="utf-8")
    report = Report(None)

    for _time in range(2):  # the second time adds nothing
        run_import(actor=COMMAND, profile=load(str(path)), folder=tmp_path, bureau_code="B1", report=report)

    fields = "legal_representative, phone, headcount, registered_on::text, industry_code, dangerous_goods"
    assert query(f"SELECT name, {fields} FROM enterprises_enterprise ORDER BY id") == [
        ("清河宏远化工有限公司", "张建国", "13800000731", 120, "2019-03-05", "C26", True),
        ("北岸物流园", "李桂芳", "13900000205", 412, "2020-04-18", "G54", False),
        ("东港冷链仓储有限公司", "王海", "", 1200, "2021-01-01", "G59", False),
    ]
    assert query("SELECT source_values->>'从业人员｜其中保安' FROM enterprises_enterprise ORDER BY id") == [
        ("4",),
        ("12",),
        ("2",),
    ]
    said = [(row, remark.column, remark.code) for _file, row, remark in report.kept]
    assert (7, "纳管时间", "month_only") in said
    assert {(row, code) for row, _column, code in said} >= {(8, "totals"), (9, "no_record")}


FIRMS = """编号,单位名称,信用代码
Q1,清河酒店,91510502MA62000019
,望江宾馆,９１５１０５０２MA62000027
,如意旅社,
,,
"""
CHECKS = """被检查单位,检查日期,检查结果,检查人员
清河酒店,2025.2.3,合格,王刚
望江宾馆,20250204,限期整改,李强
如意旅社,2025年2月5日,不合格,王刚
没有这家,2025年2月5日,合格,王刚
被检查单位,检查日期,检查结果,检查人员
"""


@pytest.mark.django_db
def test_rows_are_known_by_number_else_code_and_a_name_is_doubtful(
    tmp_path: Path, query: Callable[..., list[tuple]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stdnum.cn.uscc.calc_check_digit", lambda code: code[-1])
    said: list[tuple] = []

    def take(kind: str, name: str, text: str) -> None:
        target = targets[kind]
        (tmp_path / name).write_text(text, encoding="utf-8")
        lines = [(number, row.split(",")) for number, row in enumerate(text.splitlines(), 1)]
        table = find_table(lines, words_of(target))
        columns = propose(target, table.header, [row for _number, row in lines[1:]])
        path = tmp_path / "own.toml"
        path.write_text(toml_of(target, table, columns, Options(name, station="N01")), encoding="utf-8")
        report = Report(None)
        run_import(actor=COMMAND, profile=load(str(path)), folder=tmp_path, bureau_code="B1", report=report)
        said.extend((name, row, remark.outcome, remark.code) for _file, row, remark in report.kept)

    for _time in range(2):
        take("enterprise", "firms.csv", FIRMS)
        take("inspection", "checks.csv", CHECKS)
        found = query("SELECT external_id, credit_code FROM enterprises_enterprise ORDER BY id")
        assert found == [("Q1", "91510502MA62000019"), ("", "91510502MA62000027"), ("", "")]
        assert query(
            "SELECT e.name, inspected_on::text, conclusion FROM inspections_inspection i JOIN enterprises_enterprise e ON e.id = enterprise_id ORDER BY i.id"
        ) == [
            ("清河酒店", "2025-02-03", "qualified"),
            ("望江宾馆", "2025-02-04", "rectify"),
            ("如意旅社", "2025-02-05", "unqualified"),
        ]
    assert ("firms.csv", 4, "doubtful", "twin") in said  # the second time
    assert not [each for each in said if each[:2] == ("firms.csv", 5)]  # an empty row
    assert ("checks.csv", 5, "refused", "no_enterprise") in said
    assert ("checks.csv", 6, "skipped", "no_record") in said
