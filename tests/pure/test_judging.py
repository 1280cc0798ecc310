"""Lines, shares, score and coverage of a judgement, worked by hand. The order of decisions: tests/ratings/test_decisions.py."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprises.choices import Colour
from ratings.engine.judging import NOT_APPLICABLE, Before, Judgement, judge, limits
from ratings.standards.rulebook import Criterion, Group, Override, Rulebook
from ratings.standards.rules import Deduct, Flag, Rate, Reaches, Rule, Target, Term

RED, YELLOW = 1, 2  # ranks
LABEL = {"en": "x"}
D = Decimal


def criterion(code: str, worth: object, *parts: Rule, evidence: str = "") -> Criterion:
    return Criterion(code, code[0], D(str(worth)), parts, LABEL, evidence)


def group(code: str, worth: object, *criteria: Criterion, pool: bool = False, bonus: bool = False) -> Group:
    return Group(code, D(str(worth)), LABEL, pool, criteria, bonus)


def book(*groups: Group, **fields: object) -> Rulebook:
    return Rulebook("t", LABEL, D(85), D(70), groups, **fields)


def flag(code: str, worth: object, measure: str = "", evidence: str = "") -> Criterion:
    """A criterion that is won or lost by one measure."""
    return criterion(code, worth, Flag(D(str(worth)), measure or code.lower()), evidence=evidence)


def lines(judgement: Judgement) -> list[tuple]:
    return [
        (line.code, line.own, line.own_maximum, line.points, line.maximum, line.reason)
        for line in judgement.lines
    ]


def test_a_group_scales_to_its_points_and_the_groups_to_a_hundred() -> None:
    found = judge(
        book(group("A", 30, flag("A1", 2), flag("A2", 1)), group("B", 10, flag("B1", 4))),
        {
            "a1": 1,
            "a2": 0,
            "b1": 1,
        },
    )
    assert lines(found) == [
        ("A1", 2, 2, 50, 50, "full"),
        ("A2", 0, 1, 0, 25, "lost"),
        ("B1", 4, 4, 25, 25, "full"),
    ]
    assert found.shares == (D("0.666667"), 1)
    assert (found.score, found.coverage, found.score_colour) == (75, 1, "yellow")


def test_what_does_not_apply_spreads_over_its_group_and_a_group_over_the_others() -> None:
    nothing = criterion("A2", 3, Rate(D(3), "good", ("all",)))
    found = judge(
        book(
            group("A", 30, flag("A1", 1), nothing),
            group("B", 20, flag("B1", 1, "gone")),
            group("C", 10, flag("C1", 1)),
        ),
        {"a1": 1, "good": 0, "all": 0, "c1": 0},
    )
    assert lines(found) == [
        ("A1", 1, 1, 75, 75, "full"),
        ("A2", None, 3, None, 0, "na"),
        ("B1", None, 1, None, 0, "na"),
        ("C1", 0, 1, 0, 25, "lost"),
    ]
    assert found.shares == (1, NOT_APPLICABLE, 0)
    assert (found.score, found.coverage) == (75, 1)
    assert NOT_APPLICABLE == -1


def test_parts_share_the_points_of_their_criterion() -> None:
    parts = (Flag(D(1), "one"), Flag(D(2), "two"), Rate(D(3), "good", ("all",)))
    one = book(group("A", 100, criterion("A1", 6, *parts)))
    measures = {"one": 1, "two": 0, "good": 1, "all": 2}
    assert judge(one, measures).lines[0].own == D("2.5")
    assert judge(one, measures | {"all": 0}).lines[0].own == 2  # a third of six
    assert judge(one, measures | {"one": 0, "two": 1, "all": 0}).lines[0].own == 4
    assert judge(one, {"two": 1, "good": 1, "all": 2}).lines[0].reason == "na"  # a part is not installed


def test_a_single_part_is_not_spread() -> None:
    """Its points are those of the criterion; a worth of its own would be a mistake that parsing refuses."""
    odd = criterion("A1", 6, Flag(D(2), "one"))
    assert judge(book(group("A", 100, odd)), {"one": 1}).lines[0].own == 2


def test_parts_that_are_worth_nothing_do_not_apply() -> None:
    parts = (Flag(D(0), "one"), Flag(D(0), "two"))
    assert judge(book(group("A", 100, criterion("A1", 6, *parts))), {"one": 1, "two": 1}).lines[0].own is None


def deduction(code: str, each: str, measure: str) -> Criterion:
    return criterion(code, 0, Deduct(D(0), (Term(measure, D(each)),), pool=True))


def test_a_pool_starts_full_and_never_falls_below_nothing() -> None:
    pool = group(
        "P", 20, deduction("P1", "3", "x"), deduction("P2", "12", "y"), deduction("P3", "1", "z"), pool=True
    )
    measures = {"x": 1, "y": 1, "a1": 1}
    found = judge(book(pool, group("A", 20, flag("A1", 1))), measures)
    assert lines(found) == [
        ("P", 20, 20, 50, 50, "full"),
        ("P1", -3, 0, D("-7.5"), 0, "lost"),
        ("P2", -12, 0, -30, 0, "lost"),
        ("P3", None, 0, None, 0, "na"),
        ("A1", 1, 1, 50, 50, "full"),
    ]
    assert (found.score, found.shares) == (D("62.5"), (D("0.25"), 1))
    found = judge(book(pool, group("A", 20, flag("A1", 1))), measures | {"y": 2, "z": 5})
    assert [line.own for line in found.lines] == [20, -3, -17, 0, 1]
    assert [line.reason for line in found.lines] == ["full", "lost", "lost", "full", "full"]
    assert (found.score, found.shares) == (50, (0, 1))


def test_a_pool_goes_on_after_what_is_not_installed() -> None:
    pool = group("P", 20, deduction("P1", "1", "gone"), deduction("P2", "3", "x"), pool=True)
    found = judge(book(group("A", 20, flag("A1", 5)), pool), {"x": 1, "a1": 1})
    assert [(line.code, line.own) for line in found.lines] == [("A1", 5), ("P", 20), ("P1", None), ("P2", -3)]
    assert found.coverage == 1  # what another group proved counts beside the pool


def test_a_pool_needs_no_evidence() -> None:
    pool = group("P", 20, deduction("P1", "3", "x"), pool=True)
    found = judge(book(pool, group("A", 20, flag("A1", 5, evidence="proof"))), {"x": 1, "a1": 1, "proof": 0})
    assert found.coverage == D("0.8")  # 20 of 20 and 5, by own points
    assert [line.reason for line in found.lines] == ["full", "lost", "full-"]


def test_coverage_counts_what_is_proved() -> None:
    of = book(
        group("A", 50, flag("A1", 2, evidence="proof"), flag("A2", 1), flag("A3", 4, "gone", "proof")),
        group("B", 50, flag("B1", 3, evidence="not_installed"), flag("B2", 1, evidence="other")),
    )
    measures = {"a1": 1, "a2": 0, "b1": 1, "b2": 0, "proof": 1, "other": 0}
    found = judge(of, measures)
    assert found.coverage == D("0.4286")  # 3 of 7
    assert [line.reason for line in found.lines] == ["full", "lost", "na", "full-", "lost-"]
    assert [line.reason for line in judge(of, measures | {"proof": 0}).lines][:3] == ["full-", "lost", "na-"]


def test_a_bonus_is_added_after_the_score_and_has_no_share() -> None:
    of = book(
        group("A", 40, flag("A1", 1), flag("A2", 3)),
        group("Z", 5, flag("Z1", 2), flag("Z2", 4), flag("Z3", 1, "gone"), bonus=True),
    )
    measures = {"a1": 0, "a2": 1, "z1": 1, "z2": 1}
    found = judge(of, measures)
    assert lines(found)[2:] == [
        ("Z1", 2, 0, 2, 0, "full"),
        ("Z2", 3, 0, 3, 0, "full"),  # five at most
        ("Z3", None, 0, None, 0, "na"),
    ]
    assert (found.score, found.shares, found.coverage) == (80, (D("0.75"), NOT_APPLICABLE), 1)
    assert judge(of, measures | {"z1": 0}).score == 79
    assert judge(of, measures | {"a1": 1}).score == 100
    assert judge(of, measures | {"z1": 0, "z2": 0}).lines[2].reason == "full"


def test_a_score_is_rounded_half_up_to_a_tenth() -> None:
    assert judge(
        book(group("A", 100, flag("A1", "76.05"), flag("A2", "23.95"))), {"a1": 1, "a2": 0}
    ).score == D("76.1")


def test_points_and_coverage_have_six_and_four_decimals() -> None:
    of = book(group("A", 100, flag("A1", 1), flag("A2", 2, evidence="proof")))
    found = judge(of, {"a1": 1, "a2": 0, "proof": 0})
    assert (str(found.lines[0].points), str(found.coverage)) == ("33.333333", "0.3333")
    assert str(judge(of, {"a1": 0, "a2": 1, "proof": 1}).lines[1].points) == "66.666667"


def test_nothing_that_applies() -> None:
    found = judge(book(group("A", 100, flag("A1", 1)), coverage=D("0.7")), {})
    assert (found.score, found.coverage, found.shares) == (None, 0, (NOT_APPLICABLE,))
    assert (found.score_colour, found.colour, found.decided_by, found.flags) == ("grey", "grey", "N2", ())


def test_a_veto_without_a_score_is_red_and_its_score_stays_grey() -> None:
    veto = Override("V1", Reaches("bad"), LABEL)
    found = judge(book(group("A", 100, flag("A1", 1)), vetoes=(veto,)), {"bad": 1})
    assert (found.score_colour, found.colour, found.decided_by, found.flags) == ("grey", "red", "V1", ("V1",))


@pytest.mark.parametrize(("b1", "expected"), [(0, "red F2"), (4, "red F2"), (5, "yellow F1"), (6, "green")])
def test_a_floor_is_of_what_applies(b1: int, expected: str) -> None:
    """Half of a group does not apply: the floor is of the other half."""
    of = book(
        group("A", 95, flag("A1", 1)),
        group("B", 5, criterion("B1", 10, Target(D(10), "b1", D(10))), flag("B2", 10, "gone")),
        group("C", 50, flag("C1", 1, "gone")),  # nothing of it applies, so it fails no floor
        floor_red=D("0.5"),
        floor_yellow=D("0.6"),
    )
    found = judge(of, {"a1": 1, "b1": b1})
    assert f"{found.colour} {found.decided_by}".strip() == expected
    assert ("F1" in found.flags, "F2" in found.flags) == (b1 < 6, b1 < 5)


def test_the_order_of_limits() -> None:
    assert limits(f1=True, f2=True, ceilings=["X1", "X2"]) == [
        ("F2", RED),
        ("F1", YELLOW),
        ("X1", YELLOW),
        ("X2", YELLOW),
    ]
    assert limits(f1=False, f2=False, ceilings=[]) == []


def plain(**fields: object) -> Rulebook:
    return book(group("A", 100, criterion("A1", 100, Target(D(100), "a", D(100)))), **fields)


def moved(now: int, before: Before | None, qualified: int | None = 0, **fields: object) -> str:
    measures = {"a": now} | ({} if qualified is None else {"qualified": qualified})
    found = judge(plain(**fields), measures, before=before)
    assert found.score_colour == ("green" if now >= 85 else "yellow" if now >= 70 else "red")
    return f"{found.colour} {found.decided_by}".strip()


STEP, RELEASE = {"one_step": True}, {"release": "qualified"}


@pytest.mark.parametrize(
    ("before", "now", "qualified", "fields", "expected"),
    [
        (Before("red", 10), 90, 0, {}, "green"),  # neither rule
        (Before("red", 10), 90, 0, STEP, "yellow M1"),
        (Before("red", 10), 75, 0, STEP, "yellow"),
        (Before("red", 10), 90, 10, RELEASE, "red M2"),
        (Before("red", 10), 90, 11, RELEASE, "yellow M1"),  # out of red by one step, though steps are off
        (Before("red", 10), 90, None, RELEASE, "green"),  # the measure is not installed
        (Before("red", 10), 60, 0, RELEASE, "red"),
        (Before("yellow", 10), 90, 0, RELEASE, "green"),
        (Before("yellow", 10), 90, 0, STEP, "green"),
        (Before("green", 10), 60, 0, STEP | RELEASE, "red"),
        (Before("grey", 10), 90, 0, STEP | RELEASE, "green"),
        (Before(), 90, 0, STEP | RELEASE, "green"),
        (None, 90, 0, STEP | RELEASE, "green"),
    ],
)
def test_movement(
    before: Before | None, now: int, qualified: int | None, fields: dict, expected: str
) -> None:
    assert moved(now, before, qualified, **fields) == expected


@given(st.integers(0, 100), st.sampled_from(["red", "yellow", "green"]), st.integers(0, 20), st.booleans())
def test_movement_never_raises_a_colour(now: int, last: str, qualified: int, one_step: bool) -> None:
    ranks = {"red": 1, "yellow": 2, "green": 3}
    free = moved(now, None, qualified).split()[0]
    held = moved(now, Before(last, 10), qualified, one_step=one_step, release="qualified").split()[0]
    assert ranks[held] <= ranks[free]
    assert ranks[held] == ranks[free] or ranks[held] in (ranks[last], ranks[last] + 1)


def test_what_is_installed_can_be_said() -> None:
    """The simulator passes every measure, and says which of them count."""
    of = plain(no_inspection="seen", vetoes=(Override("V1", Reaches("bad"), LABEL),))
    measures = {"a": 90, "seen": 0, "bad": 1}
    assert judge(of, measures).decided_by == "V1"
    assert judge(of, measures, installed={"a", "seen"}).decided_by == "N1"
    assert judge(of, measures, installed=["a"]).colour == Colour.GREEN
    assert judge(of, measures, installed=[]).decided_by == "N2"


def test_grey_comes_before_a_veto_where_the_standard_says_so() -> None:
    of = {"no_inspection": "seen", "vetoes": (Override("V1", Reaches("bad"), LABEL),)}
    measures = {"a": 90, "seen": 0, "bad": 1}
    assert judge(plain(**of), measures).colour == "red"
    found = judge(plain(grey_first=True, **of), measures)
    assert (found.colour, found.decided_by, found.flags) == ("grey", "N1", ("V1",))
    assert judge(plain(grey_first=True, **of), measures | {"seen": 1}).decided_by == "V1"


def test_measures_may_be_any_numbers() -> None:
    assert judge(plain(), {"a": "84.95"}).score == D("85.0")
