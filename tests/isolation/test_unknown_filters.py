"""An unknown value in a filter is an error at that filter: it lists nothing, and never everything."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django import forms
from django.test import Client

from enterprises.models import Enterprise
from foundation.ui.tables import PER_PAGE
from tests.isolation.test_front_door import KIT_ROLES, address, person_of, routes, side

NONSENSE = "zq-nonsense"
CHOICES: tuple[type[forms.Field], ...] = (
    forms.ChoiceField,
    forms.MultipleChoiceField,
    forms.ModelChoiceField,
)


def context_of(response: Any, name: str) -> Any:
    return response.context[name] if response.context is not None and name in response.context else None


# which fields of which filters another role has tried
_tried: set[tuple[type, str]] = set()


@pytest.mark.django_db
@pytest.mark.parametrize("role", KIT_ROLES)
def test_an_unknown_value_lists_nothing_and_no_url_makes_a_page_longer(role: str) -> None:
    mine = side("Mine")
    client = person_of(mine, role)
    with_object, plain = routes()
    paths = [address(route, pattern, mine, mine) for route, pattern in with_object]
    paths += [f"/{route}" for route, _pattern in plain]
    filters, tables, wrong = 0, 0, []
    for path in paths:
        shown = client.get(path)
        if shown.status_code != 200:
            continue
        if hasattr(filterset := context_of(shown, "filter"), "form"):
            filters += 1
            wrong += taken_for_known(client, path, filterset)
        if hasattr(table := context_of(shown, "table"), "page"):
            tables += 1
            wrong += made_longer(client, path, table)
    assert filters or role in {"security_manager", "enterprise_staff"}
    assert tables or role == "department_officer"
    assert not wrong


def taken_for_known(client: Client, path: str, filterset: Any) -> list[str]:
    """Return the fields of a filter that take nonsense for one of their values."""
    found = []
    for name, field in filterset.form.fields.items():
        if not isinstance(field, (*CHOICES, forms.DateField, forms.IntegerField)):
            continue
        if (type(filterset), name) in _tried:
            continue
        _tried.add((type(filterset), name))
        answer = client.get(f"{path}?{urlencode({name: NONSENSE})}")
        if answer.status_code != 404 and not context_of(answer, "invalid"):
            found.append(f"{path}?{name}=")
    return found


def made_longer(client: Client, path: str, table: Any) -> list[str]:
    """Return the numbers of rows that a URL makes a page have."""
    found = []
    for number in (-1, 0, 100_000):
        answer = client.get(path, {table.prefixed_per_page_field: number})
        lengthened = answer.status_code == 200 and answer.context["table"].paginator.per_page != PER_PAGE
        if answer.status_code != 200 or lengthened:
            found.append(f"{path}?per_page={number}: {answer.status_code}")
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("officer", "/today/?whose={}"),
        ("officer", "/inspections/hazards/?state={}"),
        ("officer", "/file/{id}/?show={}"),
        ("officer", "/file/{id}/rating/?quarter={}"),
        ("security_manager", "/inspections/hazards/?state={}"),
        ("department_officer", "/deliveries/inbox/?state={}"),
    ],
)
def test_a_tab_in_the_url_that_does_not_exist_is_not_taken_for_another(role: str, path: str) -> None:
    mine = side("Mine")
    client = person_of(mine, role)
    ids = {"id": mine.id_of(Enterprise)}
    assert client.get(path.partition("?")[0].format(**ids)).status_code == 200
    answer = client.get(path.format(NONSENSE, **ids))
    if "state=" in path:  # a list says so instead of rows
        assert NONSENSE in str(answer.context["invalid"])
    else:
        assert answer.status_code == 404
