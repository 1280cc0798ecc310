"""The examples of docs/api.md, run as written: status and shape of each response."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from deliveries.models import Subscription
from foundation.rest.pages import openapi
from foundation.tenancy.scope import Audience
from tests.api.world import World
from tests.fixtures import scope_of_bureau

TEXT = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text()
EXAMPLES = re.findall(r"```sh\n(.*?)```\n```json\n(.*?)```", TEXT, re.DOTALL)
SERVER = "http://testserver"


def sent(command: str, words: dict[str, str]) -> Any:
    """Send a curl command."""
    for name, value in words.items():
        command = command.replace(f"${name}", value.replace('"', '\\"'))
    assert not re.search(r"\$[A-Z]", command), command
    program, *arguments = shlex.split(command)
    assert program == "curl"
    method, headers, body, address = "GET", {}, "", ""
    pending = iter(arguments)
    for argument in pending:
        if argument == "-X":
            method = next(pending)
        elif argument == "-H":
            name, _colon, value = next(pending).partition(": ")
            headers[name] = value
        elif argument == "-d":
            body = next(pending)
        else:
            address = argument.removeprefix(SERVER)
    kind = headers.pop("Content-Type", "application/octet-stream")
    return Client().generic(method, address, body, content_type=kind, headers=headers)


def differences(told: Any, answered: Any, where: str = "") -> list[str]:
    """List where a response differs in shape: keys, types, the first row of a list; "…" leaves keys out."""
    if isinstance(told, dict):
        if not isinstance(answered, dict):
            return [f"{where}: no object"]
        open_ended = told.keys() >= {"…"}
        named = told.keys() - {"…"}
        wrong = [f"{where}/{name}: missing" for name in named - answered.keys()]
        wrong += [] if open_ended else [f"{where}/{name}: not told" for name in answered.keys() - named]
        return wrong + [
            found
            for name in named & answered.keys()
            for found in differences(told[name], answered[name], f"{where}/{name}")
        ]
    if isinstance(told, list):
        if not isinstance(answered, list) or (told and not answered):
            return [f"{where}: no rows"]
        return differences(told[0], answered[0], f"{where}/0") if told else []
    if told is None or answered is None:
        return (
            [] if told is answered or where.endswith(("_at", "score", "next")) else [f"{where}: {answered!r}"]
        )
    same = isinstance(answered, int | float) if type(told) in (int, float) else type(told) is type(answered)
    return [] if same else [f"{where}: {answered!r}"]


def test_there_are_examples_of_all_kinds() -> None:
    assert len(EXAMPLES) >= 13
    for part in (
        "ratings/",
        "history/",
        "enterprises/",
        "evaluations/",
        "standards/",
        "hazards/",
        "inspections/",
        "events/",
        "acknowledge/",
        "feedback/",
        "subscriptions/",
        "replay/",
        "test-event/",
        "key/",
        "-X PATCH",
    ):
        assert any(part in command for command, _answer in EXAMPLES), part


def test_the_examples_of_the_documentation(world: World) -> None:
    client = world.client()
    row = world.everything
    words = {
        "ANQI": SERVER,
        "KEY": client.text or "",
        "ENTERPRISE": str(world.first[0].pk),
        "INSPECTION": str(world.inspections[0].pk),
        "EVALUATION": str(world.runs["Q3"].pk),
        "STANDARD": str(world.standard.pk),
        "SUBSCRIPTION": str(row.pk),
    }
    for command, told in EXAMPLES:
        if "replay" in command:  # they have been delivered meanwhile
            with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
                Subscription.objects.filter(pk=row.pk).update(last_delivered=3)
        if "test-event" in command:  # needs an address
            with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
                address = {"url": "https://hooks.example/", "allowed_hosts": ["hooks.example"]}
                Subscription.objects.filter(pk=row.pk).update(**address)
        answer = sent(command, words)
        assert answer.status_code == (202 if "test-event" in command else 200), (command, answer.content)
        assert not differences(json.loads(told), answer.json()), command
        if answer.headers.get("ETag") and f"/subscriptions/{row.pk}/" in answer.request["PATH_INFO"]:
            words["ETAG"] = answer.headers["ETag"]


@pytest.mark.parametrize(
    ("told", "answered"),
    [
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 2}, {"a": 1}),
        ({"a": 1}, {"a": "1"}),
        ([{"a": 1}], []),
        ({"a": None}, {"a": 1}),
    ],
)
def test_a_different_shape_is_noticed(told: Any, answered: Any) -> None:
    assert differences(told, answered)


def test_every_address_of_the_table_exists(world: World) -> None:
    openapi.cache_clear()
    known = {re.sub(r"\{\w+\}", "{}", path.removeprefix("/api/v1")) for path in openapi()["paths"]}
    table = TEXT[TEXT.index("## Endpoints") : TEXT.index("### Ratings")]
    named = {re.sub(r"\{\w+\}", "{}", path) for path in re.findall(r"`(?:[A-Z]+ )?(/[^`]*)`", table)}
    assert named - {"/"} <= known
    told_shorter = {"/events/{}/{}/feedback/", "/", "/schema/", "/docs/"}
    assert known - named <= told_shorter
