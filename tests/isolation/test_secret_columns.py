"""Secrets are read where they are used, and with no other page (the front door's matrix watches its pages, too)."""

import pytest
from django.test import Client

from foundation.accounts.access import EVERY_ROLE, Role
from tests.factories import PASSWORD, UserFactory
from tests.isolation.secret_columns import COLUMNS, reading
from tests.isolation.test_front_door import Side, address, person_of, routes, side


@pytest.fixture
def mine(db: None) -> Side:
    return side("Mine")


def test_columns_are_recognised(client: Client, db: None) -> None:
    UserFactory(username="known")
    with reading() as found:
        client.post("/accounts/login/", {"login": "known", "password": PASSWORD})
        assert client.get("/people/me/").status_code in (200, 302)
    assert not found
    assert COLUMNS.search('SELECT "accounts_user"."password"')


@pytest.mark.drill
@pytest.mark.parametrize("role", sorted(EVERY_ROLE | {Role.OPERATOR}))
def test_no_page_reads_a_secret(mine: Side, role: str) -> None:
    client, answers = person_of(mine, role), []
    with_object, plain = routes()
    with reading() as found:
        for route, pattern in with_object:
            answers.append(client.get(address(route, pattern, mine, mine)).status_code)
        for route, _pattern in plain:
            answers.append(client.get(f"/{route}").status_code)
    assert not found
    assert 200 in answers
    assert not [status for status in answers if status >= 500]
