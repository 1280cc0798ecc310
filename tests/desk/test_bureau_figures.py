"""The bureau page: a large bureau's figures are cached with their time, a small one's are exact."""

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from desk import bureau_figures, views
from desk.tasks import count_stations
from foundation.accounts.choices import Role
from tests.factories import EnterpriseFactory
from tests.facts.people import Person
from tests.fixtures import City


@pytest.fixture
def asked(city: City, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Make two enterprises count as large; return the bureaus that a worker was asked to count."""
    cache.clear()
    found: list[int] = []
    monkeypatch.setattr(bureau_figures, "LARGE", 2)
    monkeypatch.setattr(views, "count_stations", type("Task", (), {"delay": staticmethod(found.append)}))
    EnterpriseFactory(station=city.first, colour="red"), EnterpriseFactory(station=city.second)
    return found


def seen(person: Person) -> Any:
    answer = person.get("desk:bureau")
    assert answer.status_code == 200
    return answer.context


def test_kept_figures_are_shown_with_their_time_and_counted_anew_by_a_worker(
    city: City, asked: list[int], monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    supervisor = Person(Role.SUPERVISOR, bureau=city.bureau)
    assert (seen(supervisor)["counted_at"], seen(supervisor)["total"]["enterprises"]) != (None, 0)
    EnterpriseFactory(station=city.first, colour="red")
    city.first.name = "Renamed"
    city.first.save()
    with django_capture_on_commit_callbacks(execute=True):
        kept = seen(supervisor)
    assert (kept["total"]["enterprises"], asked) == (2, [])  # recent enough
    assert "Renamed" in {each.station.name for each in kept["stations"]}
    later = timezone.now() + dt.timedelta(minutes=2)
    with monkeypatch.context() as patch:
        patch.setattr(bureau_figures.timezone, "now", lambda: later)
        with django_capture_on_commit_callbacks(execute=True):
            assert (seen(supervisor)["total"]["enterprises"], seen(supervisor)["total"]["enterprises"]) == (
                2,
                2,
            )
    assert asked == [city.bureau.pk]  # at most once a minute
    count_stations(city.bureau.pk)
    assert seen(supervisor)["total"]["enterprises"] == 3


def test_a_small_bureau_is_counted_for_each_request_and_no_bureau_sees_anothers(
    city: City, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor, stranger = (Person(Role.SUPERVISOR, bureau=each) for each in (city.bureau, city.other_bureau))
    monkeypatch.setattr(bureau_figures, "LARGE", 3)
    assert (seen(supervisor)["total"]["enterprises"], seen(stranger)["total"]["enterprises"]) == (2, 0)
    EnterpriseFactory(station=city.first)
    assert (seen(supervisor)["total"]["enterprises"], seen(stranger)["total"]["enterprises"]) == (3, 0)
