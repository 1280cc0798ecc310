"""The points of every rule, against the same arithmetic in fractions; their SQL is tested in tests/ratings/test_faces.py."""

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ratings.standards.rules import (
    Condition,
    Deduct,
    Event,
    Flag,
    Rate,
    Reaches,
    Rule,
    Surge,
    Target,
    Term,
    places,
    rounded,
)

count = st.integers(0, 40)
points = st.decimals(min_value="0.1", max_value=40, places=1)


def reading(**measures: int) -> Callable[[str], Decimal]:
    """Measures as a rule reads them; one that is not named is an error."""
    return lambda code: Decimal(measures[code])


def got(rule: Rule, **measures: int) -> Decimal | None:
    return rule.points(reading(**measures))


def half_up(value: Fraction) -> Decimal:
    """A number that is not negative, to six decimals."""
    return Decimal(math.floor(value * 10**6 + Fraction(1, 2))).scaleb(-6)


@pytest.mark.parametrize(
    ("value", "step", "expected"),
    [
        ("0.0000005", "0.000001", "0.000001"),
        ("-0.0000005", "0.000001", "-0.000001"),
        ("0.00000049", "0.000001", "0"),
        ("76.05", "0.1", "76.1"),
        ("76.25", "0.1", "76.3"),
    ],
)
def test_halves_go_away_from_zero(value: str, step: str, expected: str) -> None:
    assert rounded(Decimal(value), Decimal(step)) == Decimal(expected)


def test_points_have_six_decimals() -> None:
    assert str(rounded(Decimal(2) / 3)) == "0.666667"


@pytest.mark.parametrize(
    ("values", "digits"), [(["1"], 0), (["10", "100"], 0), (["1.50"], 1), (["1", "0.25", "2.5"], 2)]
)
def test_how_many_decimals_numbers_need(values: list[str], digits: int) -> None:
    assert places(*map(Decimal, values)) == digits


@given(points, count, count, count, st.sampled_from(["0.5", "0.9", "1"]))
def test_a_rate(worth: Decimal, good: int, one: int, two: int, goal: str) -> None:
    rule = Rate(worth, "good", ("one", "two"), Decimal(goal))
    expected = None
    if one + two:
        expected = half_up(
            min(Fraction(1), Fraction(good) / ((one + two) * Fraction(goal))) * Fraction(worth)
        )
    assert got(rule, good=good, one=one, two=two) == expected


def test_a_rate_asks_for_all_of_it_by_default() -> None:
    assert got(Rate(Decimal(10), "good", ("all",)), good=3, all=4) == Decimal("7.5")
    assert got(Rate(Decimal(10), "good", ("all",)), good=5, all=4) == 10


@pytest.mark.parametrize(
    ("full_if", "proof", "expected"),
    [
        ("", 1, None),
        ("always", 0, Decimal("2.000001")),
        ("proof", 0, None),
        ("proof", 1, Decimal("2.000001")),
    ],
)
def test_a_rate_of_nothing(full_if: str, proof: int, expected: Decimal | None) -> None:
    rule = Rate(Decimal("2.0000005"), "good", ("all",), full_if=full_if)
    assert got(rule, good=0, all=0, proof=proof) == expected
    read = ["good", "all", *(["proof"] if full_if == "proof" else [])]
    assert list(rule.measures()) == read


@given(points, count, st.integers(1, 12), st.integers(0, 92), st.integers(90, 92))
@example(Decimal(10), 1, 1, 45, 90)  # half an act
@example(Decimal(10), 1, 1, 44, 90)  # and less
@example(Decimal(10), 1, 3, 30, 90)  # one act exactly
@example(Decimal(10), 1, 3, 31, 90)  # rounded up
def test_a_prorated_target_and_flag(worth: Decimal, done: int, asked: int, days: int, of_days: int) -> None:
    wanted = Fraction(asked * days, of_days)
    applies = wanted >= Fraction(1, 2)
    needed = math.ceil(wanted)
    measures = {"done": done, "asked": asked, "days_on_register": days, "period_days": of_days}
    share = min(Fraction(1), Fraction(done, needed)) * Fraction(worth) if applies else None
    for target in (Decimal(asked), "asked"):
        found = got(Target(worth, "done", target, prorate=True), **measures)
        assert found == (None if share is None else half_up(share))
    found = got(Flag(worth, "done", Decimal(asked), prorate=True), **measures)
    assert found == ((worth if done >= needed else 0) if applies else None)


@given(points, count, st.integers(0, 12))
def test_a_target_of_the_whole_quarter(worth: Decimal, done: int, asked: int) -> None:
    expected = half_up(min(Fraction(1), Fraction(done, asked)) * Fraction(worth)) if asked else None
    assert got(Target(worth, "done", Decimal(asked)), done=done) == expected
    assert got(Target(worth, "done", "asked"), done=done, asked=asked) == expected


def test_a_window_without_days_asks_for_the_whole() -> None:
    measures = {"done": 1, "had": 0, "of": 0}
    window = {"prorate": True, "days": "had", "of_days": "of"}
    assert got(Target(Decimal(10), "done", Decimal(4), **window), **measures) == Decimal("2.5")
    assert got(Flag(Decimal(10), "done", Decimal(1), **window), **measures) == 10
    assert got(Flag(Decimal(10), "done", Decimal(2), **window), **measures) == 0


def test_what_targets_and_flags_read() -> None:
    assert list(Target(Decimal(1), "done", Decimal(4)).measures()) == ["done"]
    assert list(Target(Decimal(1), "done", "asked").measures()) == ["done", "asked"]
    assert list(Target(Decimal(1), "done", "asked", prorate=True).measures()) == [
        "done",
        "asked",
        "days_on_register",
        "period_days",
    ]
    window = {"prorate": True, "days": "had", "of_days": "of"}
    assert list(Target(Decimal(1), "done", Decimal(4), **window).measures()) == ["done", "had", "of"]
    assert list(Flag(Decimal(1), "done").measures()) == ["done"]
    assert list(Flag(Decimal(1), "done", prorate=True).measures()) == [
        "done",
        "days_on_register",
        "period_days",
    ]


@given(points, count, st.integers(1, 5))
def test_a_flag(worth: Decimal, done: int, least: int) -> None:
    assert got(Flag(worth, "done", Decimal(least)), done=done) == (worth if done >= least else 0)
    assert got(Flag(worth, "done"), done=done) == (worth if done >= 1 else 0)


@given(points, points, points, count, count, st.none() | points, st.booleans())
@example(Decimal(5), Decimal(1), Decimal(1), 9, 9, Decimal(3), False)
@example(Decimal(5), Decimal(1), Decimal(1), 9, 9, None, False)
@example(Decimal(0), Decimal(1), Decimal(1), 9, 9, Decimal(3), True)
def test_a_deduction(
    worth: Decimal,
    first: Decimal,
    second: Decimal,
    one: int,
    two: int,
    at_most: Decimal | None,
    pool: bool,
) -> None:
    rule = Deduct(worth, (Term("one", first), Term("two", second)), at_most, pool)
    lost = first * one + second * two
    if at_most is not None and lost > at_most:
        lost = at_most
    expected = -lost if pool else worth - lost if worth > lost else 0
    assert got(rule, one=one, two=two) == expected
    assert list(rule.measures()) == ["one", "two"]


def test_a_deduction_is_rounded_like_all_points() -> None:
    terms = (Term("one", Decimal("0.0000005")),)
    assert got(Deduct(Decimal(0), terms, pool=True), one=1) == Decimal("-0.000001")
    assert got(Deduct(Decimal(1), terms), one=2) == Decimal("0.999999")


@given(count, count, st.integers(0, 4), points, points)
@example(3, 8, 3, Decimal(1), Decimal(2))  # one and a half times the mean: not above it
@example(5, 16, 0, Decimal(1), Decimal(2))  # one and a quarter
def test_a_surge(now: int, before: int, minimum: int, less: Decimal, more: Decimal) -> None:
    rule = Surge("now", "before", ((Decimal("1.25"), less), (Decimal("1.5"), more)), Decimal(minimum))
    mean, lost = Fraction(before, 4), Decimal(0)
    if now >= minimum and now > mean * Fraction(5, 4):
        lost = less
    if now >= minimum and now > mean * Fraction(3, 2):
        lost = more
    assert got(rule, now=now, before=before) == -lost
    assert list(rule.measures()) == ["now", "before"]
    assert rule.worth == 0


@pytest.mark.parametrize(
    ("rule", "digits"),
    [
        (Deduct(Decimal(5), (Term("a", Decimal(1)),)), 0),
        (Deduct(Decimal("5.5"), (Term("a", Decimal(1)),)), 1),
        (Deduct(Decimal(5), (Term("a", Decimal("1.25")), Term("b", Decimal(1)))), 2),
        (Deduct(Decimal(5), (Term("a", Decimal(1)),), Decimal("2.125")), 3),
        (Surge("a", "b", ((Decimal("1.25"), Decimal(2)),), Decimal("0.001")), 0),
        (Surge("a", "b", ((Decimal(1), Decimal(2)), (Decimal(2), Decimal("2.5"))), Decimal(3)), 1),
    ],
)
def test_the_decimals_in_which_a_deduction_is_whole(rule: Deduct | Surge, digits: int) -> None:
    assert rule.digits == digits


@pytest.mark.parametrize(("value", "holds"), [(0, False), (1, True), (2, True)])
def test_a_measure_reaches_one(value: int, holds: bool) -> None:
    assert Reaches("a").holds(reading(a=value)) is holds
    assert Reaches("a", Decimal(2)).holds(reading(a=value)) is (value == 2)
    assert list(Reaches("a").measures()) == ["a"]


@pytest.mark.parametrize(
    ("last", "release", "holds"),
    [
        (0, 0, False),
        (0, 2000, False),
        (1, 0, True),
        (999, 998, True),
        (999, 999, True),  # a release counts from the day after
        (999, 1000, False),
        (1000, 1001, True),  # in the quarter
        (1001, 1002, True),
    ],
)
def test_an_event_holds_until_it_is_released(last: int, release: int, holds: bool) -> None:
    rule = Event("last", "release")
    assert rule.holds(reading(last=last, release=release, period_start=1000)) is holds
    assert list(rule.measures()) == ["last", "release"]


def test_a_rule_is_a_value() -> None:
    assert Rate(Decimal(1), "a", ("b",)) == Rate(Decimal(1), "a", ("b",))
    for kind in (Rule, Condition):
        with pytest.raises(NotImplementedError):
            list(kind().measures())
