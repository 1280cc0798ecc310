"""Fixtures and the words in which tests say who is looking."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import ProgrammingError, connections, models, transaction

from enterprises.models import Enterprise
from foundation.accounts import auditing
from foundation.accounts.models import AuditEntry, Bureau, Station
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


def revealed(entries: Iterable[AuditEntry]) -> list[AuditEntry]:
    """Return audit entries with the personal values in clear. Needs a scope that may read them."""
    found = list(entries)
    auditing.reveal(found)
    return found


def delete_rows(model: type[models.Model], **conditions: Any) -> int:
    """Try to delete rows in the open scope. Return how many went: none of a model whose rows stay."""
    rows = model._base_manager.filter(**conditions)
    if getattr(model, "deletable", False):
        return int(rows._raw_delete(rows.db))
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        rows._raw_delete(rows.db)
    return 0


def vacuum() -> None:
    """Give back the pages of what was rolled back, as the owner of the tables."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM")
    connections["owner"].close()


@pytest.fixture(scope="module")
def vacuumed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Tests with many rows begin with small tables, and leave small ones behind.

    Where autovacuum met hundreds of pages without a row, PostgreSQL expects one row whatever is written later, and takes
    minutes for what else takes a fifth of a second. An open transaction of minutes holds up the sealing of the log, too.
    """
    with django_db_blocker.unblock():
        vacuum()
    yield
    with django_db_blocker.unblock():
        vacuum()


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
