"""The cache between requests: nobody is shown what another user's page stored."""

import re

from django.core.cache import cache
from django.urls import reverse

from tests.fixtures import scope_of_bureau
from tests.ground.processes import ROOT
from tests.ratings.test_pages import LATER, Town, people, rate, town  # noqa: F401

WHO = ("officer", "supervisor", "officer_elsewhere", "supervisor_elsewhere", "chief")


def figures(town: Town, who: str) -> tuple:  # noqa: F811
    answer = town.clients[who].get(reverse("ratings:warning"), {"period": LATER.code})
    assert answer.status_code == 200
    found = answer.context["figures"]
    return found.total, tuple(sorted(found.counts.items())), "Neighbour Nursery" in answer.content.decode()


def test_figures_equal_those_of_a_cold_cache(town: Town) -> None:  # noqa: F811
    rate(town.city.other_bureau, LATER)
    cold = {}
    for who in WHO:
        cache.clear()
        cold[who] = figures(town, who)
    assert cold["officer"] == cold["chief"]
    assert len({cold[who] for who in ("officer", "supervisor", "supervisor_elsewhere")}) == 3
    for order in (WHO, WHO[::-1]):
        cache.clear()
        for _again in range(2):
            assert {who: figures(town, who) for who in order} == cold
    # the cache was used
    assert {name.decode().split(":")[0] for name in cache._cache.get_client().keys("*figures*")}


def test_after_a_hand_over_the_kept_figures_follow(town: Town) -> None:  # noqa: F811
    before = figures(town, "officer")
    with scope_of_bureau(town.city.bureau):
        type(town.steady).objects.filter(pk=town.steady.pk).update(station=town.city.second)
    after = figures(town, "officer")
    assert after[0] == before[0] - 1
    with scope_of_bureau(town.city.bureau):
        type(town.steady).objects.filter(pk=town.steady.pk).update(station=town.city.first)
        type(town.neighbour).objects.filter(pk=town.neighbour.pk).update(station=town.city.first)
    assert figures(town, "officer")[0] == before[0] + 1


def test_no_template_and_no_view_is_kept() -> None:
    """Django's own fragment and view caches know no tenant."""
    found = [
        path.name
        for path in ROOT.glob("templates/**/*.html")
        if re.search(r"{%\s*(load cache|cache)\b", path.read_text())
    ]
    sources = [*ROOT.glob("*/**/*.py")]
    found += [
        str(path)
        for path in sources
        if not {"tests", "node_modules", ".venv"} & set(path.parts)
        and re.search(r"cache_page|UpdateCacheMiddleware|make_template_fragment_key", path.read_text())
    ]
    assert found == []
