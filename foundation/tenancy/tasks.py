"""The base class of every Celery task."""

from collections.abc import Iterable
from contextlib import AbstractContextManager

from celery import Task

from foundation.tenancy.scope import Audience, Scope, station_scope


class ScopedTask(Task):
    """A task takes ids and opens the scope it needs; it inherits nothing from its sender.

    Without ``with self.scope(...)`` PostgreSQL refuses every tenant query. The request id is passed on in the headers
    (django-structlog), so the log shows which request queued a task.
    """

    abstract = True

    def scope(
        self, stations: Iterable[int], *, bureau: int, audience: Audience = Audience.SYSTEM
    ) -> AbstractContextManager[Scope]:
        """Return transaction and scope for these stations of one bureau; one block is all or nothing."""
        return station_scope(Scope(tuple(stations), bureau=bureau, audience=audience))
