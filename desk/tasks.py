"""Celery tasks of the desks."""

from celery import shared_task

from desk import bureau_figures
from foundation.accounts.actors import system_actor
from foundation.accounts.selectors import stations_of
from foundation.tenancy.scope import station_scope


@shared_task
def count_stations(bureau_id: int) -> None:
    """Count the figures of the bureau page."""
    actor = system_actor(bureau_id=bureau_id, stations=stations_of(bureau_id))
    with station_scope(actor.scope()):
        bureau_figures.count(actor)
