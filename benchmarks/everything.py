"""Every page without an id in its address and every command that reads, once, under a statement time-out.

A page that reads a whole bureau in a way nobody thought of is found here, not by its first supervisor.
"""

import io
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connections
from django.test import Client

from benchmarks.figures import Figures, printed
from foundation.accounts.checks import project_views
from foundation.accounts.choices import Role
from foundation.accounts.models import Bureau, RoleGrant
from foundation.periods import Period

PAGE_S, COMMAND_S = 10, 60
SLOWEST = 10
COMMANDS = (
    ("export_ratings",),
    ("export_ratings", "--measures"),
    ("check_identifiers",),
    ("audit", "verify"),
)


def measure(bureau: Bureau, period: Period) -> Figures:
    """Return how many pages and commands there are, which do not finish, and the slowest, all with a cold cache."""
    logging.disable(logging.ERROR)  # refusals of the role; what fails is in the figures
    times: dict[str, float] = {}
    unfinished: list[str] = []
    for role in (Role.OFFICER, Role.SUPERVISOR):
        client = Client(headers={"host": "localhost"}, raise_request_exception=False)
        client.force_login(RoleGrant.objects.filter(bureau=bureau, role=role).order_by("id")[0].user)
        with _statements_end_after(PAGE_S):
            for path in _paths():
                cache.clear()
                begin = time.perf_counter()
                status = client.get(path).status_code
                if status >= 500:
                    unfinished.append(f"{role} {path}")
                elif status == 200:
                    times[f"{role} {path}"] = time.perf_counter() - begin
    for name, *more in COMMANDS:
        options = ["--bureau", bureau.code, "--period", period.code] if name == "export_ratings" else []
        begin = time.perf_counter()
        try:
            with _statements_end_after(COMMAND_S):
                call_command(name, *more, *options, stdout=io.StringIO())
            times[" ".join((name, *more))] = time.perf_counter() - begin
        except OperationalError:
            unfinished.append(" ".join((name, *more)))
    logging.disable(logging.NOTSET)
    slowest = sorted(times, key=lambda each: -times[each])[:SLOWEST]
    return printed(
        {
            "everything_finished": len(times),
            "everything_unfinished": ", ".join(unfinished),
            **{f"everything_{name}_seconds": round(times[name], 2) for name in slowest},
        }
    )


def _paths() -> Iterator[str]:
    for route, _pattern in project_views():
        if "<" not in route and not route.startswith(("api/", "accounts/")):
            yield f"/{route}"


@contextmanager
def _statements_end_after(seconds: int) -> Iterator[None]:
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SET statement_timeout = '{seconds}s'")
    try:
        yield
    finally:
        with connections["default"].cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
