"""Celery tasks of the desks."""

from celery import shared_task

from desk import bureau_figures
from enterprises.grouping import GROUPINGS
from foundation.accounts.actors import system_actor
from foundation.accounts.selectors import stations_of
from foundation.database.planner import without_nested_loops
from foundation.tenancy.scope import station_scope
from ratings.comparing import recent_runs, warm


@shared_task
def count_groups(bureau_id: int, grouping: str) -> None:
    """Count the figures of the bureau page, of its stations or of other groups."""
    actor = system_actor(bureau_id=bureau_id, stations=stations_of(bureau_id))
    with station_scope(actor.scope()), without_nested_loops():
        runs = recent_runs(actor)
        bureau_figures.count(actor, GROUPINGS[grouping], runs[max(runs)] if runs else [])


@shared_task
def count_quarters(bureau_id: int) -> None:
    """Count the colours of the last quarters, and where points were lost."""
    actor = system_actor(bureau_id=bureau_id, stations=stations_of(bureau_id))
    with station_scope(actor.scope()), without_nested_loops():
        warm(actor)
