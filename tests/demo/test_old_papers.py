"""Papers of earlier years in the demo: numbered in their years, served, and complete enough to be opened."""

import datetime as dt
import itertools
from pathlib import Path
from typing import Any

import pytest
import time_machine

from demo import old_papers
from demo.organisations import Organisation
from foundation.attachments import files
from inspections import orders
from papers.models import Paper
from papers.operations import making
from tests import factories
from tests.facts.people import officer, rows
from tests.fixtures import City, scope_of

TODAY = dt.date(2026, 11, 22)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> None:
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {
        **settings.STORAGES,
        files.ALIAS: {"BACKEND": backend, "OPTIONS": {"location": tmp_path}},
    }


@pytest.mark.django_db
def test_each_number_stands_in_its_year_and_the_next_one_follows(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(old_papers, "ONE_IN", 1)
    factories.LetterheadFactory(bureau=city.bureau, station=city.first, abbreviation="东公（开）")
    firm = factories.EnterpriseFactory(station=city.first)
    for year, month in itertools.product((2024, 2025, 2026), (3, 9)):
        found_on = dt.date(year, month, 2)
        visit = factories.InspectionFactory(enterprise=firm, inspected_on=found_on, inspectors="周志远、陈立")
        extended = {
            "extended_due_on": dt.date(year, month, 25),
            "extension_granted_on": dt.date(year, month, 9),
        }
        factories.HazardFactory(
            enterprise=firm,
            inspection=visit,
            found_on=found_on,
            due_on=dt.date(year, month, 12),
            rectified_on=dt.date(year, month, 20),
            closed_on=dt.date(year, month, 21),
            issued_by_station_id=city.first.pk,
            **(extended if month == 9 else {}),
        )
    organisation = Organisation(city.bureau, [city.first], [], {})
    with time_machine.travel(dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)):
        assert old_papers.papers_of_before(organisation, TODAY) == 6 + 3 + 6
        papers = rows(Paper, city.first)
        by_form: dict[str, list[Any]] = {}
        for each in papers:
            by_form.setdefault(each.form, []).append((each.year, each.number))
            assert each.issued_on == each.served_on
            assert each.issued_on.year == each.year
        years = (2024, 2025, 2026)
        assert sorted(by_form["rectification-order"]) == [
            (year, number) for year in years for number in (1, 2)
        ]
        assert sorted(by_form["extension-granted"]) == [(year, 1) for year in years]
        assert making.without_file(city.bureau.pk) == [], "no worker is busy with them"
        opinion = next(each for each in papers if each.form == "reinspection-opinion" and each.number == 2)
        assert opinion.data["order"] == f"东公（开）限字〔{opinion.year}〕2号"
        with scope_of(city.first):
            for form in by_form:
                assert making.make_file(next(each for each in papers if each.form == form))
        police = officer(city.first, "周志远")
        later = factories.HazardFactory(enterprise=firm, found_on=TODAY, due_on=TODAY + dt.timedelta(days=9))
        paper = police.act(
            orders.issue_order,
            enterprise_id=firm.pk,
            hazard_ids=[later.pk],
            measures={},
            officers=[orders.Officer("周志远")],
            inspected_on=TODAY,
        )
        assert paper.number_text == "东公（开）限字〔2026〕3号"
        assert police.get("papers:paper", papers[0].pk).status_code == 200
