"""The base class of tasks."""

import pytest
from django.db import DataError, ProgrammingError, transaction

from config.celery import app
from enterprises.models import Enterprise
from foundation.tenancy.tasks import ScopedTask
from tests.factories import EnterpriseFactory
from tests.fixtures import City


@pytest.fixture
def count_enterprises() -> ScopedTask:
    @app.task(bind=True, name="tests.count_enterprises")
    def count(self: ScopedTask, station_id: int, bureau_id: int, scoped: bool) -> int:
        if not scoped:
            return Enterprise.objects.count()
        with self.scope([station_id], bureau=bureau_id):
            return Enterprise.objects.count()

    yield count
    app.tasks.unregister("tests.count_enterprises")


def test_every_task_is_a_scoped_task(count_enterprises: ScopedTask) -> None:
    assert isinstance(count_enterprises, ScopedTask)


def test_a_task_opens_its_own_scope(city: City, count_enterprises: ScopedTask) -> None:
    EnterpriseFactory(station=city.first)
    EnterpriseFactory(station=city.second)
    assert count_enterprises(city.first.pk, city.bureau.pk, scoped=True) == 1
    with pytest.raises((ProgrammingError, DataError)), transaction.atomic():
        count_enterprises(city.first.pk, city.bureau.pk, scoped=False)
