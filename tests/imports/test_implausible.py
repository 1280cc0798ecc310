"""What is implausible or against our procedure is taken with a warning on the row; what cannot be is refused."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from enterprises.models import Enterprise
from imports.operations.run import Result
from imports.remarks import sentence
from inspections.models import Hazard, Inspection
from tests.imports.conftest import DataSet, bureau_scope

pytestmark = pytest.mark.django_db
HEADER = "id,no,day,ok,note,who\n"


def told(result: Result) -> list[tuple[int | None, str, str, str]]:
    return [(row, remark.column, remark.code, str(remark.outcome)) for _file, row, remark in result.kept]


def test_what_is_implausible_is_taken_with_a_warning(data_set: DataSet) -> None:
    data_set.profile(firm_fields='phone = "code"', check_fields='inspectors = "who"')
    data_set.write("firms.csv", "no,name,station,code\n1,Lotus,N01,abc###\n2,***,S01,0571-88886666\n")
    tomorrow = (timezone.localdate() + dt.timedelta(days=2)).isoformat()
    rows = [
        "a,1,1999-05-04,yes,fine,啊啊啊，123",
        "b,2,2025-02-04,yes,,Li Ming",
        f"c,2,{tomorrow},yes,,",
        'd,2,2025-02-05,yes,,"Li Ming, Wang Fang"',
    ]
    data_set.write("checks.csv", HEADER + "\n".join(rows) + "\n")
    result = data_set.run()
    assert told(result) == [
        (2, "code", "implausible", "warned"),
        (3, "name", "implausible", "warned"),
        (4, "day", "invalid", "refused"),
        (2, "day", "implausible", "warned"),
        (2, "who", "implausible", "warned"),
        (3, "who", "implausible", "warned"),
    ]
    with bureau_scope():
        assert Enterprise.objects.count() == 2
        assert list(Inspection.objects.order_by("id").values_list("inspected_on", "inspectors")) == [
            (dt.date(1999, 5, 4), "啊啊啊，123"),
            (dt.date(2025, 2, 4), "Li Ming"),
            (dt.date(2025, 2, 5), "Li Ming, Wang Fang"),
        ]
    remark = result.kept[3][2]
    assert "2004-12-01" in sentence(remark.code, remark.values)
    with translation.override("zh-hans"):
        assert "2004-12-01" in sentence(remark.code, remark.values)
        assert "检查日期" in sentence(remark.code, remark.values)
    again = data_set.run()
    assert [code for _row, _column, code, _outcome in told(again)] == ["invalid"]
    with bureau_scope():
        assert Inspection.objects.count() == 3


def test_an_update_is_remarked_like_a_new_record(data_set: DataSet) -> None:
    fields = 'phone = "code"\nregistered_on = "since"'
    data_set.profile(top="update = true", firm_fields=fields)
    data_set.write("firms.csv", "no,name,station,code,since\n1,Lotus,N01,,\n")
    data_set.write("checks.csv", HEADER + "a,1,2025-02-03,yes,,\n")
    assert told(data_set.run()) == []
    data_set.write("firms.csv", "no,name,station,code,since\n1,Lotus,N01,12,2026-01-01\n")
    data_set.write("checks.csv", HEADER + "a,1,1999-02-03,yes,,\n")
    assert [each for each in told(data_set.run()) if each[3] == "warned"] == [
        (2, "code", "implausible", "warned"),
        (2, "since", "contradicts", "warned"),
        (2, "day", "implausible", "warned"),
    ]


def test_a_major_hazard_of_a_qualified_visit_is_taken_with_a_warning(data_set: DataSet) -> None:
    data_set.profile()
    profile = data_set.folder / "own.toml"
    hazards = """
[[file]]
path = "hazards.csv"
becomes = "hazard"
key = "id"
enterprise = "no"
inspection = "visit"
[file.fields]
item = "item"
found_on = "day"
severity = "grade"
"""
    profile.write_text(profile.read_text() + hazards)
    rows = ["x,1,a,Lock,2025-02-03,major", "y,1,a,Lamp,2025-02-03,ordinary", "z,2,b,Door,2025-02-04,major"]
    data_set.write("hazards.csv", "id,no,visit,item,day,grade\n" + "\n".join(rows) + "\n")
    result = data_set.run()
    assert told(result) == [(2, "id", "contradicts", "warned")]


def test_a_deadline_of_2099_is_a_slip_and_a_long_one_is_remarked(data_set: DataSet) -> None:
    data_set.profile()
    profile = data_set.folder / "own.toml"
    hazards = """
[[file]]
path = "hazards.csv"
becomes = "hazard"
key = "id"
enterprise = "no"
[file.fields]
item = "item"
found_on = "day"
due_on = "until"
"""
    profile.write_text(profile.read_text() + hazards)
    data_set.write("firms.csv", "no,name,station,code\n1,Lotus,N01,\n")
    data_set.write("checks.csv", HEADER)
    rows = [
        "x,1,Lock,2025-02-03,2099-02-03",
        "y,1,Lamp,2025-02-03,2027-02-03",
        "z,1,Door,2025-02-03,2025-02-13",
    ]
    data_set.write("hazards.csv", "id,no,item,day,until\n" + "\n".join(rows) + "\n")
    assert told(data_set.run()) == [(2, "until", "invalid", "refused"), (3, "until", "implausible", "warned")]
    with bureau_scope():
        assert sorted(Hazard.objects.values_list("item", flat=True)) == ["Door", "Lamp"]
