"""The example of docs/indicators.md works as written, without a change to the engine."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from enterprises.models import Enterprise
from foundation.contributions import measures
from foundation.periods import Period
from ratings.operations import correct_ratings, open_evaluation, publish_standard
from ratings.operations.corrections import late_facts
from tests.factories import ActivityFactory
from tests.ratings.conftest import Case

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).resolve().parents[2] / "docs" / "indicators.md"


def block(language: str) -> str:
    return re.search(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]


@pytest.fixture
def guide() -> Iterator[str]:
    """Register the example's source for one test; yield its standard."""
    before = dict(measures.sources)
    exec(compile(block("python"), str(PAGE), "exec"), {"__name__": "guide"})
    yield block("toml")
    measures.sources.clear()
    measures.sources.update(before)


def taught(case: Case, people: int | None, **fields: Any) -> Enterprise:
    enterprise = case.enterprise(**{"external_id": f"taught-{people}"} | fields)
    ActivityFactory(enterprise=enterprise, kind="education", held_on="2026-08-05", attendance=people)
    ActivityFactory(enterprise=enterprise, kind="drill", held_on="2026-08-05", attendance=1000)
    ActivityFactory(enterprise=enterprise, kind="education", held_on="2026-06-30", attendance=1000)
    return enterprise


def test_the_example_is_measured_judged_exported_and_late(case: Case, guide: str) -> None:
    firm = taught(case, 40)
    taught(case, 50, station=case.second)
    taught(case, None)
    taught(case, 10, registered_on="2026-09-11")  # 20 of 92 days: eleven people
    evaluation = case.rate("2026Q3", guide)
    found = {each.enterprise.external_id: (each.score, each.colour) for each in evaluation.ratings.all()}
    assert {name: (str(score), colour) for name, (score, colour) in found.items()} == {
        "taught-40": ("80.0", "yellow"),
        "taught-50": ("100.0", "green"),
        "taught-None": ("0.0", "red"),
        "taught-10": ("90.9", "green"),
    }
    said = io.StringIO()
    call_command(
        "export_ratings",
        bureau=case.bureau.code,
        period="2026Q3",
        standard="teaching",
        measures=True,
        stdout=said,
    )
    exported = {
        row["external_id"]: row["people_taught"] for row in csv.DictReader(io.StringIO(said.getvalue()))
    }
    assert exported == {"taught-40": "40", "taught-50": "50", "taught-None": "0", "taught-10": "10"}

    case.adopt(guide)
    official = case.rate("2026Q3")
    ActivityFactory(enterprise=firm, kind="education", held_on="2026-08-06", attendance=5)
    late = [
        each for each in late_facts(actor=case.actor, evaluation=official) if each.measure == "people_taught"
    ]
    assert [(each.enterprise_id, each.was, each.now) for each in late] == [(firm.pk, 40, 45)]
    case.run(correct_ratings(actor=case.actor, evaluation_id=official.pk, reason="Typed in late"))
    assert case.rating(firm, "2026Q3").score == 90


def test_without_the_indicator_its_criterion_does_not_apply(case: Case, guide: str) -> None:
    firm = taught(case, 40)
    measures.sources.pop("teaching")
    rating = case.rate("2026Q3", guide).ratings.get(enterprise=firm)
    assert (rating.colour, rating.decided_by, rating.score, rating.reasons) == ("grey", "N2", None, ["na"])


def test_a_run_keeps_the_measures_it_was_opened_with(case: Case, guide: str) -> None:
    """An upgrade in the middle of a run adds or removes an indicator; the arrays keep the run's order."""
    firm = taught(case, 40)
    standard = publish_standard(actor=case.actor, text=guide)
    opened = open_evaluation(actor=case.actor, period=Period(2026, 3), standard=standard)
    source = measures.sources.pop("teaching")
    case.run(opened)
    values = dict(zip(opened.measures, opened.ratings.get().measures, strict=True))
    assert (values["people_taught"], values["legal_education_year"], values["days_on_register"]) == (0, 2, 92)
    without = open_evaluation(actor=case.actor, period=Period(2026, 3), standard=standard, again=True)
    measures.register(source)
    case.run(without)
    values = dict(zip(without.measures, without.ratings.get(enterprise=firm).measures, strict=True))
    assert (values["legal_education_year"], values["days_on_register"]) == (2, 92)


def test_a_code_is_registered_once(guide: str) -> None:
    source = measures.sources["teaching"]
    twice = measures.Source("other", source.model, "held_on", "work", source.indicators, source.query)
    with pytest.raises(ValueError, match="people_taught"):
        measures.register(twice)
