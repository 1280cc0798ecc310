"""What exists elsewhere and what exists nowhere get the same response: same status, same words, same work.

Timing is tested by structure: the same queries in the same order. A clock on a busy machine would miss differences or
invent some.
"""

import re
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enterprises.models import Enterprise
from foundation.accounts.choices import Role
from tests.factories import EnterpriseFactory, UserFactory
from tests.fixtures import scope_of
from tests.isolation.test_front_door import (  # noqa: F401
    Side,
    address,
    object_of,
    person_of,
    routes,
    shared_by_bureau,
    world,
)

NOWHERE = 987_654_321
# numbers, tokens and names that differ between any two responses
PASSING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9+/]{20,}={0,2}|\d+")


class Nowhere(Side):
    """Ids that do not exist."""

    def id_of(self, model: type[models.Model]) -> int:
        return NOWHERE


def plain(text: str) -> str:
    return PASSING.sub("#", text)


def shape(sql: str) -> str:
    """Return a query without its values."""
    return re.sub(r"'(?:[^']|'')*'|\"s\d+_x\d+\"|\b\d+\b", "?", sql)


def asked(
    client: Client, method: str, path: str, data: dict[str, Any] | None = None
) -> tuple[int, str, list[str]]:
    with CaptureQueriesContext(connection) as captured:
        answer = getattr(client, method)(path, data or {})
    place = answer.headers.get("Location", "")
    return (
        answer.status_code,
        plain(answer.content.decode(errors="replace") + place),
        [shape(query["sql"]) for query in captured.captured_queries],
    )


@pytest.mark.drill
@pytest.mark.parametrize(
    ("role", "where"),
    [
        (Role.OFFICER, "other station"),
        (Role.SECURITY_MANAGER, "other station"),
        (Role.DEPARTMENT_OFFICER, "other bureau"),
    ],
)
def test_a_foreign_id_and_no_id_are_answered_alike(world: dict[str, Side], role: str, where: str) -> None:  # noqa: F811
    client, foreign, mine = person_of(world["mine"], role), world[where], world["mine"]
    nowhere = Nowhere(foreign.bureau, foreign.station)
    client.get("/people/me/")
    wrong, compared = [], 0
    for route, pattern in routes()[0]:
        if where == "other station" and shared_by_bureau(object_of(route, pattern)):
            continue
        paths = [address(route, pattern, side, mine) for side in (foreign, nowhere)]
        for method in ("get", "post"):
            there, none = (asked(client, method, path) for path in paths)
            compared += 1
            if there != none:  # on a slow machine what is cached for a minute may have run out in between
                there, none = (asked(client, method, path) for path in paths)
            if there != none:
                which = next(
                    name
                    for name, one, other in zip(("status", "words", "work"), there, none, strict=True)
                    if one != other
                )
                wrong.append((method, paths[0], which, there[0], none[0], len(there[2]), len(none[2])))
    assert compared > 50
    assert not wrong, wrong


def create(client: Client, **fields: Any) -> tuple[int, str, list[str]]:
    return asked(
        client, "post", reverse("enterprises:create"), {"name": "New Kiln", "since": "always", **fields}
    )


CODE, OTHER_CODE = "91110000600037341L", "91110000100000000R"


@pytest.mark.django_db
def test_a_credit_code_of_another_bureau_is_free(world: dict[str, Side]) -> None:  # noqa: F811
    """A clash is reported only within the bureau, without a name: the user is told to ask for the hand-over."""
    EnterpriseFactory(station=world["other bureau"].station, credit_code=CODE, name="Secret Works")
    client, mine = person_of(world["mine"], Role.CHIEF), world["mine"]
    client.get("/people/me/")
    there = create(client, credit_code=CODE)
    with scope_of(mine.station):
        made = Enterprise.objects.filter(credit_code=CODE).count()
    assert (there[0], made) == (302, 1), there[1]
    none = create(client, credit_code=OTHER_CODE, name="Another Kiln")
    assert none[0] == 302, none[1]
    assert there[2] == none[2], "the same statements: a clock learns nothing either"


@pytest.mark.django_db
def test_a_clash_within_the_bureau_names_nobody(world: dict[str, Side]) -> None:  # noqa: F811
    EnterpriseFactory(station=world["other station"].station, credit_code=CODE, name="Secret Works")
    status, text, _work = create(person_of(world["mine"], Role.CHIEF), credit_code=CODE)
    assert status == 422, text
    assert "another station" in text
    assert "Secret Works" not in text
    assert world["other station"].station.name not in text


@pytest.mark.django_db
def test_a_wrong_password_and_an_unknown_name_are_answered_alike(client: Client, settings: Any) -> None:
    """In words and in work: for an unknown name a password is hashed too."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed: list[str] = []
    real = MD5PasswordHasher.encode
    MD5PasswordHasher.encode = lambda self, password, salt: hashed.append(salt) or real(self, password, salt)
    try:
        UserFactory(username="known")
        hashed.clear()
        texts, work = [], []
        for name in ("known", "unknown"):
            answer = client.post("/accounts/login/", {"login": name, "password": "wrong-wrong"})
            texts.append(plain(answer.content.decode()).replace(f'"{name}"', ""))
            work.append(len(hashed))
            hashed.clear()
    finally:
        MD5PasswordHasher.encode = real
    assert texts[0] == texts[1]
    assert work[0] == work[1] == 1


@pytest.mark.django_db
def test_an_unknown_name_costs_as_many_statements(client: Client) -> None:
    UserFactory(username="known")
    counts = []
    for name in ("known", "unknown"):
        with CaptureQueriesContext(connection) as statements:
            client.post("/accounts/login/", {"login": name, "password": "wrong-wrong"})
        counts.append(len(statements))
    assert counts[0] == counts[1]
