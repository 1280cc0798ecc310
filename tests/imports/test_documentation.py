"""The example of docs/imports.md gives the documented result."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from foundation.contributions.sheets import Target, targets
from imports.operations import run_import
from imports.profile_reading import load
from imports.remarks import Report
from tests.imports.conftest import COMMAND

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "imports.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.django_db
def test_the_example(tmp_path: Path, query: Callable[..., list[tuple]]) -> None:
    shops, findings = re.findall(r"```csv\n(.*?)```", TEXT, re.DOTALL)
    (profile,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "shops.csv").write_text(shops, encoding="utf-8")
    (tmp_path / "findings.csv").write_text(findings, encoding="utf-8")
    (tmp_path / "trade_office.toml").write_text(profile, encoding="utf-8")
    report = Report(None)

    run_import(
        actor=COMMAND,
        profile=load(str(tmp_path / "trade_office.toml")),
        folder=tmp_path,
        bureau_code="LAKE",
        report=report,
    )

    assert query(
        "SELECT e.name, s.code, e.headcount FROM enterprises_enterprise e JOIN accounts_station s ON s.id = station_id "
        "ORDER BY e.external_id",
        "LAKE",
    ) == [
        ("Lotus Tea House", "N01", 12),
        ("Bright Lamps", "South", 4),
        ("Old Harbour Kitchen", "unknown", None),
    ]
    assert query("SELECT count(*), count(DISTINCT enterprise_id) FROM inspections_inspection", "LAKE") == [
        (3, 3)
    ]
    assert query(
        "SELECT item, due_on::text, closed_on::text, major_from_on::text, inspection_id IS NOT NULL "
        "FROM inspections_hazard ORDER BY id",
        "LAKE",
    ) == [
        ("Fire door blocked", "2025-02-13", "2025-02-20", "2025-02-03", True),
        ("Lamp broken", "2025-03-05", "2025-02-03", None, True),
        ("Cable frayed", None, None, None, True),
    ]
    told = [(row, remark.outcome, remark.code) for _file, row, remark in report.kept]
    assert told == [
        (6, "refused", "no_enterprise"),
        (3, "warned", "corrected"),
        (5, "warned", "profile_says"),
    ]


@pytest.mark.parametrize("target", list(targets), ids=[each.code for each in targets])
def test_the_field_table_is_complete(target: Target) -> None:
    (line,) = re.findall(rf"^\| {target.code} \| (.*) \|$", TEXT, re.MULTILINE)
    needed = re.findall(r"\*\*(\w+)\*\*", line)
    named = set(re.findall(r"\w+", re.sub(r"\(.*?\)", "", line)))
    assert set(needed) == set(target.required)
    assert named == set(target.fields)
