"""The menu of a page's head: it holds what few people follow, and is none where it would hold one thing."""

import pytest
from django.template import engines
from django.test import Client

ONE = '{% if first %}<a class="dropdown-item" href="/a/">A</a>{% endif %}'
OTHER = '{% if second %}<a class="dropdown-item" href="/b/">B</a>{% endif %}'


def shown(**context: bool) -> str:
    return engines["django"].from_string(f"{{% more %}}{ONE}{OTHER}{{% endmore %}}").render(context).strip()


def test_two_links_are_a_menu() -> None:
    page = shown(first=True, second=True)
    assert 'data-bs-toggle="dropdown"' in page
    assert page.count('class="dropdown-item"') == 2


@pytest.mark.parametrize("which", ["first", "second"])
def test_one_link_is_a_button(which: str) -> None:
    page = shown(**{which: True})
    assert page.count('<a class="btn"') == 1
    assert "dropdown" not in page


def test_no_link_is_nothing() -> None:
    assert shown() == ""


@pytest.mark.parametrize(
    ("address", "kind"), [("/favicon.ico", "icon"), ("/apple-touch-icon.png", "image/png")]
)
def test_the_icons_that_browsers_ask_for_themselves(client: Client, address: str, kind: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert kind in answer["Content-Type"]
    assert len(b"".join(answer)) > 1000
