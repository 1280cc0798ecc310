"""The Celery application. Tasks take ids, call one operation and open their own tenant scope."""

import os
from typing import Any

from celery import Celery
from celery.signals import heartbeat_sent, setup_logging, worker_init
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("anqi", task_cls="foundation.tenancy.tasks:ScopedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(
    DjangoStructLogInitStep
)  # the request id of the page that queued a task reaches its log


@setup_logging.connect
def keep_our_logging(**_kwargs: object) -> None:
    """Celery would put its own handlers in place; a receiver of this signal keeps it from doing so."""
    import logging.config

    from config.logs import LOGGING

    logging.config.dictConfig(LOGGING)


@worker_init.connect
def refuse_an_unsafe_database(**_kwargs: object) -> None:
    """A worker that could read past the tenants does not start."""
    from foundation.tenancy.checks import assert_database_safe

    assert_database_safe()


@heartbeat_sent.connect
def note_heartbeat(sender: Any, **_kwargs: object) -> None:
    """Tell ``/readyz`` that a worker's main loop turns."""
    from config.health import note_worker

    note_worker(sender.eventer.hostname)
