"""Conditions that are composed."""

import pytest

from enterprises.models import Enterprise
from foundation.database.composing import AnyOf
from foundation.tenancy.scope import Audience, Scope, station_scope
from tests.factories import EnterpriseFactory
from tests.fixtures import City

pytestmark = pytest.mark.django_db


def test_one_of_some_ids_as_one_parameter(city: City) -> None:
    first, second, third = (EnterpriseFactory(station=city.first) for _number in range(3))
    elsewhere = EnterpriseFactory(station=city.second)
    largest = 2**63 - 1
    with station_scope(Scope((city.first.pk,), audience=Audience.SYSTEM)):
        for ids, found in (
            ([], []),
            ([second.pk], [second]),
            ((third.pk, first.pk, elsewhere.pk, largest), [first, third]),
        ):
            rows = Enterprise.objects.filter(AnyOf("pk", ids)).order_by("pk")
            assert list(rows) == found
            assert len(rows.query.sql_with_params()[1]) == 1
            assert not rows.filter(~AnyOf("pk", ids)).exists()
