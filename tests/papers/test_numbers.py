"""Numbers without gap or double, on real connections."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from papers.models import Series
from papers.operations.issuing import _next_number
from tests.factories import StationFactory
from tests.fixtures import scope_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_twenty_at_once_with_every_third_rolled_back() -> None:
    station = StationFactory()

    def take(number: int) -> int:
        try:
            with scope_of(station), transaction.atomic():
                taken = _next_number(station.bureau_id, station.pk, "rectification-order", 2027)
                if number % 3 == 0:
                    transaction.set_rollback(True)
                    return 0
                return taken
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=8) as pool:
        taken = sorted(number for number in pool.map(take, range(20)) if number)
    assert taken == list(range(1, 14))
    with scope_of(station):
        assert Series.objects.get().last == 13
