"""SQL and Python give the same rating for the same measures and standard, to the last digit."""

from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.contributions.measures import indicators, is_day
from foundation.periods import Period
from ratings.engine.batch import Judging
from ratings.engine.judging import NOT_APPLICABLE, Before, judge
from ratings.engine.measuring import BASIS, constants, stored_measures
from ratings.operations.standards import shipped_standards
from ratings.standards.parsing import parse
from ratings.standards.rulebook import Criterion, Group, Override, Rulebook
from ratings.standards.rules import Deduct, Event, Flag, Rate, Reaches, Rule, Surge, Target, Term

pytestmark = pytest.mark.django_db

PERIOD = Period(2026, 3)
CODES = stored_measures()
COUNTS = [code for code in CODES if not is_day(code) and code not in BASIS]
DAYS = [code for code in CODES if is_day(code)]
EASY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

count = st.one_of(st.integers(0, 3), st.integers(0, 60), st.integers(0, 100_000))
day = st.one_of(st.just(0), st.integers(PERIOD.start.toordinal() - 400, PERIOD.end.toordinal()))


@st.composite
def one_enterprise(draw: st.DrawFn) -> dict:
    """Measures of one enterprise, with its rating before as the movement rules see it."""
    days = draw(st.integers(0, PERIOD.days))
    row = {code: draw(count) for code in draw(st.lists(st.sampled_from(COUNTS), max_size=12, unique=True))}
    row = {code: row.get(code, 0) for code in COUNTS} | {code: draw(day) for code in DAYS}
    row |= {"days_on_register": days, "days_on_register_year": draw(st.integers(days, 365))}
    row |= {"full_quarter": draw(st.integers(0, 1))}
    before = Before(draw(st.sampled_from(["", "red", "yellow", "green"])), draw(day))
    return {"measures": row, "before": before}


points = st.decimals(min_value="0.1", max_value=40, places=1)
code_of_count = st.sampled_from(COUNTS)


@st.composite
def rules(draw: st.DrawFn, worth: Decimal, pool: bool) -> Rule:
    """Any rule over any measures."""
    if pool and draw(st.booleans()):
        steps = ((Decimal("1.25"), draw(points)), (Decimal("1.5"), draw(points)))
        return Surge(draw(code_of_count), draw(code_of_count), steps, Decimal(draw(st.integers(0, 4))))
    terms = tuple(Term(draw(code_of_count), draw(points)) for _ in range(draw(st.integers(1, 3))))
    deduct = Deduct(worth, terms, draw(st.none() | points), pool)
    if pool:
        return deduct
    of = tuple(draw(st.lists(code_of_count, min_size=1, max_size=3, unique=True)))
    target = draw(st.one_of(st.just("period_weeks"), st.integers(0, 40).map(Decimal)))
    return draw(
        st.sampled_from(
            [
                deduct,
                Rate(
                    worth,
                    draw(code_of_count),
                    of,
                    Decimal("0.5"),
                    draw(st.sampled_from(["", "always", of[0]])),
                    draw(st.sampled_from([(), (Term(draw(code_of_count), Decimal("0.25")),)])),
                ),
                Target(worth, draw(code_of_count), target, draw(st.booleans())),
                Flag(worth, draw(code_of_count), Decimal(draw(st.integers(1, 3))), draw(st.booleans())),
            ]
        )
    )


@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    """Any standard: groups, pools, parts, evidence, vetoes, ceilings, floors, movement."""
    groups = []
    for number in range(draw(st.integers(1, 3))):
        pool, criteria = draw(st.booleans()), []
        bonus = number > 0 and not pool and draw(st.booleans())
        for index in range(draw(st.integers(1, 3))):
            worths = [Decimal(0)] if pool else draw(st.lists(points, min_size=1, max_size=3))
            parts = tuple(draw(rules(worth, pool)) for worth in worths)
            evidence = draw(st.sampled_from(["", "full_quarter", "inspections_recent"]))
            criteria.append(
                Criterion(f"K{number}{index}", f"G{number}", sum(worths), parts, {"en": "k"}, evidence)
            )
        groups.append(Group(f"G{number}", draw(points), {"en": "g"}, pool, tuple(criteria), bonus))
    conditions = [
        Reaches(draw(code_of_count), Decimal(draw(st.integers(1, 50)))),
        Event("last_grave_on", "last_qualified_on"),
    ]
    green = draw(st.integers(50, 100))
    return Rulebook(
        code="random",
        title={"en": "Random"},
        green=Decimal(green),
        yellow=Decimal(draw(st.integers(1, green - 1))),
        groups=tuple(groups),
        vetoes=tuple(
            Override(f"V{n}", each, {"en": "v"}) for n, each in enumerate(conditions) if draw(st.booleans())
        ),
        ceilings=(Override("X1", conditions[0], {"en": "x"}),) if draw(st.booleans()) else (),
        grey_first=draw(st.booleans()),
        no_inspection=draw(st.sampled_from(["", "inspections_year"])),
        coverage=draw(st.sampled_from([Decimal(0), Decimal("0.7")])),
        floor_yellow=draw(st.sampled_from([Decimal(0), Decimal("0.6")])),
        floor_red=draw(st.sampled_from([Decimal(0), Decimal("0.4")])),
        one_step=draw(st.booleans()),
        release=draw(st.sampled_from(["", "last_qualified_on"])),
    )


def judged_in_sql(book: Rulebook, rows: list[dict], movement: bool) -> list[dict]:
    """Judge in SQL over literal rows instead of the register."""
    ranks = {"": 0, "red": 1, "yellow": 2, "green": 3}
    columns = [*CODES, "last_rank", "last_red_since"]
    values, params = [], []
    for row in rows:
        values.append(f"({', '.join(['%s'] * len(columns))})")
        params += [
            *(row["measures"][code] for code in CODES),
            ranks[row["before"].colour],
            row["before"].red_since,
        ]
    judging = Judging(book, PERIOD)
    base = f"SELECT * FROM (VALUES {', '.join(values)}) v({', '.join(columns)})"
    wanted = {
        **judging.arrays(),
        "score": "m.final_score",
        "colour": "m.final_colour",
        "decided_by": "m.decided",
        "flags": "m.all_flags",
        "score_colour": "CASE WHEN m.final_score IS NULL THEN 'grey' ELSE (ARRAY['red','yellow','green'])[m.r0] END",
        "coverage": "CASE WHEN m.applicable > 0 THEN round(m.evidenced / m.applicable, 4) ELSE 0 END",
    }
    sql = f"SELECT {', '.join(f'{sql} AS {name}' for name, sql in wanted.items())} FROM ({judging.over(base, movement=movement)}) m"
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def assert_same(book: Rulebook, rows: list[dict], movement: bool) -> None:
    for row, found in zip(rows, judged_in_sql(book, rows, movement), strict=True):
        measures = row["measures"] | constants(PERIOD)
        expected = judge(book, measures, before=row["before"] if movement else None)
        assert found["own_points"] == [line.own for line in expected.lines]
        assert found["points"] == [line.points for line in expected.lines]
        assert found["maxima"] == [line.maximum for line in expected.lines]
        assert found["reasons"] == [line.reason for line in expected.lines]
        assert found["shares"] == list(expected.shares)
        assert found["flags"] == list(expected.flags)
        for name in ("score", "coverage", "score_colour", "colour", "decided_by"):
            assert found[name] == getattr(expected, name), name


@EASY
@given(
    rows=st.lists(one_enterprise(), min_size=5, max_size=5),
    movement=st.booleans(),
    which=st.sampled_from(["default", "default-2", "default-3", "default-4", "hazards-only"]),
)
def test_shipped_standards(rows: list[dict], movement: bool, which: str) -> None:
    assert_same(parse(shipped_standards()[which]), rows, movement)


@EASY
@given(book=rulebooks(), rows=st.lists(one_enterprise(), min_size=3, max_size=3), movement=st.booleans())
def test_any_standard(book: Rulebook, rows: list[dict], movement: bool) -> None:
    assert_same(book, rows, movement)


def test_scores_round_half_up_alike() -> None:
    """76.05 is 76.1 in both (binary floats and half-even rounding would give 76.0)."""
    flag = Flag(Decimal("76.05"), "inspections")
    rest = Flag(Decimal("23.95"), "incidents")
    criteria = (
        Criterion("K1", "G", flag.worth, (flag,), {"en": "k"}),
        Criterion("K2", "G", rest.worth, (rest,), {"en": "k"}),
    )
    book = Rulebook(
        "r", {"en": "r"}, Decimal(85), Decimal(70), (Group("G", Decimal(100), {"en": "g"}, False, criteria),)
    )
    row = {"measures": dict.fromkeys(CODES, 0) | {"inspections": 1}, "before": Before()}
    assert judged_in_sql(book, [row], False)[0]["score"] == Decimal("76.1")
    assert judge(book, row["measures"] | constants(PERIOD)).score == Decimal("76.1")


GOOD = {
    "legal_education_year",
    "drills_half_year",
    "self_check_weeks",
    "self_checks_year",
    "key_checks_month_1",
}
BAD = {
    "hazards_overdue": {"hazards_overdue": 1, "hazards_open": 1},
    "hazards_overdue_major": {"hazards_overdue": 1, "hazards_overdue_major": 1, "hazards_open": 1},
    "hazards_repeated": {"hazards_repeated": 1},
    "late": {"hazards_closed": 1},
    "criminal": {"criminal_cases_now": 1},
    "case": {"public_security_cases_now": 1},
    "call": {"police_calls": 1, "incidents": 1},
    "offence": {"staff_offences_now": 1},
}


@EASY
@given(row=one_enterprise(), bad=st.sampled_from(sorted(BAD)), good=st.sampled_from(sorted(GOOD)))
def test_one_more_fact_moves_the_score_its_way_only(row: dict, bad: str, good: str) -> None:
    """With the same criteria applicable, a bad fact never raises a score and a good one never lowers it."""
    book = parse(shipped_standards()["default"])
    measures = row["measures"] | constants(PERIOD)
    measures["hazards_closed"] = max(1, measures["hazards_closed"])  # B1 applies before and after
    measures["hazards_closed_on_time"] = min(measures["hazards_closed_on_time"], measures["hazards_closed"])
    score = judge(book, measures).score
    worse = measures | {code: measures[code] + more for code, more in BAD[bad].items()}
    assert judge(book, worse).score <= score
    assert judge(book, measures | {good: measures[good] + 1}).score >= score


def test_self_reported_and_closed_in_time_costs_nothing() -> None:
    """What the enterprise found itself and closed in time gains in B1 and B6 and costs nothing elsewhere."""
    book = parse(shipped_standards()["default"])
    measures = dict.fromkeys(CODES, 0) | {"inspections_recent": 1, "inspections_year": 1, "full_quarter": 1}
    measures |= {"days_on_register": PERIOD.days, "days_on_register_year": 365} | constants(PERIOD)
    before = judge(book, measures)
    more = {"hazards_found": 1, "hazards_found_self": 1, "hazards_closed": 1, "hazards_closed_on_time": 1}
    after = judge(book, measures | more)
    assert after.score >= before.score
    for code in ("B1", "B2", "B4"):
        assert next(line for line in after.lines if line.code == code).reason == "full"


def test_nothing_applicable_is_not_rated() -> None:
    rule = Rate(Decimal(10), "hazards_closed_on_time", ("hazards_closed",))
    book = Rulebook(
        "r",
        {"en": "r"},
        Decimal(85),
        Decimal(70),
        (
            Group(
                "G",
                Decimal(10),
                {"en": "g"},
                False,
                (Criterion("K", "G", Decimal(10), (rule,), {"en": "k"}),),
            ),
        ),
    )
    judgement = judge(book, dict.fromkeys(CODES, 0) | constants(PERIOD))
    assert (judgement.colour, judgement.decided_by, judgement.score) == ("grey", "N2", None)
    assert judgement.shares == (NOT_APPLICABLE,)


def test_every_measure_of_the_shipped_standards_is_installed() -> None:
    for text in shipped_standards().values():
        assert parse(text).measures() <= {*CODES, *constants(PERIOD)}
    assert set(CODES) >= set(indicators())
