"""The worker that completes a run caches the quarter's figures, and the first pages of changes are cached sorted."""

from typing import Any

import pytest
from django.core.cache import cache

from foundation.accounts.choices import Role
from ratings import page_selectors
from ratings.staff import warning
from ratings.tasks import work
from tests.factories import EnterpriseFactory, EvaluationFactory, RatingFactory
from tests.facts.people import Person
from tests.fixtures import City


def test_the_worker_that_completes_a_run_adds_it_up_once(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    evaluation = EvaluationFactory(bureau=city.bureau, state="complete", kind="correction")
    for station in (city.first, city.second):
        RatingFactory(enterprise=EnterpriseFactory(station=station), evaluation=evaluation, colour="red")
    added_up: list[Any] = []
    add_up = page_selectors._add_up

    def watched(*arguments: Any) -> Any:
        added_up.append(arguments)
        return add_up(*arguments)

    monkeypatch.setattr(page_selectors, "_add_up", watched)
    work(city.bureau.pk, evaluation.pk)
    work(city.bureau.pk, evaluation.pk)  # the next message finds the run complete
    assert len(added_up) == 1
    supervisor = Person(Role.SUPERVISOR, bureau=city.bureau)
    assert supervisor.get("ratings:warning").context["figures"].counts["red"] == 2
    assert len(added_up) == 1
    assert supervisor.get("ratings:warning", station=city.first.pk).context["figures"].total == 1
    assert len(added_up) == 2  # a part of the bureau has its own figures


def test_the_first_pages_of_a_bureaus_changes_are_sorted_once(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(warning, "PAGE", 2)
    monkeypatch.setattr(page_selectors, "FIRST", 4)
    evaluation = EvaluationFactory(bureau=city.bureau, state="complete", kind="correction")
    for number in range(7):
        RatingFactory(
            enterprise=EnterpriseFactory(station=city.first if number % 2 else city.second),
            evaluation=evaluation,
            previous_colour="green",
            colour="red" if number % 3 else "yellow",
            previous_score="90.0",
            score=number * 3 % 7,
        )
    supervisor = Person(Role.SUPERVISOR, bureau=city.bureau)

    def listed(**query: Any) -> list[int]:
        return [row.pk for row in supervisor.get("ratings:warning", **query).context["table"].data]

    for query in ({}, {"sort": "-score"}, {"way": "down"}, {"way": "up"}):
        pages = [listed(page=page, **query) for page in (1, 2, 3, 4)]
        assert [listed(page=page, **query) for page in (1, 2, 3, 4)] == pages
        monkeypatch.setattr(page_selectors, "FIRST", 0)
        assert [listed(page=page, **query) for page in (1, 2, 3, 4)] == pages
        monkeypatch.setattr(page_selectors, "FIRST", 4)
    assert listed(sort="-score") != listed(sort="score")
    stranger = Person(Role.SUPERVISOR, bureau=city.other_bureau)
    assert stranger.get("ratings:warning").status_code == 200
