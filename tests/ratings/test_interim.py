"""An event veto makes an enterprise red the same day, in the middle of a quarter."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from enterprises.models import Enterprise
from foundation.accounts.choices import Role
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from ratings.engine.measuring import stored_measures
from ratings.models import Evaluation, Rating
from ratings.operations import correct_ratings, evaluations, issue_interim_vetoes, open_evaluation
from ratings.operations.evaluations import bureau_actor
from ratings.selectors import revisions
from ratings.tasks import sweep
from tests.factories import ActivityFactory, IncidentFactory, InspectionFactory
from tests.facts.people import Person
from tests.fixtures import City
from tests.ratings.conftest import Case, failing, standard

pytestmark = pytest.mark.django_db

Rated = tuple[Case, Enterprise, Enterprise]


@pytest.fixture
def rated(case: Case) -> Rated:
    """A green enterprise and a bystander, rated for 2026Q3."""
    case.adopt(standard())
    firm, other = case.enterprise(), case.enterprise(station=case.second)
    for each in (firm, other):
        case.deserve(each, "2026Q3", "green")
    with time_machine.travel("2026-10-04 00:30+08:00", tick=True):
        case.rate("2026Q3")
    case.bureau.rates_from = "2026Q3"
    case.bureau.save()
    return case, firm, other


def death(firm: Enterprise, day: str, **fields: Any) -> Any:
    return IncidentFactory(
        **{"enterprise": firm, "kind": "death", "occurred_on": day, "verified_on": day} | fields
    )


def issue(case: Case, day: str = "2026-11-20") -> Evaluation | None:
    with time_machine.travel(f"{day} 09:00+08:00", tick=True):
        return issue_interim_vetoes(bureau=case.bureau)


def test_the_sweep_makes_it_red_the_same_day_and_only_once(rated: Rated) -> None:
    case, firm, other = rated
    with time_machine.travel("2026-11-20 09:00+08:00", tick=True):
        sweep()
        assert Evaluation.objects.count() == 1
        death(firm, "2026-11-20")
        sweep()
        rating = case.rating(firm, "2026Q3")
        assert (rating.colour, rating.decided_by, rating.revision) == ("red", "V1", 2)
        assert rating.effective_on == rating.red_since == dt.date(2026, 11, 20)
        assert (rating.score, rating.flags) == (100, ["V1"])
        assert [
            each.colour for each in revisions(case.actor, enterprise_id=firm.pk, period_code="2026Q3")
        ] == [
            "red",
            "green",
        ]
        firm.refresh_from_db()
        assert (firm.colour, firm.cycle_days) == ("red", 7)
        assert firm.next_inspection_on == dt.date(2026, 11, 20)  # the last inspection was in August
        other.refresh_from_db()
        assert other.colour == "green"
        sweep()
        assert issue_interim_vetoes(bureau=case.bureau) is None
    assert list(Evaluation.objects.order_by("run").values_list("kind", "state")) == [
        ("regular", "complete"),
        ("interim", "complete"),
    ]
    assert Rating.objects.count() == 3


@pytest.mark.parametrize(
    ("fields", "red"),
    [
        ({}, True),
        ({"verified_on": "2026-10-01"}, True),
        ({"occurred_on": "2026-09-30", "verified_on": "2026-10-01"}, True),
        ({"verified_on": None}, False),
        ({"occurred_on": "2026-09-29", "verified_on": "2026-09-30"}, False),  # late: a correction includes it
        ({"kind": "police_call"}, False),
        ({"voided_at": dt.datetime(2026, 11, 19, tzinfo=dt.UTC)}, False),
    ],
)
def test_which_events_cause_an_interim_veto(rated: Rated, fields: dict, red: bool) -> None:
    case, firm, _other = rated
    death(firm, "2026-10-01", **fields)
    assert (issue(case) is not None) == red
    assert case.rating(firm, "2026Q3").colour == ("red" if red else "green")


@pytest.mark.parametrize(("inspected_on", "red"), [("2026-11-18", True), ("2026-11-19", False)])
def test_a_later_qualified_inspection_prevents_it(rated: Rated, inspected_on: str, red: bool) -> None:
    case, firm, _other = rated
    death(firm, "2026-11-18")
    InspectionFactory(enterprise=firm, inspected_on=inspected_on, conclusion="qualified")
    assert (issue(case) is not None) == red


def test_not_while_the_next_quarter_is_being_rated(rated: Rated) -> None:
    case, firm, _other = rated
    death(firm, "2026-12-30")
    with time_machine.travel("2027-01-04 00:30+08:00", tick=True):
        opened = open_evaluation(actor=case.actor, period=Period(2026, 4))
        assert issue_interim_vetoes(bureau=case.bureau) is None
        case.run(opened)
        assert issue_interim_vetoes(bureau=case.bureau) is None
        assert (case.rating(firm, "2026Q4").decided_by, case.rating(firm, "2026Q4").revision) == ("V1", 1)
        assert case.rating(firm, "2026Q3").colour == "green"


def test_the_timeline_keeps_the_colour_that_was_replaced(rated: Rated) -> None:
    case, firm, _other = rated
    death(firm, "2026-11-20")
    issue(case)
    file = Person(Role.CHIEF, station=case.first).get("desk:file", firm.pk)
    events = {str(event.title): (event.on, event.text) for event in file.context["time"].events}
    assert events["Rated Red"] == (dt.date(2026, 11, 20), "Q3 2026")
    assert events["Rated Green"] == (dt.date(2026, 10, 4), "Q3 2026; this rating was replaced later")


def test_a_failed_run_of_the_next_quarter_stops_no_veto(rated: Rated) -> None:
    case, firm, _other = rated
    death(firm, "2027-01-05")
    with time_machine.travel("2027-01-04 00:30+08:00", tick=True), failing():
        assert case.rate("2026Q4").state == "failed"
    with time_machine.travel("2027-01-05 09:00+08:00", tick=True):
        sweep()
        assert (case.rating(firm, "2026Q3").colour, case.rating(firm, "2026Q3").decided_by) == ("red", "V1")
    firm.refresh_from_db()
    assert firm.colour == "red"


def test_before_the_quarter_is_rated_the_last_rating_is_revised(rated: Rated) -> None:
    """In the cut-off days, and if a quarter was missed: the veto does not wait for its rating."""
    case, firm, _other = rated
    death(firm, "2026-12-30")
    assert issue(case, "2027-01-02").period_code == "2026Q3"
    with time_machine.travel("2027-01-02 10:00+08:00"):
        assert case.rating(firm, "2026Q3").red_since == dt.date(2027, 1, 2)


def test_the_interim_revision_is_the_rating_before(rated: Rated) -> None:
    case, firm, other = rated
    event = death(firm, "2026-11-20")
    issue(case)
    # so that only the movement rules decide
    case.change(event, voided_at=dt.datetime(2026, 11, 25, tzinfo=dt.UTC))
    for each in (firm, other):
        # before the day of the veto, so it does not release
        case.deserve(each, "2026Q4", "green", qualified=True)
    with time_machine.travel("2027-01-04 00:30+08:00", tick=True):
        case.rate("2026Q4")
        rating = case.rating(firm, "2026Q4")
        assert (rating.previous_colour, rating.colour, rating.decided_by) == ("red", "red", "M2")
        assert rating.red_since == dt.date(2026, 11, 20)
        assert case.rating(other, "2026Q4").colour == "green"
    case.deserve(firm, "2027Q1", "green", qualified=True)
    with time_machine.travel("2027-04-04 00:30+08:00", tick=True):
        case.rate("2027Q1")
        rating = case.rating(firm, "2027Q1")
        assert (rating.colour, rating.decided_by) == ("yellow", "M1")


def test_the_veto_holds_at_the_quarters_close(rated: Rated) -> None:
    case, firm, _other = rated
    death(firm, "2026-11-20")
    issue(case)
    InspectionFactory(enterprise=firm, inspected_on="2026-12-01", conclusion="qualified")
    case.deserve(firm, "2026Q4", "green")
    with time_machine.travel("2027-01-04 00:30+08:00", tick=True):
        case.rate("2026Q4")
        assert case.rating(firm, "2026Q4").decided_by == "V1"


def test_a_correction_does_not_lift_it(rated: Rated) -> None:
    """A colour rises only at a quarter's close, also if the event was released meanwhile."""
    case, firm, other = rated
    death(firm, "2026-11-10")
    issue(case, "2026-11-10")
    InspectionFactory(enterprise=firm, inspected_on="2026-11-12", conclusion="qualified")
    for each in (firm, other):
        ActivityFactory(enterprise=each, kind="drill", attendance=3, photo_on_file=True, held_on="2026-09-01")
    regular = Evaluation.objects.get(kind="regular")
    for number in (3, 4):
        opened = correct_ratings(actor=case.actor, evaluation_id=regular.pk, reason="Late drill")
        case.run(opened)
        rating = case.rating(firm, "2026Q3")
        assert (rating.revision, rating.colour, rating.decided_by) == (number, "red", "V1")
        assert (rating.red_since, rating.flags) == (dt.date(2026, 11, 10), ["V1"])
        firm.refresh_from_db()
        assert firm.colour == "red"
        ActivityFactory(enterprise=firm, kind="drill", attendance=3, photo_on_file=True, held_on="2026-09-02")
    assert case.rating(other, "2026Q3").colour == "green"
    assert issue(case, "2026-11-22") is None


def test_a_correction_keeps_the_day_of_a_second_red(case: Case) -> None:
    """Red, released, red again by an interim veto: a correction keeps the day of the second red."""
    case.adopt(standard())
    firm = case.enterprise()
    case.deserve(firm, "2026Q2", "red")
    case.deserve(firm, "2026Q3", "green", qualified=True)
    for period, day in [("2026Q2", "2026-07-04"), ("2026Q3", "2026-10-04")]:
        with time_machine.travel(f"{day} 00:30+08:00", tick=True):
            regular = case.rate(period)
    assert case.rating(firm, "2026Q3").colour == "yellow"
    death(firm, "2026-11-10")
    issue(case, "2026-11-10")
    ActivityFactory(enterprise=firm, kind="training", held_on="2026-09-01")
    case.run(correct_ratings(actor=case.actor, evaluation_id=regular.pk, reason="Late"))
    rating = case.rating(firm, "2026Q3")
    assert (rating.revision, rating.colour, rating.red_since) == (3, "red", dt.date(2026, 11, 10))


def test_revisions_keep_one_order_of_measures(rated: Rated, monkeypatch: pytest.MonkeyPatch) -> None:
    """A correction by a newer version must keep the order of measures of the run before it."""
    case, firm, _other = rated
    regular = Evaluation.objects.get()
    ActivityFactory(enterprise=firm, kind="training", held_on="2026-09-01")
    shuffled = sorted(stored_measures(), reverse=True)
    with monkeypatch.context() as another_version:
        another_version.setattr(evaluations, "stored_measures", lambda: shuffled)
        correction = case.run(correct_ratings(actor=case.actor, evaluation_id=regular.pk, reason="Late"))
    revised = Rating.objects.get(evaluation=correction)
    assert correction.measures == shuffled
    values = dict(zip(correction.measures, revised.measures, strict=True))
    death(firm, "2026-11-20")
    interim = issue(case, "2026-11-23")
    assert dict(zip(interim.measures, Rating.objects.get(evaluation=interim).measures, strict=True)) == values
    assert values["trainings"] == 11


@pytest.mark.parametrize(("order", "colour"), [('["veto", "grey"]', "red"), ('["grey", "veto"]', "grey")])
def test_who_is_not_rated_follows_the_standards_order(case: Case, order: str, colour: str) -> None:
    case.adopt(standard(order=order))
    firm = case.enterprise()
    case.rate("2026Q3")
    assert case.rating(firm, "2026Q3").colour == "grey"
    death(firm, "2026-11-20")
    assert (issue(case, "2026-11-23") is None) == (colour == "grey")
    with time_machine.travel("2026-11-23 10:00+08:00"):
        assert case.rating(firm, "2026Q3").colour == colour


def test_other_enterprises_are_not_affected(rated: Rated, city: City) -> None:
    case, firm, _other = rated
    death(firm, "2026-11-20")
    with station_scope(bureau_actor(city.other_bureau.pk).scope()):
        assert issue_interim_vetoes(bureau=city.other_bureau) is None
    assert case.rating(firm, "2026Q3").colour == "green"
