"""The broker is down or hangs: pages work without cache, the log-in is refused, and saved data stays saved."""

import socket
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError as NotQueued

from deliveries.operations import pause, resume
from deliveries.tasks import push_due
from foundation.accounts.choices import Role
from foundation.database import caching
from foundation.periods import Period
from tests.deliveries.conftest import Line
from tests.deliveries.receivers import receiving
from tests.factories import BureauFactory, EnterpriseFactory, RoleGrantFactory, StationFactory
from tests.ratings.test_pages import rate

pytestmark = pytest.mark.django_db
TIMEOUTS = (
    "socket_timeout",
    "socket_connect_timeout",
)  # the second one as soon as the queue of connections is full


@pytest.fixture(params=["refuses", "hangs"])
def no_broker(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the cache's server refuse connections, or accept them and never answer."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if request.param == "hangs":
            server.listen(20)
        place = settings.CACHES["default"] | {"LOCATION": f"redis://127.0.0.1:{server.getsockname()[1]}/0"}
        monkeypatch.setitem(place, "OPTIONS", place["OPTIONS"] | dict.fromkeys(TIMEOUTS, 0.05))
        monkeypatch.setitem(settings.CACHES, "default", place)
        monkeypatch.setattr(caches, "settings", caches.configure_settings(settings.CACHES))
        del caches["default"]
        yield
    del caches["default"]


def test_pages_go_without_a_cache(no_broker: None) -> None:
    station = StationFactory()
    EnterpriseFactory(station=station)
    rate(station.bureau, Period(2025, 2))
    browser = Client()
    browser.force_login(RoleGrantFactory(role=Role.OFFICER, station=station).user)
    with pytest.raises(Exception, match=r"(?i)connect|time"):
        cache.get("x")
    assert browser.get(reverse("ratings:warning")).status_code == 200


def test_a_cache_that_hangs_delays_a_page_once(no_broker: None) -> None:
    asked: list[str] = []

    def look(name: str) -> int:
        def compute() -> int:
            asked.append(name)
            return 7

        return caching.remembered((name,), compute, 60)

    with patch.object(caching.cache, "get", wraps=caching.cache.get) as get:
        assert [look(name) for name in "abc"] == [7, 7, 7]
    assert asked == ["a", "b", "c"]
    assert get.call_count == 1


def test_nobody_logs_in_without_a_count_of_failures(no_broker: None) -> None:
    """Without a count of failures, passwords could be guessed without limit."""
    browser = Client(raise_request_exception=False)
    answer = browser.post("/accounts/login/", {"login": "officer", "password": "x"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_queued_is_saved_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_arguments: object) -> None:
        raise NotQueued("connection refused")

    monkeypatch.setattr(push_due, "delay", nowhere)
    with receiving() as receiver:
        line = Line(receiver, BureauFactory())
        line.operate(pause, reason="They move house")
        line.operate(resume)
        assert line.now().paused_why == ""


def test_the_waits_are_short() -> None:
    """BRPOP in a worker waits a second, so its sockets must wait longer; pages must not wait much longer."""
    assert 1 < settings.CELERY_BROKER_TRANSPORT_OPTIONS["socket_timeout"] <= 5
    assert settings.CACHES["default"]["OPTIONS"]["socket_timeout"] <= 2
