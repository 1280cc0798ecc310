"""A colour falls at once, rises one step at a quarter's close, and leaves red only after a qualified inspection."""

import datetime as dt

import pytest

from foundation.periods import Period
from tests.factories import InspectionFactory
from tests.ratings.conftest import Case, failing, standard

pytestmark = pytest.mark.django_db

FIRST = Period(2025, 1)
# colour by score in each quarter ("+": with a qualified inspection in its middle) → colour and what decided it
STORIES = {
    "nothing before is free": "green → green",
    "down at once": "green red → green red",
    "down two steps from green": "green+ yellow red → green yellow red",
    "up one step": "yellow green → yellow green",
    "not out of red by a score": "red green → red red/M2",
    "not even to yellow": "red yellow → red red/M2",
    "out of red to yellow at most": "red green+ → red yellow/M1",
    "then to green": "red green+ green → red yellow/M1 green",
    "an older inspection does not release": "red+ green → red red/M2",
    "red, grey, green cannot be": "red grey green → red grey/N1 red/M2",
    "red, grey, released": "red grey green+ → red grey/N1 yellow/M1",
    "four quarters are remembered": "red grey grey grey green → red grey/N1 grey/N1 grey/N1 red/M2",
    "five are not": "red grey grey grey grey green → red grey/N1 grey/N1 grey/N1 grey/N1 green",
    "grey is passed over": "yellow grey green → yellow grey/N1 green",
    "red again stays as it is": "red red+ green → red red yellow/M1",
}


def play(case: Case, scores: list[str]) -> list[str]:
    """Rate one enterprise quarter after quarter."""
    enterprise, told = case.enterprise(), []
    for number, score in enumerate(scores):
        period = FIRST.shift(number).code
        case.deserve(enterprise, period, score.rstrip("+"), qualified=score.endswith("+"))
        assert case.rate(period).is_complete
        rating = case.rating(enterprise, period)
        told.append(f"{rating.colour}/{rating.decided_by}".rstrip("/"))
        assert (rating.previous_colour or "-") == (told[-2].split("/")[0] if len(told) > 1 else "-")
    return told


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_stories(case: Case, story: str) -> None:
    case.adopt(standard())
    scores, expected = story.split(" → ")
    assert play(case, scores.split()) == expected.split()


@pytest.mark.parametrize(
    ("movement", "expected"),
    [
        ("", "red green"),
        ("one_step = true", "red yellow/M1"),
        ('release = "last_qualified_on"', "red red/M2"),
        ('one_step = true\nrelease = "last_qualified_on"', "red red/M2"),
        ('one_step = true\nrelease = "not_installed"', "red yellow/M1"),
    ],
)
def test_each_rule_can_be_off(case: Case, movement: str, expected: str) -> None:
    case.adopt(standard(movement=movement))
    assert play(case, ["red", "green"]) == expected.split()


def test_out_of_red_leads_to_yellow_at_most_where_single_steps_are_off(case: Case) -> None:
    case.adopt(standard(movement='release = "last_qualified_on"'))
    assert play(case, ["red", "green+", "green"]) == ["red", "yellow/M1", "green"]


@pytest.mark.parametrize(("days", "colour"), [(-1, "red"), (0, "red"), (1, "yellow")])
def test_only_an_inspection_after_the_revision_that_made_it_red_releases(
    case: Case, days: int, colour: str
) -> None:
    case.adopt(standard())
    enterprise = case.enterprise()
    case.deserve(enterprise, "2026Q1", "red")
    red = case.rate("2026Q1")
    assert red.effective_on == dt.date(2026, 4, 4)  # the day after the quarter, and three to type in
    case.deserve(enterprise, "2026Q2", "green")
    day = red.effective_on + dt.timedelta(days=days)
    InspectionFactory(enterprise=enterprise, inspected_on=day, conclusion="qualified")
    case.rate("2026Q2")
    assert case.rating(enterprise, "2026Q2").colour == colour


def test_red_remembers_the_day_it_began(case: Case) -> None:
    case.adopt(standard())
    enterprise = case.enterprise()
    for number, score in enumerate(["red", "grey", "red"]):
        case.deserve(enterprise, FIRST.shift(number).code, score)
        case.rate(FIRST.shift(number).code)
    assert case.rating(enterprise, "2025Q2").red_since is None
    assert case.rating(enterprise, "2025Q3").red_since == dt.date(2025, 4, 4)


def test_a_trial_does_not_move_and_changes_nothing(case: Case) -> None:
    case.adopt(standard())
    enterprise = case.enterprise()
    case.deserve(enterprise, "2026Q1", "red")
    case.deserve(enterprise, "2026Q2", "green")
    case.rate("2026Q1")
    trial = case.rate("2026Q2", standard("other"))
    assert trial.is_trial
    tried = trial.ratings.get()
    assert (tried.colour, tried.decided_by, tried.previous_colour) == ("green", "", "red")
    enterprise.refresh_from_db()
    assert (enterprise.colour, enterprise.rated_period) == ("red", "2026Q1")
    case.rate("2026Q2")
    assert case.rating(enterprise, "2026Q2").colour == "red"  # the trial does not become the rating before


def test_what_failed_or_never_ended_is_not_the_rating_before(case: Case) -> None:
    case.adopt(standard())
    enterprise = case.enterprise()
    case.deserve(enterprise, "2026Q1", "red")
    case.deserve(enterprise, "2026Q2", "green")
    with failing():
        assert case.rate("2026Q1").state == "failed"
    case.rate("2026Q2")
    rating = case.rating(enterprise, "2026Q2")
    assert (rating.colour, rating.previous_colour) == ("green", "")
