#!/usr/bin/env python
"""Command line of Anqi: ``manage.py help`` lists the commands.

With nothing configured, a command that needs the database attaches to the embedded servers of a running
Anqi, or starts them for its own duration.
"""

import os
import sys

from kombu.exceptions import OperationalError as NotQueued
from redis.exceptions import RedisError

from embedded.configuration import ServersError
from embedded.servers import command_needs_servers, for_command


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with for_command(sys.argv):  # before the settings are read: a taken port moves
        import django
        import django.db
        from django.core.management import execute_from_command_line

        from config.start import broker_sentence, database_sentence, require_command

        if command_needs_servers(sys.argv):
            django.setup()
            require_command(sys.argv[1])
        try:
            execute_from_command_line(sys.argv)
        except (django.db.OperationalError, django.db.InterfaceError) as error:
            raise ServersError(database_sentence(error)) from None
        except (RedisError, NotQueued) as error:
            raise ServersError(broker_sentence(error)) from None


if __name__ == "__main__":
    main()
