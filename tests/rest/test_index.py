"""The API index: what the apps declare, in the order that version 1 published."""

import pytest
from django.core.checks import run_checks
from django.urls import URLResolver, get_resolver

from foundation.contributions.endpoints import Endpoint, endpoints
from foundation.rest.checks import check_api_index
from tests.rest.conftest import World

PUBLISHED = [
    "key",
    "ratings",
    "enterprises",
    "evaluations",
    "standards",
    "subscriptions",
    "events",
    "schema",
    "docs",
]


def test_keys_are_only_added_and_keep_their_order(world: World) -> None:
    index = world.client().get("/api/v1/").json()
    assert [key for key in index["addresses"] if key in PUBLISHED] == PUBLISHED
    for address in index["addresses"].values():
        assert world.client().get(address.removeprefix("http://testserver")).status_code != 404, address


def test_every_endpoint_that_takes_no_argument_is_listed() -> None:
    listed = {endpoint.url_name for endpoint in endpoints}
    for each in get_resolver("config.urls").url_patterns:
        if isinstance(each, URLResolver) and str(each.pattern) == "api/v1/":
            for pattern in each.url_patterns:
                name = f"{each.namespace}:{pattern.name}"
                if not pattern.pattern.converters and name not in ("rest:index", "rest:unknown"):
                    assert name in listed, f"{name} stands in no api/index.py"


@pytest.mark.parametrize("url_name", ["ratings_api:colours", "ratings_api:rating"])
def test_an_entry_that_leads_nowhere_is_an_error(monkeypatch: pytest.MonkeyPatch, url_name: str) -> None:
    assert check_api_index(None) == []
    declared = {**endpoints._items, "colours": Endpoint("colours", url_name)}
    monkeypatch.setattr(endpoints, "_items", declared)
    (error,) = [each for each in run_checks() if each.id == "rest.E001"]
    assert url_name in error.msg
