"""A sheet is read by one person, in one role: row-level security alone, through unfiltered managers."""

import pytest
from django.db import ProgrammingError, connection, models, transaction

from foundation.tenancy.scope import station_scope
from imports.models import Upload, UploadPart, UploadRow
from tests.accounts.conftest import House, house, quick_passwords
from tests.factories import UploadFactory, UploadPartFactory, UploadRowFactory

__all__ = ["house", "quick_passwords"]
OTHERS = ("officer", "chief_second", "supervisor", "security_manager", "department_officer", "operator")


@pytest.fixture
def sheet(house: House) -> Upload:
    made = UploadFactory(grant=house.people["chief"].grants.get())
    UploadPartFactory(upload=made)
    UploadRowFactory(upload=made)
    return made


@pytest.mark.parametrize("model", [Upload, UploadPart, UploadRow])
def test_only_the_role_that_uploaded_reads(house: House, sheet: Upload, model: type[models.Model]) -> None:
    with station_scope(house.actor("chief").scope()):
        assert model.objects.count() == 1
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
            assert cursor.rowcount == 0
    for name in OTHERS:
        with station_scope(house.actor(name).scope()):
            assert model.objects.count() == 0
            assert model.objects.update(bureau=None) == 0


def test_nobody_writes_one_for_somebody_else(house: House, sheet: Upload) -> None:
    with station_scope(house.actor("chief_second").scope()):
        for made in (
            Upload(file_name="x", kind="hazard"),
            UploadPart(upload_id=sheet.pk, number=1, data=b""),
            UploadRow(upload_id=sheet.pk, number=9),
        ):
            made.user_id, made.grant_id, made.bureau_id = sheet.user_id, sheet.grant_id, sheet.bureau_id
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                type(made).objects.bulk_create([made], ignore_conflicts=True)
