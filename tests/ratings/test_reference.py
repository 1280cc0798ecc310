"""The public data set, imported, rated and exported by the commands, gives exactly the figures of its README."""

import csv
import io
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from foundation.accounts.models import Bureau
from foundation.tenancy.scope import station_scope
from ratings.operations.evaluations import bureau_actor
from ratings.selectors import adopted_standard
from tests.imports.detroit import COLUMNS, EXPECTED, FOLDER, ROOT, needs_data

pytestmark = [
    needs_data,
    pytest.mark.usefixtures("vacuumed"),
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.drill,
]

# quarter: green, yellow, red, grey, enterprises with the veto (grey ones too), sum of the scores shown
COLOURS = {
    "2017Q2": (1281, 53, 326, 549, 108, "145738.3"),
    "2018Q4": (933, 96, 833, 347, 382, "133617.3"),
    "2019Q2": (862, 44, 896, 407, 421, "123897.2"),
}


def exported(period: str) -> list[dict[str, str]]:
    said = io.StringIO()
    call_command(
        "export_ratings", bureau="DET", period=period, standard="hazards-only", measures=True, stdout=said
    )
    return list(csv.DictReader(io.StringIO(said.getvalue())))


def evaluate(period: str) -> None:
    quiet = io.StringIO()
    call_command(
        "evaluate",
        bureau="DET",
        period=period,
        standard="hazards-only",
        inline=True,
        stdout=quiet,
        stderr=quiet,
    )


def measures_of(rows: list[dict[str, str]]) -> dict[str, int]:
    """Return a row of the table of measures, added up over the enterprises."""

    def total(code: str) -> int:
        return sum(int(row[code]) for row in rows)

    def firms(code: str) -> int:
        return sum(int(row[code]) > 0 for row in rows)

    return {
        "inspections": total("inspections"),
        "firms_inspected": firms("inspections"),
        "complaints": total("incidents"),
        "found": total("hazards_found"),
        "firms_found": firms("hazards_found"),
        "found_major": total("hazards_found_major"),
        "closed": total("hazards_closed"),
        "closed_on_time": total("hazards_closed_on_time"),
        "open": total("hazards_open"),
        "overdue": total("hazards_overdue"),
        "firms_overdue": firms("hazards_overdue"),
    }


def colours_of(rows: list[dict[str, str]]) -> tuple:
    """Return a row of the table of colours."""
    counts = [sum(row["colour"] == colour for row in rows) for colour in ("green", "yellow", "red", "grey")]
    vetoed = sum(int(row["hazards_major_overdue_30"]) > 0 for row in rows)
    assert all((row["colour"] == "grey") == (row["score"] == "") for row in rows)
    assert all(row["colour"] == "red" for row in rows if row["decided_by"] == "HV")
    return (*counts, vetoed, str(sum(Decimal(row["score"]) for row in rows if row["score"])))


def test_the_commands_of_the_readme_on_an_empty_database_and_twelve_quarters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As written, on the folder of the data set: nothing has to be set up, and nothing is adopted."""
    commands = re.findall(
        r"^\.venv/bin/python manage\.py (.+)$", (ROOT / "README.md").read_text(), re.MULTILINE
    )
    mine = [each for each in commands if "DET" in each.split()]
    assert [each.split()[0] for each in mine] == ["import_records", "evaluate", "export_ratings"]
    monkeypatch.chdir(tmp_path)
    said = []
    for command in mine:
        line, _arrow, target = command.partition(" > ")
        arguments = [str(FOLDER) if each == "FOLDER" else each for each in line.split()]
        output = io.StringIO()
        call_command(*arguments, stdout=output, stderr=io.StringIO())
        said.append(output.getvalue())
        if target:
            assert target == "ratings.csv"
    assert "2018Q4 by hazards-only 1 (trial): 2209 enterprises" in said[1]
    assert colours_of(list(csv.DictReader(io.StringIO(said[2])))) == COLOURS["2018Q4"]
    actor = bureau_actor(Bureau.objects.get(code="DET").pk)
    with station_scope(actor.scope()):
        assert adopted_standard(actor) is None
    for line in EXPECTED:
        expected = dict(zip(COLUMNS, line, strict=True))
        period = expected.pop("quarter")
        evaluate(period)
        rows = exported(period)
        assert len(rows) == len({row["external_id"] for row in rows}) == 2209
        assert measures_of(rows) == expected, period
        if period in COLOURS:
            assert colours_of(rows) == COLOURS[period], period
