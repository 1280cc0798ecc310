"""``manage.py check_identifiers``: name the credit codes that the upgrade could not bring into one spelling."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from enterprises.identifiers import COLUMNS, respelled
from enterprises.models import Enterprise
from foundation.accounts.actors import system_actor
from foundation.accounts.models import Bureau
from foundation.accounts.selectors import stations_of
from foundation.tenancy.scope import station_scope


class Command(BaseCommand):
    help = (
        "List the credit codes that are stored in another spelling because a second entry has the same code. "
        "Changes nothing. Exits with 3 if there are any."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for bureau in Bureau.objects.order_by("code"):
            stations = stations_of(bureau.pk)
            if not stations:
                continue
            with station_scope(system_actor(bureau_id=bureau.pk, stations=stations).scope()):
                rows = Enterprise.objects.filter(bureau_id=bureau.pk).order_by("id").values(*COLUMNS)
                _changes, conflicts = respelled(rows.iterator(chunk_size=5_000))
            for conflict in conflicts:
                self.stdout.write(str(conflict))
            count += len(conflicts)
        if count:
            self.stderr.write(f"{count} credit codes need a decision: correct or clear one of the entries.")
            sys.exit(3)
        self.stdout.write("Every credit code has one spelling.")
