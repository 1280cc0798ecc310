"""A hand-over that commits while a batch is rated: a key refuses the ratings, which are then made again."""

import threading

import pytest
from django.db import connection

from enterprises.models import Enterprise
from enterprises.operations import hand_over
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from ratings.engine.measuring import Statement
from ratings.models import Rating
from ratings.operations import adopt_default_standard, open_evaluation, run_evaluation
from ratings.operations.evaluations import bureau_actor
from tests.factories import BureauFactory, StationFactory
from tests.waiting import patience

PERIOD = Period(2026, 1)


@pytest.mark.django_db(transaction=True)
def test_a_hand_over_inside_a_batch_does_not_fail_the_run(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bureau = BureauFactory()
    giving, receiving = StationFactory(bureau=bureau), StationFactory(bureau=bureau)
    actor = bureau_actor(bureau.pk)
    with station_scope(actor.scope()):
        adopt_default_standard(actor=actor)
        moved, stays = Enterprise.objects.bulk_create(
            Enterprise(bureau=bureau, station=giving, name=f"Firm {number}") for number in range(2)
        )
        opened = open_evaluation(actor=actor, period=PERIOD)
    execute, handed_over = Statement.execute, []

    def hand_over_elsewhere() -> None:
        try:
            with station_scope(actor.scope()):
                hand_over(
                    actor=actor,
                    enterprise_id=moved.pk,
                    to_station_id=receiving.pk,
                    on=Period(2026, 2).start,
                    reason="So",
                )
            handed_over.append(True)
        finally:
            connection.close()  # this thread's own

    def interrupted(statement: Statement) -> list[tuple]:
        rows = execute(statement)
        if not handed_over:
            thread = threading.Thread(target=hand_over_elsewhere)
            thread.start()
            thread.join(patience(60))
        return rows

    monkeypatch.setattr(Statement, "execute", interrupted)
    assert run_evaluation(bureau_id=bureau.pk, evaluation_id=opened.pk) == "complete"
    assert handed_over
    assert "batch is rated again after a hand-over" in caplog.text
    with station_scope(actor.scope()):
        rated = {each.enterprise_id: each for each in Rating.objects.filter(evaluation=opened)}
    assert rated.keys() == {moved.pk, stays.pk}
    assert (rated[moved.pk].station_id, rated[moved.pk].rated_at_station_id) == (receiving.pk, giving.pk)
