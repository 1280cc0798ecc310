"""Parsing a standard's text reports all mistakes at once, and a text that parses cannot break a run."""

import hashlib
import tomllib
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.periods import Period
from ratings.engine.batch import Judging
from ratings.engine.judging import judge
from ratings.engine.measuring import constants, stored_measures
from ratings.operations.standards import shipped_standards
from ratings.standards.parsing import InvalidStandard, parse, parse_new, titles_of
from ratings.standards.rulebook import Rulebook
from tests.ratings.conftest import standard

GOOD = standard()
PERIOD = Period(2026, 3)
PROBLEMS = {
    ("green = 85", "green = 70"): "colours: 0 < yellow < green ≤ 100 must hold.",
    ("green = 85", "green = 101"): "colours: 0 < yellow < green ≤ 100 must hold.",
    ("green = 85", 'green = "much"'): "colours: green has an invalid value.",
    ("green = 85\n", ""): "colours: green is missing.",
    ("yellow = 70", "yellow = 70\nblue = 3"): "colours: blue is unknown.",
    ('code = "trainings"', 'code = "bad code"'): "standard: code has an invalid value.",
    ('order = ["veto", "grey"]', "order = []"): "standard: order has an invalid value.",
    ('order = ["veto", "grey"]', 'order = ["veto"]'): "standard: order has an invalid value.",
    ('order = ["veto", "grey"]', "order = [1, 2]"): "standard: order has an invalid value.",
    ('order = ["veto", "grey"]', 'order = "veto"'): "standard: order has an invalid value.",
    ('rule = "target"', 'rule = "guess"'): "criteria[G1].parts[0]: there is no rule guess.",
    ('measure = "trainings"\n', ""): "criteria[G1].parts[0]: measure is missing.",
    ("target = 10", "target = -1"): "criteria[G1].parts[0]: target has an invalid value.",
    ("target = 10", 'target = 10\nprorate = "month"'): "criteria[G1].parts[0]: prorate has an invalid value.",
    ("target = 10", "target = 10\ntypo = 1"): "criteria[G1].parts[0]: typo is unknown.",
    ('group = "G"', 'group = "H"'): "criteria[G1]: there is no group H.",
    ('group = "G"\npoints = 100', 'group = "G"\npoints = 0'): "criteria[G1]: has no points.",
    ('group = "G"\npoints = 100', 'group = "G"\npoints = 1000'): "G1: more than 999 points.",
    ('code = "G"\npoints = 100', 'code = "G"\npoints = 0'): "groups[G]: has no points or no criteria.",
    ('code = "G"\npoints = 100', 'code = "G"\npoints = nan'): "groups[G]: points has an invalid value.",
    ('code = "G"\npoints = 100', 'code = "G"\npoints = 100\npool = true'): (
        "criteria[G1].parts[0]: a pool allows only the rules deduct and surge."
    ),
    ('code = "G"\npoints = 100', 'code = "G"\npoints = 100\npool = true\nbonus = true'): (
        "groups[G]: cannot be both a pool and a bonus."
    ),
    (
        'code = "G"\npoints = 100',
        'code = "G"\npoints = 100\nbonus = true',
    ): "No group counts towards the score.",
    ('code = "X1"', 'code = "V1"'): "The code V1 is used twice.",
    ('code = "X1"', 'code = "X12345678"'): "The code X12345678 is too long; at most 8 characters.",
    ('code = "G1"', f'code = "{"G" * 17}"'): f"The code {'G' * 17} is too long; at most 16 characters.",
    ("red = 7", "red = 0"): "cycle: red has an invalid value.",
    ("red = 7", "blue = 7"): "cycle: blue has an invalid value.",
    ('title = "Trainings"', f'title = "{"T" * 121}"'): "The title (en) is too long.",
}


@pytest.mark.parametrize(("change", "problem"), PROBLEMS.items(), ids=PROBLEMS.values())
def test_mistakes_are_reported(change: tuple[str, str], problem: str) -> None:
    assert change[0] in GOOD
    with pytest.raises(InvalidStandard) as caught:
        parse(GOOD.replace(*change, 1))
    assert problem in caught.value.problems


def test_all_problems_come_at_once() -> None:
    with pytest.raises(InvalidStandard) as caught:
        parse(GOOD.replace("green = 85", "").replace("target = 10", "").replace("red = 7", "red = 0"))
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    "text", ["", "x", "=", "[[criteria]]", "groups = 3", "colours = 3", "criteria = [3]", "[criteria]"]
)
def test_texts_that_are_no_standard(text: str) -> None:
    with pytest.raises(InvalidStandard) as caught:
        parse(text)
    assert caught.value.problems


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("[colours]", "colours = 3\n[other]"), "standard: colours has an invalid value."),
        (("[[criteria]]", "[criteria]"), "standard: criteria has an invalid value."),
        (('title = "Trainings"', "title = 3"), "standard: title has an invalid value."),
    ],
)
def test_a_value_where_a_table_belongs_does_not_hide_the_other_problems(
    change: tuple[str, str], problem: str
) -> None:
    with pytest.raises(InvalidStandard) as caught:
        parse(GOOD.replace(*change, 1).replace("red = 7", "red = 0"))
    assert {problem, "cycle: red has an invalid value."} <= set(caught.value.problems)


RULES = {
    "rate": 'rule = "rate"\ngood = "hazards_closed"\nof = ["hazards_found"]',
    "rate of nothing": 'rule = "rate"\ngood = "hazards_closed"\nof = []',
    "deduct": 'rule = "deduct"\neach = { hazards_open = 1 }',
    "deduct nothing": 'rule = "deduct"\neach = {}',
    "flag": 'rule = "flag"\nmeasure = "trainings"',
}


@pytest.mark.parametrize(("name", "rule"), RULES.items())
def test_rules_need_something_to_read(name: str, rule: str) -> None:
    text = GOOD.replace('rule = "target"\nmeasure = "trainings"\ntarget = 10', rule)
    assert text != GOOD
    if "nothing" in name:
        with pytest.raises(InvalidStandard, match="has an invalid value"):
            parse(text)
    else:
        assert parse(text)


def _paths(value: Any, path: tuple = ()) -> list[tuple]:
    """Return the paths of every leaf and table of a parsed text."""
    found = [path] if path else []
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return found + [deeper for key, child in children for deeper in _paths(child, (*path, key))]


def _toml(value: Any) -> str:
    """Return a value as inline TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return (
        '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if isinstance(value, str) else str(value)
    )


def _key(key: str) -> str:
    return '"' + key.replace('"', "") + '"'


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("coverage = 0.70", "coverage = 70"), "grey: coverage is a share: write 0.7 for 70 percent."),
        (("green = 0.60", "green = 60"), "floors: green is a share: write 0.7 for 70 percent."),
        (("yellow = 0.40", "yellow = 0.90"), "floors: yellow must not be above green."),
    ],
)
def test_a_new_standard_has_possible_shares_and_a_published_one_stays_readable(
    change: tuple[str, str], problem: str
) -> None:
    text = shipped_standards()["default"].replace(*change, 1)
    assert text != shipped_standards()["default"]
    parse(text)
    with pytest.raises(InvalidStandard) as caught:
        parse_new(text)
    assert caught.value.problems == [problem]


@pytest.mark.parametrize("part", ["floors", "movement", "vetoes", "ceilings"])
@pytest.mark.parametrize("nothing", ["[]", '""', "{}"])
def test_an_absent_part_may_be_written_in_three_ways(part: str, nothing: str) -> None:
    """Standards were published with an empty text or list in place of a table; they must stay readable."""
    lines = [f"{_key(key)} = {_toml(value)}" for key, value in TREE.items() if key != part]
    assert parse("\n".join([*lines, f"{part} = {nothing}"])) == parse("\n".join(lines))


TREE = tomllib.loads(shipped_standards()["default"])
JUNK = st.one_of(
    st.sampled_from(
        [
            0,
            -1,
            1,
            3,
            0.5,
            10**6,
            True,
            "",
            "x",
            "trainings",
            "grey",
            "A",
            "B1",
            "不",
            [],
            ["x"],
            [[1, 1]],
            {},
        ]
    ),
    st.dictionaries(st.sampled_from(["en", "hazards_open", "x"]), st.sampled_from([1, "x"]), max_size=2),
)


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """The default standard with a few values replaced or removed."""
    tree = tomllib.loads(shipped_standards()["default"])
    for path in draw(st.lists(st.sampled_from(_paths(TREE)), min_size=1, max_size=2)):
        holder: Any = tree
        try:
            for key in path[:-1]:
                holder = holder[key]
            if isinstance(holder, dict) != isinstance(path[-1], str):
                continue  # an earlier change put another kind of value here
            if draw(st.booleans()):
                holder[path[-1]] = draw(JUNK)
            else:
                del holder[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change removed it
    return "\n".join(f"{_key(key)} = {_toml(value)}" for key, value in tree.items())


@pytest.mark.django_db
@settings(max_examples=150, deadline=None)
@given(text=mangled(), measure=st.integers(0, 5))
def test_what_parses_can_be_judged(text: str, measure: int) -> None:
    """Any text is refused with sentences, or both SQL and Python can judge by it and a rating can store the result."""
    try:
        book = parse(text)
    except InvalidStandard as error:
        problems = error.problems
        book = None
    if book is None:
        assert problems
        assert all(isinstance(problem, str) and problem for problem in problems)
        return
    row = dict.fromkeys(stored_measures(), measure) | constants(PERIOD)
    expected = judge(book, {code: Decimal(value) for code, value in row.items()})
    assert judged_by_sql(book, measure) == (expected.score, expected.colour, expected.decided_by)


def judged_by_sql(book: Rulebook, measure: int) -> tuple:
    judging = Judging(book, PERIOD)
    columns = ", ".join(f"{measure} AS {code}" for code in stored_measures())
    base = f"SELECT {columns}, 0 AS last_rank, 0 AS last_red_since"
    arrays = ", ".join(judging.arrays().values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT m.final_score, m.final_colour, m.decided, {arrays} FROM ({judging.over(base, movement=False)}) m"
        )
        return cursor.fetchone()[:3]


def test_a_stored_standard_that_cannot_be_read_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    text = 'title = "written for another release"'
    assert [titles_of(text), titles_of(text)] == [{}, {}]
    assert caplog.text.count("a stored standard cannot be read") == 1


def test_shipped_texts_never_change() -> None:
    """A bureau that adopted one must find the same text after an upgrade; a change is a new standard."""
    assert {
        code: hashlib.sha256(text.encode()).hexdigest() for code, text in shipped_standards().items()
    } == {
        "default": "7b0b99c5977befbf4c2dcc8ebcd852eac55d40a605c9a68bb62ad71ee15490b5",
        "default-2": "025fa9c134de05275845d6736b7eeb94a074996594038b3a4ee9265caf9b8899",
        "default-3": "1ecdecc2f47029cd3e6ef482d2ff1d1f2c1f8b612aa9a7220cffd606e72eefa9",
        "default-4": "4fe8ef5aebfa9b26eb9b8867883fc094d7bdcb5df981332cc3761343aa0cdbb1",
        "hazards-only": "a2319526a96f4798f4a057999294c58fc6405bb779b9bc91f35ddc418d39e975",
    }
