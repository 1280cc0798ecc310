#!/usr/bin/env python
"""Command line of Anqi: ``manage.py help`` lists the commands.

With nothing configured, a command that needs the database attaches to the embedded servers of a running
Anqi, or starts them for its own duration.
"""

import os
import sys

from embedded.servers import for_command


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with for_command(sys.argv):  # before the settings are read: a taken port moves
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
