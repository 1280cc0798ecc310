"""A run's state only moves on, whoever is late: guarded by the operations, and by the database behind them."""

from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction

from foundation.accounts.access import WrongState
from foundation.accounts.models import Bureau
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from ratings import tasks
from ratings.models import Evaluation, Rating
from ratings.operations import interim, restart_evaluation, run_evaluation, running
from ratings.operations.evaluations import open_evaluation
from ratings.standards.parsing import parse
from ratings.tasks import sweep
from tests.factories import BureauFactory
from tests.ratings.conftest import Case, standard
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
