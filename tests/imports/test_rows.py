"""Outcomes of rows: taken, taken with a remark, refused, already here, different."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from enterprises.choices import AuditAction
from enterprises.models import Enterprise
from foundation.accounts.models import AuditEntry
from imports import cells
from imports.models import Import, ImportIssue
from imports.operations.run import Result
from imports.profile import DATE_FORMATS
from inspections.models import Inspection
from tests.imports.conftest import CHECKS, FIRMS, DataSet, bureau_scope

HEADER = "id,no,day,ok,note\n"


def codes(result: Result) -> list[tuple]:
    return [(row, remark.column, remark.code, str(remark.outcome)) for _file, row, remark in result.kept]


def test_forty_bad_rows_in_ten_thousand(
    data_set: DataSet, query: Callable[..., list[tuple]], tmp_path: Path
) -> None:
    rows = [f"k{number},1,2025-02-03,yes,n{number}" for number in range(10_000)]
    bad = ["k{},1,2025-02-30,yes,x", "k{},9,2025-02-03,yes,x", ",1,2025-02-03,yes,x", "k{},1,,yes,x"]
    bad += ["k{},1,2999-01-01,yes,x", "k{},1", "k{},1,2025-02-03,yes,x,more", "k1,1,2025-02-03,yes,again"]
    for place in range(40):
        number = 37 + place * 241
        rows[number] = bad[place % len(bad)].format(number)
    data_set.write("checks.csv", HEADER + "\n".join(rows) + "\n")
    report = tmp_path / "report.csv"

    with pytest.raises(SystemExit) as ended:
        call_command(
            "import_records",
            data_set.path,
            str(data_set.folder),
            bureau="B1",
            report=report,
            no_progress=True,
        )

    assert ended.value.code == 3
    assert query("SELECT count(*) FROM inspections_inspection") == [(9_960,)]
    lines = report.read_text(encoding="utf-8-sig").splitlines()[1:]
    assert len(lines) == 40
    assert all(line.endswith(",refused") for line in lines)
    with bureau_scope():
        run = Import.objects.get()
        assert (run.files[1]["refused"], run.files[1]["taken"]) == (40, 9_960)
        assert set(ImportIssue.objects.values_list("row", flat=True)) == {
            39 + place * 241 for place in range(40)
        }


def test_byte_order_mark_line_ends_tabs_quotes_and_control_characters(
    data_set: DataSet, query: Callable[..., list[tuple]]
) -> None:
    data_set.write(
        "checks.csv",
        b"\xef\xbb\xbf"
        + HEADER.replace("\n", "\r\n").encode()
        + b'a,1, 2025-02-03 ,YES,"one\r\ntwo\tthree  four ""five"", six"\r\n'
        + b'b,2,2025-02-04,no,"nul\x00and\x1bescape"\r\n\r\n'
        + "c,3,2025-02-05,yes,\u200b＝\u3000wide\xa0blank \u202e\r\n".encode(),
    )
    result = data_set.run()
    assert query("SELECT note FROM inspections_inspection ORDER BY id") == [
        ('one\ntwo three four "five", six',),
        ("nulandescape",),
        ("＝ wide blank",),
    ]
    assert codes(result) == [(3, "note", "control_characters", "warned")]


def test_a_second_import_adds_nothing(data_set: DataSet, query: Callable[..., list[tuple]]) -> None:
    data_set.run()
    with bureau_scope():
        before = list(Inspection.objects.values()), list(Enterprise.objects.values())
    result = data_set.run()
    with bureau_scope():
        assert before == (list(Inspection.objects.values()), list(Enterprise.objects.values()))
    assert [(tally.rows, tally.taken, tally.already) for tally in result.tallies] == [(3, 0, 3), (3, 0, 3)]
    assert result.stations_created == 0


def test_a_key_twice_in_a_file(data_set: DataSet) -> None:
    data_set.write("checks.csv", CHECKS + "a,1,2025-03-03,no,again\n")
    result = data_set.run()
    assert codes(result) == [(5, "id", "repeated_key", "refused")]
    assert result.tallies[1].taken == 3

    far = "".join(f"z{number},2,2025-02-03,yes,\n" for number in range(4_500))
    data_set.write("checks.csv", HEADER + "y,2,2025-03-03,no,\n" + far + "y,2,2025-03-04,no,again\n")
    result = data_set.run("B2")
    assert codes(result) == [(4_503, "id", "repeated_key", "refused")], "two chunks later, too"

    data_set.profile(checks='repeats = "first"')
    assert data_set.run("B3").refused == 0


def test_rows_that_differ_are_reported(data_set: DataSet, query: Callable[..., list[tuple]]) -> None:
    data_set.run()
    data_set.write("checks.csv", CHECKS.replace("2025-02-04,no", "2025-02-14,no"))
    result = data_set.run()
    assert codes(result) == [(3, "inspected_on", "differs", "differs")]
    assert query("SELECT inspected_on, version FROM inspections_inspection WHERE external_key = 'b'") == [
        (dt.date(2025, 2, 4), 1)
    ]


def test_rows_that_differ_are_corrected_where_the_profile_says_so(
    data_set: DataSet, query: Callable[..., list[tuple]]
) -> None:
    data_set.profile(firms='keep = "station"')
    data_set.run()
    data_set.profile(top="update = true", firms='keep = "station"')
    data_set.write("checks.csv", CHECKS.replace("2025-02-04,no", "2025-02-14,no"))
    data_set.write("firms.csv", FIRMS.replace("2,Lamp,S01", "2,Bright Lamps,S02"))
    result = data_set.run()
    assert [(tally.updated, tally.already) for tally in result.tallies] == [(1, 2), (1, 2)]
    assert query("SELECT inspected_on, version FROM inspections_inspection WHERE external_key = 'b'") == [
        (dt.date(2025, 2, 14), 2)
    ]
    assert query(
        "SELECT e.name, s.code, source_values::text FROM enterprises_enterprise e "
        "JOIN accounts_station s ON s.id = station_id WHERE external_id = '2'"
    ) == [("Bright Lamps", "S01", json.dumps({"station": "S02"}))]
    assert (3, "station", "other_station", "warned") in codes(result)
    with bureau_scope():
        corrected = AuditEntry.objects.get(action="inspection.correct")
        assert (corrected.before["inspected_on"], corrected.after["inspected_on"]) == (
            "2025-02-04",
            "2025-02-14",
        )
        assert "checks.csv" in corrected.reason
        assert AuditEntry.objects.filter(action=AuditAction.EDIT_ENTERPRISE).count() == 1
    assert data_set.run().remarks == 1, "only the station is still another one"


def test_a_voided_record_stays_voided(data_set: DataSet, query: Callable[..., list[tuple]]) -> None:
    data_set.run()
    with bureau_scope():
        Inspection.objects.filter(external_key="a").update(voided_at=dt.datetime.now(dt.UTC))
    data_set.profile(top="update = true")
    data_set.write("checks.csv", CHECKS.replace("2025-02-03", "2025-02-13"))
    assert codes(data_set.run()) == [(2, "", "voided", "already")]


def test_long_texts(data_set: DataSet, query: Callable[..., list[tuple]]) -> None:
    data_set.write(
        "checks.csv", HEADER + f"a,1,2025-02-03,yes,{'好' * 4_001}\n{'k' * 81},1,2025-02-03,yes,\n"
    )
    data_set.write("firms.csv", FIRMS + f"4,{'n' * 300},N01,\n")
    result = data_set.run()
    assert codes(result) == [
        (5, "name", "cut", "warned"),
        (3, "id", "long_key", "refused"),
        (2, "note", "cut", "warned"),
    ]
    assert query("SELECT length(note) FROM inspections_inspection") == [(4_000,)]

    data_set.profile(check_fields='inspectors = { column = "note", too_long = "refuse" }')
    assert data_set.run("B2").tallies[1].refused == 2


def test_values(data_set: DataSet, query: Callable[..., list[tuple]]) -> None:
    data_set.profile(
        checks='date_formats = ["%d.%m.%Y", "%Y-%m-%d"]\nblank = ["-", "n/a"]',
        check_fields='kind = { column = "note", map = { Round = "routine" }, default = "special" }',
    )
    data_set.write(
        "checks.csv",
        HEADER
        + "a,1,03.02.2025,yes,round\nb,1,2025-02-04,perhaps,ROUND\nc,1,2025-02-05,n/a,-\nd,1,5 Feb,yes,odd\n",
    )
    result = data_set.run()
    assert query("SELECT kind, conclusion, inspected_on::text FROM inspections_inspection ORDER BY id") == [
        ("routine", "qualified", "2025-02-03"),
        ("routine", "", "2025-02-04"),
        ("special", "", "2025-02-05"),
    ]
    assert codes(result) == [(5, "day", "not_a_date", "refused"), (3, "ok", "unknown_value", "warned")]


@pytest.mark.parametrize("clock", ["", " 0:00:00", " 00:00", "T08:30:00"])
@pytest.mark.parametrize("day", ["2025-02-03", "2025/2/3", "2025.2.3", "2025年2月3日"])
def test_every_usual_spelling_of_a_day_is_taken_with_a_time(day: str, clock: str) -> None:
    assert cells.day(day + clock, DATE_FORMATS) == dt.date(2025, 2, 3)


def test_credit_codes(data_set: DataSet, query: Callable[..., list[tuple]]) -> None:
    good = "91350100M000100Y43"
    data_set.profile(firm_fields='credit_code = "code"\nsite = "no"')
    data_set.write(
        "firms.csv",
        f"no,name,station,code\n1,A,N01,{good}\n2,B,N01,{good.lower()}\n3,C,N01,91350100M000100Y44\n",
    )
    result = data_set.run()
    assert codes(result)[:1] == [(4, "code", "invalid", "refused")]
    assert query("SELECT credit_code, site FROM enterprises_enterprise ORDER BY id") == [
        (good, "1"),
        (good, "2"),
    ]

    data_set.profile(
        firm_fields='credit_code = "code"', checks='enterprise = { columns = "note", by = "credit_code" }'
    )
    text = (data_set.folder / "own.toml").read_text().replace('enterprise = "no"\n', "")
    data_set.write("own.toml", text)
    data_set.write("checks.csv", HEADER + f"a,1,2025-02-03,yes,{good}\n")
    result = data_set.run("B2")
    assert (3, "code", "code_in_file", "refused") in codes(result), "the second site needs a site name"
    assert result.tallies[1].taken == 1


def test_station_names_that_are_no_codes(data_set: DataSet, query: Callable[..., list[tuple]]) -> None:
    data_set.write("firms.csv", "no,name,station,code\n1,莲花,城东派出所,\n2,明灯,城东派出所,\n3,C,,\n")
    assert data_set.run().stations_created == 2
    assert data_set.run().stations_created == 0
    rows = query(
        "SELECT s.name, s.code ~ '^station-', e.search_text FROM enterprises_enterprise e JOIN accounts_station s ON s.id = station_id ORDER BY e.id"
    )
    assert rows[0][:2] == ("Station 城东派出所", True) or rows[0][:2] == ("城东派出所", True)
    assert "lh" in rows[0][2]


def test_a_spreadsheet(
    data_set: DataSet, query: Callable[..., list[tuple]], workbook: Callable[[list[list[Any]]], bytes]
) -> None:
    data_set.write(
        "own.toml", (data_set.folder / "own.toml").read_text().replace("checks.csv", "checks.xlsx")
    )
    data_set.write(
        "checks.xlsx", workbook([["id", "no", "day", "ok", "note"], ["a", 1, dt.date(2025, 2, 3), "yes", 12]])
    )
    assert data_set.run().refused == 0
    assert query("SELECT external_key, inspected_on::text, note FROM inspections_inspection") == [
        ("a", "2025-02-03", "12")
    ]


def test_enterprises_of_another_bureau_are_unknown_here(data_set: DataSet) -> None:
    data_set.run("B1")
    data_set.write("firms.csv", "no,name,station,code\n2,Lamp,S01,\n")
    result = data_set.run("B2")
    assert codes(result) == [(2, "no", "no_enterprise", "refused"), (4, "no", "no_enterprise", "refused")]


def test_a_hazard_out_of_the_row_of_its_inspection(
    data_set: DataSet, query: Callable[..., list[tuple]]
) -> None:
    text = (data_set.folder / "own.toml").read_text().replace('key = "id"', 'key = "id"\ninspection = "id"')
    data_set.write(
        "own.toml",
        text + '[[file.also]]\nbecomes = "hazard"\nwhen = { column = "ok", equals = "no" }\n'
        'fields = { item = "note", found_on = "day", severity = { value = "major" } }\n',
    )
    data_set.write(
        "checks.csv", HEADER + "a,1,2025-02-03,no,Blocked door\nb,1,2025-02-04,yes,\nc,1,2025-02-05,no,\n"
    )
    result = data_set.run()
    assert codes(result) == [(4, "note", "required", "refused")]
    assert query(
        "SELECT h.item, i.external_key, h.major_from_on::text FROM inspections_hazard h "
        "JOIN inspections_inspection i ON i.id = h.inspection_id"
    ) == [("Blocked door", "a", "2025-02-03")]


def test_the_other_kinds_of_record(data_set: DataSet, query: Callable[..., list[tuple]]) -> None:
    text = (data_set.folder / "own.toml").read_text()
    head = '[[file]]\npath = "more.csv"\nbecomes = "{}"\nkey = "id"\nenterprise = "no"\n[file.fields]\n'
    more = (
        head.format("incident")
        + 'kind = { value = "police_call" }\noccurred_on = "day"\nserious = "flag"\nat_fault = "flag"\n'
        + head.format("self_check")
        + 'checked_on = "day"\ntarget = { value = "funds" }\n'
        + head.format("activity")
        + 'kind = { value = "drill" }\nheld_on = "day"\ntopic = "text"\nattendance = "count"\n'
        + head.format("dispute")
        + 'kind = { value = "wages" }\nopened_on = "day"\nsummary = "text"\namount = "amount"\n'
        'due_on = { column = "day", plus_days = 30 }\npeople = { column = "count", on_error = "empty" }\n'
    )
    data_set.write("own.toml", text + more)
    data_set.write(
        "more.csv",
        'id,no,day,flag,text,count,amount\n1,1,2025-02-03,是,Pay,"1,200","12,000.505"\n2,2,2025-02-04,maybe,Pay,-3,x\n',
    )
    result = data_set.run()
    assert query("SELECT kind, serious, at_fault FROM incidents_incident") == [("police_call", True, True)]
    assert query("SELECT count(*) FROM inspections_selfcheck WHERE target = 'funds'") == [(2,)]
    assert query("SELECT topic, attendance FROM service_activity") == [("Pay", 1200)]
    assert query("SELECT amount::text, due_on::text, people FROM disputes_dispute") == [
        ("12000.51", "2025-03-05", 1200)
    ]
    assert codes(result) == [
        (3, "flag", "not_yes_or_no", "refused"),
        (3, "count", "not_a_number", "refused"),
        (3, "amount", "not_a_number", "refused"),
    ]


def test_an_imported_inspection_moves_the_next_one(
    data_set: DataSet, query: Callable[..., list[tuple]]
) -> None:
    data_set.run()
    with bureau_scope():
        Enterprise.objects.filter(external_id__in=["1", "2"]).update(
            cycle_days=30, next_inspection_on="2025-03-01"
        )
    more = "d,1,2025-05-01,yes,\ne,1,2025-04-01,yes,\nf,3,2025-05-01,yes,\n"  # the later inspection first
    data_set.write("checks.csv", CHECKS + more)
    data_set.run()
    days = query("SELECT external_id, next_inspection_on::text FROM enterprises_enterprise ORDER BY 1")
    # with new inspections, without one, without a cycle
    assert days == [("1", "2025-05-31"), ("2", "2025-03-01"), ("3", None)]


def test_spellings_of_a_credit_code(data_set: DataSet, query: Callable[..., list[tuple]]) -> None:
    good = "91350100M000100Y43"
    typed = ["９１３５０１００M000100Y43", "9135 0100 M000 100Y 43", "91350100-m000100y4-3", f"{good}\u200b"]
    rows = "".join(f"{number},F{number},N01,{code}\n" for number, code in enumerate(typed, start=1))
    data_set.profile(firm_fields='credit_code = "code"\nsite = "no"')
    data_set.write("firms.csv", f"no,name,station,code\n{rows}9,Long,N01,{good}9\n")
    result = data_set.run()
    assert (6, "code", "too_long", "refused") in codes(result), "19 characters are not cut to 18"
    assert query("SELECT DISTINCT credit_code FROM enterprises_enterprise") == [(good,)]
    assert (data_set.run().tallies[0].already, data_set.run().tallies[0].differs) == (4, 0)


def test_a_join_by_credit_code_takes_each_spelling(data_set: DataSet) -> None:
    good = "91350100M000100Y43"
    data_set.profile(
        firm_fields='credit_code = "code"', checks='enterprise = { columns = "note", by = "credit_code" }'
    )
    text = (data_set.folder / "own.toml").read_text().replace('enterprise = "no"\n', "")
    data_set.write("own.toml", text)
    data_set.write("firms.csv", f"no,name,station,code\n1,A,N01,{good}\n")
    typed = [good.lower(), "９１３５０１００M000100Y43", "9135 0100 M000 100Y 43", "91350100-M000100Y4-3"]
    rows = "".join(f"k{number},1,2025-02-03,yes,{code}\n" for number, code in enumerate(typed))
    data_set.write("checks.csv", HEADER + rows)
    assert data_set.run().tallies[1].taken == 4
