"""Gunicorn settings: load the application once, freeze it, then fork."""

import gc
from typing import Any

from embedded.configuration import environment

env = environment()
from config.logs import LOGGING  # noqa: E402  (needs .env)

bind = env.str("BIND", default=f"127.0.0.1:{env.int('PORT', default=8000)}")
workers = env.int("WEB_WORKERS", default=2)
threads = env.int("WEB_THREADS", default=4)
worker_class = "gthread"
preload_app = True
graceful_timeout = 10
timeout = 60
keepalive = 5
max_requests = 20_000  # bounds a slow memory leak
max_requests_jitter = 2_000
forwarded_allow_ips = "127.0.0.1"
control_socket_disable = True
logconfig_dict = LOGGING


def when_ready(_server: Any) -> None:
    """Freeze the loaded application before the first fork, and close its connections.

    Full garbage collections skip frozen objects, which would otherwise cause the slowest responses, and workers keep
    sharing their memory pages. Connections must not be shared: each worker opens its own.
    """
    from django.db import connections

    from config.health import broker

    connections.close_all()
    broker().close()
    broker.cache_clear()
    gc.collect()
    gc.freeze()
