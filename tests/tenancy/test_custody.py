"""Composite keys: no row refers to another tenant, and a hand-over is one UPDATE."""

from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from enterprises.models import Enterprise
from foundation.accounts.choices import Role
from foundation.accounts.models import RoleGrant
from inspections.models import Hazard, Inspection
from tests.factories import EnterpriseFactory, HazardFactory, InspectionFactory, RoleGrantFactory
from tests.fixtures import City, scope_of


def check_keys() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_fact_cannot_point_at_an_enterprise_of_another_station(city: City) -> None:
    theirs = EnterpriseFactory(station=city.second)
    HazardFactory(enterprise=theirs)
    check_keys()  # from here on at once, not at the commit
    with pytest.raises(IntegrityError, match="hazard_enterprise_fk"), transaction.atomic():
        # Row-level security alone would allow it, because the row is of the actor's own station.
        HazardFactory(enterprise=theirs, station=city.first)


def test_a_hand_over_is_one_update(city: City, django_assert_num_queries: Any) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    inspection = InspectionFactory(enterprise=enterprise)
    HazardFactory(enterprise=enterprise, inspection=inspection)
    HazardFactory(enterprise=enterprise)
    RoleGrantFactory(
        role=Role.SECURITY_MANAGER, station=city.first, enterprise_id=enterprise.pk, enterprise_name="x"
    )
    stays = HazardFactory(enterprise=EnterpriseFactory(station=city.first))
    with scope_of(city.first, city.second), django_assert_num_queries(1):
        Enterprise.objects.filter(pk=enterprise.pk).update(station=city.second)
    check_keys()
    with scope_of(city.first):
        assert list(Hazard.objects.all()) == [stays]
        assert not Inspection.objects.exists()
    with scope_of(city.second):
        assert Hazard.objects.filter(enterprise=enterprise, station=city.second).count() == 2
        assert Inspection.objects.filter(enterprise=enterprise, station=city.second).count() == 1
    assert RoleGrant.objects.get(enterprise_id=enterprise.pk).station == city.second


def test_a_hand_over_needs_both_stations_in_scope(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    with (
        scope_of(city.first),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Enterprise.objects.filter(pk=enterprise.pk).update(station=city.second)
    with scope_of(city.second):
        assert Enterprise.objects.filter(pk=enterprise.pk).update(station=city.second) == 0
