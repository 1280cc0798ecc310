"""Two phones of one station: an officer's and the chief's."""

import pytest

from tests.facts.people import chief, numbered, officer
from tests.field.phones import Phone
from tests.fixtures import City


@pytest.fixture
def phone(city: City) -> Phone:
    return Phone(numbered(officer(city.first), "041201"))


@pytest.fixture
def other(city: City) -> Phone:
    return Phone(numbered(chief(city.first), "041202"))
