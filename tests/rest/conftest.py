"""Two departments of one bureau and one of another, enterprises in three stations, endpoints for the tests."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest

from enterprises.models import Enterprise
from foundation.accounts import selectors
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import Department
from tests.factories import DepartmentFactory, EnterpriseFactory, RoleGrantFactory
from tests.fixtures import City
from tests.rest.keys import ApiClient, api


@pytest.fixture(autouse=True)
def endpoints(settings: Any) -> None:
    settings.ROOT_URLCONF = import_module("tests.rest.endpoints").__name__  # also registers its scopes


@dataclass
class World:
    city: City
    fire: Department
    market: Department
    elsewhere: Department
    first: list[Enterprise]
    second: Enterprise
    foreign: Enterprise

    def client(self, **fields: Any) -> ApiClient:
        return api(self.fire, **fields)


@pytest.fixture
def world(city: City) -> World:
    return World(
        city,
        DepartmentFactory(bureau=city.bureau, name="Fire"),
        DepartmentFactory(bureau=city.bureau, name="Market"),
        DepartmentFactory(bureau=city.other_bureau),
        [EnterpriseFactory(station=city.first) for _ in range(7)],
        EnterpriseFactory(station=city.second),
        EnterpriseFactory(station=city.elsewhere),
    )


@pytest.fixture
def supervisor(city: City) -> Actor:
    """The bureau's supervisor."""
    grant = RoleGrantFactory(role=Role.SUPERVISOR, station=None, bureau=city.bureau)
    actor = selectors.actor_for(user=grant.user, grant_id=None)
    assert actor is not None
    return actor
