"""The real data set: every figure of its README, and nothing added by a second import."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command

from foundation.accounts.models import Station
from imports.models import Import
from tests.imports.conftest import bureau_scope
from tests.imports.detroit import COLUMNS, EXPECTED, FOLDER, SQL, needs_data

pytestmark = [needs_data, pytest.mark.usefixtures("vacuumed"), pytest.mark.django_db, pytest.mark.drill]


def test_the_measures_of_twelve_quarters_and_nothing_twice(
    query: Callable[..., list[tuple]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dry run leaves nothing, the first import gives the figures, the second adds nothing."""
    call_command("import_records", "detroit_food", str(FOLDER), bureau="DHD", dry_run=True, no_progress=True)
    assert not Station.objects.exists()

    report = tmp_path / "report.csv"
    call_command("import_records", "detroit_food", str(FOLDER), bureau="DHD", report=report, no_progress=True)

    found = query(SQL, "DHD")
    assert [dict(zip(COLUMNS, row, strict=True)) for row in found] == [
        dict(zip(COLUMNS, row, strict=True)) for row in EXPECTED
    ]
    assert query("SELECT count(*) FROM enterprises_enterprise", "DHD") == [(2209,)]
    assert query("SELECT count(*) FROM inspections_inspection", "DHD") == [(8602,)]
    assert query("SELECT count(*), count(inspection_id) FROM inspections_hazard", "DHD") == [(17387, 17387)]
    assert query("SELECT count(*) FROM inspections_hazard WHERE closed_on IS NULL", "DHD") == [(2605,)]
    assert query("SELECT count(*) FROM inspections_hazard WHERE due_on IS NULL", "DHD") == [(1,)]
    assert query("SELECT conclusion, count(*) FROM inspections_inspection GROUP BY 1 ORDER BY 1", "DHD") == [
        ("qualified", 7045),
        ("rectify", 1557),
    ]
    assert query(
        "SELECT count(*) FROM inspections_inspection WHERE source_values->>'inspection_type' = 'Closed - permenant'",
        "DHD",
    ) == [(9,)]
    assert query(
        "SELECT count(*) FROM enterprises_enterprise WHERE source_values->>'establishment_status' = 'New License'",
        "DHD",
    ) == [(5,)]
    assert Station.objects.filter(bureau__code="DHD").count() == 52
    assert query(
        "SELECT count(*) FROM enterprises_enterprise e JOIN accounts_station s ON s.id = e.station_id "
        "WHERE s.code = 'unknown'",
        "DHD",
    ) == [(4,)]

    with report.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    told = [(line["column"], line["what"]) for line in lines]
    assert sum(column == "corrected_date" and "is before" in what for column, what in told) == 47
    assert sum(column == "corrected_date" and "after the last" in what for column, what in told) == 64
    assert sum("the day wins" in what for _column, what in told) == 42
    assert sum(column == "risk_category" for column, _what in told) == 962
    assert {line["outcome"] for line in lines} == {"warned"}

    before = query(
        "SELECT (SELECT max(id) FROM inspections_hazard), (SELECT max(id) FROM inspections_inspection)", "DHD"
    )
    call_command("import_records", "detroit_food", str(FOLDER), bureau="DHD", no_progress=True)
    assert before == query(
        "SELECT (SELECT max(id) FROM inspections_hazard), (SELECT max(id) FROM inspections_inspection)", "DHD"
    )
    with bureau_scope("DHD"):
        last = Import.objects.order_by("-id").first()
    assert [(each["taken"], each["already"], each["differs"]) for each in last.files] == [
        (0, 2209, 0),
        (0, 8602, 0),
        (0, 575, 0),
        (0, 17387, 0),
    ]
    assert last.issue_count == 0
