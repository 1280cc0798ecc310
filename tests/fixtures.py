"""Fixtures and the words in which tests say who is looking."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest

from enterprises.models import Enterprise
from foundation.accounts.models import Bureau, Station
from foundation.tenancy.scope import NO_STATION, Audience, Scope, station_scope
from tests.factories import BureauFactory, StationFactory


def scope_of(*stations: Station, audience: Audience = Audience.POLICE) -> AbstractContextManager[Scope]:
    """The scope of the police (or the system) of these stations, all of one bureau."""
    return station_scope(
        Scope(tuple(station.pk for station in stations), bureau=stations[0].bureau_id, audience=audience)
    )


def scope_of_bureau(bureau: Bureau, audience: Audience = Audience.POLICE) -> AbstractContextManager[Scope]:
    """The scope of a bureau's supervisor: all its stations."""
    stations = tuple(bureau.stations.values_list("pk", flat=True)) or NO_STATION
    return station_scope(Scope(stations, bureau=bureau.pk, audience=audience))


def scope_of_enterprise(enterprise: Enterprise) -> AbstractContextManager[Scope]:
    """The scope of an enterprise's people."""
    return station_scope(
        Scope(
            (enterprise.station_id,),
            bureau=enterprise.bureau_id,
            enterprise=enterprise.pk,
            audience=Audience.ENTERPRISE,
        )
    )


@dataclass(frozen=True)
class City:
    """Two stations of one bureau and one of another: whatever leaks, leaks between two of them."""

    bureau: Bureau
    first: Station
    second: Station
    other_bureau: Bureau
    elsewhere: Station


@pytest.fixture
def city(db: None) -> City:
    bureau, other_bureau = BureauFactory(), BureauFactory()
    return City(
        bureau=bureau,
        first=StationFactory(bureau=bureau),
        second=StationFactory(bureau=bureau),
        other_bureau=other_bureau,
        elsewhere=StationFactory(bureau=other_bureau),
    )
