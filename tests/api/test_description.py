"""The description: servers, pushed messages with their schema, each set of values once."""

import json
from collections import Counter
from typing import Any

import jsonschema
import pytest
from django.test import Client

from deliveries.models import Event
from deliveries.payloads import PARTS, SENT, members
from foundation.rest.pages import openapi
from foundation.tenancy.scope import Audience
from tests.api.world import World
from tests.fixtures import scope_of_bureau


@pytest.fixture
def described() -> dict[str, Any]:
    openapi.cache_clear()
    return json.loads(json.dumps(openapi()))


def test_it_names_a_server(client: Client) -> None:
    told = client.get("/api/v1/schema/", headers={"accept": "application/json"}).json()
    assert [server["url"] for server in told["servers"]] == ["http://testserver"]


def test_each_set_of_values_is_listed_once(described: dict[str, Any]) -> None:
    sets: Counter[str] = Counter()

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if isinstance(part.get("enum"), list) and len(part["enum"]) > 1:
                sets[json.dumps(sorted(map(str, part["enum"])))] += 1
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(described)
    assert {values for values, number in sets.items() if number > 1} == set()
    inline = {
        f"{path}" for path in described["paths"] if '"enum": ["' in json.dumps(described["paths"][path])
    }
    assert all('"enum": ["true"]' in json.dumps(described["paths"][path]) for path in inline)


def checker(described: dict[str, Any], name: str) -> Any:
    schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def test_the_examples_of_pushed_messages_are_valid(described: dict[str, Any]) -> None:
    assert set(described["webhooks"]) == {"rating.published", "rating.revised", "delivery.test"}
    for pushed in described["webhooks"].values():
        (media,) = pushed["post"]["requestBody"]["content"].values()
        name = media["schema"]["$ref"].rpartition("/")[2]
        for example in media["examples"].values():
            checker(described, name).validate(example["value"])
            with pytest.raises(jsonschema.ValidationError):
                checker(described, name).validate(example["value"] | {"type": "other"})


def test_what_is_written_is_what_is_described(world: World, described: dict[str, Any]) -> None:
    """Valid, and without a member that the description or the catalogue of events leaves out."""
    with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
        payloads = [event.payload for event in Event.objects.all()]
    assert {payload["type"] for payload in payloads} == {"rating.published", "rating.revised"}
    for payload in payloads:
        name = next(each.name for each in SENT if each.type == payload["type"])
        checker(described, name).validate(payload)
        assert payload["data"].keys() == set(PARTS["RatingsData"]["required"])
        for rating in payload["data"]["ratings"]:
            assert rating.keys() == PARTS["MessageRating"]["properties"].keys()
    listed = {member.path for member in members(SENT[0].schema)}
    assert {"data.ratings[].reasons[].criterion", "data.ratings[].replaces.score", "data.bureau.code"} <= {
        path.replace("data.ratings[]", "data.ratings[]") for path in listed
    }
