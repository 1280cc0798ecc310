"""An empty register is not rated, and enterprises that join or leave it late are taken in by a correction."""

import datetime as dt
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError

from deliveries.models import Event
from enterprises.models import Enterprise
from enterprises.operations import edit_enterprise, reactivate, set_inactive
from foundation.accounts.access import WrongState
from foundation.periods import Period
from ratings.choices import EvaluationKind, EvaluationState
from ratings.engine.measuring import stored_measures
from ratings.explain.rating import explain
from ratings.models import Evaluation, Rating
from ratings.operations import (
    adopt_standard,
    correct_ratings,
    issue_interim_vetoes,
    open_due_evaluations,
    open_evaluation,
    publish_standard,
)
from ratings.operations.corrections import REGISTER, late_facts
from ratings.selectors import revisions
from tests.factories import DepartmentFactory, IncidentFactory, SubscriptionFactory
from tests.facts.people import officer, supervisor
from tests.ratings.conftest import Case, standard

pytestmark = pytest.mark.django_db

PERIOD = "2026Q3"
Rated = tuple[Case, Evaluation, list[Enterprise]]


def late(case: Case, run: Evaluation) -> dict[int, tuple[int, int]]:
    """Return who joined (0, 1) or left (1, 0) late; no other measure may be late."""
    found = late_facts(actor=case.actor, evaluation=run)
    assert {fact.measure for fact in found} <= {REGISTER}
    return {fact.enterprise_id: (fact.was, fact.now) for fact in found}


def correct(case: Case, run: Evaluation) -> Evaluation:
    opened = case.run(correct_ratings(actor=case.actor, evaluation_id=run.pk, reason="Came late"))
    assert opened.state == EvaluationState.COMPLETE, opened.error
    assert late(case, run) == {}
    return opened


def leave(case: Case, firm: Enterprise, day: str) -> None:
    set_inactive(
        actor=case.actor,
        enterprise_id=firm.pk,
        kind="closed",
        from_on=dt.date.fromisoformat(day),
        reason="Gave up its business",
    )


# --- an empty quarter -----------------------------------------------------------------------------------------------


def test_no_regular_run_opens_while_the_register_is_empty(case: Case) -> None:
    case.adopt(standard())
    case.bureau.rates_from = "2026Q2"
    case.bureau.save()
    assert open_due_evaluations(bureau=case.bureau) == []
    with pytest.raises(WrongState, match="No enterprise was on the register on 2026-09-30"):
        open_evaluation(actor=case.actor, period=Period.parse(PERIOD))
    assert not Evaluation.objects.exists()

    firm = case.enterprise(registered_on=dt.date(2026, 7, 1))  # after the second quarter, in the third
    case.deserve(firm, PERIOD, "yellow")
    assert [run.period_code for run in open_due_evaluations(bureau=case.bureau)] == [PERIOD]
    run = case.run(Evaluation.objects.get())
    assert (run.registered, case.rating(firm, PERIOD).colour) == (1, "yellow")
    assert open_due_evaluations(bureau=case.bureau) == []


def test_a_quarter_between_two_others_may_be_empty(case: Case) -> None:
    """The one enterprise was away at the end of the second quarter."""
    case.adopt(standard())
    case.bureau.rates_from = "2026Q1"
    case.bureau.save()
    firm = case.enterprise()
    leave(case, firm, "2026-06-01")
    reactivate(actor=case.actor, enterprise_id=firm.pk, on=dt.date(2026, 7, 20), reason="Open again")
    for _number in range(2):
        for run in open_due_evaluations(bureau=case.bureau):
            case.run(run)
    assert sorted(Evaluation.objects.values_list("period_code", flat=True)) == ["2026Q1", "2026Q3"]


def test_a_quarter_that_was_empty_is_not_rated_after_later_ones(case: Case) -> None:
    """With the third quarter complete, an enterprise is registered as of always."""
    case.adopt(standard())
    case.bureau.rates_from = "2026Q1"
    case.bureau.save()
    case.enterprise(registered_on=dt.date(2026, 7, 1))
    for run in open_due_evaluations(bureau=case.bureau):
        case.run(run)
    case.enterprise(registered_on=None)
    assert open_due_evaluations(bureau=case.bureau) == []
    assert list(Evaluation.objects.values_list("period_code", flat=True)) == [PERIOD]


def test_a_quarter_that_was_rated_empty_is_taken_in_by_a_correction(case: Case) -> None:
    """As versions before left it behind: a complete run of nobody."""
    adopted = case.adopt(standard())
    began = dt.datetime(2026, 10, 4, tzinfo=dt.UTC)
    run = Evaluation.objects.create(
        bureau=case.bureau,
        period_code=PERIOD,
        standard=adopted,
        kind=EvaluationKind.REGULAR,
        state=EvaluationState.COMPLETE,
        effective_on=began.date(),
        criteria=["G1"],
        measures=stored_measures(),
        started_at=began,
        completed_at=began,
    )
    with pytest.raises(WrongState, match="No fact came late"):
        correct_ratings(actor=case.actor, evaluation_id=run.pk, reason="Nobody")
    firms = [case.enterprise(), case.enterprise(station=case.second)]
    for firm, colour in zip(firms, ["green", "red"], strict=True):
        case.deserve(firm, PERIOD, colour)
    assert late(case, run) == {firm.pk: (0, 1) for firm in firms}
    opened = correct(case, run)
    assert (opened.registered, opened.counts["green"], opened.counts["red"]) == (2, 1, 1)
    for firm, colour in zip(firms, ["green", "red"], strict=True):
        firm.refresh_from_db()
        assert (firm.colour, firm.rated_period) == (colour, PERIOD)


def test_a_trial_of_a_quarter_to_come_is_refused(case: Case) -> None:
    case.adopt(standard())
    case.enterprise()
    tried = publish_standard(actor=case.actor, text=standard("other"))
    with pytest.raises(WrongState, match="has not begun yet"):
        open_evaluation(actor=case.actor, period=Period(2027, 1), standard=tried)
    assert open_evaluation(
        actor=case.actor, period=Period(2026, 4), standard=tried
    ).is_trial  # the running one


# --- joined late, left late -------------------------------------------------------------------------------------------


@pytest.fixture
def rated(case: Case) -> Rated:
    """Two yellow enterprises, rated for 2026Q3 on 4 October; a department receives their ratings."""
    department = DepartmentFactory(bureau=case.bureau)
    SubscriptionFactory(department=department)
    case.adopt(standard())
    with time_machine.travel("2026-10-04 00:30+08:00", tick=True):
        firms = [case.enterprise(), case.enterprise(station=case.second)]
        for firm in firms:
            case.deserve(firm, PERIOD, "yellow")
        run = case.rate(PERIOD)
    return case, run, firms


def messages(case: Case) -> list[str]:
    return list(Event.objects.filter(bureau=case.bureau).order_by("sequence").values_list("body", flat=True))


def test_an_enterprise_that_joined_late_gets_the_rating_it_would_have_got(rated: Rated) -> None:
    case, run, _firms = rated
    late_one = case.enterprise(registered_on=dt.date(2026, 7, 2))
    case.deserve(late_one, PERIOD, "green")
    after = case.enterprise(registered_on=dt.date(2026, 10, 1))
    assert late(case, run) == {late_one.pk: (0, 1)}
    opened = correct(case, run)
    rating = case.rating(late_one, PERIOD)
    assert (rating.colour, rating.revision, rating.evaluation_id) == ("green", 2, opened.pk)
    assert rating.measures == [(case.measured(late_one, PERIOD) or {})[code] for code in opened.measures]
    assert not Rating.objects.filter(enterprise=after).exists()
    assert Rating.objects.filter(evaluation=opened).count() == 1
    assert late_one.name in messages(case)[-1]
    assert '"replaces":null' in messages(case)[-1].replace(" ", "")


def test_the_rating_of_an_enterprise_that_left_late_is_withdrawn_and_stays_readable(rated: Rated) -> None:
    case, run, (firm, other) = rated
    leave(case, firm, "2026-09-20")
    assert late(case, run) == {firm.pk: (1, 0)}
    before = Rating.objects.get(enterprise=firm)
    opened = correct(case, run)
    rating = case.rating(firm, PERIOD)
    assert (rating.colour, rating.score, rating.decided_by, rating.flags) == ("grey", None, "N0", [])
    assert (rating.revision, rating.rated_at_station_id) == (2, before.rated_at_station_id)
    assert (opened.registered, opened.counts["grey"]) == (1, 1)
    assert [each.colour for each in revisions(case.actor, enterprise_id=firm.pk, period_code=PERIOD)] == [
        "grey",
        "yellow",
    ]
    assert Rating.objects.filter(pk=before.pk).values().get() == vars_of(before)
    assert case.rating(other, PERIOD).revision == 1
    why = explain(rating)
    assert [step.text for step in why.steps] == [
        "It was not on the register on 2026-09-30. A correction withdrew the rating."
    ]
    assert why.decision.words == "not on the register on the last day"
    assert not why.lost
    assert "N0" in messages(case)[-1]
    firm.refresh_from_db()
    assert (firm.colour, firm.score) == ("grey", None)


def vars_of(rating: Rating) -> dict[str, object]:
    return {field.attname: getattr(rating, field.attname) for field in Rating._meta.concrete_fields}


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry made before a day of registration was compared with the records."""
    monkeypatch.setattr("enterprises.operations.register._refuse_after_records", lambda enterprise: None)


def test_registered_later_than_recorded_and_back_again(rated: Rated, unchecked: None) -> None:
    """A day of registration moved out of the quarter and back: withdrawn, then rated as at first."""
    case, run, (firm, _other) = rated
    first = case.rating(firm, PERIOD)
    for day, colour, decided in ((dt.date(2026, 10, 5), "grey", "N0"), (None, "yellow", "")):
        firm.refresh_from_db()
        edit_enterprise(
            actor=case.actor, enterprise_id=firm.pk, version=firm.version, name=firm.name, registered_on=day
        )
        correct(case, run)
        rating = case.rating(firm, PERIOD)
        assert (rating.colour, rating.decided_by) == (colour, decided)
    assert (rating.score, rating.points, rating.measures) == (first.score, first.points, first.measures)
    assert rating.revision == 3


def test_who_left_and_came_back_within_the_quarter_is_rated(rated: Rated) -> None:
    case, run, (firm, _other) = rated
    leave(case, firm, "2026-09-10")
    correct(case, run)
    reactivate(actor=case.actor, enterprise_id=firm.pk, on=dt.date(2026, 9, 25), reason="A mistake")
    assert late(case, run) == {firm.pk: (0, 1)}
    correct(case, run)
    rating = case.rating(firm, PERIOD)
    assert (rating.colour, rating.revision) == ("yellow", 3)


def test_a_withdrawn_rating_gets_no_interim_veto_and_does_not_move_the_next_quarter(
    rated: Rated, unchecked: None
) -> None:
    case, run, (firm, _other) = rated
    edit_enterprise(
        actor=case.actor,
        enterprise_id=firm.pk,
        version=firm.version,
        name=firm.name,
        registered_on=dt.date(2026, 10, 5),
    )
    correct(case, run)
    IncidentFactory(enterprise=firm, kind="death", occurred_on="2026-11-20", verified_on="2026-11-20")
    assert issue_interim_vetoes(bureau=case.bureau) is None
    case.deserve(firm, "2026Q4", "green")
    with time_machine.travel("2027-01-04 09:00+08:00", tick=True):
        case.rate("2026Q4")
        rating = case.rating(firm, "2026Q4")
    assert (rating.previous_colour, rating.decided_by) == ("grey", "V1")


def text_of(answer: Any) -> str:
    assert answer.status_code in (200, 422)
    return " ".join(unescape(answer.content.decode()).split())


def test_pages_say_what_happens_while_no_quarter_can_be_rated(case: Case) -> None:
    """A bureau whose lists come in after the quarter, and whose days are corrected: every page says what is then done."""
    chief, head = officer(case.first), supervisor(case.bureau)
    for person in (chief, head):
        assert "automatic" not in text_of(person.get("ratings:warning")), "no first quarter is set"
    assert "supervisor starts the run" in text_of(chief.get("ratings:runs"))
    trainings = publish_standard(actor=case.actor, text=standard())
    case.bureau.rates_from = "2026Q2"
    case.bureau.save()
    assert "rated automatically" in text_of(chief.get("ratings:warning"))
    adopt_standard(actor=case.actor, standard_id=trainings.pk, from_quarter="2027Q1")
    assert "decides the colours from Q1 2027" in text_of(head.get("ratings:warning"))
    with pytest.raises(WrongState, match=r"No standard decides Q3 2026: .* from Q1 2027"):
        open_evaluation(actor=case.actor, period=Period.parse(PERIOD))
    adopt_standard(actor=case.actor, standard_id=trainings.pk)

    firm = case.enterprise(registered_on=dt.date(2026, 11, 2))
    case.deserve(firm, PERIOD, "yellow")
    assert "All enterprises joined the register in Q4 2026" in text_of(head.get("ratings:warning"))
    of_station = text_of(chief.get("ratings:warning"))  # of other stations an officer knows nothing
    assert "that you see here joined the register in Q4 2026" in of_station
    assert "All enterprises" not in of_station
    refused = head.post("ratings:run_create", period=PERIOD, standard=trainings.pk)
    assert "No enterprise was on the register on 2026-09-30" in text_of(refused)
    assert open_due_evaluations(bureau=case.bureau) == []

    edit_enterprise(
        actor=case.actor,
        enterprise_id=firm.pk,
        version=firm.version,
        name=firm.name,
        registered_on=dt.date(2026, 7, 1),
    )
    assert "joined the register in" not in text_of(head.get("ratings:warning"))
    for run in open_due_evaluations(bureau=case.bureau):
        case.run(run)
    assert case.rating(firm, PERIOD).colour == "yellow"
    other = publish_standard(actor=case.actor, text=standard("other"))
    with pytest.raises(ValidationError, match="Q3 2026 was rated already"):
        adopt_standard(actor=case.actor, standard_id=other.pk, from_quarter="2026Q2")
