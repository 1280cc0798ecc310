"""Isolation through the API: every route × method × key, with ids of another department, station or bureau.

By introspection, like test_front_door.py for users: a new route is covered at once, and one with an unknown kind of id
fails by its name. Foreign ids are in paths, filters, cursors and bodies.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import models

from deliveries.models import Answer, Event, Receipt, Subscription
from enterprises.models import Enterprise
from foundation.accounts.access import ANYONE
from foundation.accounts.checks import project_views
from foundation.accounts.models import Bureau
from foundation.rest.pages import openapi
from foundation.rest.paging import AFTER, BEFORE, cursor_of
from foundation.tenancy.scope import Audience
from inspections.models import Hazard, Inspection
from ratings.models import Evaluation, Rating, Standard
from tests.api.world import MARK, World, build
from tests.fixtures import City, scope_of_bureau
from tests.rest.keys import ApiClient
from tests.suite import ONLY, is_wanted, mostly

API = "/api/v1/"
NOBODYS = 987_654_321
# the object that an id in the path names: beginning of the route, name of the id
OBJECTS: dict[tuple[str, str], type[models.Model]] = {
    ("enterprises", "pk"): Enterprise,
    ("ratings", "pk"): Enterprise,
    ("inspections", "pk"): Inspection,
    ("colours", "pk"): Enterprise,
    ("evaluations", "pk"): Evaluation,
    ("standards", "pk"): Standard,
    ("subscriptions", "pk"): Subscription,
    ("events", "subscription"): Subscription,
}
WITHOUT_ADDRESS = {("test_event", "post"): 409}  # found, and nothing can be sent to it
LOOK_UP = ("colour_lookup", "get")  # needs a code to look up
BODIES = {
    "feedback": {"text": "Theirs"},
    "answers": {"progress": "done"},
    "colour_lookup": {"credit_codes": ["91350100M000100Y43"]},
    "replay": {"from_sequence": 1},
    "subscription": {"title": "Theirs", "colours": ["red"], "transitions": []},
}
FROZEN = (Subscription, Event, Receipt, Answer, Enterprise, Rating, Evaluation, Standard, Hazard, Inspection)


@pytest.fixture(autouse=True)
def no_limits(settings: Any) -> None:
    """Lift the limits: a 429 would hide the endpoint's response."""
    settings.API_READS_PER_MINUTE = settings.API_WRITES_PER_MINUTE = settings.API_FAILURES = 10**6


@pytest.fixture
def world(city: City) -> World:
    return build(city)


def routes() -> Iterator[tuple[str, Any, list[str]]]:
    """Yield every endpoint: route, pattern, methods."""
    for route, pattern in project_views():
        view = getattr(pattern.callback, "cls", None)
        if route.startswith("api/v1/") and is_wanted(view) and view is not None and view.scope != ANYONE:
            yield (
                route,
                pattern,
                [name for name in view.http_method_names if name != "head" and hasattr(view, name)],
            )


def path_of(route: str, pattern: Any, ids: dict[type[models.Model], int]) -> str:
    """Return the path with these ids. An unknown kind of id fails: add it to OBJECTS."""
    beginning = route.removeprefix("api/v1/").split("/")[0]
    path = route
    for name, converter in pattern.pattern.converters.items():
        if name == "sequence":
            value = 1
        else:
            assert (beginning, name) in OBJECTS, f"tests/isolation does not know whose {name} /{route} takes"
            value = ids[OBJECTS[beginning, name]]
        kind = type(converter).__name__.removesuffix("Converter").lower()
        path = path.replace(f"<{kind}:{name}>", str(value))
    assert "<" not in path
    return f"/{path}"


def one(bureau: Bureau, model: type[models.Model], **found: Any) -> int:
    with scope_of_bureau(bureau, Audience.SYSTEM):
        return model.objects.filter(**found).values_list("pk", flat=True)[0]


def foreign_ids(world: World, whose: str) -> dict[type[models.Model], int]:
    """Return ids that the key must not reach; none for a model without foreign rows (runs of the same bureau)."""
    if whose == "other bureau":
        bureau = world.city.other_bureau
        return {
            Enterprise: world.elsewhere[0].pk,
            Evaluation: world.runs["theirs"].pk,
            Standard: one(bureau, Standard),
            Subscription: one(bureau, Subscription),
            Inspection: world.inspections[2].pk,
        }
    if whose == "other department":
        return {Subscription: world.markets.pk}
    first = {Enterprise: world.first[0].pk, Inspection: world.inspections[0].pk}
    return {**first, Subscription: world.everything.pk}


def key_for(world: World, whose: str) -> ApiClient:
    return world.clients()["narrow" if whose == "other station" else "right"]


def frozen(world: World) -> dict[Any, list[Any]]:
    """Return every row of both bureaus, to check later that none was changed."""
    found = {}
    for bureau in (world.city.bureau, world.city.other_bureau):
        with scope_of_bureau(bureau, Audience.SYSTEM):
            for model in FROZEN:
                found[bureau.pk, model] = list(model._base_manager.order_by("pk").values())
    return found


def send(client: ApiClient, method: str, path: str, body: Any = None) -> Any:
    if method == "get":
        return client.get(path)
    return getattr(client, method)(path, body, headers={"If-Match": "*"})


WHOSE = pytest.mark.parametrize(
    "whose", mostly(["other bureau", "other department", "other station"], {"other station"})
)


@WHOSE
def test_a_foreign_id_in_a_path_is_answered_like_an_unknown_one(world: World, whose: str) -> None:
    client, foreign = key_for(world, whose), foreign_ids(world, whose)
    before, wrong, tried = frozen(world), [], 0
    for route, pattern, methods in routes():
        needed = set(pattern.pattern.converters) - {"sequence"}
        beginning = route.removeprefix("api/v1/").split("/")[0]
        if not needed or not {OBJECTS[beginning, name] for name in needed} <= set(foreign):
            continue
        path, nowhere = (
            path_of(route, pattern, foreign),
            path_of(route, pattern, dict.fromkeys(foreign, NOBODYS)),
        )
        for method in methods:
            body = BODIES.get(pattern.name)
            answer, none = send(client, method, path, body), send(client, method, nowhere, body)
            tried += 1
            told, nothing = (dict(each.json(), instance="") for each in (answer, none))
            if answer.status_code != 404 or told != nothing:
                wrong.append(f"{method} {path} -> {answer.status_code} {told}")
    assert not wrong
    assert frozen(world) == before
    if ONLY and not tried:
        pytest.skip("no address of this app names an object")
    assert tried >= 6


def test_own_ids_are_found(world: World) -> None:
    """Without this, the matrix would pass if the owner were refused too."""
    own = {
        Enterprise: world.first[0].pk,
        Evaluation: world.runs["Q3"].pk,
        Standard: world.standard.pk,
        Subscription: world.everything.pk,
        Inspection: world.inspections[0].pk,
    }
    before, wrong = frozen(world), []
    with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
        Subscription.objects.filter(pk=world.everything.pk).update(last_delivered=3)
    for route, pattern, methods in routes():
        for method in methods:
            path = path_of(route, pattern, own)
            path += f"?subscription={world.everything.pk}" if pattern.name == "events" else ""
            path += "?credit_code=91350100M000100Y43" if (pattern.name, method) == LOOK_UP else ""
            answer = send(world.clients()["right"], method, path, BODIES.get(pattern.name))
            if answer.status_code != WITHOUT_ADDRESS.get((pattern.name, method), 200):
                wrong.append(f"{method} {path} -> {answer.status_code} {answer.content!r}")
    assert not wrong
    assert frozen(world) != before


def lists() -> dict[str, list[str]]:
    """Return the paths without an id, with the query parameters of the schema."""
    openapi.cache_clear()
    found = {}
    for path, operations in openapi()["paths"].items():
        if "{" not in path and "get" in operations:
            parameters = operations["get"].get("parameters", ())
            found[path] = [each["name"] for each in parameters if each["in"] == "query"]
    return found


def ids_in(value: Any) -> set[int]:
    """Return every number under a key that names an object."""
    if isinstance(value, dict):
        named = {
            inner
            for key, inner in value.items()
            if key in ("id", "enterprise", "subscription") and isinstance(inner, int)
        }
        return named.union(*map(ids_in, value.values()))
    return set().union(*map(ids_in, value)) if isinstance(value, list) else set()


@WHOSE
def test_foreign_ids_in_filters_and_cursors_show_nothing_foreign(world: World, whose: str) -> None:
    client, foreign = key_for(world, whose), foreign_ids(world, whose)
    city = world.city
    station = {"other bureau": city.elsewhere, "other station": city.first}.get(whose)
    values = [*map(str, set(foreign.values())), MARK.lower(), *([station.code] if station else [])]
    hidden = {Enterprise: foreign.get(Enterprise), Subscription: foreign.get(Subscription)}
    texts = [MARK] + ([world.first[0].name] if whose == "other station" else [])
    wrong, tried = [], 0
    for path, parameters in lists().items():
        queries = [f"{name}={value}" for name in parameters if name != "cursor" for value in values]
        if "cursor" in parameters:
            places = [
                (way, pk + step) for pk in foreign.values() for way in (AFTER, BEFORE) for step in (-1, 0, 1)
            ]
            queries += [f"cursor={cursor_of(way, max(key, 0))}" for way, key in places]
        for query in ("", *queries):
            answer = client.get(f"{path}?{query}")
            tried += 1
            body = answer.content.decode()
            asked = query.partition("=")[2]
            if answer.status_code >= 500 or any(text in body and text not in asked for text in texts):
                wrong.append(f"{path}?{query} -> {answer.status_code} {body[:200]}")
            if answer.status_code != 200:
                continue
            shown = answer.json()
            shown.pop("next", None), shown.pop("previous", None)
            if path.endswith(("hazards/", "inspections/")):  # their own ids are of another model
                shown = [{"enterprise": row["enterprise"]} for row in shown["results"]]
            kinds = {
                Enterprise: ("enterprises/", "ratings/", "hazards/", "inspections/", "colours/"),
                Subscription: ("subscriptions/", "events/"),
            }
            for model, pk in hidden.items():
                if pk and path.endswith(kinds[model]) and pk in ids_in(shown):
                    wrong.append(f"{path}?{query} shows {model.__name__} {pk}")
    assert not wrong
    assert tried > 40


@WHOSE
def test_foreign_ids_in_bodies_change_nothing_foreign(world: World, whose: str) -> None:
    """Send foreign ids in all fields of the body to the key's own paths."""
    client, foreign = key_for(world, whose), foreign_ids(world, whose)
    mine = world.reds.pk
    body = {
        "subscription": foreign.get(Subscription),
        "subscription_id": foreign.get(Subscription),
        "id": foreign.get(Subscription),
        "department": world.market.pk,
        "department_id": world.market.pk,
        "bureau": world.city.other_bureau.pk,
        "stations": [world.city.elsewhere.pk, world.city.first.pk],
        "enterprise": foreign.get(Enterprise),
    }
    before = frozen(world)
    for route, pattern, methods in routes():
        if not set(pattern.pattern.converters) & {"subscription", "pk"} or "".join(methods) == "get":
            continue
        for method in set(methods) - {"get"}:
            path = path_of(route, pattern, {Subscription: mine})
            for extra in (body, {**body, **BODIES.get(pattern.name, {})}):
                answer = send(client, method, path, extra)
                assert answer.status_code == 400, (path, answer.content)
    after = frozen(world)
    ours = {(row.pk) for row in (world.reds,)}
    for key, rows in before.items():
        for was, now in zip(rows, after[key], strict=True):
            if key[1] is Receipt and was["subscription_id"] in ours:
                continue
            assert was == now, key


@pytest.mark.parametrize("who", ["expired", "none", "no scope"])
def test_a_refusal_does_not_reveal_what_exists(world: World, who: str) -> None:
    """Without key or scope, every id gets the same response."""
    client = world.clients()[who]
    own = {Enterprise: world.first[0].pk, Evaluation: world.runs["Q3"].pk, Standard: world.standard.pk}
    own |= {Subscription: world.everything.pk, Inspection: world.inspections[0].pk}
    for route, pattern, methods in routes():
        for method in methods:
            answers = [
                send(client, method, path_of(route, pattern, ids), BODIES.get(pattern.name))
                for ids in (own, dict.fromkeys(own, NOBODYS))
            ]
            told = [json.dumps(dict(each.json(), instance="")) for each in answers]
            if answers[0].status_code == 200:
                assert who == "no scope"
                assert not pattern.pattern.converters
                continue
            assert answers[0].status_code == answers[1].status_code in (401, 403)
            assert told[0] == told[1]
