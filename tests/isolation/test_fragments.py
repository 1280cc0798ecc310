"""What htmx puts into a page is the same as in the whole page, for every page with an element that it replaces."""

import re
from typing import Any

import pytest
from django.test import Client

from foundation.accounts.access import Role
from foundation.contributions.file import tabs
from foundation.ui.views import ListPage, WithResults
from tests.isolation.test_front_door import KIT_ROLES, address, person_of, routes, side

CHANGING = re.compile(r'(csrfmiddlewaretoken" value|form_key"[^>]* value|csrf-token" content|nonce)="[^"]*"')
HTMX = {"HX-Request": "true", "HX-Target": "results"}


def text_of(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    assert {"HX-Request", "HX-Target"} <= {name.strip() for name in answer.headers["Vary"].split(",")}
    return CHANGING.sub("", answer.content.decode())


def parts_of(fragment: str) -> tuple[str, str]:
    """Return the rows, and the tabs or figures, which htmx puts into a place of their own."""
    apart = re.search(r'<nav [^<>]*hx-swap-oob="true"', fragment)
    at = apart.start() if apart else len(fragment)
    return fragment[:at].strip(), fragment[at:].replace(' hx-swap-oob="true"', "").strip()


def results_in(html: str) -> str:
    """Return the element that htmx replaces, empty if there is none."""
    begins = re.search(r'<(\w+)[^<>]* id="results"', html)
    if begins is None:
        return ""
    depth = 0
    for tag in re.finditer(rf"<(/?){begins[1]}\b", html[begins.start() :]):
        depth += -1 if tag[1] else 1
        if not depth:
            return html[begins.start() :][: tag.end()]
    raise AssertionError("the element has no end")


def pages(client: Client, mine: Any, *, lists: bool) -> list[str]:
    """Return every list that the person may open, or the other pages with an element that htmx replaces."""
    found = []
    with_object, plain = routes()
    for route, pattern in (*with_object, *plain):
        view = getattr(pattern.callback, "view_class", object)
        if not issubclass(view, WithResults) or issubclass(view, ListPage) != lists:
            continue
        path = address(route, pattern, mine, mine)
        paths = [path.replace("overview", tab.code) for tab in tabs] if "<slug:tab>" in route else [path]
        found += [each for each in paths if client.get(each).status_code == 200]
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("role", KIT_ROLES)
def test_a_fragment_is_a_part_of_the_page(role: str) -> None:
    mine = side("Mine")
    client = person_of(mine, role)
    found = pages(client, mine, lists=True)
    assert found
    for path in found:
        whole = text_of(client, path)
        rows, found_tabs = parts_of(text_of(client, path, **HTMX))
        assert rows.startswith('<div id="results"'), path
        assert rows in whole, path
        assert found_tabs in whole, path
        assert text_of(client, path, **HTMX, **{"HX-History-Restore-Request": "true"}) == whole
        assert text_of(client, path, **{"HX-Request": "true"}) == whole  # for another element
        both, _tabs = parts_of(text_of(client, path, **HTMX, **{"X-With-Filters": "1"}))
        assert both.endswith(rows), path
        assert both.removesuffix(rows).strip() in whole, path
        assert ('id="filters"' in both) == ('id="filters"' in whole)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.CHIEF, Role.SUPERVISOR, Role.DEPARTMENT_OFFICER, Role.OPERATOR])
def test_other_pages_send_the_element_alone(role: str) -> None:
    mine = side("Mine")
    client = person_of(mine, role)
    tried = 0
    for path in pages(client, mine, lists=False):
        whole = text_of(client, path)
        part = text_of(client, path, **HTMX)
        assert text_of(client, path, **HTMX, **{"HX-History-Restore-Request": "true"}) == whole, path
        if 'id="results"' in whole:
            tried += 1
            assert "<html" not in part, path
            assert results_in(part) == results_in(whole), path
    assert tried
