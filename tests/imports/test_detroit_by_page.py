"""The real data set taken over by page: the figures of its README, as by the command.

The rows up to the end of 2016 stand for all: what a record of a later day says changes no figure of these quarters. What
a profile does and a page does not is done before, as a person does it in a spreadsheet: rows without a hazard and
inspections without a complaint left out, the deadline reckoned, a day of correction moved to that of the finding.
"""

import csv
import datetime as dt
import gzip
import io
from collections.abc import Callable
from typing import Any

import pytest

from imports.choices import RowState
from imports.models import Upload
from imports.profile import FileSpec
from imports.profile_reading import load
from tests.accounts.conftest import House, house, quick_passwords
from tests.imports.detroit import COLUMNS, EXPECTED, FOLDER, SQL, needs_data
from tests.imports.sheets import Person

__all__ = ["house", "quick_passwords"]
pytestmark = [needs_data, pytest.mark.usefixtures("vacuumed"), pytest.mark.django_db, pytest.mark.drill]
LAST = dt.date(2016, 12, 31)
Row = dict[str, str]


def rows_of(name: str, day: str = "", form: str = "") -> list[Row]:
    """Return the rows of a file up to the last day."""
    with gzip.open(FOLDER / f"{name}.csv.gz", "rt", encoding="utf-8-sig", newline="") as file:
        return [
            row
            for row in csv.DictReader(file)
            if not day or dt.datetime.strptime(row[day], form).date() <= LAST
        ]


def hazards() -> list[Row]:
    """Return the violations that are hazards, as a person prepares them."""
    found = []
    for row in rows_of("violations", "inspection_date", "%m/%d/%Y"):
        if row["corrected"] == "Not required":
            continue
        day, corrected = (_day(row[name]) for name in ("inspection_date", "corrected_date"))
        assert day
        left = row["days_to_correct"]
        row["due"] = (day + dt.timedelta(days=int(float(left)))).isoformat() if left else ""
        row["found"], row["closed"] = day.isoformat(), max(corrected, day).isoformat() if corrected else ""
        row["item"] = row["item_description"] or row["violation_code"] or "Not named"
        row["severity"] = "major" if row["violation_type"] == "Priority" else "ordinary"
        found.append(row)
    return found


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    form = "%m/%d/%Y" if "/" in text else "%Y-%m-%d %H:%M:%S"
    return dt.datetime.strptime(text, form).date()


def taken_over(person: Person, kind: str, rows: list[Row], becomes: dict[str, str]) -> Upload:
    """Take rows over by page; ``becomes``: what the columns become, all others nothing."""
    made = io.StringIO()
    writer = csv.DictWriter(made, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    sheet = person.upload(made.getvalue(), kind=kind)
    sheet = person.confirm(sheet, **{name: becomes.get(name, "") for name in sheet.header})
    return person.press("write", sheet) if sheet.counts[RowState.NEW] else sheet


def of_profile(file: int, name: str) -> dict[str, Any]:
    """Return the value list of a field in the profile of the command."""
    spec: FileSpec = load("detroit_food").files[file]
    return spec.record.fields[name].mapping or {}


def test_the_measures_of_two_quarters(house: House, query: Callable[..., list[tuple]]) -> None:
    chief = Person(house, "chief")
    visits = rows_of("inspections", "inspection_date", "%Y-%m-%d %H:%M:%S")
    kinds = of_profile(1, "kind")
    for row in visits:
        row["kind"] = kinds.get(row["inspection_type"].strip().casefold(), "special")
        row["conclusion"] = {"Yes": "qualified", "No": "rectify"}.get(row["in_compliance"], "")
    complaints = [row for row in visits if "complaint" in row["inspection_type"].casefold()]
    parts = [
        (
            "enterprise",
            rows_of("establishments"),
            {"establishmentid": "key", "name": "name", "address": "address"},
        ),
        (
            "inspection",
            visits,
            {
                "inspectionid": "key",
                "establishmentid": "enterprise.number",
                "inspection_date": "inspected_on",
                "kind": "kind",
                "conclusion": "conclusion",
            },
        ),
        (
            "incident",
            [{**row, "what": "complaint"} for row in complaints],
            {
                "inspectionid": "key",
                "establishmentid": "enterprise.number",
                "inspection_date": "occurred_on",
                "what": "kind",
                "inspection_type": "summary",
            },
        ),
        (
            "hazard",
            hazards(),
            {
                "inspectionid": "inspection",
                "establishmentid": "enterprise.number",
                "item": "item",
                "location": "place",
                "problem_description": "description",
                "found": "found_on",
                "due": "due_on",
                "closed": "closed_on",
                "severity": "severity",
            },
        ),
    ]
    for kind, rows, becomes in parts:
        sheet = taken_over(chief, kind, rows, becomes)
        assert sheet.counts[RowState.WRITTEN] == len(rows), sheet.counts
    found = query(SQL, house.city.bureau.code)
    assert [dict(zip(COLUMNS, row, strict=True)) for row in found[:2]] == [
        dict(zip(COLUMNS, row, strict=True)) for row in EXPECTED[:2]
    ]
    for kind, rows, becomes in parts:
        again = taken_over(chief, kind, rows, becomes)
        assert again.counts[RowState.SAME] == len(rows), again.counts


def test_without_their_numbers_the_six_pairs_are_doubtful(house: House) -> None:
    chief = Person(house, "chief")
    rows = rows_of("establishments")
    sheet = taken_over(chief, "enterprise", rows, {"name": "name", "address": "address"})
    doubtful = [row for row in chief.rows(sheet).values() if row.state == RowState.DOUBTFUL]
    assert sheet.counts[RowState.WRITTEN] == len(rows) - len(doubtful)
    same = {(row["name"].strip(), row["address"].strip()) for row in rows}
    assert len(rows) - len(same) == 6  # one name at one address
    told = {(row.cells[1].strip(), row.remarks[0]["values"].get("here")) for row in doubtful}
    assert len(doubtful) == 13
    assert {("Wing Stop", "Wingstop"), ("Harper-Hutzel Hospital", "Harper Hutzel Hospital")} <= told
