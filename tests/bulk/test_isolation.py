"""An act on many is read and gone on with by one person, in one role: row-level security alone."""

import pytest
from django.db import ProgrammingError, transaction

from foundation.bulk.models import BulkRun
from foundation.tenancy.scope import station_scope
from tests.accounts.conftest import House, house, quick_passwords
from tests.factories import BulkRunFactory

__all__ = ["house", "quick_passwords"]
OTHERS = ("chief", "supervisor", "security_manager", "department_officer", "operator", "officer_elsewhere")


def test_only_the_role_that_began_it_reads_and_changes_it(house: House) -> None:
    run = BulkRunFactory(grant=house.people["officer"].grants.get())
    with station_scope(house.actor("officer").scope()):
        assert BulkRun.objects.update(done=1) == 1
        assert BulkRun.objects.filter(pk=run.pk).delete()[0] == 0
    for name in OTHERS:
        with station_scope(house.actor(name).scope()):
            assert BulkRun.objects.count() == BulkRun.objects.update(done=2) == 0
            forged = BulkRun(
                user_id=run.user_id, grant_id=run.grant_id, bureau_id=run.bureau_id, key="x", path="/"
            )
            with (
                pytest.raises(ProgrammingError, match="row-level security policy"),
                transaction.atomic(),
            ):
                BulkRun.objects.bulk_create([forged], ignore_conflicts=True)
