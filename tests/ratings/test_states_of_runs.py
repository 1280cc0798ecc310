"""A run's state only moves on, whoever is late: guarded by the operations, and by the database behind them."""

from typing import Any
from unittest.mock import Mock

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction

from enterprises.models import Enterprise
from foundation.accounts import sweeping
from foundation.accounts.access import WrongState
from foundation.accounts.models import Bureau
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from ratings import tasks
from ratings.models import Evaluation, Rating
from ratings.operations import correct_ratings, interim, restart_evaluation, run_evaluation, running
from ratings.operations.evaluations import open_evaluation
from ratings.standards.parsing import parse
from ratings.tasks import sweep
from tests.factories import ActivityFactory, BureauFactory, IncidentFactory
from tests.ratings.conftest import Case, failing, standard
from tests.ratings.test_commands import firms

pytestmark = pytest.mark.django_db


def test_an_error_that_came_too_late_fails_nothing(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker meets an error after another one has completed the run: it stays complete, its ratings stay."""
    case.adopt(standard())
    firms(case)
    evaluation = open_evaluation(actor=case.actor, period=Period.parse("2026Q3"))
    real = running._finish_rating

    def overtaken(mine: Evaluation) -> bool:
        monkeypatch.setattr(running, "_finish_rating", real)
        assert run_evaluation(bureau_id=case.bureau.pk, evaluation_id=evaluation.pk) == "complete"
        raise ValueError("too late")

    monkeypatch.setattr(running, "_finish_rating", overtaken)
    assert run_evaluation(bureau_id=case.bureau.pk, evaluation_id=evaluation.pk) == "complete"
    evaluation.refresh_from_db()
    assert (evaluation.state, evaluation.error, Rating.objects.count()) == ("complete", "", 4)
    with pytest.raises(WrongState, match="Only a failed"):
        restart_evaluation(actor=case.actor, evaluation_id=evaluation.pk)


def test_a_worker_of_before_a_restart_rates_nothing_more(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it knows of the run (measures, criteria, earlier runs) may no longer hold."""
    case.adopt(standard())
    firms(case)
    evaluation = open_evaluation(actor=case.actor, period=Period.parse("2026Q3"))
    with station_scope(running._bureau_scope(case.bureau.pk)):
        running._begin(evaluation)
        stale = Evaluation.objects.get(pk=evaluation.pk)
    assert running._fail(stale, ValueError("a fault"))
    restart_evaluation(actor=case.actor, evaluation_id=evaluation.pk)
    with station_scope(running._bureau_scope(case.bureau.pk)):
        running._begin(evaluation)
    book = parse(evaluation.standard.body)
    assert running._rate_batch(stale, book, running.KnownRuns(), {}, skip_rated=False) is None
    assert not running._fail(stale, ValueError("late")), "and cannot fail what was begun anew"
    case.run(evaluation)
    assert evaluation.state == "complete"


@pytest.mark.parametrize(
    "change",
    [
        lambda run: Evaluation.objects.filter(pk=run.pk).update(state="failed"),
        lambda run: Evaluation.objects.filter(pk=run.pk).update(state="open"),
        lambda run: Evaluation.objects.filter(pk=run.pk).update(completed_at=None),
        lambda run: Evaluation.objects.filter(pk=run.pk).update(counts={}),
        lambda run: Evaluation.objects.filter(pk=run.pk).update(digest="0" * 16),
        lambda run: Rating.objects.filter(evaluation=run)._raw_delete("default"),
        lambda run: Rating.objects.filter(evaluation=run).update(score=1),
        lambda run: run.batches.all()._raw_delete("default"),
        lambda run: connection.cursor().execute("SELECT ratings_discard_run(%s)", [run.pk]),
    ],
)
def test_nothing_takes_back_what_was_published(case: Case, change: Any) -> None:
    """Not even a statement that no operation makes: the database refuses it."""
    case.adopt(standard())
    firms(case)
    evaluation = case.rate("2026Q3")
    with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
        change(evaluation)
    assert Rating.objects.filter(evaluation=evaluation).count() == 4


def test_one_bureau_without_connection_does_not_stop_the_others(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = BureauFactory(code="zz-later")
    seen: list[str] = []

    def failing(*, bureau: Bureau) -> list[Evaluation]:
        seen.append(bureau.code)
        if bureau.pk == case.bureau.pk:
            raise OperationalError("canceling statement due to statement timeout")
        return []

    monkeypatch.setattr(tasks, "open_due_evaluations", failing)
    monkeypatch.setattr(sweeping, "connection", Mock())  # that of the test stays open
    sweep()
    assert seen[-1] == other.code
    assert case.bureau.code in seen


def test_a_veto_that_cannot_be_stored_is_not_passed_over_in_silence(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the keys two sweeps meet at are no fault; the sweep logs everything else and tries again next minute."""

    class Refused(Exception):
        class diag:
            constraint_name = "rating_enterprise_fk"

    def refused(actor: object) -> None:
        raise IntegrityError("moved meanwhile") from Refused()

    monkeypatch.setattr(interim, "_issue", refused)
    with pytest.raises(IntegrityError):
        interim.issue_interim_vetoes(bureau=case.bureau)
    monkeypatch.setattr(Refused.diag, "constraint_name", "rating_revision")
    assert interim.issue_interim_vetoes(bureau=case.bureau) is None


def shown(firm: Enterprise) -> tuple[Any, ...]:
    firm.refresh_from_db()
    return firm.colour, firm.score, firm.rated_period, firm.rated_on, firm.cycle_days


def test_a_run_that_fails_while_it_is_published_leaves_no_colour_on_the_register(case: Case) -> None:
    """Nobody sees its ratings, so the register goes on showing those in force: regular, interim, or none."""
    case.adopt(standard())
    calm, hit = (case.enterprise() for _ in range(2))
    for firm in (calm, hit):
        case.deserve(firm, "2026Q2", "green")
    with time_machine.travel("2026-07-04 00:30+08:00", tick=True):
        case.rate("2026Q2")
    with time_machine.travel("2026-08-01 09:00+08:00", tick=True):
        IncidentFactory(enterprise=hit, kind="death", occurred_on="2026-08-01", verified_on="2026-08-01")
        assert interim.issue_interim_vetoes(bureau=case.bureau)
    new = case.enterprise()
    for firm in (calm, hit, new):
        case.deserve(firm, "2026Q3", "yellow")
    before = [shown(firm) for firm in (calm, hit, new)]
    assert [row[0] for row in before] == ["green", "red", "grey"]
    with failing():
        run = case.rate("2026Q3")
    assert (run.state, [shown(firm) for firm in (calm, hit, new)]) == ("failed", before)
    restart_evaluation(actor=case.actor, evaluation_id=run.pk)
    case.run(run)
    assert (run.state, shown(calm)[0], shown(new)[0]) == ("complete", "yellow", "yellow")


def test_a_run_started_before_the_cut_off_is_in_force_from_that_day(case: Case) -> None:
    case.adopt(standard())
    with time_machine.travel("2026-10-01 09:00+08:00", tick=True):
        firm = firms(case)[1]
        case.rate("2026Q3")
    assert shown(firm)[3].isoformat() == case.rating(firm, "2026Q3").effective_on.isoformat() == "2026-10-01"


def test_a_correction_that_fails_leaves_no_colour_either(case: Case) -> None:
    case.adopt(standard())
    firm = firms(case)[1]
    run = case.rate("2026Q3")
    before = shown(firm)
    ActivityFactory.create_batch(3, enterprise=firm, kind="training", held_on="2026-09-20")
    with failing():
        correction = case.run(correct_ratings(actor=case.actor, evaluation_id=run.pk, reason="Late"))
    assert (correction.state, shown(firm)) == ("failed", before)
