"""The smallest set of acts, compared with brute force; and why a colour is out of reach."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprises.choices import rank_of
from enterprises.models import Enterprise
from foundation.contributions.measures import ENTERPRISE, Act, Running, Step, acts, after, register_act
from foundation.periods import Period
from ratings.engine.judging import Before, judge
from ratings.models import Standard
from ratings.simulate.obstacle import obstacle_sentences
from ratings.simulate.search import Table, lots_of, smallest, useful, with_cached_rules
from ratings.simulate.simulation import Simulation, of_measures, simulate
from ratings.standards.rulebook import Criterion, Group, Override, Rulebook
from ratings.standards.rules import Deduct, Flag, Rate, Reaches, Target, Term
from tests.factories import ActivityFactory, HazardFactory, IncidentFactory, InspectionFactory
from tests.ratings.conftest import MOVEMENT, Case, standard

DAY = dt.date(2026, 11, 22)
NOBODY = Act("tests", "", "", ENTERPRISE, "", (), str, lambda running: ())
GOOD, BAD = ("g0", "g1", "g2", "g3"), ("b0", "b1", "b2")


def _step(number: int, adds: dict[str, int], marks: dict[str, frozenset[str]]) -> Step:
    return Step(
        key=str(number), from_on=DAY, by_on=DAY + dt.timedelta(days=number % 3), adds=adds, marks=marks
    )


good, bad = st.sampled_from(GOOD), st.sampled_from(BAD)
points = st.integers(1, 20).map(Decimal)
rules = st.one_of(
    st.builds(Target, points, good, st.integers(1, 5).map(Decimal)),
    st.builds(Flag, points, good, st.integers(1, 5).map(Decimal)),
    st.builds(lambda worth, code: Rate(worth, code, ("basis",)), points, good),
    st.builds(
        lambda worth, code, each: Deduct(worth, (Term(code, Decimal(each)),)), points, bad, st.integers(1, 4)
    ),
)


@st.composite
def books(draw: Any) -> Rulebook:
    """Standards in which a good measure only gains and a bad one only costs points."""
    groups = []
    for name in "AB":
        criteria = []
        for number, rule in enumerate(draw(st.lists(rules, min_size=1, max_size=3))):
            evidence = draw(st.sampled_from(["", "basis", *GOOD]))
            criteria.append(Criterion(f"{name}{number}", name, rule.worth, (rule,), {}, evidence))
        groups.append(Group(name, draw(points), {}, False, tuple(criteria)))
    losses = tuple(
        Criterion(
            f"C{number}", "C", Decimal(0), (Deduct(Decimal(0), (Term(code, Decimal(3)),), pool=True),), {}
        )
        for number, code in enumerate(draw(st.lists(bad, max_size=2)))
    )
    groups.append(Group("C", Decimal(10), {}, True, losses))
    ceilings = tuple(
        Override("X1", Reaches(code, Decimal(draw(st.integers(1, 3)))), {})
        for code in draw(st.lists(bad, max_size=1))
    )
    return Rulebook(
        "tests",
        {},
        Decimal(85),
        Decimal(60),
        tuple(groups),
        ceilings=ceilings,
        no_inspection=draw(st.sampled_from(["", "g0"])),
        coverage=Decimal(draw(st.sampled_from(["0", "0.5"]))),
        floor_yellow=Decimal("0.5"),
        floor_red=Decimal("0.2"),
        one_step=draw(st.booleans()),
    )


@st.composite
def offered(draw: Any) -> list[tuple[Act, Step]]:
    """Up to eight steps, some alike, some in the same week."""
    shapes = draw(
        st.lists(
            st.tuples(
                st.dictionaries(good, st.integers(1, 2), max_size=2),
                st.dictionaries(bad, st.just(-1), max_size=1),
                st.sampled_from(["", "own", "w1", "w2"]),
            ),
            min_size=1,
            max_size=4,
        )
    )
    steps = []
    for shape in draw(st.lists(st.sampled_from(shapes), min_size=1, max_size=7)):
        number = len(steps)
        week = f"w-{number}" if shape[2] == "own" else shape[2]
        steps.append(_step(number, shape[0] | shape[1], {"g3": frozenset([week])} if week else {}))
    return [(NOBODY, step) for step in steps]


def by_force(
    book: Rulebook, values: dict[str, int], before: Before, steps: list[Step], goal: int
) -> int | None:
    """Return the size of the smallest set of steps that reaches a rank, by trying all of them."""
    for size in range(len(steps) + 1):
        for chosen in combinations(steps, size):
            if rank_of(judge(book, after(values, chosen), before=before).colour) >= goal:
                return size
    return None


@settings(max_examples=250, deadline=None)
@given(
    books(),
    offered(),
    st.lists(st.integers(0, 4), min_size=4, max_size=4),
    st.sampled_from(["", "red", "yellow"]),
)
def test_no_smaller_set_reaches_the_colour(
    book: Rulebook, offers: list[tuple[Act, Step]], have: list[int], last: str
) -> None:
    values = dict(zip(GOOD, have, strict=True)) | dict.fromkeys(BAD, 8) | {"basis": 4}
    before, steps = Before(last), [step for _act, step in offers]
    table = useful(Table(with_cached_rules(book), values, before, lots_of(offers)))
    for goal in (rank_of("yellow"), rank_of("green")):
        if rank_of(table.at(table.none).colour) >= goal:
            continue
        expected, found = by_force(book, values, before, steps, goal), smallest(table, goal, limit=1_000_000)
        assert (found and sum(found.counts)) == expected
        if found:
            chosen = [step for _act, step in table.steps(found.counts)]
            assert found.smallest
            assert rank_of(judge(book, after(values, chosen), before=before).colour) >= goal


def test_the_greatest_gain_per_step_is_not_always_the_smallest_set() -> None:
    """Three steps for thirty points or two for eighteen, when eighteen are needed."""
    rules = (
        Flag(Decimal(30), "g0", Decimal(3)),
        Target(Decimal(27), "g1", Decimal(3)),
        Target(Decimal(43), "g2", Decimal(1)),
    )
    criteria = tuple(
        Criterion(f"A{number}", "A", rule.worth, (rule,), {}) for number, rule in enumerate(rules)
    )
    book = Rulebook("tests", {}, Decimal(85), Decimal(61), (Group("A", Decimal(100), {}, False, criteria),))
    offers = [(NOBODY, _step(number, {f"g{number // 3}": 1}, {})) for number in range(6)]
    table = useful(Table(book, {"g0": 0, "g1": 0, "g2": 1}, Before(), lots_of(offers)))
    found = smallest(table, rank_of("yellow"))
    assert found
    assert (sum(found.counts), found.smallest) == (2, True)
    assert {step.key for _act, step in table.steps(found.counts)} == {"3", "4"}
    assert sum(smallest(table, rank_of("yellow"), limit=0).counts) == 3  # the result without a search


def _wide() -> tuple[Table, int]:
    """Forty independent ways to gain points, of which twelve are needed: too many sets to try them all."""
    criteria = tuple(
        Criterion(f"A{number}", "A", Decimal(5), (Target(Decimal(5), f"g{number}", Decimal(2)),), {})
        for number in range(20)
    )
    book = Rulebook("wide", {}, Decimal(85), Decimal(60), (Group("A", Decimal(100), {}, False, criteria),))
    values = {f"g{number}": 0 for number in range(20)}
    offers = [(NOBODY, _step(number, {f"g{number // 2}": 1}, {})) for number in range(40)]
    return Table(book, values, Before(), lots_of(offers)), rank_of("yellow")


def test_the_search_has_a_limit_and_its_result_still_reaches_the_colour() -> None:
    table, goal = _wide()
    found = smallest(useful(table), goal, limit=50)
    assert found
    assert not found.smallest
    assert sum(found.counts) == 24  # all points are alike here: 60 of 100 in steps of 2.5
    spared = useful(table)
    smallest(spared, goal, limit=50)
    assert len(spared.judged) < 400


def test_a_step_that_costs_points_is_not_advised() -> None:
    """A step that costs points is left out of every plan, unless a colour needs it."""
    rule = Rate(Decimal(10), "g0", ("basis", "b0"))
    deduct = Deduct(Decimal(10), (Term("b1", Decimal(1)),))
    book = Rulebook(
        "tests",
        {},
        Decimal(85),
        Decimal(60),
        (
            Group(
                "A",
                Decimal(100),
                {},
                False,
                (
                    Criterion("A1", "A", Decimal(10), (rule,), {}),
                    Criterion("A2", "A", Decimal(10), (deduct,), {}),
                ),
            ),
        ),
        ceilings=(Override("X1", Reaches("b2"), {}),),
    )
    harmful = _step(0, {"b0": 1}, {})  # the rate's denominator grows
    helpful = _step(1, {"b1": -1}, {})
    lifting = _step(2, {"b0": 1, "b2": -1}, {})  # costs points too, but lifts the ceiling
    values = {"g0": 9, "basis": 9, "b0": 0, "b1": 2, "b2": 1}
    running = Running(0, Period(2026, 4), DAY, values | {"period_start": dt.date(2026, 10, 1).toordinal()})
    offers = [(NOBODY, each) for each in (harmful, helpful, lifting)]
    found = of_measures(Standard(), book, running, Before(), offers)
    assert found.end.colour == "yellow"
    assert found.end.score == Decimal("90.0")
    steps = {step.key for task in found.tasks for step in task.steps}
    assert steps == {"1", "2"}
    (plan,) = found.plans
    assert (plan.colour, [step.key for step in plan.tasks[0].steps]) == ("green", ["2"])
    assert plan.gain < 0
    assert plan.tasks[0].lifts == ("X1",)


def test_codes_of_acts_are_unique() -> None:
    again = Act("drill", "", "", ENTERPRISE, "", (), str, lambda running: ())
    with pytest.raises(ValueError, match="registered twice"):
        register_act(again)
    assert acts["drill"] is not again


# --- the current quarter and the rules that forbid a colour -------------------------------------------------------


@pytest.fixture
def own(case: Case) -> Iterator[Enterprise]:
    """An enterprise whose score the test sets: ten points for each training, one a week at most."""
    with time_machine.travel("2026-10-20 10:00+08:00", tick=True):
        case.adopt(standard(movement=MOVEMENT))
        yield case.enterprise()


def _simulate(case: Case, enterprise: Enterprise) -> Simulation:
    found = simulate(case.actor, enterprise.pk)
    assert found
    return found


def _trainings(enterprise: Enterprise, number: int) -> None:
    ActivityFactory.create_batch(
        number, enterprise=enterprise, kind="training", held_on=dt.date(2026, 10, 12)
    )


def test_out_of_red_leads_an_inspection_and_then_one_step_a_quarter(case: Case, own: Enterprise) -> None:
    case.deserve(own, "2026Q3", "red")
    case.rate("2026Q3")
    InspectionFactory(enterprise=own, inspected_on=dt.date(2026, 10, 5), conclusion="rectify")
    found = _simulate(case, own)
    assert (found.before.colour, found.end.colour, found.everything.colour) == ("red", "red", "yellow")
    (plan,) = found.plans
    assert plan.colour == "yellow"
    assert {task.act.code: len(task.steps) for task in plan.tasks} == {"training": 7, "qualified": 1}
    assert plan.smallest
    assert plan.tasks[-1].lifts == () and sum(task.gain for task in plan.tasks) == plan.gain  # noqa: PT018
    assert found.obstacle
    assert (found.obstacle.colour, found.obstacle.codes) == ("green", ("M1",))
    assert str(found.obstacle.possible_from) == "Q1 2027"
    assert obstacle_sentences(found.book, found.obstacle) == [
        "Up goes one step a quarter.",
        "Green is possible from Q1 2027.",
    ]


def test_grey_for_want_of_an_inspection_asks_for_one(case: Case, own: Enterprise) -> None:
    _trainings(own, 8)
    found = _simulate(case, own)
    assert (found.end.colour, found.end.decided_by) == ("grey", "N1")
    yellow, green = found.plans
    assert [task.act.code for task in yellow.tasks] == ["qualified"]
    assert yellow.tasks[0].needs_police
    assert (yellow.colour, green.colour) == ("yellow", "green")
    assert green.steps == 2
    assert found.obstacle is None


def test_a_veto_of_this_quarter_can_only_be_waited_out(case: Case, own: Enterprise) -> None:
    _trainings(own, 10)
    InspectionFactory(enterprise=own, inspected_on=dt.date(2026, 10, 5))
    IncidentFactory(
        enterprise=own, kind="death", occurred_on=dt.date(2026, 10, 8), verified_on=dt.date(2026, 10, 9)
    )
    found = _simulate(case, own)
    assert (found.end.colour, found.end.decided_by, found.plans) == ("red", "V1", ())
    assert found.obstacle
    assert (found.obstacle.colour, found.obstacle.codes) == ("yellow", ("V1",))
    assert str(found.obstacle.possible_from) == "Q1 2027"


def test_an_open_major_hazard_is_the_one_thing_between_yellow_and_green(case: Case, own: Enterprise) -> None:
    _trainings(own, 9)
    InspectionFactory(enterprise=own, inspected_on=dt.date(2026, 10, 5))
    hazard = HazardFactory(
        enterprise=own,
        found_on=dt.date(2026, 10, 5),
        due_on=dt.date(2026, 11, 9),
        major_from_on=dt.date(2026, 10, 5),
    )
    found = _simulate(case, own)
    assert (found.end.colour, found.end.decided_by) == ("yellow", "X1")
    (plan,) = found.plans
    (task,) = plan.tasks
    assert (plan.colour, plan.gain, task.lifts) == ("green", 0, ("X1",))
    assert (task.records, task.by_on, task.first.page) == (
        [str(hazard)],
        dt.date(2026, 11, 9),
        ("inspections:hazard", hazard.pk),
    )


def test_points_out_of_reach_are_shown_as_lost(case: Case, own: Enterprise) -> None:
    with time_machine.travel("2026-12-10 10:00+08:00"):  # four weeks are left, so four trainings at most
        InspectionFactory(enterprise=own, inspected_on=dt.date(2026, 10, 5))
        _trainings(own, 2)
        found = _simulate(case, own)
    assert (found.end.score, found.everything.score) == (20, 60)
    assert found.obstacle
    assert (found.obstacle.codes, found.obstacle.score, found.obstacle.needed) == (("",), 60, 70)
    assert [(loss.code, loss.points) for loss in found.obstacle.lost] == [("G1", 40)]
    assert found.obstacle.possible_from is None
    assert obstacle_sentences(found.book, found.obstacle) == [
        "Everything together gives 60 of the 70 points needed.",
        "Lost for this quarter: G1 Trainings −40.",
    ]


def test_green_to_the_end_has_nothing_to_reach(case: Case, own: Enterprise) -> None:
    _trainings(own, 10)
    InspectionFactory(enterprise=own, inspected_on=dt.date(2026, 10, 5))
    found = _simulate(case, own)
    assert (found.end.colour, found.plans, found.obstacle, found.tasks) == ("green", (), None, ())
