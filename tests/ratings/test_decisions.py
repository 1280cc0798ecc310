"""The order of decisions in Python, calculated by hand: veto, grey, score, floors, ceiling, movement."""

from decimal import Decimal

import pytest

from ratings.engine.judging import Before, Judgement, judge
from ratings.standards.parsing import parse

# Two groups of 50 points: the first has ten times measure a, the second ten times measure b (at most five each).
BOOK = """
code = "t"
title = "T"
order = {order}
colours = {{ green = 85, yellow = 70 }}
grey = {{ no_inspection = "inspected", coverage = 0.70 }}
floors = {{ green = 0.60, yellow = 0.40 }}
movement = {{ one_step = true, release = "qualified_on" }}
groups = [ {{ code = "A", points = 50, label = "A" }}, {{ code = "B", points = 50, label = "B" }} ]
vetoes = [
  {{ code = "V1", last = "event_on", release = "qualified_on", label = "Event" }},
  {{ code = "V4", measure = "overdue", label = "Overdue" }},
]
ceilings = [ {{ code = "X1", measure = "open", label = "Open" }}, {{ code = "X2", measure = "expired", label = "E" }} ]
[[criteria]]
code = "A1"
group = "A"
points = 50
label = "a"
evidence = "proof"
rule = "target"
measure = "a"
target = 5
[[criteria]]
code = "B1"
group = "B"
points = 50
label = "b"
rule = "target"
measure = "b"
target = 5
"""
NOTHING = {
    "inspected": 1,
    "proof": 1,
    "a": 5,
    "b": 5,
    "event_on": 0,
    "qualified_on": 0,
    "overdue": 0,
    "open": 0,
    "expired": 0,
    "period_start": 1000,
}


def decided(order: str = '["veto", "grey"]', before: Before | None = None, **measures: object) -> Judgement:
    return judge(parse(BOOK.format(order=order)), NOTHING | measures, before=before)


def said(judgement: Judgement) -> str:
    return f"{judgement.colour} {judgement.decided_by}".strip()


STEPS = [
    ({}, "green"),
    ({"a": 4, "b": 3.5}, "yellow"),
    ({"a": 3, "b": 3.5}, "red"),
    ({"a": "4.25", "b": "4.25"}, "green"),  # 85.0
    ({"a": "4.2475", "b": "4.2475"}, "green"),  # 84.95 is 85.0: rounded, then compared
    ({"a": "4.24745", "b": "4.24745"}, "yellow"),  # 84.949
    ({"a": "3.4975", "b": "3.4975"}, "yellow"),  # 69.95
    # floors, by the unrounded share of a group
    ({"a": 5, "b": "3"}, "yellow"),
    ({"a": 5, "b": "2.999999"}, "yellow"),
    ({"a": "2", "b": 5}, "yellow"),
    ({"a": "1.9999999", "b": 5}, "red F2"),
    # ceilings
    ({"open": 1}, "yellow X1"),
    ({"expired": 1}, "yellow X2"),
    ({"open": 1, "expired": 1}, "yellow X1"),
    ({"open": 1, "a": 4, "b": 3.5}, "yellow"),
    ({"open": 1, "a": 3, "b": 3.5}, "red"),
    # vetoes
    ({"overdue": 1}, "red V4"),
    ({"event_on": 1000}, "red V1"),
    ({"event_on": 1000, "overdue": 1}, "red V1"),
    ({"event_on": 999}, "red V1"),
    ({"event_on": 999, "qualified_on": 1000}, "green"),
    ({"event_on": 1000, "qualified_on": 1001}, "red V1"),
    # grey
    ({"inspected": 0}, "grey N1"),
    ({"proof": 0}, "grey N2"),
    ({"inspected": 0, "proof": 0}, "grey N1"),
    ({"inspected": 0, "overdue": 1}, "red V4"),
    ({"proof": 0, "open": 1, "b": 0}, "grey N2"),
]


@pytest.mark.parametrize(("measures", "expected"), STEPS)
def test_each_step_decides(measures: dict, expected: str) -> None:
    assert said(decided(**measures)) == expected


def test_a_floor_holds_a_green_score_back() -> None:
    """With a group of little weight, the score is green although the group is below its floor."""
    light = BOOK.replace('code = "B", points = 50', 'code = "B", points = 10').replace(
        'code = "A", points = 50', 'code = "A", points = 90'
    )
    for b, expected in [("3", "green"), ("2.999", "yellow F1"), ("2", "yellow F1"), ("1.999", "red F2")]:
        book = parse(light.format(order='["veto", "grey"]'))
        judgement = judge(book, NOTHING | {"b": b})
        assert said(judgement) == expected
        assert judgement.score_colour == "green"
    judgement = judge(book, NOTHING | {"b": "1", "open": 1, "overdue": 1})
    assert (said(judgement), judgement.flags) == ("red V4", ("V4", "X1", "F1", "F2"))
    judgement = judge(book, NOTHING | {"b": "2.5", "open": 1})  # the ceiling changes nothing now
    assert (said(judgement), judgement.flags) == ("yellow F1", ("X1", "F1"))


@pytest.mark.parametrize(
    ("measures", "veto_first", "grey_first"),
    [
        ({"inspected": 0, "overdue": 1}, "red V4", "grey N1"),
        ({"proof": 0, "overdue": 1}, "red V4", "grey N2"),
        ({"overdue": 1}, "red V4", "red V4"),
        ({"inspected": 0}, "grey N1", "grey N1"),
    ],
)
def test_the_order_of_veto_and_grey_is_the_standards(
    measures: dict, veto_first: str, grey_first: str
) -> None:
    assert said(decided('["veto", "grey"]', **measures)) == veto_first
    assert said(decided('["grey", "veto"]', **measures)) == grey_first


RED, YELLOW, GREEN = Before("red", 1100), Before("yellow"), Before("green")


@pytest.mark.parametrize(
    ("before", "measures", "expected"),
    [
        (None, {}, "green"),
        (Before(), {}, "green"),
        (GREEN, {"a": 0, "b": 0}, "red"),
        (YELLOW, {}, "green"),
        (RED, {}, "red M2"),
        (RED, {"qualified_on": 1100}, "red M2"),
        (RED, {"qualified_on": 1101}, "yellow M1"),
        (RED, {"qualified_on": 1101, "a": 4, "b": 3.5}, "yellow"),
        (RED, {"qualified_on": 1101, "open": 1}, "yellow X1"),
        (RED, {"open": 1}, "red M2"),  # the last step that changed the colour
        (RED, {"a": 3, "b": 3}, "red"),
        (RED, {"inspected": 0}, "grey N1"),
        (RED, {"overdue": 1, "qualified_on": 1101}, "red V4"),
    ],
)
def test_movement_comes_last(before: Before | None, measures: dict, expected: str) -> None:
    assert said(decided(before=before, **measures)) == expected


def test_coverage_is_of_own_points_before_spreading() -> None:
    """B does not apply: A is scaled to 100 points, but coverage counts A's own points only."""
    book = parse(BOOK.format(order='["veto", "grey"]').replace('measure = "b"', 'measure = "not_installed"'))
    full = judge(book, NOTHING)
    assert (full.score, full.coverage, full.colour) == (100, 1, "green")
    assert [line.reason for line in full.lines] == ["full", "na"]
    assert [(line.maximum, line.own_maximum) for line in full.lines] == [(100, 50), (0, 50)]
    thin = judge(book, NOTHING | {"proof": 0})
    assert (thin.coverage, said(thin)) == (0, "grey N2")


@pytest.mark.parametrize(("worth", "expected"), [(70, "green"), (Decimal("69.9"), "grey N2")])
def test_coverage_below_its_minimum_is_grey(worth: Decimal, expected: str) -> None:
    text = BOOK.format(order='["veto", "grey"]')
    text = text.replace('group = "B"\npoints = 50', f'group = "B"\npoints = {worth}')
    text = text.replace('group = "A"\npoints = 50', f'group = "A"\npoints = {100 - worth}')
    judgement = judge(parse(text), NOTHING | {"proof": 0})
    assert said(judgement) == expected


def test_what_is_not_installed_neither_vetoes_nor_greys() -> None:
    measures = {
        code: value for code, value in NOTHING.items() if code not in ("inspected", "overdue", "open")
    }
    assert said(judge(parse(BOOK.format(order='["veto", "grey"]')), measures)) == "green"


BONUS = """
[[groups]]
code = "Z"
points = 5
bonus = true
label = "Bonus"
[[criteria]]
code = "Z1"
group = "Z"
points = 2
label = "Clue"
rule = "flag"
measure = "clues"
[[criteria]]
code = "Z2"
group = "Z"
points = 4
label = "Commended"
rule = "flag"
measure = "commended"
"""


@pytest.mark.parametrize(
    ("measures", "score", "expected"),
    [
        ({"a": 4, "b": "4.4"}, "84.0", "yellow"),
        ({"a": 4, "b": "4.4", "clues": 1}, "86.0", "green"),
        ({"a": 4, "b": "4.4", "clues": 3}, "86.0", "green"),
        ({"a": 4, "b": "4.4", "clues": 1, "commended": 1}, "89.0", "green"),  # five at most
        ({"clues": 1}, "100.0", "green"),
        ({"a": 4, "b": "4.4", "clues": 1, "open": 1}, "86.0", "yellow X1"),  # never above a ceiling
        ({"a": "1.9", "b": 5, "clues": 1, "commended": 1}, "74.0", "red F2"),  # a floor knows no bonus
        ({"proof": 0, "clues": 1, "commended": 1}, "100.0", "grey N2"),  # nor does the coverage
    ],
)
def test_a_bonus_comes_on_top(measures: dict, score: str, expected: str) -> None:
    text = BOOK.format(order='["veto", "grey"]').replace(
        'groups = [ { code = "A", points = 50, label = "A" }, { code = "B", points = 50, label = "B" } ]\n',
        "",
    )
    groups = "".join(f'[[groups]]\ncode = "{code}"\npoints = 50\nlabel = "{code}"\n' for code in "AB")
    book = parse(text + groups + BONUS)
    judgement = judge(book, NOTHING | {"clues": 0, "commended": 0} | measures)
    assert (judgement.score, said(judgement)) == (Decimal(score), expected)
    assert judgement.shares[2] == -1
    assert [line.maximum for line in judgement.lines] == [50, 50, 0, 0]
