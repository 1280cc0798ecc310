"""Exported names are text: spreadsheets must not read them as formulas."""

import csv
import io

import pytest
from django.core.management import call_command

from tests.ratings.conftest import Case, standard

pytestmark = pytest.mark.django_db


def test_no_name_becomes_a_formula(case: Case) -> None:
    case.adopt(standard())
    names = {
        "=HYPERLINK(1)": "'=HYPERLINK(1)",
        "+cmd|x": "'+cmd|x",
        "-2+3": "'-2+3",
        "@SUM(A1)": "'@SUM(A1)",
        "-12": "-12",
        "+8613800000000": "+8613800000000",
        "Lotus = Lamp": "Lotus = Lamp",
    }
    for name in names:
        case.enterprise(name=name, external_id=name)
    case.rate("2026Q3")
    said = io.StringIO()
    call_command("export_ratings", bureau=case.bureau.code, period="2026Q3", stdout=said)
    rows = list(csv.DictReader(io.StringIO(said.getvalue())))
    assert [row["name"] for row in rows] == list(names.values())
    assert [row["external_id"] for row in rows] == list(names.values())
