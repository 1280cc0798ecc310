"""Late facts change nothing by themselves; a correction includes them in new revisions."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError

from enterprises.models import Enterprise
from enterprises.operations import edit_enterprise
from foundation.accounts.access import NotAllowed, WrongState
from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry
from foundation.accounts.selectors import actor_for
from foundation.tenancy.scope import station_scope
from inspections.models import Inspection
from inspections.operations import create_inspection
from ratings.choices import AuditAction
from ratings.models import Evaluation, Rating
from ratings.operations import correct_ratings, restart_evaluation, run_evaluation
from ratings.operations.corrections import late_facts
from ratings.selectors import revisions
from tests.factories import ActivityFactory, IncidentFactory, InspectionFactory, RoleGrantFactory
from tests.ratings.conftest import Case, failing, standard

pytestmark = pytest.mark.django_db

Rated = tuple[Case, Evaluation, list[Enterprise]]


@pytest.fixture
def rated(case: Case) -> Rated:
    """Two yellow enterprises, rated for 2026Q3 on 4 October; the test continues an hour later."""
    case.adopt(standard())
    with time_machine.travel("2026-10-04 00:30+08:00", tick=True):
        firms = [case.enterprise(), case.enterprise(station=case.second)]
        for firm in firms:
            case.deserve(firm, "2026Q3", "yellow")
        evaluation = case.rate("2026Q3")
    return case, evaluation, firms


def told(case: Case, evaluation: Evaluation) -> dict[tuple[int, str], tuple]:
    found = late_facts(actor=case.actor, evaluation=evaluation)
    return {(late.enterprise_id, late.measure): (late.was, late.now) for late in found}


def correct(case: Case, evaluation: Evaluation, reason: str = "Typed in late") -> Evaluation:
    return case.run(correct_ratings(actor=case.actor, evaluation_id=evaluation.pk, reason=reason))


def trainings(firm: Enterprise, number: int, day: str = "2026-09-20") -> list:
    return ActivityFactory.create_batch(number, enterprise=firm, kind="training", held_on=day)


def test_nothing_is_late_at_first(rated: Rated) -> None:
    case, evaluation, _firms = rated
    assert told(case, evaluation) == {}
    with pytest.raises(WrongState, match="No fact came late"):
        correct(case, evaluation)
    assert Evaluation.objects.count() == 1


def test_what_an_import_wrote_before_the_run_and_committed_after_it_is_late(rated: Rated) -> None:
    """Its records bear the time at which they were written, 20 minutes before the run began."""
    case, evaluation, (firm, _other) = rated
    with time_machine.travel("2026-10-04 00:10+08:00", tick=True):
        trainings(firm, 2)
    assert told(case, evaluation) == {(firm.pk, "trainings"): (7, 9)}


def test_late_facts_are_listed_and_taken_in(rated: Rated) -> None:
    case, evaluation, (firm, other) = rated
    trainings(firm, 2)
    trainings(other, 2, "2026-10-02")  # after the quarter: not late
    assert told(case, evaluation) == {(firm.pk, "trainings"): (7, 9)}
    assert case.rating(firm, "2026Q3").colour == "yellow"

    correction = correct(case, evaluation)
    assert (correction.kind, correction.state, correction.run, correction.registered) == (
        "correction",
        "complete",
        2,
        1,
    )
    assert correction.counts == {"green": 1, "yellow": 0, "red": 0, "grey": 0}
    assert correction.reason == "Typed in late"
    rating = case.rating(firm, "2026Q3")
    assert (rating.colour, rating.score, rating.revision) == ("green", Decimal("90.0"), 2)
    kept = [
        (each.revision, each.colour)
        for each in revisions(case.actor, enterprise_id=firm.pk, period_code="2026Q3")
    ]
    assert kept == [(2, "green"), (1, "yellow")]
    assert case.rating(other, "2026Q3").revision == 1
    firm.refresh_from_db()
    assert (firm.colour, firm.score, firm.cycle_days) == ("green", Decimal("90.0"), 90)
    assert AuditEntry.objects.filter(reason="Typed in late", action=AuditAction.OPEN_CORRECTION).exists()

    assert told(case, evaluation) == {}
    with pytest.raises(WrongState, match="No fact came late"):
        correct(case, evaluation)


def test_a_reason_is_needed_and_the_bureau(rated: Rated) -> None:
    case, evaluation, (firm, _other) = rated
    trainings(firm, 2)
    with pytest.raises(ValidationError, match="Give a reason"):
        correct(case, evaluation, " ")
    officer = RoleGrantFactory(role=Role.OFFICER, station=case.first).user
    with pytest.raises(NotAllowed):
        correct_ratings(
            actor=actor_for(user=officer, grant_id=None), evaluation_id=evaluation.pk, reason="So"
        )
    assert Evaluation.objects.count() == 1


def test_a_change_that_moves_no_point_is_a_revision_all_the_same(rated: Rated) -> None:
    """Otherwise the fact would be listed as late forever."""
    case, evaluation, (firm, _other) = rated
    IncidentFactory(enterprise=firm, occurred_on="2026-09-01")
    assert told(case, evaluation) == {(firm.pk, "incidents"): (0, 1)}
    correct(case, evaluation)
    assert case.rating(firm, "2026Q3").revision == 2
    assert told(case, evaluation) == {}


def test_records_changed_voided_or_moved_out_of_the_quarter_are_late(rated: Rated) -> None:
    case, evaluation, (firm, other) = rated
    case.change(firm.activity_records.first(), voided_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    case.change(firm.activity_records.last(), topic="A better word")
    case.change(other.activity_records.first(), held_on=dt.date(2026, 10, 15))
    assert told(case, evaluation) == {(firm.pk, "trainings"): (7, 6), (other.pk, "trainings"): (7, 6)}
    correct(case, evaluation)
    assert case.rating(firm, "2026Q3").colour == case.rating(other, "2026Q3").colour == "red"


def test_a_later_day_of_registration_is_late(rated: Rated) -> None:
    case, evaluation, (firm, _other) = rated
    edit_enterprise(
        actor=case.actor,
        enterprise_id=firm.pk,
        version=firm.version,
        name=firm.name,
        registered_on=dt.date(2026, 7, 2),
    )
    late = told(case, evaluation)
    assert late[firm.pk, "days_on_register"] == (92, 91)
    assert late[firm.pk, "full_quarter"] == (1, 0)


def test_facts_of_the_days_of_the_cut_off_are_not_late(rated: Rated) -> None:
    """Facts recorded before the run but dated after the quarter were not left out."""
    case, evaluation, (firm, _other) = rated
    with time_machine.travel("2026-10-03 09:00+08:00"):
        record = trainings(firm, 1, "2026-10-02")[0]
    assert told(case, evaluation) == {}
    with time_machine.travel("2026-10-05 09:00+08:00"):
        case.change(record, held_on=dt.date(2026, 9, 30))
    assert told(case, evaluation) == {(firm.pk, "trainings"): (7, 8)}


def test_red_keeps_the_day_it_began_through_a_correction(rated: Rated) -> None:
    """An inspection between the rating and its correction releases: it came after the event that made it red."""
    case, evaluation, (firm, _other) = rated
    for each in firm.activity_records.all()[:6]:
        case.change(each, voided_at=dt.datetime(2026, 10, 6, tzinfo=dt.UTC))
    with time_machine.travel("2026-10-06 09:00+08:00"):
        correct(case, evaluation)
    assert case.rating(firm, "2026Q3").red_since == dt.date(2026, 10, 6)
    trainings(firm, 1)
    with time_machine.travel("2026-10-20 09:00+08:00"):
        correct(case, evaluation)
    rating = case.rating(firm, "2026Q3")
    assert (rating.revision, rating.colour, rating.red_since) == (3, "red", dt.date(2026, 10, 6))
    assert rating.effective_on == dt.date(2026, 10, 20)


def test_a_correction_counts_as_the_rating_before(rated: Rated) -> None:
    case, evaluation, (firm, _other) = rated
    case.change(firm.activity_records.first(), voided_at=dt.datetime(2026, 10, 6, tzinfo=dt.UTC))
    correct(case, evaluation)
    assert case.rating(firm, "2026Q3").colour == "red"
    case.deserve(firm, "2026Q4", "green")
    with time_machine.travel("2027-01-04 00:30+08:00"):
        case.rate("2026Q4")
        rating = case.rating(firm, "2026Q4")
    assert (rating.previous_colour, rating.colour, rating.decided_by) == ("red", "red", "M2")


def test_a_correction_of_an_older_quarter_leaves_the_standing(rated: Rated) -> None:
    case, _evaluation, (firm, _other) = rated
    case.deserve(firm, "2026Q2", "green")
    older = case.rate("2026Q2")
    firm.refresh_from_db()
    assert (firm.colour, firm.rated_period) == ("yellow", "2026Q3")  # evaluated later, but older
    assert case.rating(firm, "2026Q2").colour == "green"
    trainings(firm, 3, "2026-06-01")
    firm.activity_records.filter(held_on__lt="2026-06-01").update(kind="drill")
    correct(case, older)
    assert case.rating(firm, "2026Q2").colour == "red"
    firm.refresh_from_db()
    assert (firm.colour, firm.rated_period) == ("yellow", "2026Q3")


def test_the_next_inspection_counts_from_the_last_one_held(rated: Rated) -> None:
    """Publishing, first or by a correction, considers inspections after the quarter's end."""
    case, evaluation, (firm, other) = rated
    firm.refresh_from_db()
    assert firm.next_inspection_on == dt.date(2026, 10, 4)  # the last one was in August, 30 days ago and more
    create_inspection(actor=case.actor, enterprise_id=firm.pk, inspected_on=dt.date(2026, 11, 2))
    firm.refresh_from_db()
    assert firm.next_inspection_on == dt.date(2026, 12, 2)
    trainings(firm, 2)
    correct(case, evaluation)
    firm.refresh_from_db()
    assert (firm.colour, firm.next_inspection_on) == ("green", dt.date(2027, 1, 31))
    other.refresh_from_db()
    assert other.next_inspection_on == dt.date(2026, 10, 4)


def test_an_inspection_in_the_days_of_the_cut_off_counts(case: Case) -> None:
    case.adopt(standard())
    firm, other = case.enterprise(), case.enterprise(station=case.second)
    for each in (firm, other):
        case.deserve(each, "2026Q3", "red")
    InspectionFactory(enterprise=firm, inspected_on="2026-10-02")
    with time_machine.travel("2026-10-04 00:30+08:00"):
        case.rate("2026Q3")
    firm.refresh_from_db()
    other.refresh_from_db()
    assert (firm.next_inspection_on, other.next_inspection_on) == (dt.date(2026, 10, 9), dt.date(2026, 10, 4))


def test_a_correction_that_failed_restarts_as_one(rated: Rated) -> None:
    case, evaluation, (firm, other) = rated
    trainings(firm, 2)
    opened = correct_ratings(actor=case.actor, evaluation_id=evaluation.pk, reason="So")
    opened.batches.update(stations=[])  # an invalid scope, so that the run fails
    case.run(opened)
    assert (opened.state, bool(opened.error)) == ("failed", True)
    assert case.rating(firm, "2026Q3").colour == "yellow"
    trainings(other, 2)  # late too, but recorded after this correction was opened
    restart_evaluation(actor=case.actor, evaluation_id=opened.pk)
    case.run(opened)
    assert (opened.state, opened.error, opened.registered) == ("complete", "", 1)
    assert case.rating(firm, "2026Q3").colour == "green"
    assert case.rating(other, "2026Q3").revision == 1


def test_after_a_failed_correction_another_one_takes_the_facts_in(rated: Rated) -> None:
    """The ratings of the failed correction do not count: the next one must find the same differences."""
    case, evaluation, (firm, _other) = rated
    trainings(firm, 2)
    with failing():
        assert correct(case, evaluation).state == "failed"
    assert case.rating(firm, "2026Q3").revision == 1
    correct(case, evaluation)
    assert (case.rating(firm, "2026Q3").revision, case.rating(firm, "2026Q3").colour) == (3, "green")


def test_a_fact_voided_before_the_correction_runs_makes_no_revision(rated: Rated) -> None:
    case, evaluation, (firm, _other) = rated
    late = trainings(firm, 1)[0]
    opened = correct_ratings(actor=case.actor, evaluation_id=evaluation.pk, reason="So")
    case.change(late, voided_at=dt.datetime(2026, 11, 22, tzinfo=dt.UTC))
    case.run(opened)
    assert (opened.state, opened.registered) == ("complete", 0)
    assert case.rating(firm, "2026Q3").revision == 1


def test_only_one_correction_is_open_at_a_time(rated: Rated) -> None:
    case, evaluation, (firm, _other) = rated
    trainings(firm, 2)
    correct_ratings(actor=case.actor, evaluation_id=evaluation.pk, reason="So")
    with pytest.raises(WrongState, match="still in progress"):
        correct_ratings(actor=case.actor, evaluation_id=evaluation.pk, reason="So")


def test_a_station_sees_its_own_late_facts_only(rated: Rated) -> None:
    case, evaluation, (firm, other) = rated
    trainings(firm, 2)
    trainings(other, 1)
    officer = RoleGrantFactory(role=Role.OFFICER, station=case.first).user
    actor = actor_for(user=officer, grant_id=None)
    with station_scope(actor.scope()):
        assert {late.enterprise_id for late in late_facts(actor=actor, evaluation=evaluation)} == {firm.pk}
    assert {late.enterprise_id for late in late_facts(actor=case.actor, evaluation=evaluation)} == {
        firm.pk,
        other.pk,
    }


def test_a_run_that_is_complete_stays_so(rated: Rated) -> None:
    case, evaluation, _firms = rated
    before = list(Rating.objects.values_list("pk", "revision"))
    assert len(before) == 2
    assert run_evaluation(bureau_id=case.bureau.pk, evaluation_id=evaluation.pk) == "complete"
    assert list(Rating.objects.values_list("pk", "revision")) == before
    assert Inspection.objects.count() == 2
