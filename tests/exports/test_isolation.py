"""Downloads are read by one person, in one role: row-level security alone, through unfiltered managers."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, models, transaction

from foundation.exports.models import Export, ExportPart
from foundation.tenancy.scope import station_scope
from tests.accounts.conftest import House, house, quick_passwords
from tests.factories import ExportFactory, ExportPartFactory

__all__ = ["house", "quick_passwords"]
REFUSED = "violates row-level security policy"
OTHERS = ("chief", "supervisor", "security_manager", "department_officer", "operator", "officer_elsewhere")


@pytest.fixture
def part(house: House) -> ExportPart:
    return ExportPartFactory(export=ExportFactory(grant=house.people["officer"].grants.get()))


@pytest.mark.parametrize("model", [Export, ExportPart])
def test_only_the_role_that_asked_reads(house: House, part: ExportPart, model: type[models.Model]) -> None:
    with station_scope(house.actor("officer").scope()):
        assert model.objects.count() == 1
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
            assert cursor.rowcount == 0
    for name in OTHERS:
        with station_scope(house.actor(name).scope()):
            assert model.objects.count() == 0
            assert model.objects.update(bureau=None) == 0


def test_nobody_writes_one_for_somebody_else(house: House, part: ExportPart) -> None:
    with station_scope(house.actor("chief").scope()):
        for made in (ExportPart(export_id=part.export_id, number=1, data=b""), Export(title="x")):
            made.user_id, made.grant_id, made.bureau_id = part.user_id, part.grant_id, part.bureau_id
            with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
                type(made).objects.bulk_create([made], ignore_conflicts=True)


def test_a_part_belongs_to_whom_its_download_belongs_to(house: House, part: ExportPart) -> None:
    chief = house.people["chief"].grants.get()
    with transaction.atomic(), connection.cursor() as cursor:
        ExportPartFactory(export=part.export, grant=chief, user=chief.user, number=1)
        with pytest.raises(IntegrityError, match="foreign key"), transaction.atomic():
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
