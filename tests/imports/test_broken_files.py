"""A file that cannot be read changes nothing and gives one sentence that says what is wrong."""

import gzip
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from enterprises.models import Enterprise
from foundation.accounts.models import AuditEntry, Bureau, Station
from foundation.tenancy.scope import NO_STATION, Audience, Scope, station_scope
from imports.choices import AuditAction
from imports.models import Import
from imports.operations.run import LOCK
from imports.remarks import ImportFailed
from tests.factories import BureauFactory
from tests.imports.conftest import CHECKS, FIRMS, DataSet, bureau_scope

MANY = CHECKS + "".join(f"m{number},1,2025-02-03,yes,fine\n" for number in range(5_000))


def refused(data_set: DataSet) -> str:
    with pytest.raises(ImportFailed) as caught:
        data_set.run()
    assert not Bureau.objects.exists()
    assert not Station.objects.exists()
    return str(caught.value)


def test_the_wrong_encoding(data_set: DataSet) -> None:
    data_set.write(
        "checks.csv",
        MANY.replace("m4000,1,2025-02-03,yes,fine", "m4000,1,2025-02-03,yes,好").encode("gb18030"),
    )
    told = refused(data_set)
    assert "checks.csv cannot be read: line 4005 is not encoded in utf-8" in told
    assert 'encoding = "gb18030"' in told


def test_the_right_encoding(data_set: DataSet, query: Callable[..., list[tuple]]) -> None:
    data_set.profile(checks='encoding = "gb18030"')
    data_set.write("checks.csv", CHECKS.replace("fine", "很好").encode("gb18030"))
    data_set.run()
    assert ("很好",) in query("SELECT note FROM inspections_inspection")


def test_a_packed_file_that_was_cut_off(data_set: DataSet) -> None:
    text = (data_set.folder / "own.toml").read_text().replace("checks.csv", "checks.csv.gz")
    data_set.write("own.toml", text)
    data_set.write("checks.csv.gz", gzip.compress(MANY.encode())[:-300])
    assert "damaged or truncated after row" in refused(data_set)
    data_set.write("checks.csv.gz", b"no gzip at all")
    assert "checks.csv.gz cannot be read" in refused(data_set)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (MANY + 'x,1,2025-02-03,yes,"open', "ends inside a quoted value that begins in row 5005"),
        (CHECKS + 'x,1,2025-02-03,yes,"a" b\n', 'set quotes = "lenient"'),
        (CHECKS + "x,1,2025-02-03,yes," + "a" * 1_100_000, "more than a million characters"),
        ("", "where the header should be, is empty"),
    ],
)
def test_broken_csv(data_set: DataSet, content: str, told: str) -> None:
    data_set.write("checks.csv", content)
    assert told in refused(data_set)


def test_no_spreadsheet(data_set: DataSet) -> None:
    data_set.write(
        "own.toml", (data_set.folder / "own.toml").read_text().replace("checks.csv", "checks.xlsx")
    )
    data_set.write("checks.xlsx", CHECKS)
    assert "is not a spreadsheet" in refused(data_set)


def test_nothing_changes_in_a_bureau_that_is_there(
    data_set: DataSet, query: Callable[..., list[tuple]]
) -> None:
    data_set.run()
    before = query(
        "SELECT (SELECT count(*) FROM enterprises_enterprise), (SELECT count(*) FROM inspections_inspection)"
    )
    data_set.write("firms.csv", FIRMS + "4,New,N02,\n")
    data_set.write("checks.csv", MANY + 'x,1,2025-02-03,yes,"open')
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_records", data_set.path, str(data_set.folder), bureau="B1", no_progress=True)
    assert before == query(
        "SELECT (SELECT count(*) FROM enterprises_enterprise), (SELECT count(*) FROM inspections_inspection)"
    )
    assert not Station.objects.filter(code="N02").exists()
    with bureau_scope():
        last = Import.objects.order_by("-id").first()
        assert (last.state, last.dry_run) == ("failed", False)
        assert "ends inside a quoted value" in last.failure


def test_a_dry_run_writes_nothing_but_its_own_row(
    data_set: DataSet, query: Callable[..., list[tuple]], tmp_path: Path
) -> None:
    data_set.run(dry_run=True)
    assert not Bureau.objects.exists()

    data_set.run()
    data_set.write("firms.csv", FIRMS + "4,New,N02,\n")
    report = tmp_path / "report.csv"
    result = data_set.run(dry_run=True, report=report, every_row=True)
    assert [(tally.taken, tally.already) for tally in result.tallies] == [(1, 3), (0, 3)]
    assert query("SELECT count(*) FROM enterprises_enterprise") == [(3,)]
    assert not Station.objects.filter(code="N02").exists()
    lines = report.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "file,row,column,what,outcome"
    assert "firms.csv,5,,Taken.,taken" in lines
    with bureau_scope():
        assert Import.objects.order_by("-id").first().state == "tried"


@pytest.mark.parametrize("code", ["no code", "", "x" * 40])
def test_an_invalid_bureau_code(data_set: DataSet, code: str) -> None:
    with pytest.raises(ImportFailed, match="cannot be a bureau code"):
        data_set.run(bureau=code)


def test_another_bureau_is_not_touched(data_set: DataSet, query: Callable[..., list[tuple]]) -> None:
    data_set.run("B1")
    data_set.run("B2")
    for code in ("B1", "B2"):
        assert query("SELECT count(*) FROM enterprises_enterprise", code) == [(3,)]
        assert query("SELECT count(*) FROM inspections_inspection", code) == [(3,)]
    one, two = Bureau.objects.get(code="B1"), Bureau.objects.get(code="B2")
    with bureau_scope("B1"):
        assert set(Import.objects.values_list("bureau_id", flat=True)) == {one.pk}
        assert set(Enterprise.objects.values_list("bureau_id", flat=True)) == {one.pk}
    with station_scope(Scope(NO_STATION, bureau=two.pk, audience=Audience.SYSTEM)):
        assert AuditEntry.objects.filter(action=AuditAction.COMPLETE_IMPORT).count() == 2


def test_one_import_into_a_bureau_at_a_time(data_set: DataSet) -> None:
    bureau = BureauFactory(code="B1")  # so that no run of this test holds the lock itself
    parameters = connection.get_connection_params()
    for factory in ("cursor_factory", "isolation_level", "server_side_binding"):
        parameters.pop(factory, None)
    with closing(psycopg2.connect(**parameters)) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, bureau.pk])
        with pytest.raises(ImportFailed, match="Another import into this bureau is running"):
            data_set.run()
    assert data_set.run().tallies[0].taken == 3


def test_a_report_that_cannot_be_written(data_set: DataSet) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command(
            "import_records",
            data_set.path,
            str(data_set.folder),
            bureau="B1",
            no_progress=True,
            report=data_set.folder / "no" / "report.csv",
        )
    assert not Bureau.objects.exists()


def test_no_formula_in_the_report(data_set: DataSet) -> None:
    data_set.profile(checks='keep = "=1+1"')
    data_set.write("checks.csv", CHECKS.replace("note\n", "note,=1+1\n", 1) + "d,1,never,yes,,\n")
    text = (data_set.folder / "own.toml").read_text().replace('inspected_on = "day"', 'inspected_on = "=1+1"')
    data_set.write("own.toml", text)
    report = data_set.folder / "report.csv"
    data_set.run(report=report)
    assert "checks.csv,5,'=1+1," in report.read_text(encoding="utf-8-sig")
