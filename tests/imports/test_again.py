"""The same content again changes nothing, and what cannot be read is said."""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import F
from django.utils import translation

from enterprises.models import Enterprise
from foundation.accounts.actors import system_actor
from foundation.accounts.models import Bureau, Station
from foundation.accounts.operations.organisations import create_bureau, rename_station
from imports.models import ImportIssue
from imports.operations.run import Result
from imports.operations.writing import Writer
from imports.remarks import ImportFailed, sentence
from inspections.models import Hazard, Inspection
from tests.imports.conftest import CHECKS, FIRMS, DataSet, bureau_scope

HEADER = ["id", "no", "day", "ok", "note"]
LINE = ",".join(HEADER) + "\n"
Query = Callable[..., list[tuple]]
Workbook = Callable[..., bytes]
OPERATOR = system_actor(bureau_id=0)


def codes(result: Result) -> list[tuple]:
    return [(row, remark.column, remark.code, str(remark.outcome)) for _file, row, remark in result.kept]


def use_workbook(data_set: DataSet, content: bytes) -> None:
    text = (data_set.folder / "own.toml").read_text().replace("checks.csv", "checks.xlsx")
    data_set.write("own.toml", text)
    data_set.write("checks.xlsx", content)


# --- cells ------------------------------------------------------------------------------------------------------


def test_an_error_cell_of_a_workbook_is_named(data_set: DataSet, query: Query, workbook: Workbook) -> None:
    day = dt.date(2025, 2, 3)
    rows = [["a", 1, day, "yes", "#N/A"], ["#REF!", 1, day, "yes", "x"], ["c", 1, "#VALUE!", "yes", "x"]]
    use_workbook(data_set, workbook([HEADER, *rows]))
    assert codes(data_set.run()) == [
        (3, "id", "error_cell", "refused"),
        (4, "day", "error_cell", "refused"),
        (2, "note", "error_cell", "warned"),
    ]
    assert query("SELECT external_key, note FROM inspections_inspection") == [("a", "")]


def test_an_error_cell_saved_as_csv(data_set: DataSet, query: Query) -> None:
    data_set.write("checks.csv", LINE + "a,1,2025-02-03,yes,#DIV/0!\n#N/A,1,2025-02-03,yes,\n")
    data_set.write("firms.csv", FIRMS + "4,#REF!,N01,\n")
    assert codes(data_set.run()) == [
        (5, "name", "error_cell", "refused"),
        (3, "id", "error_cell", "refused"),
        (2, "note", "error_cell", "warned"),
    ]
    data_set.profile(checks='blank = "#DIV/0!"')
    data_set.write("checks.csv", LINE + "a,1,2025-02-03,yes,#DIV/0!\n")
    assert codes(data_set.run("B2"))[1:] == [], "the profile lists it as blank"


def test_a_number_with_more_digits_than_a_spreadsheet_keeps(
    data_set: DataSet, query: Query, workbook: Workbook
) -> None:
    day = dt.date(2025, 2, 3)
    rows = [["a", 1, day, "yes", 350102197001011234], [350102197001011234, 1, day, "yes", "x"]]
    rows += [["c", 1, day, "yes", 350102197001011]]
    use_workbook(data_set, workbook([HEADER, *rows]))
    result = data_set.run()
    assert codes(result) == [(2, "note", "digits_lost", "refused"), (3, "id", "digits_lost", "refused")]
    assert "as text" in sentence("digits_lost", result.kept[0][2].values)
    assert query("SELECT note FROM inspections_inspection") == [("350102197001011",)]

    text = (data_set.folder / "own.toml").read_text().replace("checks.xlsx", "checks.csv")
    data_set.write("own.toml", text)
    data_set.write(
        "checks.csv", LINE + "a,1,2025-02-03,yes,3.50102E+17\nb,1,2025-02-03,yes,350102197001011234\n"
    )
    assert codes(data_set.run("B2")) == [(2, "note", "digits_lost", "refused")]
    assert query("SELECT note FROM inspections_inspection", "B2") == [("350102197001011234",)]


def test_a_hidden_sheet_is_not_read(data_set: DataSet, query: Query, workbook: Workbook) -> None:
    row = ["a", 1, dt.date(2025, 2, 3), "yes", "seen"]
    hidden = [HEADER, ["a", 1, dt.date(2024, 2, 3), "no", "old"]]
    use_workbook(data_set, workbook([HEADER, row], hidden))
    result = data_set.run()
    assert query("SELECT note FROM inspections_inspection") == [("seen",)]
    assert codes(result) == [(None, "", "hidden_sheets", "warned")]
    assert "Old" in sentence("hidden_sheets", result.kept[0][2].values)

    data_set.profile(checks='sheet = "Old"')
    use_workbook(data_set, workbook([HEADER, row], hidden))
    with pytest.raises(ImportFailed, match="“Old” is hidden"):
        data_set.run()


@pytest.mark.parametrize("word", ["合计", "小 计", "总计：", "合计（3家）", "Total"])
def test_a_row_of_totals_becomes_nothing(data_set: DataSet, query: Query, word: str) -> None:
    data_set.write("firms.csv", FIRMS + f"{word},,,\n5,合计建材公司,N01,\n6,Total,N01,\n")
    data_set.write("checks.csv", CHECKS + f"{word},,,,3\n")
    result = data_set.run()
    assert codes(result) == [(5, "no", "totals", "skipped"), (5, "id", "totals", "skipped")]
    assert [sum(tally.skipped.values()) for tally in result.tallies] == [1, 1]
    assert query(
        "SELECT name FROM enterprises_enterprise WHERE external_id IN ('5', '6') ORDER BY external_id"
    ) == [
        ("合计建材公司",),
        ("Total",),
    ]


def test_totals_in_the_name_only(data_set: DataSet, query: Query) -> None:
    data_set.write("firms.csv", FIRMS + "4,合计,N01,\n")
    assert codes(data_set.run()) == [(5, "name", "totals", "skipped")]


def test_a_number_with_its_unit(data_set: DataSet, query: Query) -> None:
    data_set.profile(firm_fields='headcount = "code"')
    firms = "no,name,station,code\n1,A,N01,64人\n2,B,N01,１２名\n3,C,N01,64余人\n4,D,N01,1.2万\n"
    data_set.write("firms.csv", firms)
    result = data_set.run()
    assert codes(result)[:4] == [
        (4, "code", "not_a_number", "refused"),
        (2, "code", "unit", "warned"),
        (3, "code", "unit", "warned"),
        (5, "code", "unit", "warned"),
    ]
    assert query("SELECT headcount FROM enterprises_enterprise ORDER BY external_id") == [
        (64,),
        (12,),
        (12000,),
    ]


def test_a_row_tells_all_its_faults(data_set: DataSet) -> None:
    data_set.profile(firm_fields='headcount = "code"')
    data_set.write("firms.csv", FIRMS + "4,,N01,many\n")
    data_set.write("checks.csv", CHECKS + "d,99,2999-01-01,yes,\ne,99,never,yes,\n,1,never,yes,\n")
    assert sorted(codes(data_set.run()), key=str) == sorted(
        [
            (5, "name", "required", "refused"),
            (5, "code", "not_a_number", "refused"),
            (5, "day", "invalid", "refused"),
            (5, "no", "no_enterprise", "refused"),
            (6, "day", "not_a_date", "refused"),
            (6, "no", "no_enterprise", "refused"),
            (7, "id", "empty_key", "refused"),
            (7, "day", "not_a_date", "refused"),
        ],
        key=str,
    )


# --- stations and bureaus ---------------------------------------------------------------------------------------


def test_stations_with_a_name_template_are_found_again(data_set: DataSet) -> None:
    text = (data_set.folder / "own.toml").read_text()
    data_set.write("own.toml", text.replace('blank = "rest"', 'blank = "rest"\nname = "派出所 {code}"'))
    data_set.write("firms.csv", "no,name,station,code\n1,莲花,城东,\n2,明灯,N01,\n")
    assert data_set.run().stations_created == 2
    assert data_set.run().stations_created == 0
    with bureau_scope():
        for station in Station.objects.all():
            rename_station(actor=OPERATOR, station_id=station.pk, name=f"新{station.pk}")
    data_set.write("firms.csv", "no,name,station,code\n1,莲花,城东,\n2,明灯,n01,\n3,新,城东 ,\n")
    result = data_set.run()
    assert result.stations_created == 0
    assert codes(result)[:1] != [(2, "station", "other_station", "warned")]
    with bureau_scope():
        assert Enterprise.objects.filter(external_id__in=["1", "3"]).values("station").distinct().count() == 1


@pytest.mark.parametrize("typed", ["FZ-GULOU ", "ＦＺ-GULOU", "FZ\u2011GULOU"])
def test_a_code_in_another_spelling_is_the_same_bureau(data_set: DataSet, typed: str) -> None:
    create_bureau(actor=OPERATOR, code="FZ-GULOU", name="鼓楼分局")
    assert not data_set.run(typed).bureau_created
    assert Bureau.objects.count() == 1


@pytest.mark.parametrize("typed", ["fz-gulou", "FZ-GULUO", "FZ-GULO", "鼓楼分局", "鼓楼 分局"])
def test_a_mistyped_bureau_is_no_new_one(data_set: DataSet, typed: str) -> None:
    create_bureau(actor=OPERATOR, code="FZ-GULOU", name="鼓楼分局")
    with pytest.raises(ImportFailed, match="FZ-GULOU"):
        data_set.run(typed)
    assert Bureau.objects.count() == 1


def test_another_bureau_is_created_and_a_similar_one_if_insisted(data_set: DataSet) -> None:
    create_bureau(actor=OPERATOR, code="350102", name="鼓楼分局")
    assert data_set.run("350212").bureau_created
    with pytest.raises(ImportFailed, match="--create-bureau"):
        data_set.run("350103")
    call_command(
        "import_records",
        data_set.path,
        str(data_set.folder),
        bureau="350103",
        create_bureau=True,
        no_progress=True,
    )
    assert Bureau.objects.count() == 3


# --- again ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("update", ["", "update = true"])
@pytest.mark.parametrize("repeats", ["refuse", "first"])
def test_a_repeated_key_changes_nothing_again(
    data_set: DataSet, query: Query, update: str, repeats: str
) -> None:
    data_set.profile(top=update, checks=f'repeats = "{repeats}"')
    twin = "a,2,2025-02-09,no,other\n"
    data_set.write("checks.csv", CHECKS + twin.replace("a,2", "a,1"))
    data_set.run()
    ask = "SELECT id, note, inspected_on, version FROM inspections_inspection ORDER BY id"
    before = query(ask)
    for content in (
        CHECKS + twin.replace("a,2", "a,1"),
        LINE + twin.replace("a,2", "a,1") + CHECKS.split("\n", 1)[1],
    ):
        data_set.write("checks.csv", content)
        result = data_set.run()
        assert query(ask) == before
        told = {remark.code for _file, _row, remark in result.kept}
        assert told == ({"repeated_key"} if repeats == "refuse" else set())
        tally = result.tallies[1]
        assert (tally.already, tally.differs, tally.updated) == (3, 0, 0)


def test_row_numbers_do_not_go_with_update(data_set: DataSet) -> None:
    text = (data_set.folder / "own.toml").read_text()
    text = text.replace('key = "id"', 'key = { columns = "no", row_number = true }')
    data_set.write("own.toml", "update = true\n" + text)
    with pytest.raises(ImportFailed, match="shifts all later rows"):
        data_set.run()
    data_set.write("own.toml", text)
    data_set.write("checks.csv", LINE + "a,1,2025-02-03,yes,A\nb,1,2025-02-04,yes,B\n")
    data_set.run()
    with bureau_scope():
        before = list(Inspection.objects.order_by("id").values())
    data_set.write("checks.csv", LINE + "b,1,2025-02-04,yes,B\na,1,2025-02-03,yes,A\n")
    swapped = data_set.run()
    assert {code for _row, _column, code, _outcome in codes(swapped)} == {"differs"}
    assert swapped.tallies[1].differs == 2
    data_set.write("checks.csv", LINE + "x,1,2025-02-02,yes,X\na,1,2025-02-03,yes,A\nb,1,2025-02-04,yes,B\n")
    inserted = data_set.run()
    assert (4, "no", "shifted", "refused") in codes(inserted)
    with bureau_scope():
        assert list(Inspection.objects.order_by("id").values()) == before
    data_set.write("checks.csv", LINE + "a,1,2025-02-03,yes,A\nb,1,2025-02-04,yes,B\nx,1,2025-02-02,yes,X\n")
    assert data_set.run().tallies[1].taken == 1, "at the end it shifts nothing"


def test_days_and_numbers_in_a_key(data_set: DataSet, query: Query) -> None:
    data_set.profile(checks='keep = ["day", "id"]\ninspection_prefix = ""')
    text = (data_set.folder / "own.toml").read_text().replace('key = "id"', 'key = ["no", "day", "id"]')
    text = text.replace('inspection_prefix = ""\n', 'inspection = ["no", "day", "id"]\n') + (
        '[[file.also]]\nbecomes = "hazard"\nfields = { item = "note", found_on = "day" }\n'
    )
    data_set.write("own.toml", text)
    data_set.write("checks.csv", LINE + "1200,1,2025-02-03,yes,A\n")
    data_set.run()
    assert query("SELECT external_key FROM inspections_inspection") == [("1:2025-02-03:1200",)]
    for spelled in ("1200.0,1,2025/2/3", '"1,200",1.0,2025年02月03日', "１２００,１,2025.02.03"):
        data_set.write("checks.csv", LINE + f"{spelled},yes,A\n")
        result = data_set.run()
        assert codes(result) == [], spelled
        assert [tally.already for tally in result.tallies[1:]] == [1, 1]
    assert query("SELECT count(*) FROM inspections_hazard WHERE inspection_id IS NOT NULL") == [(1,)]


def test_a_key_in_full_width_is_the_same_key(data_set: DataSet) -> None:
    """Of letters and digits, as input methods write them; a key that was stored in full width is found as before."""
    data_set.write("firms.csv", "no,name,station,code\nQH-1,Lotus,N01,\nQH（2）,Lamp,S01,\n")
    data_set.write("checks.csv", LINE + "JC-1,QH-1,2025-02-03,yes,A\n")
    data_set.run()
    with bureau_scope():
        Enterprise.objects.filter(external_id="QH(2)").update(external_id="QH（2）")
    data_set.write("firms.csv", "no,name,station,code\nＱＨ－１,Lotus,N01,\nQH（2）,Lamp,S01,\n")
    data_set.write("checks.csv", LINE + "ＪＣ－１,ＱＨ－1,2025-02-03,yes,A\n")
    assert [(tally.taken, tally.already) for tally in data_set.run().tallies] == [(0, 2), (0, 1)]


def test_keys_of_earlier_versions_are_found(data_set: DataSet, query: Query) -> None:
    text = (data_set.folder / "own.toml").read_text().replace('key = "id"', 'key = ["no", "day"]')
    data_set.write("own.toml", text)
    data_set.run()
    with bureau_scope():
        Inspection.objects.filter(external_key="1:2025-02-03").update(external_key="1:2025/02/03")
        Enterprise.objects.filter(external_id="1").update(external_id="1.0")
    data_set.write("firms.csv", FIRMS.replace("1,Lotus", "1.0,Lotus"))
    data_set.write("checks.csv", CHECKS.replace("a,1,2025-02-03", "a,1.0,2025/02/03"))
    result = data_set.run()
    assert [(tally.taken, tally.already) for tally in result.tallies] == [(0, 3), (0, 3)]


# --- languages --------------------------------------------------------------------------------------------------


def test_remarks_in_the_readers_language(data_set: DataSet) -> None:
    data_set.write("checks.csv", CHECKS + "d,1,2999-01-01,yes,\n")
    data_set.run()
    with bureau_scope():
        issue = ImportIssue.objects.get()
    with translation.override("zh-hans"):
        chinese = sentence(issue.code, issue.values)
    english = sentence(issue.code, issue.values)
    assert "future" in english
    assert "future" not in chinese
    assert "inspected_on" not in english + chinese


def test_a_record_saved_while_the_import_runs_is_not_overwritten(
    data_set: DataSet, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_set.profile(top="update = true")
    data_set.run()
    data_set.write("firms.csv", FIRMS.replace("Lamp", "Lantern").replace("Harbour", "Port"))
    data_set.write(
        "checks.csv", CHECKS.replace("fine", "good").replace("2,2025-02-04,no,", "2,2025-02-04,no,new")
    )
    finish = Writer.finish

    def late(self: Writer) -> None:
        assert not any(each.draft.values or each.draft.instance for each in self.differing.values())
        with bureau_scope():
            saved = {"version": F("version") + 1}
            Enterprise.objects.filter(name="Lamp").update(name="Lamps", **saved)
            Inspection.objects.filter(external_key="b").update(note="Saved by an officer", **saved)
        finish(self)

    monkeypatch.setattr(Writer, "finish", late)
    result = data_set.run()
    assert codes(result) == [
        (3, "name", "differs", "differs"),
        (4, "name", "updated", "updated"),
        (2, "note", "updated", "updated"),
        (3, "note", "differs", "differs"),
    ]
    assert query("SELECT note FROM inspections_inspection ORDER BY external_key") == [
        ("good",),
        ("Saved by an officer",),
        ("",),
    ]
    assert query("SELECT name FROM enterprises_enterprise ORDER BY external_id") == [
        ("Lotus",),
        ("Lamps",),
        ("Port",),
    ]


@pytest.mark.parametrize(("name", "language"), [("鼓楼分局", None), ("Lakeside", "zh-hans")])
def test_the_command_speaks_the_language_of_the_bureau(
    data_set: DataSet, name: str, language: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    create_bureau(actor=OPERATOR, code="GULOU", name=name)
    report = data_set.folder / "report.csv"
    data_set.write("checks.csv", CHECKS + "d,99,never,yes,\n")
    with pytest.raises(SystemExit):
        call_command(
            "import_records",
            data_set.path,
            str(data_set.folder),
            bureau="GULOU",
            report=report,
            language=language,
            no_progress=True,
        )
    lines = report.read_text(encoding="utf-8-sig")
    assert "Not a date" not in lines
    assert "日期" in lines
    assert "rows" not in capsys.readouterr().out


# --- the law ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("update", ["", "update = true"])
@pytest.mark.parametrize("seed", range(4))
def test_the_same_content_in_any_spelling_and_order_changes_nothing(
    data_set: DataSet, update: str, seed: int
) -> None:
    data_set.profile(
        top=update,
        firms='keep = "since"',
        firm_fields='registered_on = "since"\nheadcount = "staff"',
        checks='keep = "day"\nrepeats = "refuse"',
    )
    text = (data_set.folder / "own.toml").read_text().replace('key = "id"', 'key = ["no", "day"]')
    data_set.write(
        "own.toml",
        text + '[[file.also]]\nbecomes = "hazard"\nfields = { item = "note", found_on = "day" }\n',
    )
    chance = random.Random(seed)
    days = [dt.date(2025, month, day) for month in (1, 11) for day in (2, 23)]
    forms = [
        "{0:%Y-%m-%d}",
        "{0:%Y/%m/%d}",
        "{0.year}/{0.month}/{0.day}",
        "{0.year}年{0.month}月{0.day}日",
        "{0:%Y-%m-%d} 00:00:00",
    ]
    numbers = ["{}", "{}.0", "{:,}", "{}人"]

    def day(value: dt.date) -> str:
        return chance.choice(forms).format(value)

    def write() -> None:
        firms = [
            f'{number},F{number},城东,"{chance.choice(numbers).format(1000 + number)}",{day(days[number])}'
            for number in range(4)
        ]
        checks = [
            f"x,{number}{chance.choice(['', '.0'])},{day(each)},yes,N" for number in range(4) for each in days
        ]
        chance.shuffle(firms)
        chance.shuffle(checks)
        data_set.write("firms.csv", "no,name,station,staff,since\n" + "\n".join(firms) + "\n")
        data_set.write("checks.csv", LINE + "\n".join(checks) + "\n")

    def state() -> list[Any]:
        with bureau_scope():
            return [
                list(model._default_manager.order_by("id").values())
                for model in (Enterprise, Inspection, Hazard)
            ]

    write()
    assert data_set.run().refused == 0
    before = state()
    assert [len(each) for each in before] == [4, 16, 16]
    for _time in range(3):
        write()
        result = data_set.run()
        assert (result.refused, result.stations_created) == (0, 0)
        assert [(tally.already, tally.taken, tally.differs, tally.updated) for tally in result.tallies] == [
            (4, 0, 0, 0),
            (16, 0, 0, 0),
            (16, 0, 0, 0),
        ]
        assert state() == before
