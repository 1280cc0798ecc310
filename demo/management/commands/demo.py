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
from demo.plan import plan_inspections
from foundation.accounts.models import Bureau
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from ratings.operations import adopt_default_standard, issue_interim_vetoes
from ratings.operations.evaluations import bureau_actor


class Command(BaseCommand):
    help = "Create two invented bureaus with enterprises and facts, rate their last quarters and notify departments. A second run adds nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.EMBEDDED):
            raise CommandError("Demo data belongs in a demo: set ANQI_DEMO=1 if this installation is one.")
        began = time.monotonic()
        summary = build()
        self.stdout.write(_summary_text(summary))
        self._rate()
        self.stdout.write(f"Demo ready after {time.monotonic() - began:.1f} s.")
        self.stdout.write(login_table())

    def _rate(self) -> None:
        """Rate, in order, the quarters before those that the bureau rates itself; rated ones stay as they are."""
        for bureau in Bureau.objects.filter(code__in=[BUREAU[0], SMALL_BUREAU[0]]).exclude(rates_from=""):
            first, actor = Period.parse(bureau.rates_from), bureau_actor(bureau.pk)
            # the standard's title is stored in the language of whoever publishes it
            with translation.override("zh-hans"), station_scope(actor.scope()):
                adopt_default_standard(actor=actor)
            for period in first.shift(-RATED_QUARTERS).until(first.shift(-1)):
                with translation.override("zh-hans"):
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
            with translation.override("zh-hans"):
                plan_inspections(bureau)


def _summary_text(summary: Summary) -> str:
    if not summary.added:
        return "The demo data is there already; nothing was added."
    return "Added " + ", ".join(f"{count} {name}" for name, count in summary.added.items()) + "."
