"""``manage.py demo``: write the demo data and rate its quarters."""

import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from demo.build import Summary, build
from demo.departments import answer
from demo.logins import login_table
from demo.organisations import RATED_QUARTERS
from demo.places import BUREAU, SMALL_BUREAU
from foundation.accounts.models import Bureau
from foundation.periods import Period
from ratings.operations import issue_interim_vetoes


class Command(BaseCommand):
    help = "Write two invented bureaus with enterprises and facts, rate their last quarters and tell departments. A second run adds nothing."

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
        """Rate the quarters before the one each bureau rates by itself, in order; what is complete stays as it is."""
        for bureau in Bureau.objects.filter(code__in=[BUREAU[0], SMALL_BUREAU[0]]).exclude(rates_from=""):
            first = Period.parse(bureau.rates_from)
            for period in first.shift(-RATED_QUARTERS).until(first.shift(-1)):
                with translation.override(
                    "zh-hans"
                ):  # the standard's title is kept in the publisher's language
                    call_command(
                        "evaluate",
                        bureau=bureau.code,
                        period=period.code,
                        inline=True,
                        stdout=self.stdout,
                        stderr=self.stderr,
                    )
            issue_interim_vetoes(bureau=bureau)
            answer(bureau)


def _told(summary: Summary) -> str:
    if not summary.added:
        return "The demo data is there already; nothing was added."
    return "Added " + ", ".join(f"{count} {name}" for name, count in summary.added.items()) + "."
