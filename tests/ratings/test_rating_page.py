"""docs/rating.md matches the engine: every figure of the worked example, and every key of a standard."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from demo import showcase
from demo.facts import Facts, History
from demo.register import Plan
from demo.showcase_facts import showcase_facts
from demo.trades import Trade
from disputes.models import Dispute
from enterprises.models import Enterprise
from facts.batches import create_many
from foundation.periods import Period
from inspections.checklists.answering import summed_up
from inspections.checklists.content import Question
from inspections.models import Hazard, Inspection
from inspections.obstructing import confirm_obstruction
from inspections.operations import create_inspection, reopen_hazard
from ratings.models import Evaluation, Rating
from ratings.operations.standards import shipped_standards
from ratings.standards import parsing
from ratings.standards.parsing import parse
from ratings.standards.rulebook import Rulebook
from tests.factories import (
    CheckRecordFactory,
    DisputeFactory,
    FollowUpFactory,
    ObstructionFactory,
    ScreeningFactory,
    UserFactory,
)
from tests.ratings.conftest import Case

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "rating.md").read_text(encoding="utf-8")
PERIOD = showcase.WRITTEN_FOR
BOOK: Rulebook = parse(shipped_standards()["default"])


def table(first_column: str, among: int = 0) -> list[list[str]]:
    """Return the cells of a table of the page, found by the header of its first column."""
    text = re.findall(rf"^\| {first_column} \|.*\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE)[among]
    return [[cell.strip() for cell in line.strip("|\n ").split("|")] for line in text.splitlines()]


def number(text: str) -> Decimal:
    return Decimal(text.replace("−", "-"))


@dataclass
class Shown:
    """The showcase enterprise, rated."""

    enterprise: Enterprise
    evaluation: Evaluation
    rating: Rating

    def __post_init__(self) -> None:
        self.measures = dict(zip(self.evaluation.measures, self.rating.measures, strict=True))
        self.position = {code: number for number, code in enumerate(self.evaluation.criteria)}


@pytest.fixture
def shown(case: Case) -> Iterator[Shown]:
    """The showcase's facts as of 4 October 2026, the day on which its third quarter is rated."""
    values = {"registered_on": dt.date.fromisoformat(showcase.ENTERPRISE["registered_on"])}
    enterprise = case.enterprise(**showcase.ENTERPRISE | values)
    officers = UserFactory.create_batch(2)
    plan = Plan(
        1,
        {"station_id": case.first.pk},
        "showcase",
        0,
        Trade("C3670", showcase.NAME, 1, (286, 286)),
        officers,
    )
    plan.enterprise = enterprise
    with time_machine.travel("2026-10-04 00:30+08:00", tick=True):
        facts = Facts()
        showcase_facts(History(plan, PERIOD, dt.date(2026, 10, 4), facts))
        for rows in facts.tables():
            create_many(actor=case.actor, model=type(rows[0]), rows=rows)
        case.adopt(shipped_standards()["default"])
        case.rate(PERIOD.shift(-1).code)
        evaluation = case.rate(PERIOD.code)
        yield Shown(enterprise, evaluation, case.rating(enterprise, PERIOD.code))


@pytest.mark.django_db
def test_every_line_of_the_example(shown: Shown) -> None:
    rows = table("line")
    assert [row[0] for row in rows] == shown.evaluation.criteria
    rating = shown.rating
    for code, _facts, _measures, *figures in rows:
        at = shown.position[code]
        found = rating.own_points[at], rating.own_maxima[at], rating.points[at], rating.maxima[at]
        assert found == tuple(map(number, figures)), code


@pytest.mark.django_db
def test_every_measure_of_the_example(shown: Shown) -> None:
    for code, _facts, told, *_figures in table("line"):
        found = {name: Decimal(value) for name, value in re.findall(r"`(\w+)` (\d+)", told)}
        assert found == {name: shown.measures[name] for name in found}, code
        criterion = BOOK.criterion(code)
        if criterion and code != "C1":  # C1 excludes serious cases
            constants = {"period_weeks", "period_days", "year_days"}
            basis = {"days_on_register", "days_on_register_year", "inspections_recent"}
            assert set(found) == set(criterion.measures()) - constants - basis, code
    assert shown.measures["days_on_register"] == 92
    assert shown.measures["inspections"] == 3
    assert "three police inspections in the quarter" in PAGE


@pytest.mark.django_db
def test_groups_score_and_colour_of_the_example(shown: Shown) -> None:
    rating, total = shown.rating, Decimal(0)
    for (code, got, applicable, share, weight, points), group, stored in zip(
        table("group"), BOOK.groups, rating.shares, strict=True
    ):
        lines = [code] if group.pool else []
        at = [shown.position[each] for each in (*lines, *(criterion.code for criterion in group.criteria))]
        assert sum(rating.own_points[index] for index in at) == number(got)
        assert sum(rating.own_maxima[index] for index in at) == number(applicable)
        assert stored == number(share)
        assert group.worth == number(weight)
        assert sum(rating.points[index] for index in at) == number(points)
        total += number(points)
    assert sum(rating.points) == total == Decimal(re.search(r"add up to\n?\s*([\d.]+), rounded", PAGE)[1])
    assert rating.score == Decimal(re.search(r"rounded \*\*([\d.]+)\*\*", PAGE)[1])
    assert (rating.colour, rating.decided_by, rating.flags) == ("yellow", "", [])
    assert f"coverage {rating.coverage}," in PAGE
    assert rating.previous_colour == "green"
    assert "green the quarter before" in PAGE


@pytest.mark.django_db
def test_the_days_of_the_example(case: Case, shown: Shown) -> None:
    enterprise = shown.enterprise
    enterprise.refresh_from_db()
    assert (enterprise.colour, enterprise.cycle_days) == ("yellow", 30)
    assert f"takes effect on {enterprise.next_inspection_on}" in PAGE.replace("\n", " ")
    assert shown.rating.effective_on == enterprise.next_inspection_on
    last = dt.date.fromordinal(int(shown.measures["last_inspection_on"]))
    assert f"Last inspected on {last};" in PAGE
    assert f"due {last + dt.timedelta(days=30)}," in PAGE
    with time_machine.travel("2026-10-16 10:00+08:00", tick=True):
        create_inspection(actor=case.actor, enterprise_id=enterprise.pk, inspected_on=dt.date(2026, 10, 16))
    enterprise.refresh_from_db()
    assert f"to {enterprise.next_inspection_on}." in PAGE


def test_the_dates_on_the_page_are_those_of_the_showcase() -> None:
    """Every day named in a line is a day of the facts it is based on."""
    checked = {day for day, _target in showcase.SELF_CHECKS}
    records = {
        "A4": [],
        "A8": showcase.ACTIVITIES,
        "A9": showcase.ACTIVITIES,
        "B": showcase.HAZARDS,
        "C": showcase.INCIDENTS,
    }
    told = 0
    for line, text, *_figures in table("line"):
        facts = records.get(line, records.get(line[0], []))
        days = {value for fact in facts for name, value in fact.items() if name.endswith("_on")}
        for day in re.findall(r"(?:\d{4}-)?\d\d-\d\d", text):
            assert (day if len(day) == 10 else f"2026-{day}") in days, (line, day)
            told += 1
    assert told > 20
    weeks = {day.isocalendar()[:2] for day in map(dt.date.fromisoformat, checked) if Period.of(day) == PERIOD}
    assert len(weeks) == 11
    months = {"July": 7, "August": 8, "September": 9}
    (line,) = [row[1] for row in table("line") if row[0] == "A4"]
    written = {
        f"2026-{months[month]:02d}-{int(day):02d}"
        for days, month in re.findall(r"((?:\d+(?:, | and )?)+) (July|August|September)", line)
        for day in re.findall(r"\d+", days)
    }
    assert written == {day for day in checked if Period.of(dt.date.fromisoformat(day)) == PERIOD}


def test_every_key_of_a_standard_is_described() -> None:
    source = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in (parsing,))
    keys = set(re.findall(r'(?:take|_below|_listed|_overrides)\(\s*(?:\w+,\s*)?"(\w+)"', source))
    assert {"green", "full_if", "prorate", "release", "pool", "cycle", "minimum", "vetoes"} <= keys
    described = set(
        re.findall(r"[`\[]{1,3}(\w+)[`\]]", " ".join(" ".join(row) for row in table("key") + table("rule")))
    )
    described |= set(re.findall(r"`(\w+)`", PAGE)) | {"parts"}
    assert keys <= described, keys - described


def test_the_order_of_decisions_names_every_code() -> None:
    told = " ".join(row[1] for row in table("step"))
    for code in ("N1", "N2", "F1", "F2", "M1", "M2"):
        assert code in told
        assert BOOK.label(code) != code


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


def answered(line: list[str]) -> tuple[list[Question], dict[str, str]]:
    """Return the questions of a line of the example's checklist, with their answers by code."""
    answer, items, weight, _together = line
    is_critical = answer.endswith("critical")
    code = {"passed": "pass", "failed": "fail", "failed, critical": "fail", "not applicable": "n_a"}.get(
        answer, ""
    )
    asked = [
        Question(f"{answer}-{weight}-{each}", "", "", weight=int(weight), critical=is_critical)
        for each in range(int(items))
    ]
    return asked, {each.code: code for each in asked}


@pytest.mark.django_db
def test_the_example_of_default_3(case: Case, shown: Shown) -> None:
    """Also after it obstructed an inspection."""
    questions, answers = [], {}
    for line in table("answer"):
        asked, given = answered(line)
        questions += asked
        answers |= given
    visit = Inspection.objects.get(enterprise=shown.enterprise, inspected_on="2026-08-28")
    CheckRecordFactory(enterprise=shown.enterprise, inspection=visit, **summed_up(questions, answers))
    text = shipped_standards()["default-3"]

    def tried() -> Shown:
        evaluation = case.rate(PERIOD.code, text, again=True)
        return Shown(shown.enterprise, evaluation, evaluation.ratings.get(enterprise=shown.enterprise))

    by_3 = tried()
    rating, rows = by_3.rating, table("default-3")
    assert [row[0] for row in rows] == [each for each in by_3.evaluation.criteria if each.startswith("A")]
    for code, *figures in rows:
        at = by_3.position[code]
        found = rating.own_points[at], rating.own_maxima[at], rating.points[at], rating.maxima[at]
        assert found == tuple(map(number, figures)), code
    told = re.search(
        r"`checklist_asked` (\d+), `checklist_passed` (\d+), `checklist_critical_failed` (\d+)", PAGE
    )
    assert told
    names = ("checklist_asked", "checklist_passed", "checklist_critical_failed")
    assert tuple(map(int, told.groups())) == tuple(by_3.measures[each] for each in names)
    assert rating.score == Decimal(re.search(r"by default-3 \*\*([\d.]+)\*\*", PAGE)[1])
    assert (rating.colour, rating.flags) == ("yellow", [])
    obstruction = ObstructionFactory(enterprise=shown.enterprise, obstructed_on=dt.date(2026, 9, 12))
    assert tried().rating.decided_by == ""
    confirm_obstruction(actor=case.actor, id=obstruction.pk, confirmed_on=dt.date(2026, 9, 14))
    found = tried().rating
    assert (found.colour, found.decided_by) == ("red", "V6")


@pytest.mark.django_db
def test_the_example_of_default_4(case: Case, shown: Shown) -> None:
    """Screened in two months of three, one of two disputes settled in time, one of two follow-ups done."""
    of_it = {"enterprise": shown.enterprise}
    for day in ("07-10", "08-12"):
        ScreeningFactory(**of_it, screened_on=_day(day))
    ScreeningFactory(**of_it, screened_on=_day("09-03"), voided_at=timezone.now())
    first = Dispute.objects.get(**of_it, settled_on=_day("07-30"))
    DisputeFactory(**of_it, opened_on=_day("07-20"), due_on=_day("08-10"), settled_on=_day("08-20"))
    for planned, more in (
        ("09-01", {"done_on": _day("09-02")}),
        ("09-15", {}),
        ("09-16", {"dropped_on": _day("09-16"), "drop_reason": "They moved away"}),
        ("10-01", {}),
    ):
        FollowUpFactory(**of_it, dispute=first, planned_on=_day(planned), **more)
    evaluation = case.rate(PERIOD.code, shipped_standards()["default-4"], again=True)
    by_4 = Shown(shown.enterprise, evaluation, evaluation.ratings.get(enterprise=shown.enterprise))
    told = re.search(r"`screened_months` \d+, .*?:\nB7", PAGE, re.DOTALL)
    assert told
    for name, value in re.findall(r"`(\w+)` (\d+)", told[0]):
        assert by_4.measures[name] == int(value), name
    rows = table("default-4")
    assert [row[0] for row in rows] == [each for each in evaluation.criteria if each.startswith("B")]
    for code, *figures in rows:
        at = by_4.position[code]
        found = by_4.rating.own_points[at], by_4.rating.own_maxima[at]
        found += by_4.rating.points[at], by_4.rating.maxima[at]
        assert found == tuple(map(number, figures)), code


@pytest.mark.django_db
def test_the_example_of_default_2(case: Case, shown: Shown) -> None:
    """Also after a hazard was there again: an accepted one less, and counted twice."""
    text = shipped_standards()["default-2"]

    def tried() -> Shown:
        evaluation = case.rate(PERIOD.code, text, again=True)
        return Shown(shown.enterprise, evaluation, evaluation.ratings.get(enterprise=shown.enterprise))

    by_2 = tried()
    rating, rows = by_2.rating, table("default-2")
    assert [row[0] for row in rows] == [each for each in by_2.evaluation.criteria if each.startswith("B")]
    for code, *figures in rows:
        at = by_2.position[code]
        found = rating.own_points[at], rating.own_maxima[at], rating.points[at], rating.maxima[at]
        assert found == tuple(map(number, figures)), code
    assert rating.score == Decimal(re.search(r"by default-2 \*\*([\d.]+)\*\*", PAGE)[1])
    assert (rating.colour, rating.flags) == ("yellow", [])
    closed = Hazard.objects.get(enterprise=shown.enterprise, closed_on="2026-09-04")
    reopen_hazard(
        actor=case.actor,
        id=closed.pk,
        reopened_on=dt.date(2026, 9, 20),
        due_on=dt.date(2026, 10, 20),
        reason="There again",
    )
    by_2 = tried()
    assert [
        by_2.measures[code] for code in ("hazards_accepted_first", "hazards_sent_back", "hazards_reopened")
    ] == [3, 0, 1]
    assert by_2.rating.own_points[by_2.position["B3"]] == Decimal(
        re.search(r"\(3 \+ 2\) = (\d\.\d)", PAGE)[1]
    )
