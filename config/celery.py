"""The Celery application. Tasks take ids, call one operation and open their own tenant scope."""

import os
from typing import Any

from celery import Celery
from celery.signals import celeryd_init, heartbeat_sent, setup_logging, worker_init
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Each start of a process would run Django's checks, which load every page, and look at no result.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("anqi", task_cls="foundation.tenancy.tasks:ScopedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(
    DjangoStructLogInitStep
)  # the task's log gets the request id of the request that queued it


@setup_logging.connect
def configure_logging(**_kwargs: object) -> None:
    """Configure logging. Celery installs no handlers of its own if this signal has a receiver."""
    import logging.config

    from config.logs import LOGGING

    logging.config.dictConfig(LOGGING)


@worker_init.connect
def refuse_unsafe_database(**_kwargs: object) -> None:
    """Refuse to start a worker on a database that is not migrated or does not keep the tenants apart."""
    from config.start import require_database

    require_database()


@celeryd_init.connect
def name_worker(sender: str, instance: Any, **_kwargs: object) -> None:
    """Give a worker without a name of its own (``-n``) one that another worker of the machine does not have.

    Celery's default is ``celery@<host>`` for all, and the page *Health* would show two workers as one.
    """
    name, _at, host = sender.partition("@")
    if name == "celery":
        instance.hostname = f"{name}-{os.getpid()}@{host}"


@heartbeat_sent.connect
def note_heartbeat(sender: Any, **_kwargs: object) -> None:
    """Record for ``/readyz`` that a worker's main loop runs."""
    from config.health import note_worker

    note_worker(sender.eventer.hostname, list(app.amqp.queues.consume_from))
