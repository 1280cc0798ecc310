"""``manage.py undo_import NUMBER --bureau CODE``: take an import back that is too long for a page; see docs/imports.md."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.accounts.access import WrongState
from foundation.accounts.actors import system_actor
from foundation.accounts.models import Bureau
from foundation.tenancy.scope import station_scope
from imports.models import Import
from imports.operations import undoing
from imports.remarks import ImportFailed


class Command(BaseCommand):
    """Undo an import as its page does: all of it, or nothing and why not."""

    help = "Take everything back that an import wrote, unless something builds on it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, help="number of the import, as in the address of its page")
        parser.add_argument("--bureau", required=True, metavar="CODE", help="code of the bureau")

    def handle(self, *, number: int, bureau: str, **_options: Any) -> None:
        found = Bureau.objects.filter(code=bureau).first()
        if found is None:
            raise CommandError(f"There is no bureau {bureau}.")
        actor = system_actor(bureau_id=found.pk)
        try:
            with station_scope(actor.scope()):
                count = undoing.undo(actor=actor, run_id=number)
        except Import.DoesNotExist:
            raise CommandError(f"The bureau {bureau} has no import {number}.") from None
        except (WrongState, ImportFailed) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} records are taken back.")
