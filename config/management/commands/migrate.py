"""``migrate`` as the owner role."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    """Django's own command, with the owner's connection as the default database."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> str | None:
        if connections[options["database"]].vendor == "unknown":
            raise CommandError("Set DATABASE_OWNER_URL: migrations run as the role that owns the tables.")
        return super().handle(*args, **options)
