"""``migrate`` as the owner role."""

from typing import Any

from django.apps import apps
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from foundation.database.states import states_in_place


class Command(migrate.Command):
    """Django's own command, with the owner's connection as the default database."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> str | None:
        if connections[options["database"]].vendor == "unknown":
            raise CommandError("Set DATABASE_OWNER_URL: migrations run as the role that owns the tables.")
        self._refuse_foreign(connections[options["database"]])
        # without a name every migration is applied; with one some may be taken back
        with states_in_place(forwards=not options["app_label"]):
            return super().handle(*args, **options)

    def _refuse_foreign(self, connection: Any) -> None:
        """Refuse a database that holds the tables of something else."""
        with connection.cursor() as cursor:
            tables = set(connection.introspection.table_names(cursor))
        if "accounts_bureau" in tables:
            return
        ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
        if tables <= ours | {MigrationRecorder.Migration._meta.db_table}:
            return  # empty, or the first migration was interrupted
        raise CommandError(
            f"The database {connection.settings_dict['NAME']} holds tables that are not Anqi's. Create one for Anqi alone."
        )
