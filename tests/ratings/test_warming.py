"""When a run is complete its worker adds the quarter up, so that no supervisor waits for that."""

from typing import Any

import pytest
from django.core.cache import cache

from foundation.accounts.choices import Role
from ratings import page_selectors
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
    work(city.bureau.pk, evaluation.pk)  # the next message finds it complete
    assert len(added_up) == 1
    supervisor = Person(Role.SUPERVISOR, bureau=city.bureau)
    assert supervisor.get("ratings:warning").context["figures"].counts["red"] == 2
    assert len(added_up) == 1
    assert supervisor.get("ratings:warning", station=city.first.pk).context["figures"].total == 1
    assert len(added_up) == 2  # a part of the bureau is another question
