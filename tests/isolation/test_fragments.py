"""What htmx puts into a list is the same as in the whole page, for every list of every role."""

import re
from typing import Any

import pytest
from django.test import Client

from foundation.accounts.access import EVERY_ROLE
from foundation.ui.views import ListPage
from tests.isolation.test_front_door import address, person_of, routes, side
from tests.isolation.test_unknown_filters import context_of

CHANGING = re.compile(r'(csrfmiddlewaretoken" value|csrf-token" content|nonce)="[^"]*"')
HTMX = {"HX-Request": "true", "HX-Target": "results"}


def text_of(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    assert {"HX-Request", "HX-Target"} <= {name.strip() for name in answer.headers["Vary"].split(",")}
    return CHANGING.sub("", answer.content.decode())


def lists(client: Client, mine: Any) -> list[str]:
    """Return every list that the person may open."""
    with_object, plain = routes()
    paths = [address(route, pattern, mine, mine) for route, pattern in with_object]
    paths += [f"/{route}" for route, _pattern in plain]
    return [path for path in paths if isinstance(context_of(client.get(path), "view"), ListPage)]


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(EVERY_ROLE))
def test_a_fragment_is_a_part_of_the_page(role: str) -> None:
    mine = side("Mine")
    client = person_of(mine, role)
    found = lists(client, mine)
    assert found
    for path in found:
        whole = text_of(client, path)
        rows = text_of(client, path, **HTMX).strip()
        assert rows.startswith('<div id="results"'), path
        assert rows in whole, path
        assert text_of(client, path, **HTMX, **{"HX-History-Restore-Request": "true"}) == whole
        assert text_of(client, path, **{"HX-Request": "true"}) == whole  # for another element
        both = text_of(client, path, **HTMX, **{"X-With-Filters": "1"}).strip()
        assert both.endswith(rows), path
        assert both.removesuffix(rows).strip() in whole, path
        assert ('id="filters"' in both) == ('id="filters"' in whole)
