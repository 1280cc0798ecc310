"""The scope of a request includes rendering, and its transaction is all or nothing."""

from typing import Any

import pytest
from django.db import DataError, ProgrammingError, transaction
from django.test import Client

from enterprises.models import Enterprise
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.tenancy.scope import current_scope
from tests.factories import EnterpriseFactory
from tests.fixtures import City, scope_of
from tests.tenancy import pages

LOUD = (ProgrammingError, DataError)


@pytest.fixture
def officer(city: City, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    EnterpriseFactory(station=city.first, name="Ours")
    EnterpriseFactory(station=city.second, name="Theirs")
    settings.ROOT_URLCONF = "tests.tenancy.pages"
    settings.MIDDLEWARE = ["tests.tenancy.pages.ActAs", "foundation.tenancy.middleware.ScopeMiddleware"]
    actor = Actor(1, "Officer", Role.OFFICER, bureau_id=city.bureau.pk, stations=(city.first.pk,))
    monkeypatch.setattr(pages, "acting", actor)
    return Client(raise_request_exception=False)


def test_a_lazy_template_reads_inside_the_scope(officer: Client) -> None:
    response = officer.get("/")
    assert response.status_code == 200
    assert response.content == b"[Ours]"


def test_the_scope_ends_with_the_request(officer: Client) -> None:
    officer.get("/")
    assert current_scope() is None
    with pytest.raises(LOUD), transaction.atomic():
        Enterprise.objects.exists()


@pytest.mark.parametrize(
    ("outcome", "status", "name"),
    [
        ("200", 200, "Renamed"),
        ("302", 302, "Renamed"),
        ("400", 400, "Renamed"),  # a view that returns a response decides for itself
        ("404", 404, "Ours"),
        ("403", 403, "Ours"),
        ("500", 500, "Ours"),
        ("503", 503, "Ours"),
        ("raises", 500, "Ours"),
        ("template", 500, "Ours"),
        ("database", 500, "Ours"),
    ],
)
def test_all_or_nothing(officer: Client, city: City, outcome: str, status: int, name: str) -> None:
    assert officer.get(f"/rename/{outcome}/").status_code == status
    with scope_of(city.first, city.second):
        assert set(Enterprise.objects.values_list("name", flat=True)) == {name, "Theirs"}


def test_anonymous_requests_have_no_scope(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "acting", None)
    with transaction.atomic():
        assert officer.get("/").status_code == 500
        transaction.set_rollback(True)
