"""Property tests of the schema: no request gives a 500, and the schema describes every response.

With each kind of key. Deterministic and with few examples in the suite; run it by hand with ``API_EXAMPLES=200``.
"""

import itertools
import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from foundation.rest.pages import openapi
from foundation.rest.paging import AFTER, BEFORE, cursor_of
from tests.api.world import World
from tests.rest.keys import ApiClient
from tests.suite import mostly

EXAMPLES = int(os.environ.get("API_EXAMPLES", "4"))
SCHEMA = "/api/v1/schema/"
FRESH = itertools.count()
READING = [
    *(
        "enterprises:read",
        "ratings:read",
        "evaluations:read",
        "hazards:read",
        "inspections:read",
        "dispute_counts:read",
        "events:read",
    ),
    "subscriptions:read",
]
# The subscription is optional only if there is just one; an invented ETag never matches; blanks are no feedback.
CONDITIONAL = {
    "GET /api/v1/events/",
    "PATCH /api/v1/subscriptions/{id}/",
    "POST /api/v1/events/{subscription}/{sequence}/feedback/",
}


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Keep one connection: the server closes it after a request, but the rows exist in the test's own transaction."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def no_limits(settings: Any) -> None:
    settings.API_READS_PER_MINUTE = settings.API_WRITES_PER_MINUTE = settings.API_FAILURES = 10**6


def client_of(world: World, who: str) -> ApiClient:
    return world.client(scopes=READING) if who == "reading" else world.clients()[who]


def described(world: World, who: str) -> Any:
    """Return the schema as served, with strategies for values that only the server can issue."""
    cursors = st.builds(cursor_of, st.sampled_from([AFTER, BEFORE]), st.integers(0, 2**63 - 1))
    schemathesis.openapi.format("anqi-cursor", cursors)
    stations = [world.city.second] if who == "narrow" else [world.city.first, world.city.second]
    schemathesis.openapi.format("anqi-station", st.sampled_from([station.code for station in stations]))
    openapi.cache_clear()
    schema = schemathesis.openapi.from_wsgi(SCHEMA, get_wsgi_application())
    schema.config.generation.with_security_parameters = False  # the test itself sends a key or none
    schema.config.generation.allow_x00 = False  # NUL is a 400 everywhere: tests/rest
    return schema


def existing(world: World, path: str) -> st.SearchStrategy[dict[str, int]]:
    """Return path parameters of rows that exist, in the key's area and outside."""
    if "subscription" in path and "{id}" not in path:
        subscriptions = [world.reds.pk, world.everything.pk, world.markets.pk]
        return st.fixed_dictionaries(
            {"subscription": st.sampled_from(subscriptions), "sequence": st.integers(1, 4)}
        )
    found = {
        "/subscriptions/": [world.reds.pk, world.everything.pk, world.markets.pk],
        "/evaluations/": [run.pk for run in world.runs.values()],
        "/standards/": [world.standard.pk],
        "/inspections/": [each.pk for each in world.inspections],
    }
    ids = next((ids for part, ids in found.items() if part in path), None)
    return st.fixed_dictionaries(
        {"id": st.sampled_from(ids or [row.pk for row in (*world.first, *world.second, *world.elsewhere)])}
    )


def cases(world: World, operation: Any) -> st.SearchStrategy[Case]:
    """Return valid and invalid requests; where the path names a row, mostly one that exists."""
    fitting = operation.as_strategy()
    named = existing(world, operation.path) if "{" in operation.path else st.just({})

    def place(case: Case, ids: dict[str, int], whatever: bool) -> Case:
        case.path_parameters = ids or case.path_parameters
        if whatever and "If-Match" in case.headers:
            case.headers["If-Match"] = "*"
        if token := case.headers.get("Idempotency-Key"):  # a reused token belongs to another request: 422
            case.headers["Idempotency-Key"] = f"{token[:200]}-{next(FRESH)}"
        if whatever and operation.label == "GET /api/v1/events/":
            case.query["subscription"] = world.everything.pk
        return case

    placed = st.builds(place, fitting, named, st.booleans())
    if not (operation.query or operation.body):
        return placed
    misfits = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return st.one_of(placed, placed, misfits.filter(arrives))


def arrives(case: Case) -> bool:
    """Return whether every parameter reaches the server; an empty list, object or null is not in the URL."""
    return all(value not in (None, [], {}) for value in case.query.values())


def statuses(operation: Any, given_cases: st.SearchStrategy[Case], headers: dict[str, str]) -> set[int]:
    """Send the cases of an operation, check each response against the schema, return the statuses."""
    met = set()
    left_out = [positive_data_acceptance] if operation.label in CONDITIONAL else []

    @hypothesis.settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=given_cases)
    def send(case: Case) -> None:
        met.add(case.call_and_validate(headers=headers, excluded_checks=left_out).status_code)

    send()
    return met


@pytest.mark.parametrize("who", mostly(["right", "reading", "narrow", "expired", "none"], {"right", "none"}))
def test_every_answer_is_described(world: World, who: str) -> None:
    text = client_of(world, who).text
    headers = {"Authorization": f"Bearer {text}"} if text else {}
    answers = {
        operation.label: statuses(operation, cases(world, operation), headers)
        for operation in (each.ok() for each in described(world, who).get_all_operations())
    }
    assert len(answers) >= 19
    if who == "right":  # the examples reach the operations themselves
        asked = {label: met for label, met in answers.items() if label.startswith("GET")}
        assert not {label: met for label, met in asked.items() if not met & {200, 304}}.keys() - CONDITIONAL
    elif who in ("expired", "none"):
        assert set().union(*answers.values()) <= {401, 400, 404, 405}
    elif who == "reading":
        assert 403 in set().union(*(met for label, met in answers.items() if not label.startswith("GET")))
