"""``manage.py demo``: write the demo data and rate its quarters."""

import time
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from desk.demo.build import Summary, build
from desk.demo.logins import login_table
from desk.demo.organisations import RATED_QUARTERS
from desk.demo.places import BUREAU, SMALL_BUREAU
from enterprises.measures import Period


class Command(BaseCommand):
    help = "Write two invented bureaus with enterprises and facts, and rate their last quarters. A second run adds nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.EMBEDDED):
            raise CommandError("Demo data belongs into a demo: set ANQI_DEMO=1 if this installation is one.")
        began = time.monotonic()
        summary = build()
        self.stdout.write(_told(summary))
        self._rate()
        self.stdout.write(f"Demo ready after {time.monotonic() - began:.1f} s.")
        self.stdout.write(login_table())

    def _rate(self) -> None:
        """Rate the last complete quarters in order; one that is complete already stays as it is."""
        if "evaluate" not in get_commands():
            return
        latest = Period.of(timezone.localdate()).shift(-1)
        for code, _name in (BUREAU, SMALL_BUREAU):
            for period in latest.shift(1 - RATED_QUARTERS).until(latest):
                call_command(
                    "evaluate",
                    bureau=code,
                    period=period.code,
                    inline=True,
                    stdout=self.stdout,
                    stderr=self.stderr,
                )


def _told(summary: Summary) -> str:
    if not summary.added:
        return "The demo data is there already; nothing was added."
    return "Added " + ", ".join(f"{count} {name}" for name, count in summary.added.items()) + "."
