"""Fixtures of the endpoints' tests."""

import pytest

from tests.api.world import World, build
from tests.fixtures import City


@pytest.fixture
def world(city: City) -> World:
    return build(city)
